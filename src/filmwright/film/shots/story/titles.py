"""Where and when words stand: beside the product's face, never on it, long enough to be read."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal

import numpy as np
from jaxtyping import Float

from filmwright.core.camera import project
from filmwright.core.shot import Box, Shot, Title
from filmwright.film.shots.brief import Brief

from .framing import extent
from .subject import Subject

SAFE_X, SAFE_Y = 0.065, 0.07  # title-safe margins, shares of the picture
_GAP = 0.03  # between words and the product over or under them
_ASIDE = 0.06  # between words and the product beside them
_INDENT = 0.03  # of words beside the product, from the title-safe margin
_BREATH = Fraction(1, 3)  # seconds between a shot's ends and its words
_READ = Fraction(5, 4)  # seconds that words must stand at least
_LEAST_WIDTH, _LEAST_HEIGHT = 0.26, 0.09
_LOWEST_FOOT = 0.78  # a plinth that reaches lower than this is written on
Align = Literal["left", "center"]
_BY_CHOICE = ("hero", "reveal", "orbit", "crane", "push-in")


def titles_for(
    shots: Sequence[Shot], starts: Sequence[Fraction], overlaps: Sequence[Fraction], subject: Subject, brief: Brief
) -> tuple[Title, ...]:
    """The tagline over a shot of the whole product, the name and the tagline on the end card.

    `starts` are seconds into the film at which each shot's first frame is shown, `overlaps` the dissolves between.
    """
    out: list[Title] = []
    cards = [i for i, s in enumerate(shots) if s.kind == "end-card"]
    if brief.tagline:
        order = sorted((i for i, s in enumerate(shots) if s.kind in _BY_CHOICE), key=lambda i: _rank(shots[i], i))
        spoken = (_over(shots[i], i, starts, overlaps, subject, brief) for i in order)
        out += [title for title in spoken if title is not None][:1]
    for i in cards:
        out += _card(shots[i], starts[i], overlaps, i, subject, brief)
    return tuple(sorted(out, key=lambda t: t.start))


def _rank(shot: Shot, position: int) -> tuple[int, int]:
    return _BY_CHOICE.index(shot.kind), -position


def _window(shot: Shot, i: int, starts: Sequence[Fraction], overlaps: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """When words may stand in shot i: clear of the dissolves, and a breath from the cuts in their middles."""
    before = overlaps[i - 1] if i > 0 else Fraction(0)
    after = overlaps[i] if i < len(overlaps) else Fraction(0)
    begin = starts[i] + max(before, before / 2 + _BREATH)
    return begin, starts[i] + shot.seconds - max(after, after / 2 + _BREATH)


def _over(
    shot: Shot, i: int, starts: Sequence[Fraction], overlaps: Sequence[Fraction], subject: Subject, brief: Brief
) -> Title | None:
    start, end = _window(shot, i, starts, overlaps)
    if end - start < _READ:
        return None
    free = free_box(shot, subject, from_seconds=start - starts[i], to_seconds=end - starts[i])
    if free is None:
        return None
    box, align = free
    middle = (box.top + box.bottom) / 2
    half = min(0.17, (box.bottom - box.top) / 2) if align == "left" else min(0.1, (box.bottom - box.top) / 2)
    box = replace(box, top=middle - half, bottom=middle + half)
    return Title(text=brief.tagline, style="tagline", box=box, align=align, start=start, end=end)


def _card(
    shot: Shot, start: Fraction, overlaps: Sequence[Fraction], i: int, subject: Subject, brief: Brief
) -> list[Title]:
    """Name over tagline in the card's free part. A last card's words stay to the end; others breathe out."""
    before = overlaps[i - 1] if i > 0 else Fraction(0)
    last = i == len(overlaps)
    begin = start + max(before, before / 2 + _BREATH)
    end = start + shot.seconds - (Fraction(0) if last else overlaps[i] + _BREATH)
    free = free_box(shot, subject, from_seconds=begin - start, to_seconds=end - start)
    both: list[tuple[str, Literal["name", "end"]]] = [(brief.name, "name"), (brief.tagline, "end")]
    lines = [line for line in both if line[0]]
    if free is None or not lines or end <= begin:
        return []
    box, align = free
    rows = _rows(box, len(lines), align)
    out = []
    for n, ((text, style), row) in enumerate(zip(lines, rows, strict=True)):
        later = begin + round(min(Fraction(n, 2), (end - begin) / 4 * n) * shot.fps) / shot.fps
        out.append(Title(text=text, style=style, box=row, align=align, start=later, end=end))
    return out


def _rows(box: Box, num: int, align: Align) -> list[Box]:
    """One or two lines about the box's middle: the name's the higher one."""
    middle = (box.top + box.bottom) / 2
    half = min(0.155 if align == "left" else 0.12, (box.bottom - box.top) / 2)
    top, bottom = middle - half, middle + half
    if num == 1:
        return [replace(box, top=top + 0.2 * half, bottom=bottom - 0.2 * half)]
    split = top + 0.58 * (bottom - top)
    return [replace(box, top=top, bottom=split - 0.01), replace(box, top=split + 0.01, bottom=bottom)]


def free_box(shot: Shot, subject: Subject, *, from_seconds: Fraction, to_seconds: Fraction) -> tuple[Box, Align] | None:
    """The best part of the title-safe picture that the product leaves free all the while, and how to align in it.

    Wide pictures give a side, others the part above or below; None where nothing is large enough.
    """
    product = product_box(shot, subject, from_seconds, to_seconds)
    foot = product.bottom
    if len(subject.furniture):
        foot = max(foot, min(_box_of(subject.furniture, shot, from_seconds, to_seconds).bottom, _LOWEST_FOOT))
    left, right, top, bottom = SAFE_X, 1 - SAFE_X, SAFE_Y, 1 - SAFE_Y
    sides = [
        Box(left=left + _INDENT, top=top, right=min(product.left - _ASIDE, right), bottom=bottom),
        Box(left=max(product.right + _ASIDE, left), top=top, right=right, bottom=bottom),
    ]
    stacked = [
        Box(left=left, top=top, right=right, bottom=min(product.top - _GAP, bottom)),
        Box(left=left, top=max(foot + _GAP, top), right=right, bottom=bottom),
    ]
    side = max(sides, key=lambda b: b.right - b.left)
    stack = max(stacked, key=lambda b: b.bottom - b.top)
    beside_fits = side.right - side.left >= _LEAST_WIDTH and shot.width > 1.2 * shot.height
    if beside_fits and (side.right - side.left > 0.36 or stack.bottom - stack.top < 0.16):
        return side, "left"
    if stack.bottom - stack.top >= _LEAST_HEIGHT:
        return stack, "center"
    return (side, "left") if beside_fits else None


def product_box(shot: Shot, subject: Subject, from_seconds: Fraction, to_seconds: Fraction) -> Box:
    """The box in the picture that holds the product from one time of the shot to another."""
    return _box_of(subject.hull, shot, from_seconds, to_seconds)


def _box_of(points: Float[np.ndarray, "P 3"], shot: Shot, from_seconds: Fraction, to_seconds: Fraction) -> Box:
    frames = np.linspace(float(from_seconds * shot.fps), float(to_seconds * shot.fps) - 1, 13)
    size = np.array([shot.width, shot.height])
    places = [
        project(shot.camera(float(f)), points, width=shot.width, height=shot.height)[:, :2] / size for f in frames
    ]
    return extent(np.stack(places))
