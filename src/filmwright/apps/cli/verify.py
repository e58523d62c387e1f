"""`filmwright verify`: who made a film, when, with what, and whether it was changed since."""

import json
from pathlib import Path
from typing import Annotated

import typer

from .exits import told
from .progress import showing
from .warned import warned


def verify(
    source: Annotated[
        str,
        typer.Argument(help="A film or picture, a folder of them, or an address on this machine (http://localhost)."),
    ],
    *,
    deep: Annotated[
        bool, typer.Option("--deep", help="Look for the mark in turned and stretched pictures too; takes longer.")
    ] = False,
    original: Annotated[
        Path | None, typer.Option(help="The film as it was made, to show what was changed where.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with pictures and the chain of ingredients.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the verdicts and nothing else.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the whole report as one JSON line, for scripts.")
    ] = False,
) -> None:
    """Tell who made a film, when, from what, and whether it was changed since.

    Reads the signature, the invisible mark and the records of this machine; nothing is sent anywhere. Exit code 0 is
    verified, 10 known by its mark alone, 9 not verified.
    """
    with told(as_json=as_json), warned():
        from filmwright.jobs.page.sheet import check_name
        from filmwright.jobs.verify import as_json as plain
        from filmwright.jobs.verify import verify as run
        from filmwright.jobs.verify.page import write_page

        if html is not None:
            check_name(html)
        with showing(quiet=quiet or as_json, as_json=False) as progress:
            report = run(source, deep=deep, original=original, report=progress)
        if html is not None:
            write_page(report, html)
        if as_json:
            typer.echo(json.dumps(plain(report), ensure_ascii=False))
        elif quiet:
            for finding in report.findings:
                typer.echo(f"{finding.name}: {finding.says}" if len(report.findings) > 1 else finding.says)
        else:
            from .verify_tables import print_report

            print_report(report, html)
        if report.exit_code:
            raise typer.Exit(report.exit_code)
