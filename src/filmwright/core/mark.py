"""What a watermark's reader says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """How the pictures lie to those that were marked; plain scaling of the whole picture leaves all of it as it is."""

    zoom: float = 1.0  # how much of its frame the picture fills: 2 after a crop to half, 0.56 between bars
    stretch: float = 1.0  # further scale of the width
    rotation: float = 0.0  # degrees, counter-clockwise
    flipped: bool = False  # left and right


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkReading:
    """Whether a mark is there, and apart from that whether its message could be read."""

    present: bool
    false_alarm: float  # how probable it is that unmarked pictures score as high, at most
    score: float  # standard deviations above what unmarked pictures give
    payload: int | None = None  # the whole message; None where it could not be read
    num_bits: int = 64
    num_frames: int = 0  # pictures that were looked at
    geometry: Geometry = Geometry()


UNMARKED = MarkReading(present=False, false_alarm=1.0, score=0.0)
