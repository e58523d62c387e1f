"""Measure videos, made here or elsewhere, with metrics that were each proven on clips of known answer."""

import platform
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from filmwright import __version__
from filmwright.core.errors import BadAsset, BadFilm, FilmError
from filmwright.core.manifest import now
from filmwright.core.progress import Report as Progress
from filmwright.core.progress import Step, silent
from filmwright.jobs.inside import inside
from filmwright.jobs.looks import FILMS

from .means import means
from .metrics import metrics
from .nouns import Measured, Opened, Report, Row
from .one import failed, measure
from .sets import over_sets
from .subject import Subject, decoder, from_clip, from_file

__all__ = ["Measured", "Opened", "Report", "Row", "Subject", "evaluate", "from_clip", "from_file", "measure", "opened"]


def evaluate(
    sources: Sequence[Path],
    *,
    against: Path | None = None,
    names: Sequence[str] = (),
    report: Progress = silent,
) -> Report:
    """Measure videos, and every video in folders; `against` is a reference, or a folder of them with the same names.

    `names` are the metrics; () is all. Where several videos are given, one that is broken gets an error in its row and
    the others are measured; one by itself raises BadAsset, or BadFilm where it and its reference are not equal.
    """
    chosen = opened(names)
    if against is not None and not against.exists():
        raise BadAsset(f"there is no file or folder {against}, which --against names.")
    files = _files(sources)
    rows = []
    for done, (path, name) in enumerate(files, 1):
        try:
            rows.append(_row(path, name, against, chosen, silent if len(files) > 1 else report))
        except FilmError as err:
            if len(files) == 1:
                raise
            rows.append(failed(name, err))
        if len(files) > 1:
            report(Step("evaluate", done, len(files), "files"))
    return Report(
        sources=tuple(map(str, sources)),
        against="" if against is None else str(against),
        rows=tuple(rows),
        means=tuple(means(chosen, rows)) if len(rows) > 1 else (),
        sets=tuple(over_sets(chosen, rows, lambda: _others(against, chosen))),
        made=now(),
        software=software(),
    )


def opened(names: Sequence[str] = ()) -> tuple[Opened, ...]:
    """Metrics by name; () is all. Raises UnknownDriver."""
    wanted = tuple(dict.fromkeys(names)) or tuple(metrics.names())
    return tuple(Opened(name=name, about=metrics.about(name), metric=metrics.open(name)) for name in wanted)


def software() -> tuple[str, ...]:
    """What the numbers depend on."""
    ours, python = f"filmwright {__version__}", f"Python {platform.python_version()}"
    others = (("numpy", "numpy"), ("OpenCV", "opencv-python-headless"))
    return (ours, python, *(f"{name} {version(package)}" for name, package in others), decoder())


def _row(path: Path, name: str, against: Path | None, chosen: Sequence[Opened], report: Progress) -> Row:
    subject = from_file(path, name)
    reference = _reference(path, name, against)
    return measure(replace(subject, reference=reference), chosen, report)


def _reference(path: Path, name: str, against: Path | None) -> Subject | None:
    """The file itself, or the one of the same name in a folder, whatever its ending; None where there is none."""
    if against is None:
        return None
    if against.is_file():
        return from_file(against)
    same = [p for p in _videos(against) if p.relative_to(against).with_suffix("") == Path(name).with_suffix("")]
    if len(same) > 1:
        found = ", ".join(p.name for p in same)
        raise BadFilm(f"{against} holds {len(same)} references for {path}: {found}. Keep one.")
    return from_file(same[0]) if same else None


def _others(against: Path | None, chosen: Sequence[Opened]) -> list[Row]:
    if against is None or against.is_file():
        return []
    only = [each for each in chosen if each.metric.scale.over == "set"]
    return [measure(from_file(path), only) for path in _videos(against)]


def _files(sources: Sequence[Path]) -> list[tuple[Path, str]]:
    """Each file and its name in the report: as it lies in the folder that was given."""
    found = []
    for source in sources:
        if source.is_dir():
            found += [(path, path.relative_to(source).as_posix()) for path in _videos(source)]
        elif source.exists():
            found.append((source, source.name))
        else:
            raise BadAsset(f"there is no file or folder {source}.")
    return found


def _videos(folder: Path) -> list[Path]:
    found = inside(folder, FILMS)
    if not found:
        raise BadAsset(f"{folder} holds no film ({', '.join(FILMS)}).")
    return found
