"""`filmwright new`: a film.toml with everything explained."""

from pathlib import Path
from typing import Annotated

import typer

from .exits import told


def new(
    path: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("film.toml"),
    *,
    scan: Annotated[Path | None, typer.Option(help="The scan to film; left out, the bundled sample.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over an existing file.")] = False,
) -> None:
    """Write a commented film.toml to start from."""
    with told():
        from filmwright.core.errors import BadFilm
        from filmwright.jobs.template import write_template

        if path.exists() and not force:
            raise BadFilm(f"{path} exists. Choose another name, or write over it with --force.")
        write_template(path, scan)
        typer.echo(f"{path} written. Make the film with: filmwright make {path}")
