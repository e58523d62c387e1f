"""Who made a film, when and from what, and whether it was changed since: for a file, a folder or a local address."""

from pathlib import Path

from filmwright import __version__
from filmwright.core.errors import BadAsset
from filmwright.core.manifest import now
from filmwright.core.progress import Report as Progress
from filmwright.core.progress import Step, silent
from filmwright.jobs.inside import inside
from filmwright.jobs.looks import FILMS, PICTURES

from .address import fetched, is_address
from .nouns import EXITS, Change, Comparison, Finding, Report, Span
from .one import look_at
from .told import as_json

__all__ = ["EXITS", "Change", "Comparison", "Finding", "Report", "Span", "as_json", "verify"]


def verify(source: str, *, deep: bool = False, original: Path | None = None, report: Progress = silent) -> Report:
    """Look at a film or picture, at all in a folder and its folders, or at the answer of a server on this machine.

    `deep` searches the mark in turned and stretched pictures too, which takes longer; `original` is the film as it was
    made, to compare with. Raises BadAsset where there is nothing to look at, BadFilm for an address elsewhere.
    """
    if original is not None and not original.is_file():
        raise BadAsset(f"there is no file {original}, which --original names.")
    if is_address(source):
        with fetched(source) as path:
            found = [look_at(path, source, deep=deep, original=original)]
    else:
        found, paths = [], _files(Path(source))
        for done, path in enumerate(paths, 1):
            name = path.name if len(paths) == 1 else path.relative_to(source).as_posix()
            found.append(look_at(path, name, deep=deep, original=original))
            if len(paths) > 1:
                report(Step("verify", done, len(paths), "files"))
    return Report(source=source, findings=tuple(found), made=now(), software=f"filmwright {__version__}")


def _files(path: Path) -> list[Path]:
    """The file, or the films and pictures in a folder, without what is hidden; links that lead nowhere are told of."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise BadAsset(f"there is no file or folder {path}.")
    kinds = (*FILMS, *PICTURES)
    found = inside(path, kinds)
    if not found:
        raise BadAsset(f"{path} holds no film and no picture ({', '.join(kinds)}).")
    return found
