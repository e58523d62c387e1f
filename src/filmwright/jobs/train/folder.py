"""A run on disk: its recipe, its identity, and what an interrupted one goes on from."""

import json
from pathlib import Path
from typing import Any

import tomli_w

from filmwright.core.content import content_hash
from filmwright.core.errors import BadAsset, BadFilm
from filmwright.core.files import sweep, whole, writing

from .encode import identity_of
from .parts import fingerprint
from .recipe import TrainingRecipe, beside

RECIPE, RUN = "recipe.toml", "run.json"


def begin(recipe: TrainingRecipe, out: Path) -> None:
    """Write recipe and identity into `out`, or check that the run there learns the same. Raises BadFilm if not.

    The machine, what is watched and how long it lasts may change from run to run.
    """
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
    sweep(out)
    sweep(out / "checkpoints")
    now, path = _identity(recipe), out / RUN
    if path.is_file():
        try:
            before = json.loads(path.read_text(encoding="utf-8"))
            changed = [name for name in now if before[name] != now[name]]
        except (ValueError, KeyError) as err:
            raise BadAsset(f"{path} is broken: {err}. Remove the folder, or choose another one.") from err
        if changed:
            raise BadFilm(
                f"{out} holds a training with another {' and '.join(changed)}: it can't be gone on with. "
                f"Choose another folder with --out, or remove this one."
            )
    else:
        with whole(path) as part:
            part.write_text(json.dumps(now, indent=1), encoding="utf-8")
    with whole(out / RECIPE) as part:
        part.write_text(tomli_w.dumps(_absolute(recipe)), encoding="utf-8")


def _identity(recipe: TrainingRecipe) -> dict[str, str]:
    parts = recipe.model_dump(mode="json", exclude={"budget": {"steps", "minutes"}})
    return {
        "data": identity_of(recipe.data, recipe.tokenizer),
        "network": content_hash(parts["network"] | {"start": fingerprint(recipe.network.start)}),
        "method": content_hash(parts["method"]),
        "optimiser": content_hash(parts["optimiser"]),
        "budget": content_hash(parts["budget"]),
        "seed": str(recipe.seed),
    }


def _absolute(recipe: TrainingRecipe) -> dict[str, Any]:
    """As TOML has it, to be read from anywhere: folders by their whole paths."""
    return beside(recipe, Path.cwd()).model_dump(mode="json", exclude_none=True)
