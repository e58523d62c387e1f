"""Clips -> files of a format, and back. One file here is one format."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol, runtime_checkable

from filmwright.core.clip import Clip
from filmwright.core.plugins import Slot

FIRST = "-first-"  # in the name of a shard that is not full, before the number of its clips


@runtime_checkable
class Writer(Protocol):
    """Writes a data set shard by shard, so that many processes can, and a killed one goes on."""

    def has(self, folder: Path, shard: str) -> bool:
        """Whether a shard is there; then it is whole."""
        ...

    def write(self, clips: Iterable[Clip], folder: Path, shard: str) -> None:
        """Write the clips of a shard, whole or not at all: the same clips, the same bytes. Raises CannotWrite."""
        ...

    def finish(self, folder: Path) -> None:
        """Write what speaks of all shards, after the last one. Done twice it does no harm."""
        ...

    def read(self, folder: Path) -> Iterator[Clip]:
        """All clips in order, equal to the bit to those that were written. Raises BadAsset where a file is broken."""
        ...


writers: Slot[Writer] = Slot(__name__, "writer")
