"""Takes in a row: cuts, dissolves, and the fades from and to black. Holds no more than one dissolve in memory."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

import numpy as np
from jaxtyping import UInt8

from filmwright.core.errors import BadFilm
from filmwright.core.frames import Frames, singles
from filmwright.core.shot import Join

from .light import LINEAR, dithered, to_display, to_linear

Picture = UInt8[np.ndarray, "H W 3"]


def cut(takes: Sequence[Iterable[Frames]], joins: Sequence[Join]) -> Iterator[Frames]:
    """Put takes in a row, one join between each two; one picture at a time, without passes.

    The result has the takes' frames less the dissolves' (`join.seconds` times fps, rounded), and starts at 0.
    Dissolves mix linear light, as an optical printer does. Raises BadFilm where the takes' sizes or rates differ, or
    where a take is too short for the dissolves at its ends.
    """
    if len(joins) != max(len(takes) - 1, 0):
        raise BadFilm(f"{len(takes)} takes need {max(len(takes) - 1, 0)} joins between them, got {len(joins)}.")
    return _joined(takes, joins)


def fade(
    frames: Iterable[Frames], *, fade_in: Fraction = Fraction(0), fade_out: Fraction = Fraction(0)
) -> Iterator[Frames]:
    """Come from black over the first `fade_in` seconds and go to black over the last `fade_out`.

    Light is dimmed as by a lens's iris, and eased so that it seems to change at an even pace: the share of light is
    the eased share of the time to the power of 2.2. The very first and the very last picture are black. Apply it
    after the titles, so that they fade with the picture.
    """
    held: deque[Frames] = deque()
    num_in = num_out = index = 0
    for picture in singles(frames):
        num_in, num_out = round(fade_in * picture.fps), round(fade_out * picture.fps)
        held.append(_dimmed(picture, _ease(index / num_in), index) if index < num_in else picture)
        index += 1
        if len(held) > num_out:
            yield held.popleft()
    for left in range(len(held) - 1, -1, -1):
        yield _dimmed(held.popleft(), _ease(left / num_out), index + left)


def _joined(takes: Sequence[Iterable[Frames]], joins: Sequence[Join]) -> Iterator[Frames]:
    tail: list[Frames] = []  # the end of the last take, which the next one dissolves into
    index, like = 0, None
    for i, take in enumerate(takes):
        pictures = singles(take)
        first = next(pictures, None)
        if first is None:
            raise BadFilm(f"take {i} has no frames. Render it again.")
        like = like or first
        held: deque[Frames] = deque()
        ahead = _overlap(joins[i], first.fps) if i < len(joins) else 0
        for position, picture in enumerate(_chained(first, pictures)):
            _check(picture, like, i)
            mixed = picture
            if position < len(tail):
                mixed = _mixed(tail[position], picture, _ease((position + 1) / (len(tail) + 1)), index + len(held))
            held.append(mixed)
            if len(held) > ahead:
                yield _at(held.popleft(), index)
                index += 1
        if position + 1 < len(tail) + ahead:
            raise BadFilm(
                f"take {i} has {position + 1} frames, fewer than the {len(tail)} and {ahead} of the dissolves at its "
                "ends. Make the shot longer or the dissolves shorter."
            )
        tail = list(held)


def _overlap(join: Join, fps: Fraction) -> int:
    return round(join.seconds * fps) if join.kind == "dissolve" else 0


def _chained(first: Frames, rest: Iterator[Frames]) -> Iterator[Frames]:
    yield first
    yield from rest


def _check(picture: Frames, like: Frames, take: int) -> None:
    if picture.rgb.shape != like.rgb.shape or picture.fps != like.fps:
        (_, h, w, _), (_, height, width, _) = picture.rgb.shape, like.rgb.shape
        raise BadFilm(
            f"take {take} is {w}x{h} at {picture.fps} fps, the first one {width}x{height} at {like.fps} fps: "
            "takes of one film must be alike. Give all shots one size and rate."
        )


def _at(picture: Frames, index: int) -> Frames:
    return Frames(rgb=picture.rgb, fps=picture.fps, start=index / picture.fps)


def _ease(t: float) -> float:
    return t * t * (3 - 2 * t)


def _mixed(a: Frames, b: Frames, share: float, seed: int) -> Frames:
    linear = to_linear(a.rgb[0])
    linear += (to_linear(b.rgb[0]) - linear) * np.float32(share)
    return Frames(rgb=dithered(to_display(linear), seed)[None], fps=a.fps, start=a.start)


def _dimmed(picture: Frames, share: float, seed: int) -> Frames:
    table = to_display(LINEAR * np.float32(share**2.2))
    return Frames(rgb=dithered(table[picture.rgb[0]], seed)[None], fps=picture.fps, start=picture.start)
