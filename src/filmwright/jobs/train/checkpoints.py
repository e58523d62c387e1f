"""Checkpoints: a folder each, whole or absent, that any number of processes can go on from."""

import json
import os
import shutil
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch import nn
from torch.distributed.checkpoint import state_dict_loader, state_dict_saver
from torch.distributed.checkpoint.api import CheckpointException
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_state_dict, set_state_dict
from torch.optim import Optimizer

from filmwright.core.errors import BadAsset
from filmwright.core.files import writing

from .average import Average
from .ranks import Ranks

FOLDER, STATE = "checkpoints", "state.json"
TRAINED = StateDictOptions(ignore_frozen_params=True, strict=False)  # what is frozen is where it came from


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a run is. All else that it needs is a function of the step."""

    step: int = 0  # steps that are done
    seconds: float = 0.0  # of training, all runs together
    bad_steps: int = 0  # that were left out


def latest(out: Path) -> Path | None:
    """The last whole checkpoint of a run."""
    return max((out / FOLDER).glob("step-*"), default=None)


def save(
    out: Path,
    at: Progress,
    network: nn.Module,
    optimisers: Sequence[Optimizer],
    average: Average,
    ranks: Ranks,
    *,
    keep: int,
) -> None:
    """Write a checkpoint, every process its share, and remove all but the last `keep`. Raises CannotWrite."""
    goal = out / FOLDER / f"step-{at.step:09d}"
    part = out / FOLDER / f".step-{at.step:09d}.part-{int(ranks.told(float(os.getpid())))}"
    with writing(goal):
        if ranks.first:
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
        ranks.wait()
        with _quietly():
            state_dict_saver.save(_state(network, optimisers, average), checkpoint_id=part, no_dist=ranks.world == 1)
        if ranks.first:
            (part / STATE).write_text(json.dumps(asdict(at)), encoding="utf-8")
            for file in part.iterdir():
                with file.open("rb") as written:
                    os.fsync(written.fileno())
            shutil.rmtree(goal, ignore_errors=True)
            part.replace(goal)
            for old in sorted((out / FOLDER).glob("step-*"))[:-keep]:
                shutil.rmtree(old)
        ranks.wait()


def load(where: Path, network: nn.Module, optimisers: Sequence[Optimizer], average: Average, ranks: Ranks) -> Progress:
    """Go on from a checkpoint, whoever wrote it. Raises BadAsset where it does not fit."""
    state = _state(network, optimisers, average)
    try:
        told = json.loads((where / STATE).read_text(encoding="utf-8"))
        with _quietly():
            state_dict_loader.load(state, checkpoint_id=where, no_dist=ranks.world == 1)
        set_state_dict(
            network,
            optimisers,
            model_state_dict=state["network"],
            optim_state_dict=state["optimiser"],
            options=TRAINED,
        )
        return Progress(**told)
    except (OSError, ValueError, TypeError, RuntimeError, CheckpointException) as err:
        raise BadAsset(
            f"the checkpoint {where} can't be gone on from: {err}. Remove it to use the one before."
        ) from err


def _state(network: nn.Module, optimisers: Sequence[Optimizer], average: Average) -> dict[str, Any]:
    weights, moments = get_state_dict(network, optimisers, options=TRAINED)
    return {"network": weights, "optimiser": moments, "average": average.weights}


@contextmanager
def _quietly() -> Iterator[None]:
    """One process is meant where it is alone: no warning needed."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="torch.distributed is disabled")
        yield
