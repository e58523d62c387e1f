"""`filmwright drivers`: what is plugged in."""

import json
from typing import Annotated

import typer

from . import options
from .exits import told


def drivers(
    slot: Annotated[str | None, typer.Argument(help="Only one kind: reader, director, renderer or codec.")] = None,
    *,
    as_json: options.Json = False,
) -> None:
    """List every driver, what it is for, and its options."""
    with told(as_json=as_json):
        from filmwright.jobs.doctor import list_drivers

        rows = list_drivers(slot)
        if as_json:
            typer.echo(json.dumps(rows, default=str))
            return
        from rich.console import Console
        from rich.table import Table

        table = Table("slot", "driver", "what it is for", "options", box=None, header_style="bold")
        for row in rows:
            table.add_row(row["slot"], row["driver"], row["about"], ", ".join(row["options"]) or "-")
        Console().print(table)
