"""What was given to measure -> one subject after the other: files, folders of them, simulated data sets."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from filmwright.core.errors import BadAsset, BadFilm, FilmError
from filmwright.jobs.inside import inside
from filmwright.jobs.looks import FILMS
from filmwright.jobs.simulate import read
from filmwright.jobs.simulate.data import DATA, RECIPE

from .subject import Subject, from_clip, from_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One video that is still to be opened."""

    name: str  # in the report: as it lies in the folder that was given
    open: Callable[[], Subject]  # raises BadAsset


def listed(given: Sequence[Path]) -> tuple[Iterator[Source], int | None]:
    """The videos in order, and how many; None where that is not known before. Raises BadAsset for what is not there."""
    found: list[Source] = []
    data = [path for path in given if is_data(path)]
    for path in given:
        if path.is_dir() and path not in data:
            found += [_file(p, p.relative_to(path).as_posix()) for p in videos(path)]
        elif not path.exists():
            raise BadAsset(f"there is no file or folder {path}.")
        elif path not in data:
            found.append(_file(path, path.name))
    return _all(found, data), None if data else len(found)


def is_data(path: Path) -> bool:
    """Whether it is a simulated data set."""
    return all((path / name).is_file() for name in (RECIPE, DATA))


def videos(folder: Path) -> list[Path]:
    """Every video in a folder and its folders. Raises BadAsset where there is none."""
    found = inside(folder, FILMS)
    if not found:
        raise BadAsset(f"{folder} holds no film ({', '.join(FILMS)}).")
    return found


def beside(subject: Subject, against: Path | None) -> Subject:
    """With its reference, if there is one: a file itself, or that of the same name in a folder, whatever its ending.

    A data set's clips are nobody's references.
    """
    if against is None or is_data(against):
        return subject
    if against.is_file():
        return replace(subject, reference=from_file(against))
    name = Path(subject.name).with_suffix("")
    same = [p for p in videos(against) if p.relative_to(against).with_suffix("") == name]
    if len(same) > 1:
        found = ", ".join(p.name for p in same)
        raise BadFilm(f"{against} holds {len(same)} references for {subject.name}: {found}. Keep one.")
    return replace(subject, reference=from_file(same[0])) if same else subject


def _file(path: Path, name: str) -> Source:
    return Source(name=name, open=partial(from_file, path, name))


def _all(files: Sequence[Source], data: Sequence[Path]) -> Iterator[Source]:
    """Clips of data sets come last and are read one at a time; one that is broken ends its data set."""
    yield from files
    for folder in data:
        try:
            for clip in read(folder):
                yield Source(name=clip.key, open=partial(from_clip, clip))
        except FilmError as err:
            yield Source(name=str(folder), open=partial(_fail, err))


def _fail(err: FilmError) -> Subject:
    raise err
