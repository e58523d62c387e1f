"""Files that are whole or absent."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import CannotWrite


@contextmanager
def whole(path: Path, *, by: str = "--out") -> Iterator[Path]:
    """Write to the path this yields; it takes the place of `path` when the block ends well, and is gone if not.

    Raises CannotWrite where the disk is full or the folder can't be written to; an earlier file stays whole.
    """
    part = path.with_name(f".{path.stem}.part-{os.getpid()}{path.suffix}")
    with writing(path, by=by):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield part
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def writing(path: Path, *, by: str = "--out") -> Iterator[None]:
    """Turn the operating system's refusals to write to `path` into a CannotWrite that says what to do.

    `by` is how the user chooses another folder: an option, or a variable of the environment.
    """
    try:
        yield
    except OSError as err:
        reason = _WHY.get(err.errno or 0)
        if reason is None:
            raise
        raise CannotWrite(f"cannot write {_goal(path)}: {reason} with {by}.") from err


_WHY = {
    errno.ENOSPC: "the disk is full. Free some space or choose another folder",
    errno.EDQUOT: "the disk quota is used up. Free some space or choose another folder",
    errno.EACCES: "the folder can't be written to. Change its permissions or choose another one",
    errno.EPERM: "the folder can't be written to. Change its permissions or choose another one",
    errno.EROFS: "the disk is read-only. Choose another folder",
    errno.EFBIG: "the file grew past a size limit. Raise the limit or choose another folder",
    errno.ENOTDIR: "a part of that path is a file, not a folder. Choose another folder",
    errno.EEXIST: "a part of that path is a file, not a folder. Choose another folder",
    errno.EISDIR: "that is a folder. Give a file name",
}


def _goal(path: Path) -> Path:
    """Where a file of a workroom is meant to stand: nobody else knows of workrooms."""
    hidden = next((i for i, part in enumerate(path.parts) if part.startswith(".work.part-")), None)
    return path if hidden is None else Path(*path.parts[:hidden], path.name)


@contextmanager
def workroom(folder: Path, *, name: str = "work") -> Iterator[Path]:
    """A hidden folder in `folder` for what is not finished yet; gone when the block ends, or with the next sweep.

    Where processes of several machines share the folder their numbers may be the same: give each job a name.
    """
    room = folder / f".{name}.part-{os.getpid()}"
    with writing(folder):
        shutil.rmtree(room, ignore_errors=True)
        room.mkdir(parents=True)
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def workrooms(folder: Path) -> set[Path]:
    """The workrooms that stand in a folder: one for each process that is at work in it."""
    return set(folder.glob(".work.part-*"))


def sweep(folder: Path) -> None:
    """Remove the part files and workrooms that killed processes left in a folder."""
    for part in folder.glob(".*.part-*"):
        pid = part.name.split(".part-")[-1].split(".")[0]
        if not pid.isdigit() or _alive(int(pid)):
            continue
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
