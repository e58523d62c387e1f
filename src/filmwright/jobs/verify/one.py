"""One file -> what is known of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from filmwright.core.claim import Signature
from filmwright.core.content import file_hash
from filmwright.core.errors import BadAsset
from filmwright.core.mark import UNMARKED, Geometry, MarkReading
from filmwright.core.printable import printable
from filmwright.core.video import Video
from filmwright.film.asset.audit import Event, append
from filmwright.film.asset.fingerprint import FARTHEST, SAME, film_distance, fingerprints
from filmwright.film.asset.home import home
from filmwright.film.asset.identity import id_text
from filmwright.film.asset.marks import Mark, marks
from filmwright.film.asset.records import Record, find, find_file, nearest
from filmwright.film.asset.signers import signers
from filmwright.film.video.reading import key_pictures, luma, probe
from filmwright.film.video.stills import read_picture
from filmwright.jobs.looks import PICTURES
from filmwright.jobs.page.pictures import jpeg

from .along import along
from .compare import compare
from .nouns import Comparison, Finding, Found, Span
from .words import verdict, words_of, words_of_mark

KEY_PICTURES = 6  # enough to know a film by, and to show on a page
UNREAD = Signature(state="broken", says="The file can't be opened.", embedded=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the pictures tell by themselves."""

    video: Video | None  # None for a picture
    pictures: tuple[UInt8[np.ndarray, "_ _ 3"], ...]
    codes: tuple[str, ...]  # fingerprints

    @property
    def facts(self) -> str:
        """Length, size and codec in words."""
        if self.video is None:
            height, width = self.pictures[0].shape[:2]
            return f"a picture, {width}x{height}"
        v = self.video
        sound = f", sound {v.audio_codec}" if v.audio_codec else ", silent"
        return f"{float(v.seconds):.1f} s, {v.width}x{v.height}, {float(v.fps):.4g} fps, {v.video_codec}{sound}"


def look_at(path: Path, name: str = "", *, deep: bool = False, original: Path | None = None) -> Finding:
    """All that a film or picture tells; every look is written to the audit log."""
    name = printable(name or path.name)
    sha256, signature = "", UNREAD
    try:
        sha256, signature = file_hash(path), signers.open("c2pa").read(path)
        seen = _seen(path)
    except (BadAsset, OSError) as err:
        found = Finding(
            name=name,
            outcome="broken",
            says="It can't be read as a film or picture: it is damaged, or something else.",
            sha256=sha256,
            signature=signature,
            notes=(printable(str(err).replace(str(path), name)),),
        )
    else:
        found = _judged(path, name, sha256, signature, seen, deep=deep, original=original)
    facts = {"file": name, "outcome": found.outcome, "signature": signature.state, "mark": found.mark_id}
    append(Event(kind="verification", subject=sha256 or name, facts=facts))
    return found


def _judged(
    path: Path, name: str, sha256: str, signature: Signature, seen: Seen, *, deep: bool, original: Path | None
) -> Finding:
    mark, reading = _marked(path, seen, signature, deep=deep)
    mark_id = "" if reading.payload is None else id_text(reading.payload, reading.num_bits)
    known = reading.present or bool(mark_id)
    record, found_by = _recorded(sha256, mark_id, signature, seen.codes)
    whole = signature.state == "trusted" or found_by == "file"
    stored = None
    if record and record.store and (not whole or signature.state == "none"):
        stored = signers.open("c2pa").read_stored(record.store)
    spans: tuple[Span, ...] = ()
    comparison: Comparison | None = None
    notes: list[str] = []
    if seen.video and not whole:
        if mark and reading.present:
            spans = along(path, seen.video, mark, reading)
        first, why = _original(record, original, found_by)
        notes += [why] if why else []
        comparison = compare(path, first, reading.geometry if known else Geometry()) if first else None
    distance = film_distance(seen.codes, record.fingerprints) if record else FARTHEST
    outcome, says = verdict(
        signature, reading, mark_id, record, found_by, stored, spans, comparison, distance, still=seen.video is None
    )
    return Finding(
        name=name,
        outcome=outcome,
        says=says,
        sha256=sha256,
        signature=signature,
        facts=seen.facts,
        mark=reading,
        mark_id=mark_id,
        mark_says=words_of_mark(reading, mark_id, key=mark is not None),
        geometry=words_of(reading.geometry) if known else "",
        record=record,
        found_by=found_by,
        stored=stored,
        distance=distance if distance < FARTHEST else None,
        spans=spans,
        comparison=comparison,
        notes=tuple(notes),
        pictures=tuple(jpeg(picture) for picture in seen.pictures),
    )


def _seen(path: Path) -> Seen:
    if path.suffix.lower() in PICTURES:
        pictures: tuple[UInt8[np.ndarray, "_ _ 3"], ...] = (read_picture(path),)
        return Seen(video=None, pictures=pictures, codes=fingerprints(pictures))
    video = probe(path)
    pictures = tuple(rgb for _, rgb in key_pictures(path, most=KEY_PICTURES))
    if not pictures:
        raise BadAsset(f"{path} holds no picture that can be decoded. Copy or encode it again.")
    return Seen(video=video, pictures=pictures, codes=fingerprints(pictures))


def _marked(path: Path, seen: Seen, signature: Signature, *, deep: bool) -> tuple[Mark | None, MarkReading]:
    """The mark of the length that the signature names, else of either; nothing where nobody has a key here."""
    if not (home() / "keys" / "mark.key").exists():
        return None, UNMARKED
    lengths = (96, 64) if len(signature.mark_id) == 24 else (64, 96)
    mark, other = (marks.open("tiled", bits=bits) for bits in lengths)
    reading = mark.read(_lumas(path, seen), deep=deep)
    if reading.present and reading.payload is None:  # pilots are the same in both
        again = other.read(_lumas(path, seen), at=reading.geometry)
        if again.payload is not None:
            return other, again
    return mark, reading


def _lumas(path: Path, seen: Seen) -> Iterable[UInt8[np.ndarray, "H W"]]:
    if seen.video is None:
        return [cv2.cvtColor(seen.pictures[0], cv2.COLOR_RGB2GRAY)]
    return luma(path)


def _recorded(
    sha256: str, mark_id: str, signature: Signature, codes: tuple[str, ...]
) -> tuple[Record | None, Found | None]:
    """The film on record, and what led to it: the bytes themselves, the mark, a signature that holds, or the looks."""
    if same := find_file(sha256):
        return same, "file"
    if marked := find(mark_id):  # of several makings of one film, that which looks most like it
        return min(marked, key=lambda record: film_distance(codes, record.fingerprints)), "mark"
    if signature.state == "trusted" and (named := find(signature.mark_id)):
        return named[0], "signature"
    near = nearest(codes)
    return (near[0], "looks") if near and near[1] <= SAME else (None, None)


def _original(record: Record | None, given: Path | None, found_by: Found | None) -> tuple[Path | None, str]:
    """The film as it was made, where it is at hand and still what is on record; else why not."""
    if given is not None:
        return given, ""
    if record is None or found_by not in ("mark", "signature", "looks") or not record.path:
        return None, ""
    path = Path(record.path)
    if not path.is_file() or file_hash(path) != record.sha256:
        return None, "The original is not at hand to compare it with: give it with --original."
    return path, ""
