"""MLflow and TensorBoard, where they are installed: the same numbers and pictures as on disk."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from filmwright.core.errors import MissingExtra

from .recipe import TrainingRecipe

Name = Literal["mlflow", "tensorboard"]
RUN_ID = "mlflow-run.txt"


@runtime_checkable
class Tracker(Protocol):
    """Follows a run."""

    def numbers(self, step: int, numbers: Mapping[str, float]) -> None:
        """Some of its curves' numbers."""
        ...

    def picture(self, step: int, path: Path) -> None:
        """A contact sheet."""
        ...

    def close(self) -> None:
        """The run ends, for now."""
        ...


@contextmanager
def trackers(recipe: TrainingRecipe, out: Path, *, after: int) -> Iterator[list[Tracker]]:
    """Those that the recipe names, or that are installed, going on after a step.

    Raises MissingExtra for one that is named and missing.
    """
    asked: Sequence[Name] | None = recipe.watch.trackers
    opened = [
        _KINDS[name](recipe, out, after) for name in _KINDS if (name in asked if asked is not None else _there(name))
    ]
    try:
        yield opened
    finally:
        for tracker in opened:
            tracker.close()


class _MLflow:
    """A run of the experiment that the recipe names; an interrupted one is gone on with.

    It lives where MLFLOW_TRACKING_URI says, else in `mlflow.db` beside the run's folder.
    """

    def __init__(self, recipe: TrainingRecipe, out: Path, after: int) -> None:  # noqa: ARG002 - what comes again is the same
        mlflow = _imported("mlflow")
        uri = os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{(out.parent / 'mlflow.db').resolve()}"
        self._client = mlflow.MlflowClient(tracking_uri=uri)
        known = out / RUN_ID
        if known.is_file():
            self._run = known.read_text(encoding="utf-8")
            return
        experiment = self._client.get_experiment_by_name(recipe.name)
        number = experiment.experiment_id if experiment else self._client.create_experiment(recipe.name)
        self._run = self._client.create_run(number, run_name=out.name).info.run_id
        known.write_text(self._run, encoding="utf-8")
        for key, value in _flat(recipe.model_dump(mode="json")):
            self._client.log_param(self._run, key, str(value)[:500])

    def numbers(self, step: int, numbers: Mapping[str, float]) -> None:
        for name, value in numbers.items():
            self._client.log_metric(self._run, name, value, step=step)

    def picture(self, step: int, path: Path) -> None:  # noqa: ARG002 - the step is in the file's name
        self._client.log_artifact(self._run, str(path), "samples")

    def close(self) -> None:
        self._client.set_terminated(self._run)


class _TensorBoard:
    """Events in the run's folder `tensorboard`; what a killed run wrote after its checkpoint is purged."""

    def __init__(self, recipe: TrainingRecipe, out: Path, after: int) -> None:  # noqa: ARG002 - as all are made
        _imported("tensorboard")
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(out / "tensorboard"), purge_step=after + 1)

    def numbers(self, step: int, numbers: Mapping[str, float]) -> None:
        for name, value in numbers.items():
            self._writer.add_scalar(name, value, step)

    def picture(self, step: int, path: Path) -> None:
        import numpy as np
        from PIL import Image

        with Image.open(path) as picture:
            self._writer.add_image("samples", np.array(picture), step, dataformats="HWC")

    def close(self) -> None:
        self._writer.close()


_KINDS: dict[Name, Any] = {"mlflow": _MLflow, "tensorboard": _TensorBoard}


def _there(name: Name) -> bool:
    return find_spec(name) is not None


def _imported(name: Name) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as err:
        told = f"the tracker {name!r} needs {err.name!r}, which is not installed. Run: pip install {name}"
        raise MissingExtra(told) from err


def _flat(table: Mapping[str, Any], within: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for key, value in table.items():
        rows += _flat(value, f"{within}{key}.") if isinstance(value, dict) else [(f"{within}{key}", value)]
    return rows
