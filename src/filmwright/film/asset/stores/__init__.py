"""Files that are kept, by name. One file here is one place to keep them.

store = open_store("s3://films/service?endpoint=http://localhost:9000")
store.put(path, "results/video_1/video.mp4")
"""

import mimetypes
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable
from urllib.parse import parse_qsl, unquote, urlsplit

from filmwright.core.errors import BadFilm
from filmwright.core.plugins import Slot

CHUNK = 1 << 20  # bytes at a time
STALE = 86_400.0  # seconds after which what is not finished belongs to nobody
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]*(/[A-Za-z0-9_][A-Za-z0-9_.\-]*)*")
_MAX_NAME, _MAX_PART = 512, 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A file in a store."""

    name: str
    size: int  # bytes
    sha256: str  # hexadecimal; "" where others put it there without saying
    media_type: str
    modified: datetime  # UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadForm:
    """How a client puts one file into the store past us: an HTTP POST of these fields, with `file` as the last."""

    url: str
    fields: dict[str, str] = field(default_factory=dict)


class Stream(Protocol):
    """Bytes of a stored file, from where it was opened."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, at most `size` of them; b"" at the end."""
        ...


@runtime_checkable
class Store(Protocol):
    """Keeps files by name. Any number of processes may use one at the same time.

    A name is 1 to 512 letters of [A-Za-z0-9_.-] in parts divided by "/", none of which begins with a dot or dash; any
    other raises BadFilm. A file is seen whole or not at all, also while it takes another's place. All methods raise
    Unavailable where the place can't be reached; all that ask of a name raise NotFound where there is no such file.
    """

    def put(self, path: Path, name: str, *, sha256: str = "") -> Stored:
        """Keep a copy of a file; what had that name before goes. Doing it again changes nothing.

        Raises Unverified, keeping nothing, where the file is not of the `sha256` that is given, changes meanwhile, or
        does not arrive as it was.
        """
        ...

    def open(self, name: str, *, start: int = 0, length: int | None = None) -> AbstractContextManager[Stream]:
        """A file's bytes from `start` on, to its end or `length` of them, as they come from the place.

        Bytes past the end are none. Raises Unverified at the read where there are fewer than there should be.
        """
        ...

    def stat(self, name: str) -> Stored:
        """What is known of a file, without reading it."""
        ...

    def list(self, prefix: str = "") -> Iterator[str]:
        """The names that begin so, in order."""
        ...

    def delete(self, name: str) -> None:
        """Remove a file; if there is none, that is done already."""
        ...

    def link(self, name: str, *, seconds: int = 3600, filename: str = "") -> str | None:
        """A URL with which anybody can GET the file for so long; None where the place has none, so that we serve it.

        `filename` is what browsers save it as.
        """
        ...

    def form(self, name: str, *, max_bytes: int, seconds: int = 900) -> UploadForm | None:
        """A form with which anybody can put this one file for so long; None where the place has none."""
        ...

    def tidy(self, *, stale: float = STALE) -> int:
        """Remove what puts that were killed more than `stale` seconds ago have left unseen; how much that was."""
        ...


stores: Slot[Store] = Slot(__name__, "store", extras={"s3": "s3"})


def open_store(url: str) -> Store:
    """The store at a URL: the path of a folder, file:///folder, or s3://bucket/prefix?endpoint=URL&region=NAME.

    The scheme is the driver's name; what stands behind "?" are its options. Raises BadFilm for a URL that can't be
    one, UnknownDriver, MissingExtra.
    """
    parts = urlsplit(url)
    if len(parts.scheme) < 2 or parts.scheme == "file":  # a path, perhaps with a drive's letter
        if parts.scheme == "file" and (parts.netloc not in ("", "localhost") or parts.query):
            raise BadFilm(f"{url!r} is no folder of this machine. Give file:///FOLDER, or its path.")
        path = unquote(parts.path) if parts.scheme == "file" else url
        if not path:
            raise BadFilm("the store's URL is empty. Give the path of a folder, or s3://BUCKET/PREFIX.")
        return stores.open("folder", path=Path(path).expanduser())
    if parts.username or parts.password:
        raise BadFilm("a store's URL holds no keys, which logs would show. Give them in the environment.")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    return stores.open(parts.scheme, **{"bucket": parts.netloc, "prefix": parts.path.strip("/")} | options)


def checked_name(name: str) -> str:
    """The name itself, if it can be a file's in a store. Raises BadFilm."""
    if len(name) > _MAX_NAME or not _NAME.fullmatch(name) or max(map(len, name.split("/"))) > _MAX_PART:
        raise BadFilm(
            f"a file can't be called {name[:80]!r} in a store: up to {_MAX_NAME} letters of A-Z a-z 0-9 _ . - in parts "
            f"of up to {_MAX_PART}, divided by '/', none of which begins with '.' or '-'."
        )
    return name


def media_type(name: str) -> str:
    """What a file of this name is, for those who GET it."""
    return _TYPES.get(name[name.rfind(".") :].lower()) or mimetypes.guess_type(name)[0] or "application/octet-stream"


_TYPES = {".glb": "model/gltf-binary", ".usdz": "model/vnd.usdz+zip", ".jsonl": "application/jsonl"}
