"""Ray Data: processes on the machines of a cluster, which see the output folder at the same path."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import ray

from filmwright.core.errors import BadFilm, CannotWrite, FilmError, RenderFailed

from ..recipe import Recipe
from ..shards import Shard, shard_maker


class Maker:
    """What an actor holds: made once on its machine, called for every shard."""

    def __init__(self, recipe: str, out: str) -> None:
        self._stack = ExitStack()
        self._make = self._stack.enter_context(shard_maker(Recipe.model_validate_json(recipe), Path(out)))

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Make the shard of a row; what is wrong comes back in it, for Ray would bury it in its own words."""
        shard = Shard(name=row["name"], clips=range(row["first"], row["last"]))
        try:
            self._make(shard)
        except FilmError as err:
            return row | {"error": type(err).__name__, "says": str(err)}
        return row | {"error": "", "says": ""}


class OnRay:
    """A data set of shards, mapped by actors."""

    def __init__(self, workers: int, address: str) -> None:
        self.workers, self.address = workers, address

    def run(self, recipe: Recipe, out: Path, shards: Sequence[Shard]) -> Iterator[Shard]:
        """Make and write shards, each told as its row comes back."""
        if not shards:
            return
        if not ray.is_initialized():
            ray.init(address=self.address or None, include_dashboard=False, log_to_driver=False, logging_level="error")
        ray.data.DataContext.get_current().enable_progress_bars = False
        cores = int(ray.cluster_resources().get("CPU", 1))
        count = min(self.workers or cores, len(shards))
        rows = [{"name": s.name, "first": s.clips.start, "last": s.clips.stop} for s in shards]
        made = ray.data.from_items(rows, override_num_blocks=len(rows)).map(
            Maker,
            fn_constructor_args=(recipe.model_dump_json(), str(out.resolve())),
            compute=ray.data.ActorPoolStrategy(size=count),
            num_cpus=1,
        )
        known = {shard.name: shard for shard in shards}
        for row in made.iter_rows():
            if row["error"]:
                raise _ERRORS.get(row["error"], RenderFailed)(row["says"])
            yield known.pop(row["name"])
        if known:  # an empty answer that ends well would else pass for work done
            raise RenderFailed(f"Ray ended without {len(known)} of {len(shards)} shards. Run the same command again.")


_ERRORS: dict[str, type[FilmError]] = {e.__name__: e for e in (CannotWrite, RenderFailed, BadFilm)}


def build(*, workers: int = 0, address: str = "") -> OnRay:
    """`workers` actors, 0 is one a core of the cluster; `address` is the cluster's, else one is started here."""
    if workers < 0:
        raise BadFilm(f"workers must be 0 or more, not {workers}.")
    return OnRay(workers, address)
