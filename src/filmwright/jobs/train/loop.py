"""The loop: step after step until the budget is spent, whatever is learned and on how many processes."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import count
from math import isfinite
from pathlib import Path
from time import perf_counter

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.optim import Optimizer

from filmwright.core.errors import Diverged
from filmwright.core.progress import Report, Step

from .average import Average
from .batch import Batch
from .checkpoints import Progress
from .corpus import Corpus
from .draws import picks, validation_picks
from .guard import write_down
from .methods import Method
from .optimiser import learning_rate, optimisers, set_rates
from .ranks import Ranks, compiled, gathering, spread
from .recipe import TrainingRecipe
from .shards import number


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Held:
    """What a run holds in memory."""

    recipe: TrainingRecipe
    out: Path
    ranks: Ranks
    corpus: Corpus
    method: Method
    network: nn.Module  # as it is saved
    together: nn.Module  # as all processes train it
    optimisers: tuple[Optimizer, ...]
    average: Average


def hold(recipe: TrainingRecipe, out: Path, ranks: Ranks, corpus: Corpus, method: Method) -> Held:
    """Network, optimiser and average, as they are before the first step."""
    network = method.network(recipe.network, corpus, seed=recipe.seed).to(ranks.device)
    if recipe.machine.compile:
        compiled(network)
    together = spread(network, recipe.machine.parallel, ranks)
    return Held(
        recipe=recipe,
        out=out,
        ranks=ranks,
        corpus=corpus,
        method=method,
        network=network,
        together=together,
        optimisers=optimisers(network, recipe.optimiser),
        average=Average(network, recipe.optimiser.average),
    )


def steps(held: Held, at: Progress, report: Report) -> Iterator[tuple[Progress, dict[str, float]]]:
    """Take steps from `at` on until the budget is spent: where the run is after each, and the numbers of its curves.

    Raises Diverged where more steps than the recipe allows had numbers that are not finite.
    """
    batches = _ahead(lambda step: _batches(held, step), at.step, held.ranks.device)
    began = perf_counter() - at.seconds
    while (share := spent(held.recipe, at)) < 1:
        rate = learning_rate(held.recipe.optimiser, at.step, share)
        set_rates(held.optimisers, held.recipe.optimiser, rate)
        loss, gradient = _step(held, next(batches), at)
        at = replace(at, step=at.step + 1, seconds=held.ranks.told(perf_counter() - began))
        numbers = {"lr": rate, "seconds": round(at.seconds, 3)}
        if isfinite(loss) and isfinite(gradient):
            held.average.update(at.step)
            numbers |= {"loss": loss, "gradient": gradient}
        else:
            at = replace(at, bad_steps=at.bad_steps + 1)
        report(_told(held.recipe, at))
        yield at, numbers


@torch.no_grad()
def validated(held: Held) -> float:
    """The averaged weights' loss on the held-out clips, each with the same time and noise at every look."""
    losses = []
    with looking(held):
        chosen, size = validation_picks(held.corpus.held_out), held.recipe.budget.batch
        for first in range(0, len(chosen), size):
            batch = held.method.batch(held.corpus, chosen[first : first + size], held.ranks.device)
            losses.append(held.method.losses(held.together, batch))
    return number(torch.cat(losses).mean())


def _step(held: Held, batches: Sequence[Batch], at: Progress) -> tuple[float, float]:
    """One step: the loss over all processes, and the length of the gradient before it was clipped.

    Where one of them is not finite the batches are written down and the weights stay.
    """
    for optimiser in held.optimisers:
        optimiser.zero_grad(set_to_none=True)
    losses = []
    for i, batch in enumerate(batches):
        last = i + 1 == len(batches)
        with gathering(held.together, last=last):
            with _precision(held):
                each = held.method.losses(held.together, batch)
            torch.autograd.backward(each.mean() / len(batches))
        losses.append(each.detach())
    loss = number(held.ranks.mean(torch.stack([each.mean() for each in losses]).mean()))
    trained = [p for p in held.network.parameters() if p.requires_grad]
    gradient = number(torch.nn.utils.clip_grad_norm_(trained, held.recipe.optimiser.clip))
    if isfinite(loss) and isfinite(gradient):
        for optimiser in held.optimisers:
            optimiser.step()
    else:
        _bad(held, list(zip(batches, losses, strict=True)), at, loss=str(loss), gradient=str(gradient))
    return loss, gradient


def _bad(held: Held, batches: list[tuple[Batch, Float[Tensor, " B"]]], at: Progress, **facts: str) -> None:
    where = write_down(held.out, batches, rank=held.ranks.rank, step=at.step + 1, seed=held.recipe.seed, **facts)
    if at.bad_steps >= held.recipe.optimiser.bad_steps:
        raise Diverged(
            f"step {at.step + 1} has numbers that are not finite (loss {facts['loss']}, gradient {facts['gradient']}). "
            f"Its batch is in {where}, and the last checkpoint is as it was. Lower 'optimiser.lr', train in float32, "
            f"or let such steps be left out with 'optimiser.bad_steps'."
        )


def _batches(held: Held, step: int) -> list[Batch]:
    """This process's part of each batch of a step."""
    budget = held.recipe.budget
    chosen = picks(held.recipe.seed, step, budget.step_size, held.corpus.learned)
    parts = (chosen[first : first + budget.batch] for first in range(0, len(chosen), budget.batch))
    return [held.method.batch(held.corpus, held.ranks.mine(part), held.ranks.device) for part in parts]


def _ahead(make: Callable[[int], list[Batch]], first: int, device: torch.device) -> Iterator[list[Batch]]:
    """Batches from step `first` on; beside a graphics card the next one is made while this one is learned from."""
    if device.type == "cpu":
        yield from map(make, count(first))
    with ThreadPoolExecutor(1) as beside:
        following = beside.submit(make, first)
        for step in count(first + 1):
            now, following = following, beside.submit(make, step)
            yield now.result()


@contextmanager
def looking(held: Held) -> Iterator[None]:
    """The averaged weights, as they are looked at: not compiled, because each look would have shapes of its own."""
    eager = torch.compiler.set_stance("force_eager") if held.recipe.machine.compile else nullcontext()
    with held.average.shown(), _precision(held), eager:
        yield


def _precision(held: Held) -> AbstractContextManager[None]:
    bf16 = held.recipe.machine.precision == "bf16"
    return torch.autocast(held.ranks.device.type, torch.bfloat16) if bf16 else nullcontext()


def spent(recipe: TrainingRecipe, at: Progress) -> float:
    """The share of the budget that is spent."""
    if recipe.budget.steps is not None:
        return at.step / recipe.budget.steps
    assert recipe.budget.minutes is not None
    return at.seconds / 60 / recipe.budget.minutes


def _told(recipe: TrainingRecipe, at: Progress) -> Step:
    if recipe.budget.steps is not None:
        return Step("train", at.step, recipe.budget.steps, "steps")
    assert recipe.budget.minutes is not None
    total = round(recipe.budget.minutes * 60)
    return Step("train", min(round(at.seconds), total), total, "seconds")
