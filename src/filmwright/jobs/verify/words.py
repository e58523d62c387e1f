"""What was found -> one sentence."""

from collections.abc import Sequence

from filmwright.core.claim import Signature
from filmwright.core.mark import Geometry, MarkReading
from filmwright.core.printable import printable
from filmwright.film.asset.fingerprint import SAME
from filmwright.film.asset.records import Record

from .nouns import Comparison, Finding, Found, Outcome, Span

SOURCES = {
    "algorithmicMedia": "rendered by a program",
    "compositeSynthetic": "rendered from captured things",
    "compositeWithTrainedAlgorithmicMedia": "made in part by a trained model",
    "trainedAlgorithmicMedia": "made by a trained model",
    "digitalCapture": "recorded by a camera",
    "humanEdits": "recorded by a camera and edited by hand",
}
UNLIKE = 105  # bits of 256 by which fingerprints of unrelated films differ at least, nearly always


def verdict(
    signature: Signature,
    mark: MarkReading,
    mark_id: str,
    record: Record | None,
    found_by: Found | None,
    stored: Signature | None,
    spans: Sequence[Span],
    comparison: Comparison | None,
    distance: float,
    *,
    still: bool = False,
) -> tuple[Outcome, str]:
    """The outcome, and the sentence that says why."""
    made = made_by(signature, record, stored)
    foreign = _foreign(spans, comparison)
    if _unlike(mark, found_by, distance, comparison) and not still and not foreign:
        foreign = "; but it looks unlike that film: its mark may have been carried over"
    by_signature = _by_signature(signature, record, found_by, made, foreign)
    outcome, says = by_signature or _by_mark(signature, mark, mark_id, record, found_by, made, foreign, still=still)
    return outcome, printable(says)  # names in it are those that strangers gave


def _by_signature(
    signature: Signature, record: Record | None, found_by: Found | None, made: str, foreign: str
) -> tuple[Outcome, str] | None:
    """What a signature that is there decides, or the very bytes; None where it is gone, or not that of the film."""
    if signature.state == "trusted":
        return "verified", f"{made}; unchanged since."
    if found_by == "file" and signature.state != "revoked":
        return "verified", f"{made}; byte for byte the file that is on record."
    if signature.state in ("changed", "broken"):
        what = "changed since it was signed" if signature.state == "changed" else "its signature was tampered with"
        whose = made if record else f"Signed as the work of {signature.maker or signature.signer or 'somebody'}"
        return "changed", f"{whose}; {what}{foreign}."
    if signature.state == "untrusted" and found_by not in ("mark",):
        how = f", and says that it was {SOURCES[signature.source]}" if signature.source in SOURCES else ""
        return "doubtful", f"Signed by an unknown signer, {signature.signer or 'without a name'}{how}; unchanged since."
    if signature.state in ("expired", "revoked"):
        return "doubtful", f"{made}; but the certificate that signed it {_gone(signature)}."
    return None


def _by_mark(
    signature: Signature,
    mark: MarkReading,
    mark_id: str,
    record: Record | None,
    found_by: Found | None,
    made: str,
    foreign: str,
    *,
    still: bool,
) -> tuple[Outcome, str]:
    """What the mark tells, else the looks."""
    if found_by == "mark" and still:
        shape = words_of(mark.geometry)
        return "marked", f"{made}; this is a picture out of that film{f', {shape}' if shape else ''}."
    if found_by == "mark":
        again = "another signature was put on it" if signature.state == "untrusted" else "the signature was stripped"
        shape = words_of(mark.geometry)
        rest = f" and the pictures were {shape}" if shape else " and the file was written anew"
        return ("changed" if foreign else "marked"), f"{made}; {again}{rest}{foreign}."
    if mark_id:
        return "unknown", f"It carries your mark ({mark_id}), but no film of that id is on record here."
    if mark.present:
        return "unknown", "It carries your mark, too faint for its message to be read."
    if found_by == "looks":
        return "unknown", f"It looks like “{record.title if record else ''}”, but carries neither signature nor mark."
    return "unknown", "Nothing is known of it: no signature, no mark of yours, and it looks like no film on record."


def made_by(signature: Signature, record: Record | None, stored: Signature | None) -> str:
    """Who, and when."""
    said = signature if signature.state == "trusted" else stored or signature
    maker = (record.maker if record else "") or said.maker or said.signer
    when = (record.made if record else "") or said.signed
    return f"Made by {maker or 'somebody without a name'}" + (f" on {when[:10]}" if when else "")


def words_of(geometry: Geometry) -> str:
    """What happened to the pictures' shape; "" for nothing."""
    said = []
    if geometry.zoom > 1.015:
        said.append(f"cropped to {100 / geometry.zoom:.0f}%")
    if geometry.zoom < 0.985:
        said.append(f"put into a frame that they fill to {100 * geometry.zoom:.0f}%")
    if abs(geometry.stretch - 1) > 0.015:
        said.append(f"{'widened' if geometry.stretch > 1 else 'narrowed'} to {100 * geometry.stretch:.0f}%")
    if abs(geometry.rotation) > 0.3:
        said.append(f"turned by {abs(geometry.rotation):.2g} degrees")
    if geometry.flipped:
        said.append("mirrored")
    return ", ".join(said)


def words_of_mark(mark: MarkReading, mark_id: str, *, key: bool) -> str:
    """Whether it is there, and apart from that whether its message was read."""
    if not key:
        return "not looked for: there is no key of a maker on this machine"
    if not mark.num_frames:
        return "not looked for"
    if not mark.present and not mark_id:
        return f"none of yours in {mark.num_frames} pictures"
    if not mark.present:
        return f"too faint to be told by itself, but its message is whole: {mark_id}"
    chance = f"by chance in less than one of {_power(mark.false_alarm)} unmarked films"
    return f"present ({chance}); " + (f"message {mark_id}" if mark_id else "its message is not readable")


def words_of_span(span: Span) -> str:
    """What the mark says of a stretch of time."""
    what = {
        "marked": "this film's mark",
        "unmarked": "no mark here: this may be other footage",
        "other film": f"the mark of another film, {span.mark_id}",
        "unclear": "too dark, too even or too faintly marked to tell",
    }[span.kind]
    return f"{span.start:.1f}-{span.end:.1f} s: {what}"


def words_of_looks(finding: Finding) -> str:
    """How near the fingerprints are to those on record."""
    if finding.distance is None:
        return ""
    near = "the same pictures" if finding.distance <= SAME else "other pictures, or another part of them"
    return f"{finding.distance:g} of 256 bits from the film on record ({SAME} or less: the same); {near}"


def clock(stamp: str) -> str:
    """A UTC time stamp for people."""
    return f"{stamp[:16].replace('T', ' ')} UTC" if len(stamp) > 10 else stamp


def seconds(spans: Sequence[tuple[float, float]]) -> str:
    """Stretches of time in words."""
    return " and ".join(f"{start:.1f}-{end:.1f} s" for start, end in spans)


def _foreign(spans: Sequence[Span], comparison: Comparison | None) -> str:
    """What is not from that film, or is gone."""
    other = [(s.start, s.end) for s in spans if s.kind in ("unmarked", "other film")]
    said = f"; its mark is not in {seconds(other)}" if other else ""
    if comparison is None:
        return said
    if comparison.speed != 1:
        said += f"; it plays about {comparison.speed:.1f} times as fast"
    replaced = comparison.inserted == comparison.missing
    if comparison.inserted and not other:
        several = len(comparison.inserted) > 1
        verb = ("show" if several else "shows") if replaced else ("are" if several else "is")
        said += f"; {seconds(comparison.inserted)} {verb} {'something else' if replaced else 'not in the original'}"
    if comparison.missing and not replaced:
        verb = "are" if len(comparison.missing) > 1 else "is"
        said += f"; {seconds(comparison.missing)} of the original {verb} missing"
    if comparison.changes:
        said += f"; the picture differs at {', '.join(f'{c.at:.1f} s' for c in comparison.changes)}"
    return said + {"other": "; the sound is another", "none": "; the sound is gone"}.get(comparison.sound, "")


def _unlike(mark: MarkReading, found_by: Found | None, distance: float, comparison: Comparison | None) -> bool:
    """Whether a film of unchanged shape looks like none of its pictures: a mark can be copied onto other footage."""
    alike = comparison is not None and not comparison.inserted
    return found_by == "mark" and mark.geometry == Geometry() and distance > UNLIKE and not alike


def _gone(signature: Signature) -> str:
    return "is revoked" if signature.state == "revoked" else f"expired on {signature.expires[:10]}"


def _power(chance: float) -> str:
    text = f"{chance:.0e}"
    return f"10^{abs(int(text.split('e')[1]))}" if chance > 1e-99 else "10^99"
