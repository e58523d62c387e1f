"""A film that nobody sees yet -> signed, on record, logged, and only then in its place."""

from dataclasses import dataclass
from pathlib import Path

from filmwright.core.claim import Claim, Signature
from filmwright.core.content import file_hash
from filmwright.core.files import writing
from filmwright.film.asset.audit import Event, append
from filmwright.film.asset.containers import sidecar_for, sidecars
from filmwright.film.asset.records import Record, keep
from filmwright.film.asset.signers import Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A signed film in the workroom."""

    path: Path
    claim: Claim
    signature: Signature
    sha256: str


def seal(film: Path, room: Path, name: str, claim: Claim, signer: Signer) -> Sealed:
    """Sign a film into the workroom's folder of finished things, under the name it will have."""
    ready = room / "ready"
    ready.mkdir(exist_ok=True)
    signature = signer.sign(film, claim, ready / name)
    return Sealed(path=ready / name, claim=claim, signature=signature, sha256=file_hash(ready / name))


def publish(sealed: Sealed, out: Path, *, made: str, manifest: str = "") -> None:
    """Keep the film's record, log it, and move it and all that is ready beside it to the folder of `out`, it last.

    In this order, so that a film in its place is always marked, signed and known, whenever the process is killed.
    """
    claim, signature, sha256 = sealed.claim, sealed.signature, sealed.sha256
    events: list[Event] = []
    if claim.mark_id:
        events.append(Event(kind="key-use", subject=sha256, facts={"key": "mark"}))
        facts = {"id": claim.mark_id, "algorithm": claim.mark_algorithm}
        events.append(Event(kind="mark", subject=sha256, facts=facts))
    if signature.state != "none":
        events.append(Event(kind="key-use", subject=sha256, facts={"key": f"signing certificate {signature.serial}"}))
        facts = {"file": out.name, "state": signature.state}
        events.append(Event(kind="signature", subject=sha256, facts=facts))
    if events:
        record = Record(
            mark_id=claim.mark_id,
            made=made,
            title=claim.title,
            maker=claim.maker,
            sha256=sha256,
            path=str(out.resolve()),
            fingerprints=claim.fingerprints,
            made_from=_made_from(claim),
            manifest=manifest,
            store=signature.store,
        )
        keep(record)
        append(*events)
    with writing(out):
        for path in sorted(sealed.path.parent.iterdir(), key=lambda path: path == sealed.path):
            path.replace(sidecar_for(out) if path in sidecars(sealed.path) else out.with_name(path.name))


def _made_from(claim: Claim) -> tuple[str, ...]:
    """Hashes and names of all that went in, so that a consent that is taken back finds the films that it touches."""
    inputs = [(part.sha256, part.name) for part in claim.ingredients]
    if claim.parent:
        inputs.append((file_hash(claim.parent), claim.parent.name))
    return tuple(filter(None, (word for pair in inputs for word in pair)))
