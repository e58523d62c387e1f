"""`filmwright simulate`: a data set of clips that are known exactly."""

import json
from pathlib import Path
from typing import Annotated

import typer

from . import options
from .exits import told
from .progress import showing
from .warned import warned


def simulate(
    recipe: Annotated[
        Path | None, typer.Argument(help="The recipe, a TOML file; without one, a bit of everything.")
    ] = None,
    *,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A folder. [default: data/<name>]")] = None,
    clips: Annotated[int | None, typer.Option(min=1, help="How many, in place of the recipe's number.")] = None,
    engine: Annotated[str, typer.Option(help="local, or ray to spread the work over a cluster.")] = "local",
    workers: Annotated[int, typer.Option(min=0, help="Worker processes; 0 is one a core.")] = 0,
    html: Annotated[
        Path | None, typer.Option(help="Write a page that shows the first clips with their passes.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the folder and nothing else.")] = False,
    as_json: options.Json = False,
) -> None:
    """Fill a folder with captioned clips whose depth, ids, flow and camera are known exactly.

    The same recipe makes the same bytes. A run that was interrupted goes on where it stopped. The folder's recipe.toml
    has every key, to be changed and used again.
    """
    with told(as_json=as_json), warned():
        from filmwright.jobs.page.sheet import check_name
        from filmwright.jobs.simulate import Recipe, load_recipe
        from filmwright.jobs.simulate import read as read_back
        from filmwright.jobs.simulate import simulate as run
        from filmwright.jobs.simulate.engines import engines
        from filmwright.jobs.simulate.page import write_page

        if html is not None:
            check_name(html)
        asked = Recipe() if recipe is None else load_recipe(recipe)
        if clips is not None:
            asked = asked.model_copy(update={"num_clips": clips})
        by = engines.open(engine, workers=workers)
        with showing(quiet=quiet, as_json=as_json) as report:
            made = run(asked, out or Path("data") / asked.name, engine=by, report=report)
        if html is not None:
            write_page(asked.name, read_back(made.folder), html)
        if as_json:
            facts = {"folder": str(made.folder), "clips": made.num_clips, "made": made.num_made}
            typer.echo(json.dumps(facts | {"seconds": round(made.seconds, 2)}))
        elif quiet:
            typer.echo(made.folder)
        else:
            rate = f", {made.num_made / made.seconds:.1f} a second" if made.num_made else ""
            typer.echo(f"{made.folder}: {made.num_clips} clips, {made.num_made} made now{rate}")
