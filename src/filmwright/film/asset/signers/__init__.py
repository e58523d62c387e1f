"""Film file + claim -> signed file, and back. One file here is one way to sign."""

from pathlib import Path
from typing import Protocol, runtime_checkable

from filmwright.core.claim import Claim, Signature
from filmwright.core.plugins import Slot


@runtime_checkable
class Signer(Protocol):
    """Signs files and tells the state of signatures."""

    def sign(self, path: Path, claim: Claim, out: Path) -> Signature:
        """Write a signed copy of `path` to `out`, whole or not at all, and verify it; `out` may be `path` itself.

        Formats that can't hold a signature get it in a sidecar beside `out`. Raises Unverified where what was
        written does not verify.
        """
        ...

    def read(self, path: Path) -> Signature:
        """The signature of a file, ours or anybody's; state "none" where there is none."""
        ...

    def read_stored(self, store: bytes, path: Path | None = None) -> Signature:
        """What a manifest store that was kept says (`Signature.store`), and with `path`, whether it is that file's."""
        ...


signers: Slot[Signer] = Slot(__name__, "signer")
