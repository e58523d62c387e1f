"""Measure videos, made here or elsewhere, with metrics that were each proven on clips of known answer."""

import platform
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from filmwright import __version__
from filmwright.core.errors import BadAsset, BadFilm, FilmError
from filmwright.core.manifest import now
from filmwright.core.progress import Report as Progress
from filmwright.core.progress import Step, silent

from .means import means
from .metrics import metrics
from .nouns import Measured, Opened, Report, Row
from .one import failed, measure
from .options import read_options
from .sets import over_sets
from .sources import beside, listed
from .subject import Subject, decoder, fast_look, from_clip, from_file

__all__ = ["Measured", "Opened", "Report", "Row", "Subject", "evaluate", "from_clip", "from_file", "measure", "opened"]


def evaluate(
    sources: Sequence[Path],
    *,
    against: Path | None = None,
    names: Sequence[str] = (),
    fast: bool = False,
    report: Progress = silent,
) -> Report:
    """Measure videos, every video in folders, and the clips of simulated data sets with their passes.

    `against` is a reference, a folder of them with the same names, or many others to compare sets with. `names` are the
    metrics, as `opened` takes them. Where several videos are given, one that is broken gets an error in its row and the
    others are measured; one by itself raises BadAsset, or BadFilm where it and its reference are not equal. `fast`
    measures motion at two of eight steps.
    """
    chosen = opened(names)
    if against is not None and not against.exists():
        raise BadAsset(f"there is no file or folder {against}, which --against names.")
    given, total = listed(sources)
    pairs = any(each.metric.scale.over == "pair" for each in chosen)
    rows = []
    for done, source in enumerate(given, 1):
        try:
            subject = beside(source.open(), against if pairs else None)
            rows.append(measure(fast_look(subject) if fast else subject, chosen, report if total == 1 else silent))
        except FilmError as err:
            if total == 1:
                raise
            rows.append(failed(source.name, err))
        if total != 1:
            report(Step("evaluate", done, total, "videos"))
    return Report(
        sources=tuple(map(str, sources)),
        against="" if against is None else str(against),
        rows=tuple(rows),
        means=tuple(means(chosen, rows)) if len(rows) > 1 else (),
        sets=tuple(over_sets(chosen, rows, lambda: _others(against, chosen, report))),
        made=now(),
        software=software(),
    )


def opened(names: Sequence[str] = ()) -> tuple[Opened, ...]:
    """Metrics by name, with options as in "warp_error:flow=exact"; () is all. Raises UnknownDriver, or BadFilm."""
    asked = [name.partition(":") for name in dict.fromkeys(names) or metrics.names()]
    found = [(name, metrics.open(name, **read_options(told))) for name, _, told in asked]
    if twice := [name for name, count in Counter(name for name, _ in found).items() if count > 1]:
        raise BadFilm(f"metric {twice[0]!r} is named with different options. Measure once with each.")
    return tuple(Opened(name=name, about=metrics.about(name), metric=metric) for name, metric in found)


def software() -> tuple[str, ...]:
    """What the numbers depend on."""
    ours, python = f"filmwright {__version__}", f"Python {platform.python_version()}"
    others = (("numpy", "numpy"), ("OpenCV", "opencv-python-headless"))
    return (ours, python, *(f"{name} {version(package)}" for name, package in others), decoder())


def _others(against: Path | None, chosen: Sequence[Opened], report: Progress) -> list[Row]:
    """What set metrics need of the videos that are compared with."""
    if against is None or against.is_file():
        return []
    only = [each for each in chosen if each.metric.scale.over == "set"]
    given, total = listed([against])
    rows = []
    for done, source in enumerate(given, 1):
        rows.append(measure(source.open(), only))
        report(Step("those compared with", done, total, "videos"))
    return rows
