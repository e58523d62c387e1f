"""Simulate: a seeded factory of captioned clips whose depth, ids, motion and camera are known exactly."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from filmwright.core.clip import Clip
from filmwright.core.files import sweep, writing
from filmwright.core.progress import Report, Step, silent

from .data import begin, recipe_of
from .engines import Engine, engines
from .filming import factory
from .recipe import Recipe, load_recipe
from .shards import shards_of
from .writers import writers

__all__ = ["Recipe", "Simulated", "factory", "load_recipe", "read", "simulate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """A data set on disk."""

    folder: Path
    num_clips: int
    num_made: int  # of these, in this run; the others were there
    seconds: float


def simulate(recipe: Recipe, out: Path, *, engine: Engine | None = None, report: Report = silent) -> Simulated:
    """Fill the folder `out` with the clips of a recipe, by an engine: without one, by a process a core.

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
    for shard in (engine or engines.open("local")).run(recipe, out, missing):
        done += len(shard.clips)
        report(Step("simulate", done, recipe.num_clips, "clips"))
    writer.finish(out)
    made = sum(len(s.clips) for s in missing)
    return Simulated(folder=out, num_clips=recipe.num_clips, num_made=made, seconds=perf_counter() - began)


def read(folder: Path) -> Iterator[Clip]:
    """The clips of a data set in order, as they were made. Raises BadAsset where one is broken."""
    chosen = recipe_of(folder).writer
    yield from writers.open(chosen.use, **chosen.options()).read(folder)
