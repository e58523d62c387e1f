"""`filmwright train`: a recipe to a model."""

import json
from pathlib import Path
from typing import Annotated

import typer

from . import options
from .exits import told
from .progress import showing
from .warned import warned


def train(
    recipe: Annotated[Path, typer.Argument(help="The training recipe, a TOML file.")],
    *,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The run's folder. [default: runs/<name>]")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Train for so many steps, in place of the budget.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Train for so many minutes, in place of the budget.")] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda, mps, in place of the recipe's.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the model's folder and nothing else.")] = False,
    as_json: options.Json = False,
) -> None:
    """Train a video model on simulated clips, on a processor or a graphics card.

    A run that was interrupted goes on from its last checkpoint when the same command is given again. Under torchrun
    several processes train together: torchrun --nproc-per-node 2 -m filmwright train recipe.toml
    """
    with told(as_json=as_json), warned():
        from filmwright.jobs.train.methods import methods
        from filmwright.jobs.train.recipe import having, load_recipe

        asked = having(load_recipe(recipe), steps=steps, minutes=minutes, device=device)
        methods.load(asked.method.use)  # says what is missing, if it is PyTorch
        from filmwright.jobs.train.run import train as run

        with showing(quiet=quiet, as_json=as_json) as report:
            made = run(asked, out or Path("runs") / asked.name, report=report)
        if not made.first:
            return
        if as_json:
            facts = {"model": str(made.model), "steps": made.steps, "seconds": round(made.seconds, 2)}
            typer.echo(json.dumps(facts | {"loss": made.loss, "validation_loss": made.validation_loss}))
        elif quiet:
            typer.echo(made.model)
        else:
            loss = "" if made.loss is None else f", loss {made.loss:.4f}"
            held = "" if made.validation_loss is None else f", {made.validation_loss:.4f} on held-out clips"
            typer.echo(f"{made.model}: {made.steps} steps in {made.seconds:.0f} s{loss}{held}")
