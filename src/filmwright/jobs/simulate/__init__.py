"""Simulate: a seeded factory of captioned clips whose depth, ids, motion and camera are known exactly."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

from filmwright.core.clip import Clip
from filmwright.core.files import sweep, writing
from filmwright.core.progress import Report, Step, silent
from filmwright.film.frames.pool import Alone, Pool

from .data import begin, recipe_of
from .filming import Factory, factory
from .recipe import Recipe, load_recipe
from .writers import Writer, writers

__all__ = ["Recipe", "Simulated", "factory", "load_recipe", "read", "simulate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """A data set on disk."""

    folder: Path
    num_clips: int
    num_made: int  # of these, in this run; the others were there
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Clips that are written together."""

    name: str
    clips: range


def simulate(recipe: Recipe, out: Path, *, workers: int = 0, report: Report = silent) -> Simulated:
    """Fill the folder `out` with the clips of a recipe, by `workers` processes (0: one a core).

    Shards that are there already are kept: a killed run goes on, and a larger `num_clips` adds to what is there.
    Raises FilmErrors.
    """
    began = perf_counter()
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
    sweep(out)
    writer = writers.open(recipe.writer.use, **recipe.writer.options())
    begin(recipe, out)
    shards = shards_of(recipe)
    missing = [s for s in shards if not writer.has(out, s.name)]
    done = sum(len(s.clips) for s in shards) - sum(len(s.clips) for s in missing)
    report(Step("simulate", done, recipe.num_clips, "clips"))
    for shard, _ in zip(missing, _made(recipe, out, missing, workers), strict=True):
        done += len(shard.clips)
        report(Step("simulate", done, recipe.num_clips, "clips"))
    writer.finish(out)
    made = sum(len(s.clips) for s in missing)
    return Simulated(folder=out, num_clips=recipe.num_clips, num_made=made, seconds=perf_counter() - began)


def read(folder: Path) -> Iterator[Clip]:
    """The clips of a data set in order, as they were made. Raises BadAsset where one is broken."""
    chosen = recipe_of(folder).writer
    yield from writers.open(chosen.use, **chosen.options()).read(folder)


def shards_of(recipe: Recipe) -> list[Shard]:
    """The clips in the groups that they are written in; a last one that is not full is named by its length."""
    shards = []
    for first in range(0, recipe.num_clips, recipe.shard):
        clips = range(first, min(first + recipe.shard, recipe.num_clips))
        part = "" if len(clips) == recipe.shard else f"-{len(clips)}"
        shards.append(Shard(name=f"{recipe.name}-{first // recipe.shard:06d}{part}", clips=clips))
    return shards


def _made(recipe: Recipe, out: Path, shards: list[Shard], workers: int) -> Iterator[None]:
    """Make shards; one is done with each step."""
    count = min(workers or _cores(), len(shards))
    if not count:
        return
    opener = partial(shard_maker, recipe, out)
    pool: Alone[Shard, None] | Pool[Shard, None] = Alone(opener) if count == 1 else Pool(opener, count)
    try:
        yield from pool.map(shards)
    finally:
        pool.close()


@contextmanager
def shard_maker(recipe: Recipe, out: Path) -> Iterator[Callable[[Shard], None]]:
    """What a worker holds open: a factory and a writer."""
    writer = writers.open(recipe.writer.use, **recipe.writer.options())
    with factory(recipe) as held:
        yield partial(_make, held, writer, out)


def _make(held: Factory, writer: Writer, out: Path, shard: Shard) -> None:
    writer.write(map(held.clip, shard.clips), out, shard.name)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
