"""The job: a recipe becomes a model, on one process or many, however often it is interrupted."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from filmwright.core.progress import Report, silent

from . import checkpoints
from .checkpoints import Progress
from .curves import FILE, Curves, curves, read_curves
from .encode import encoded
from .export import MODEL, export, exported_steps
from .folder import begin
from .loop import Held, hold, spent, steps, validated
from .methods import methods
from .ranks import ranks
from .recipe import TrainingRecipe
from .samples import Sample, samples
from .shards import whole
from .showing import show
from .trackers import Tracker, trackers


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A model on disk."""

    model: Path  # a folder as diffusers has them
    steps: int
    seconds: float  # of training, all runs together
    loss: float | None  # of the last step
    validation_loss: float | None
    first: bool  # whether this process is the one that reports


def train(recipe: TrainingRecipe, out: Path, *, report: Report = silent) -> Trained:
    """Train a model in the folder `out`, from the last checkpoint there on.

    Under `torchrun` all its processes train the same model together; the first one writes. Raises FilmErrors.
    """
    method = methods.open(recipe.method.use, **recipe.method.options())
    with ranks(recipe.machine) as here:
        report = report if here.first else silent
        here.in_turn(lambda: begin(recipe, out))
        cache = recipe.data.cache or out.parent / "cache"
        corpus = here.in_turn(lambda: encoded(recipe, cache, here.device, report))
        held = hold(recipe, out, here, corpus, method)
        found = checkpoints.latest(out)
        at = Progress() if found is None else checkpoints.load(found, held.network, held.optimisers, held.average, here)
        with ExitStack() as stack:
            kept = _Kept.of(held, at, stack) if here.first else None
            saved = at.seconds
            for at, numbers in steps(held, at, report):  # noqa: B020 - from there on
                numbers |= _validated(held, at)
                if kept is not None:
                    kept.add(at, numbers)
                late = at.seconds - saved >= 60 * recipe.watch.checkpoint_minutes
                if late or _due(recipe, at, recipe.watch.checkpoint_every):
                    _checkpoint(held, at)
                    saved = at.seconds
                if _due(recipe, at, recipe.watch.sample_every) and (made := samples(held)) and kept is not None:
                    kept.show(at, made)
        if here.told(float(exported_steps(out) != at.step)):  # killed between the last checkpoint and its model
            _export(held, at)
        return _trained(out, at, first=here.first)


def _due(recipe: TrainingRecipe, at: Progress, every: int) -> bool:
    """Now and then, and at the end."""
    return at.step % every == 0 or spent(recipe, at) >= 1


def _validated(held: Held, at: Progress) -> dict[str, float]:
    due = len(held.corpus.held_out) and _due(held.recipe, at, held.recipe.watch.validate_every)
    return {"validation_loss": validated(held)} if due else {}


def _checkpoint(held: Held, at: Progress) -> None:
    """A checkpoint, and the model as it is now."""
    keep = held.recipe.watch.keep
    checkpoints.save(held.out, at, held.network, held.optimisers, held.average, held.ranks, keep=keep)
    _export(held, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What the first process writes as it goes."""

    held: Held
    curves: Curves
    trackers: list[Tracker]

    @classmethod
    def of(cls, held: Held, at: Progress, stack: ExitStack) -> "_Kept":
        written = stack.enter_context(curves(held.out, after=at.step))
        followed = stack.enter_context(trackers(held.recipe, held.out, after=at.step))
        return cls(held=held, curves=written, trackers=followed)

    def add(self, at: Progress, numbers: dict[str, float]) -> None:
        self.curves.add(at.step, numbers)
        if "validation_loss" in numbers or at.step % self.held.recipe.watch.track_every == 0:
            for tracker in self.trackers:
                tracker.numbers(at.step, numbers)

    def show(self, at: Progress, made: list[Sample]) -> None:
        lines = read_curves(self.held.out / FILE)
        sheet = show(self.held.out, self.held.recipe.name, at.step, made, lines, self.held.corpus.fps)
        for tracker in self.trackers:
            tracker.picture(at.step, sheet)


def _export(held: Held, at: Progress) -> None:
    weights = {name: whole(weight).cpu() for name, weight in held.average.weights.items()}
    if held.ranks.first:
        export(held.out, held.recipe, held.method, held.corpus, weights, step=at.step)
    held.ranks.wait()


def _trained(out: Path, at: Progress, *, first: bool) -> Trained:
    lines = read_curves(out / FILE)

    def last(name: str) -> float | None:
        return next((line[name] for line in reversed(lines) if name in line), None)

    return Trained(
        model=out / MODEL,
        steps=at.step,
        seconds=at.seconds,
        loss=last("loss"),
        validation_loss=last("validation_loss"),
        first=first,
    )
