"""What is written down when a number is not finite: the batch that did it, and what was said of it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jaxtyping import Float
from safetensors.torch import save_file
from torch import Tensor

from filmwright.core.files import workroom

from .batch import Batch, named_tensors


def write_down(out: Path, batches: Sequence[tuple[Batch, Float[Tensor, " B"]]], *, rank: int, **facts: Any) -> Path:
    """A folder `bad-steps/<step>-<rank>` with each batch's tensors, and JSON with clips, captions, times and losses."""
    goal = out / "bad-steps" / f"step-{facts['step']:09d}-rank-{rank}"
    if goal.is_dir():
        return goal
    with workroom(goal.parent, name=goal.name) as room:
        told = []
        for i, (batch, losses) in enumerate(batches):
            tensors = {name: tensor.contiguous().cpu() for name, tensor in named_tensors(batch)}
            save_file({name: tensor.clone() for name, tensor in tensors.items()}, room / f"batch-{i}.safetensors")
            about = zip(batch.clips, batch.captions, batch.time.tolist(), losses.tolist(), strict=True)
            told += [
                {"batch": i, "clip": clip, "caption": text, "time": t, "loss": str(loss)}
                for clip, text, t, loss in about
            ]
        (room / "samples.json").write_text(
            json.dumps(facts | {"samples": told}, indent=1, ensure_ascii=False), encoding="utf-8"
        )
        room.replace(goal)
    return goal
