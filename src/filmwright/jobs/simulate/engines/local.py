"""Processes on this machine."""

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from filmwright.core.errors import BadFilm
from filmwright.film.frames.pool import Alone, Pool

from ..recipe import Recipe
from ..shards import Shard, shard_maker


class Local:
    """A pool whose workers end with this process, and are started again if they die."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def run(self, recipe: Recipe, out: Path, shards: Sequence[Shard]) -> Iterator[Shard]:
        """Make and write shards, in order."""
        count = min(self.workers, len(shards))
        if not count:
            return
        opener = partial(shard_maker, recipe, out)
        pool: Alone[Shard, None] | Pool[Shard, None] = Alone(opener) if count == 1 else Pool(opener, count)
        try:
            for shard, _ in zip(shards, pool.map(shards), strict=True):
                yield shard
        finally:
            pool.close()


def build(*, workers: int = 0) -> Local:
    """`workers` is the number of processes; 0 is one a core."""
    if workers < 0:
        raise BadFilm(f"workers must be 0 or more, not {workers}.")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Local(workers or cores)
