"""No signature: the film is copied as it is."""

import shutil
from pathlib import Path

from filmwright.core.claim import Claim, Signature
from filmwright.core.errors import BadAsset
from filmwright.core.files import whole

UNSIGNED = Signature(state="none", says="No signature.", embedded=False)


class Unsigned:
    """Signs nothing and reads nothing."""

    def sign(self, path: Path, claim: Claim, out: Path) -> Signature:  # noqa: ARG002
        """Copy the file; `out` may be `path` itself."""
        if not path.is_file():
            raise BadAsset(f"there is no file {path}.")
        with whole(out) as part:
            shutil.copyfile(path, part)
        return UNSIGNED

    def read(self, path: Path) -> Signature:
        """State "none"."""
        if not path.is_file():
            raise BadAsset(f"there is no file {path}.")
        return UNSIGNED

    def read_stored(self, store: bytes, path: Path | None = None) -> Signature:  # noqa: ARG002
        """State "none"."""
        return UNSIGNED


def build() -> Unsigned:
    """Takes no options."""
    return Unsigned()
