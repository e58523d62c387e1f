"""What one metric says of one video."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from jaxtyping import Float

from .interval import Interval

Better = Literal["higher", "lower", "neither"]
Over = Literal["video", "pair", "set"]


class Refused(Exception):
    """A metric can't be measured here; its text says what it needs. Reports show it in the metric's place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How to read a metric's number."""

    unit: str  # "pixels a frame"
    better: Better
    over: Over = "video"  # a pair is a video and its reference; a set is many videos and others


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A number that the value stands on."""

    name: str
    value: float
    unit: str = ""
    interval: Interval | None = None
    note: str = ""  # what to hold it against


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of the video that the metric found something in, in frames; `end` is the first frame after it."""

    start: int
    end: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """The value, and what it is made of. NaN in the curve is a frame of which nothing can be said."""

    value: float
    curve: tuple[float, ...] = ()  # one number a frame
    parts: tuple[Part, ...] = ()
    spans: tuple[Span, ...] = ()
    note: str = ""  # how it was measured, where there is more than one way
    interval: Interval | None = None  # of the value, over a set
    sample: Float[np.ndarray, "N D"] | None = field(default=None, repr=False)  # features, for metrics over a set


def mean_of(curve: Sequence[float], *, why: str = "needs more frames: the video is too short for it") -> float:
    """The mean of what is known. Raises Refused where nothing is, with what it would need."""
    known = [value for value in curve if not math.isnan(value)]
    if not known:
        raise Refused(why)
    return float(np.mean(known))
