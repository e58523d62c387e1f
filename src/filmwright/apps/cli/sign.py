"""`filmwright sign`: mark and sign a film that is there already."""

import json
from pathlib import Path
from typing import Annotated

import typer

from . import options
from .exits import told
from .progress import showing
from .warned import warned


def sign(
    file: Annotated[Path, typer.Argument(help="A film, or with --no-mark a picture.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Where to write it; FILE itself is replaced. [default: <name>.signed.mp4]"),
    ] = None,
    mark: Annotated[
        bool, typer.Option("--mark/--no-mark", help="Put the invisible mark in; without, no picture is touched.")
    ] = True,
    source: Annotated[
        str | None, typer.Option(help="How it came about: captured, edited, rendered, generated or composite.")
    ] = None,
    maker: Annotated[str, typer.Option(help="Who made it, as it should be shown.")] = "",
    region: Annotated[list[str] | None, typer.Option(help="A law's labels: eu, california, china, ...")] = None,
    ingredient: Annotated[list[Path] | None, typer.Option(help="A file that went into it; may be repeated.")] = None,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
) -> None:
    """Mark and sign a film or picture of yours, so that `verify` knows it again.

    The sound is copied as it is; what was signed before is carried along as the parent.
    """
    with told(as_json=as_json), warned():
        from filmwright.core.errors import BadFilm
        from filmwright.jobs.sign import SOURCES, Wish
        from filmwright.jobs.sign import sign as run

        if source is not None and source not in SOURCES:
            raise BadFilm(f"no source is called {source!r}. There are: {', '.join(SOURCES)}.")
        wish = Wish(
            source=source,
            maker=maker,
            mark=mark,
            regions=tuple(region or ()),
            ingredients=tuple(ingredient or ()),
        )
        with showing(quiet=quiet, as_json=as_json) as report:
            signed = run(file, out, wish, report)
        if as_json:
            told_so = {"signed": str(signed.path), "mark": signed.mark_id, "state": signed.signature.state}
            typer.echo(json.dumps(told_so | {"labels": list(signed.labels)}))
            return
        typer.echo(signed.path)
        if not quiet:
            typer.echo(
                f"  {signed.signature.says}" + (f" Its mark's id is {signed.mark_id}." if signed.mark_id else "")
            )
            for line in signed.labels:
                typer.echo(f"  {line}")
