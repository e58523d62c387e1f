"""Video -> numbers. One file here is one metric; its docstring names its unit, its better direction and its source."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from filmwright.core.plugins import Slot

from ..moment import Moment
from ..reading import Reading, Scale
from ..subject import Subject


@runtime_checkable
class Meter(Protocol):
    """Looks through one video and keeps numbers, not pictures."""

    def see(self, moment: Moment) -> None:
        """The next frame."""
        ...

    def reading(self) -> Reading:
        """What was found. Raises Refused where the video held too little for it."""
        ...


@runtime_checkable
class Metric(Protocol):
    """Measures one video, or a video against its reference."""

    @property
    def scale(self) -> Scale:
        """Unit, better direction, and what it is measured over."""
        ...

    def start(self, subject: Subject) -> Meter:
        """Begin with a video. Raises Refused("needs ...") where it can't be measured: a reference, passes, weights."""
        ...


@runtime_checkable
class SetMetric(Metric, Protocol):
    """Measures many videos against many others: its meters' readings carry samples, and `between` compares those."""

    def between(self, ours: Sequence[Reading], theirs: Sequence[Reading]) -> Reading:
        """One number for both sets. Raises Refused where there are too few samples."""
        ...


@runtime_checkable
class FolderMetric(Metric, Protocol):
    """Has more to say of many videos together than the mean of their readings."""

    def over(self, readings: Sequence[Reading]) -> Reading:
        """Of all of them. Raises Refused where there are too few."""
        ...


metrics: Slot[Metric] = Slot(__name__, "metric")
