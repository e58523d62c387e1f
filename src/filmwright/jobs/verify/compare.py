"""A film beside its original: what was cut, what was put in, and where the pictures differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, takewhile
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from filmwright.core.mark import Geometry
from filmwright.film.video.listening import loudness, same_sound
from filmwright.film.video.reading import key_pictures, pictures_from, probe
from filmwright.jobs.looks import PICTURES

from .heat import differences, drawn
from .laying import lay, small
from .nouns import Change, Comparison, Heard

STEP = Fraction(1)  # second between two pictures that are compared
MOST = 40  # of them
SAME = 0.9  # correlation of two pictures of one moment
KNOWN = 0.7  # correlation of pictures that still show the same, with something painted over
NEAR = Fraction(3, 4)  # seconds around a match in which the very picture is looked for
JUMP = 1.3  # seconds by which time has to jump for a cut
FEWEST = 4  # pictures from which another speed can be told...
MOSTLY = 0.8  # ...if so many of all are in the original...
FASTER = 0.08  # ...that differs by this much at least
SHOWN = 3  # changes that are told
SEEN = 0.001  # share of the picture that has to differ


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """A picture of the film and the one of the original that it shows; `of` is None for a picture from elsewhere."""

    at: Fraction
    of: Fraction | None
    rgb: UInt8[np.ndarray, "h w 3"]
    there: UInt8[np.ndarray, "H W 3"]  # the original's; both small


def compare(path: Path, original: Path, geometry: Geometry) -> Comparison:
    """Lay a film on its original, by the geometry that the mark shows and by what it looks like. Raises BadAsset."""
    if path.suffix.lower() in PICTURES:
        return Comparison(original=original.name)
    length = probe(original).seconds
    first = [(at, small(rgb)) for at, rgb in key_pictures(original, every=STEP, most=4 * MOST)]
    film = [(at, small(rgb)) for at, rgb in key_pictures(path, every=STEP, most=MOST)]
    pairs = [_match(at, rgb, first, geometry) for at, rgb in film]
    dense = len(film) < MOST  # else whole seconds between pictures are skipped, and cuts can't be told
    speed = _speed(pairs)
    missing, inserted = _cuts(pairs, length, probe(path).seconds) if dense and speed == 1 else ((), ())
    found = [c for pair in pairs if pair.of is not None and (c := _change(pair, original, geometry, moved=speed != 1))]
    return Comparison(
        original=original.name,
        changes=tuple(sorted(found, key=lambda c: -c.share)[:SHOWN]),
        missing=missing,
        inserted=inserted,
        speed=speed,
        sound="" if missing or inserted or speed != 1 else _sound(path, original),
    )


def _match(
    at: Fraction,
    rgb: UInt8[np.ndarray, "h w 3"],
    first: Sequence[tuple[Fraction, UInt8[np.ndarray, "H W 3"]]],
    geometry: Geometry,
) -> Pair:
    """When the original shows this picture: at the same time, else at that which looks most like it."""
    near = [moment for moment in first if abs(moment[0] - at) <= STEP / 2]
    best = _likest(rgb, near, geometry)
    if best is None or best[0] < SAME:
        other = _likest(rgb, first, geometry, quick=True)
        best = max((b for b in (best, other) if b), default=None, key=lambda b: b[0])
    if best is None or best[0] < KNOWN:
        return Pair(at=at, of=None, rgb=rgb, there=rgb)
    return Pair(at=at, of=best[1], rgb=rgb, there=best[2])


def _likest(
    rgb: UInt8[np.ndarray, "h w 3"],
    moments: Iterable[tuple[Fraction, UInt8[np.ndarray, "H W 3"]]],
    geometry: Geometry,
    *,
    quick: bool = False,
) -> tuple[float, Fraction, UInt8[np.ndarray, "H W 3"]] | None:
    """Of the original's pictures that which looks most like this one: how much, when, and the picture."""
    alike = ((lay(rgb, there, geometry, quick=quick).likeness, when, there) for when, there in moments)
    return max(alike, default=None, key=lambda found: found[0])


def _speed(pairs: Sequence[Pair]) -> float:
    """How fast the original passes, if all of it does so evenly: the median slope (Sen 1968); else 1."""
    shown = [(float(pair.at), float(pair.of)) for pair in pairs if pair.of is not None]
    if len(shown) < max(FEWEST, MOSTLY * len(pairs)):
        return 1.0
    at, of = np.array(shown).T
    i, k = np.triu_indices(len(at), 1)
    slope = float(np.median((of[k] - of[i]) / (at[k] - at[i])))
    rest = of - slope * at
    even = float(np.ptp(rest)) <= 1.5 * float(STEP)
    return round(slope, 2) if even and abs(slope - 1) > FASTER else 1.0


def _cuts(
    pairs: Sequence[Pair], length: Fraction, film: Fraction
) -> tuple[tuple[tuple[float, float], ...], tuple[tuple[float, float], ...]]:
    """Seconds of the original that are gone, and seconds of the film that are not in the original."""
    half = STEP / 2
    missing: list[tuple[float, float]] = []
    inserted: list[tuple[float, float]] = []
    for pair in pairs:
        if pair.of is None:
            start, end = max(float(pair.at - half), 0.0), float(min(pair.at + half, film))
            if inserted and inserted[-1][1] >= start:
                start = inserted.pop()[0]
            inserted.append((start, end))
    shown = [pair.of for pair in pairs if pair.of is not None]
    for before, after in pairwise([-half, *shown, length + half]):
        if after - before > STEP + Fraction(JUMP) - half:
            missing.append((max(float(before + half), 0.0), float(min(after - half, length))))
    return tuple(missing), tuple(inserted)


def _change(pair: Pair, original: Path, geometry: Geometry, *, moved: bool) -> Change | None:
    """What differs between a picture of the film and the original's picture of that very moment."""
    assert pair.of is not None
    when, there = pair.of, pair.there
    if moved or when != pair.at:  # cut or re-timed: the very picture may lie between those that were compared
        end = when + NEAR
        around = pictures_from(original, max(when - NEAR, Fraction(0)))
        close = takewhile(lambda moment: moment[0] <= end, ((at, small(rgb)) for at, rgb in around))
        _, when, there = _likest(pair.rgb, close, geometry) or (0.0, when, there)
    laid = lay(pair.rgb, there, geometry, exactly=True)
    heat = differences(there, laid.rgb, laid.both)
    if heat.share < SEEN:
        return None
    picture = drawn(laid.rgb, heat)
    return Change(at=float(pair.at), of=float(when), share=heat.share, boxes=heat.boxes(), picture=picture)


def _sound(path: Path, original: Path) -> Heard:
    before, now = loudness(original), loudness(path)
    if not len(before):
        return "other" if len(now) else ""
    if not len(now):
        return "none"
    return "same" if same_sound(before, now) else "other"
