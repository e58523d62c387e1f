"""A folder, on this machine or shared by several: the default.

A file `a/b.mp4` stands in it as `a/b.mp4@SHA256.mp4`, which never changes, and `a/b.mp4@.json`, which says that it is
there and what it must be: one rename of that small file is the moment in which the name has its new content. What is
being put stands in `.parts` and is seen by nobody.
"""

import fcntl
import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256 as new_sha256
from io import BufferedReader
from pathlib import Path

from filmwright.core.content import file_hash
from filmwright.core.errors import NotFound, Unavailable, Unverified
from filmwright.core.files import writing

from ..home import home
from . import CHUNK, STALE, Stored, Stream, UploadForm, checked_name, media_type

_ENTRY = "@.json"  # no name has an "@" in it
_FILE = re.compile(r"(.+)@([0-9a-f]{64})(\.[A-Za-z0-9]{1,8})?")
_TRIES = 5  # to read what others are replacing at the moment


class Folder:
    """Files in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self._parts = self.root / ".parts"
        with writing(self.root, by="another store"):
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._parts.mkdir(exist_ok=True, mode=0o700)

    def put(self, path: Path, name: str, *, sha256: str = "") -> Stored:
        """Copy, sync, read back, rename."""
        entry, part = self._entry(name), self._parts / secrets.token_hex(16)
        with writing(self.root, by="another store"):
            try:
                digest, size = _copied(path, part)
                if sha256 and digest != sha256:
                    raise Unverified(f"{path} has SHA-256 {digest[:16]}..., not {sha256[:16]}... Make it again.")
                if file_hash(part) != digest:
                    raise Unverified(f"{path} did not arrive whole in {self.root}. Is its disk in order?")
                self._name(part, entry, name, digest, size)
            finally:
                part.unlink(missing_ok=True)
        return self.stat(name)

    def _name(self, part: Path, entry: Path, name: str, digest: str, size: int) -> None:
        target = _file_of(entry, digest)
        says = {"sha256": digest, "size": size, "media_type": media_type(name)}
        with self._alone():
            entry.parent.mkdir(parents=True, exist_ok=True)
            part.replace(target)
            with part.open("w", encoding="ascii") as file:  # its name is free again
                json.dump(says, file)
                file.flush()
                os.fsync(file.fileno())
            _sync(entry.parent)  # the file's name has to be on the disk before what speaks of it
            part.replace(entry)
            for folder in (entry.parent, *entry.parent.parents):
                _sync(folder)  # those above may be new, too
                if folder == self.root:
                    break
            for other in _files(entry):
                if other != target:
                    other.unlink(missing_ok=True)

    @contextmanager
    def open(self, name: str, *, start: int = 0, length: int | None = None) -> Iterator[Stream]:
        """The file itself: it stays readable to its end, also if it is deleted meanwhile."""
        file, stored = self._opened(name)
        with file:
            if (found := os.fstat(file.fileno()).st_size) != stored.size:
                raise Unverified(
                    f"{name!r} in {self.root} has {found:,} bytes, not {stored.size:,}. Put it there again."
                )
            left = max(0, stored.size - start)
            file.seek(start)
            yield _Part(file, left if length is None else min(left, length))

    def stat(self, name: str) -> Stored:
        """What the entry says."""
        entry = self._entry(name)
        try:
            says = json.loads(entry.read_text(encoding="ascii"))
            modified = datetime.fromtimestamp(entry.stat().st_mtime, UTC)
            return Stored(name=name, modified=modified, **says)
        except (FileNotFoundError, NotADirectoryError):
            raise NotFound(f"the store {self.root} has no file {name!r}.") from None
        except OSError as err:
            raise Unavailable(f"the store {self.root} can't be read: {err.strerror}.") from err
        except (ValueError, TypeError) as err:
            raise Unverified(f"{entry} is damaged ({err}). Put the file there again.") from err

    def list(self, prefix: str = "") -> Iterator[str]:
        """Names that have an entry."""
        found = (path.relative_to(self.root).as_posix().removesuffix(_ENTRY) for path in self._walk(prefix))
        return iter(sorted(name for name in found if name.startswith(prefix)))

    def delete(self, name: str) -> None:
        """The entry first: from then on there is no such file."""
        entry = self._entry(name)
        with writing(self.root, by="another store"), self._alone():
            entry.unlink(missing_ok=True)
            for file in _files(entry):
                file.unlink(missing_ok=True)
            self._prune(entry.parent)

    def link(self, name: str, *, seconds: int = 3600, filename: str = "") -> str | None:  # noqa: ARG002
        """None: a folder answers no requests."""
        self.stat(name)
        return None

    def form(self, name: str, *, max_bytes: int, seconds: int = 900) -> UploadForm | None:  # noqa: ARG002
        """None: a folder answers no requests."""
        checked_name(name)
        return None

    def tidy(self, *, stale: float = STALE) -> int:
        """Parts, and files whose entry names another, or is not there."""
        count = 0
        for part in self._parts.iterdir():
            if part.name != "lock" and _older(part, stale):
                part.unlink(missing_ok=True)
                count += 1
        for at, _, files in os.walk(self.root):
            for found in filter(None, map(_FILE.fullmatch, files)):
                count += self._tidied(Path(at, found[0]), Path(at, found[1] + _ENTRY), found[2], stale)
        return count

    def _tidied(self, file: Path, entry: Path, digest: str, stale: float) -> int:
        with self._alone():
            with suppress(OSError, ValueError, KeyError):
                if json.loads(entry.read_text(encoding="ascii"))["sha256"] == digest:
                    return 0
            if entry.exists() or not _older(file, stale):  # a damaged entry is for people to look at
                return 0
            file.unlink(missing_ok=True)
            return 1

    def _entry(self, name: str) -> Path:
        return self.root / (checked_name(name) + _ENTRY)

    def _opened(self, name: str) -> tuple[BufferedReader, Stored]:
        for _ in range(_TRIES):
            stored = self.stat(name)
            with suppress(FileNotFoundError):  # it was replaced between the two
                return _file_of(self._entry(name), stored.sha256).open("rb"), stored
        raise Unverified(f"{name!r} in {self.root} has lost its file. Put it there again.")

    def _walk(self, prefix: str) -> Iterator[Path]:
        folder = self.root / prefix.rpartition("/")[0]
        if prefix and not folder.resolve().is_relative_to(self.root.resolve()):
            return
        for at, folders, files in os.walk(folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            yield from (Path(at, name) for name in files if name.endswith(_ENTRY))

    def _prune(self, folder: Path) -> None:
        with suppress(OSError):  # not empty
            while folder != self.root:
                folder.rmdir()
                folder = folder.parent

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One at a time, of all processes and threads: between an entry and its file there is nobody else."""
        with (self._parts / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class _Part:
    """So many bytes of a file from where it stands."""

    def __init__(self, file: BufferedReader, left: int) -> None:
        self._file, self._left = file, left

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        wanted = self._left if size < 0 else min(size, self._left)
        block = self._file.read(wanted)
        if len(block) < wanted:
            raise Unverified(f"{self._file.name} was cut short while it was read. Put it there again.")
        self._left -= len(block)
        return block


def _copied(path: Path, part: Path) -> tuple[str, int]:
    digest = new_sha256()
    with path.open("rb") as source, part.open("xb") as target:
        while block := source.read(CHUNK):
            digest.update(block)
            target.write(block)
        target.flush()
        os.fsync(target.fileno())
        return digest.hexdigest(), target.tell()


def _file_of(entry: Path, digest: str) -> Path:
    name = entry.name.removesuffix(_ENTRY)
    ending = re.search(r"\.[A-Za-z0-9]{1,8}$", name)
    return entry.with_name(f"{name}@{digest}{ending[0] if ending else ''}")


def _files(entry: Path) -> list[Path]:
    name = entry.name.removesuffix(_ENTRY)
    try:
        return [path for path in entry.parent.iterdir() if (found := _FILE.fullmatch(path.name)) and found[1] == name]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _older(path: Path, seconds: float) -> bool:
    try:
        return time.time() - path.stat().st_mtime > seconds
    except FileNotFoundError:
        return False


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def build(*, path: Path | None = None) -> Folder:
    """Keeps files under `path`, which is made; `store` in the user's Filmwright folder if none is given."""
    return Folder(path or home() / "store")
