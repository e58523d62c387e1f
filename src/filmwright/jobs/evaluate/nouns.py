"""What an evaluation finds."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from filmwright.core.errors import FilmError

from .interval import Interval
from .metrics import Metric
from .protocol import VideoProtocol
from .reading import Reading, Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A metric that takes part, by its driver's name."""

    name: str
    about: str
    metric: Metric

    @property
    def title(self) -> str:
        """The name as words."""
        return titled(self.name)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """One metric of one video: its reading, or why there is none."""

    name: str
    about: str
    scale: Scale
    reading: Reading | None = None
    refused: str = ""

    @property
    def title(self) -> str:
        """The name as words."""
        return titled(self.name)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Row:
    """One video."""

    name: str
    protocol: VideoProtocol | None = None  # None where it can't be read
    reference: str = ""
    measured: tuple[Measured, ...] = ()
    error: FilmError | None = None
    pictures: tuple[bytes, ...] = field(default=(), repr=False)  # JPEG, for the page

    @property
    def own(self) -> tuple[Measured, ...]:
        """What can be said of this video without others."""
        return tuple(each for each in self.measured if each.scale.over != "set")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mean:
    """One metric over all videos that have it; no interval where they can't be averaged."""

    name: str
    scale: Scale
    interval: Interval | None
    refused: str = ""

    @property
    def title(self) -> str:
        """The name as words."""
        return titled(self.name)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Report:
    """One or more videos."""

    sources: tuple[str, ...]  # as they were given
    rows: tuple[Row, ...]
    made: str  # UTC, ISO 8601
    software: tuple[str, ...]  # "numpy 2.4.6"
    against: str = ""
    means: tuple[Mean, ...] = ()  # of several videos
    sets: tuple[Measured, ...] = ()  # metrics over all of them together

    @property
    def not_averaged(self) -> dict[str, str]:
        """Why means could not be taken, to the titles of those that share the reason; "all" where every one does."""
        whys: dict[str, list[str]] = {}
        for mean in self.means:
            if mean.interval is None:
                whys.setdefault(mean.refused, []).append(mean.title)
        return {why: "all" if len(them) == len(self.means) > 1 else ", ".join(them) for why, them in whys.items()}

    @property
    def error(self) -> FilmError | None:
        """The first that stopped a video from being measured."""
        return next((row.error for row in self.rows if row.error), None)


def refusals(measured: Iterable[Measured]) -> dict[str, list[Measured]]:
    """Why some were not measured, to those that share the reason."""
    found: dict[str, list[Measured]] = {}
    for each in measured:
        if each.reading is None:
            found.setdefault(each.refused, []).append(each)
    return found


def titled(name: str) -> str:
    """A driver's name as words."""
    return _TITLES.get(name, name.replace("_", " "))


_TITLES = {
    "clip_score": "CLIP score",
    "color_drift": "colour drift",
    "frechet_distance": "Frechet distance",
    "fvd": "FVD",
    "psnr": "PSNR",
    "ssim": "SSIM",
    "vbench": "VBench",
}
