"""A recipe's clips in the groups that they are made and written in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .filming import Factory, factory
from .recipe import Recipe
from .writers import FIRST, Writer, writers


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Clips that are written together."""

    name: str
    clips: range


def shards_of(recipe: Recipe) -> list[Shard]:
    """All of them in order; a last one that is not full is named by its length."""
    shards = []
    for first in range(0, recipe.num_clips, recipe.shard):
        clips = range(first, min(first + recipe.shard, recipe.num_clips))
        part = "" if len(clips) == recipe.shard else f"{FIRST}{len(clips)}"
        shards.append(Shard(name=f"{recipe.name}-{first // recipe.shard:06d}{part}", clips=clips))
    return shards


@contextmanager
def shard_maker(recipe: Recipe, out: Path) -> Iterator[Callable[[Shard], None]]:
    """What one process of any engine holds open: a factory and a writer. Calling it makes a shard."""
    writer = writers.open(recipe.writer.use, **recipe.writer.options())
    with factory(recipe) as held:
        yield partial(_make, held, writer, out)


def _make(held: Factory, writer: Writer, out: Path, shard: Shard) -> None:
    writer.write(map(held.staged, shard.clips), out, shard.name)
