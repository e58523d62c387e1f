"""`filmwright card`: one page about a film or a model."""

from pathlib import Path
from typing import Annotated

import typer

from . import options
from .exits import told
from .warned import warned


def card(
    path: Annotated[Path, typer.Argument(help="A film, its manifest or folder, or a model file or folder.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="A file ending in .html, .md or .json. [default: <name>.card.html]"),
    ] = None,
    grid: Annotated[
        float | None, typer.Option(min=0, help="Carbon of your electricity in kg CO2e a kWh; without it none is told.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Write the impact card: what was made, from what, by whom, people shown, misuse, licences, energy.

    With --json and no --out it is printed and nothing is written.
    """
    with told(as_json=as_json), warned():
        from filmwright.jobs.card import card as look
        from filmwright.jobs.card import page, write_card

        found = look(path, grid=grid)
        if as_json and out is None:
            typer.echo(page(found, ".json"), nl=False)
            return
        name = path.name.removesuffix(".manifest.json") if path.suffix == ".json" else path.stem
        beside = path / "card.html" if path.is_dir() else path.with_name(f"{name}.card.html")
        typer.echo(write_card(found, out or beside))
