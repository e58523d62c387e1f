"""What makes shards side by side: processes here, or machines. The clips are the same. One file here is one engine."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from filmwright.core.plugins import Slot

from ..recipe import Recipe
from ..shards import Shard


@runtime_checkable
class Engine(Protocol):
    """Spreads work; knows nothing of clips."""

    def run(self, recipe: Recipe, out: Path, shards: Sequence[Shard]) -> Iterator[Shard]:
        """Make and write shards; each is told as it is done, in any order. Raises FilmErrors of the work."""
        ...


engines: Slot[Engine] = Slot(__name__, "engine")
