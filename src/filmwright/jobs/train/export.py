"""What comes out: a folder as diffusers has them, with the averaged weights."""

import json
from pathlib import Path
from typing import Any

from torch import Tensor

from filmwright import __version__
from filmwright.core.files import workroom, writing

from .corpus import Corpus
from .methods import Method
from .parts import fingerprint
from .recipe import TrainingRecipe

MODEL, CARD = "model", "training.json"


def export(
    out: Path,
    recipe: TrainingRecipe,
    method: Method,
    corpus: Corpus,
    weights: dict[str, Tensor],
    *,
    step: int,
) -> Path:
    """Write `model/` anew: what the method saves, and how it was trained. Raises CannotWrite."""
    goal = out / MODEL
    with writing(goal), workroom(out, name=MODEL) as room:
        made, earlier = room / MODEL, room / "earlier"
        method.save(recipe.network, corpus, weights, made)
        (made / CARD).write_text(json.dumps(card(recipe, corpus, step), indent=1), encoding="utf-8")
        if goal.is_dir():
            goal.replace(earlier)
        made.replace(goal)
    return goal


def exported_steps(out: Path) -> int | None:
    """After how many steps the model was written that is there."""
    path = out / MODEL / CARD
    return int(json.loads(path.read_text(encoding="utf-8"))["steps"]) if path.is_file() else None


def card(recipe: TrainingRecipe, corpus: Corpus, step: int) -> dict[str, Any]:
    """How a model was trained, in words and numbers, without the folders of this machine."""
    told = recipe.model_dump(mode="json")
    told["data"] = {"folders": [folder.name for folder in recipe.data.folders], "held_out": recipe.data.held_out}
    for part, start in (("tokenizer", recipe.tokenizer.start), ("network", recipe.network.start)):
        told[part]["start"] = fingerprint(start)
    groups, rows, columns = corpus.grid
    tokenizer = corpus.tokenizer
    return {
        "software": f"filmwright {__version__}",
        "steps": step,
        "num_clips": len(corpus.keys),
        "num_frames": 1 + (groups - 1) * tokenizer.frames,
        "height": rows * tokenizer.side,
        "width": columns * tokenizer.side,
        "fps": str(corpus.fps),
        "recipe": told,
    }
