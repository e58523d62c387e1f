"""`filmwright audit`: what was decided, signed and checked, and whether that log is whole."""

import json
from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from . import options
from .exits import told

audit = typer.Typer(no_args_is_help=True, help="The audit log: show it, check it, hand it over.")
BROKEN = 6  # the same code as for a file that is not what was written


@audit.command()
def show(
    *,
    last: Annotated[int, typer.Option(min=1, help="How many of the newest rows.")] = 20,
    kind: Annotated[str | None, typer.Option(help="Only one kind: moderation, approval, signature, ...")] = None,
    as_json: options.Json = False,
) -> None:
    """Show the newest rows of the log."""
    with told(as_json=as_json):
        from filmwright.core.errors import BadFilm
        from filmwright.film.asset.audit import KINDS, rows

        if kind is not None and kind not in KINDS:
            raise BadFilm(f"no event is called {kind!r}. There are: {', '.join(KINDS)}.")
        found = [row for row in rows() if kind in (None, row.kind)]
        shown = found[-last:]
        if as_json:
            for row in shown:
                typer.echo(json.dumps(asdict(row), ensure_ascii=False))
            return
        from .trust_tables import print_rows

        print_rows(shown, num_rows=len(found))


@audit.command()
def verify(
    file: Annotated[Path | None, typer.Argument(help="An exported log; left out, this machine's own.")] = None,
    *,
    key: Annotated[str, typer.Option(help="The maker's public key, as `audit export` prints it.")] = "",
    noted: Annotated[
        str, typer.Option(help="The log's end as an earlier check printed it, like 42:9f86d081884c.")
    ] = "",
    as_json: options.Json = False,
) -> None:
    """Check that no row was changed, moved, put in or taken away; ends with exit code 6 if one was."""
    with told(as_json=as_json):
        from filmwright.jobs.audit import check_log

        finding = check_log(file, key=key, noted=noted)
        if as_json:
            typer.echo(json.dumps({"whole": finding.whole, **asdict(finding)}))
        else:
            from .trust_tables import print_finding

            print_finding(finding)
        if not finding.whole:
            raise typer.Exit(BROKEN)


@audit.command()
def export(file: Annotated[Path, typer.Argument(help="Where to write it, as JSON lines.")]) -> None:
    """Write the whole log to a file that anybody can check with the public key."""
    with told():
        from filmwright.film.asset.audit import KEY
        from filmwright.film.asset.audit_export import export as write
        from filmwright.film.asset.seals import public_key

        num_rows, key = write(file), public_key(KEY)
        typer.echo(f"{file} written, {num_rows} rows." + (" Whoever has the public key can check it:" if key else ""))
        if key:
            typer.echo(f"  filmwright audit verify {quote(str(file))} --key {key}")
