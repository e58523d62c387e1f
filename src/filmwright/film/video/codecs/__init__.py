"""Frames <-> file. One file here is one way to encode."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol, runtime_checkable

from filmwright.core.frames import Frames
from filmwright.core.plugins import Slot
from filmwright.core.sound import Sound
from filmwright.core.video import NO_TAGS, Video


@runtime_checkable
class Codec(Protocol):
    """Writes and reads one kind of video file."""

    @property
    def suffix(self) -> str:
        """The ending of its files, with the dot."""
        ...

    def encode(
        self, frames: Iterable[Frames], path: Path, *, sound: Sound | None = None, tags: Mapping[str, str] = NO_TAGS
    ) -> Video:
        """Write a file, whole or not at all, and read it back: raises Unverified if it is not what was asked.

        `tags` are the container's own words about the film: "title", "comment", or a name that a standard gives.
        Raises BadFilm for tags where the container has no place for them.
        """
        ...

    def decode(self, path: Path) -> Iterator[Frames]:
        """The file's pictures in order, in pieces small enough to hold in memory."""
        ...


codecs: Slot[Codec] = Slot(__name__, "codec")
