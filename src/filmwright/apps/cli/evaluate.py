"""`filmwright evaluate`: measure videos."""

import json
from pathlib import Path
from typing import Annotated

import typer

from .exits import code_of, told
from .progress import showing
from .warned import warned


def evaluate(
    source: Annotated[list[Path], typer.Argument(help="Videos, and folders whose every video is measured.")],
    *,
    against: Annotated[
        Path | None, typer.Option(help="A reference, or a folder of references with the same names.")
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(
            "--metric",
            "-m",
            help="Only this one; may be given again. Options as in warp_error:flow=exact. [default: all]",
        ),
    ] = None,
    fast: Annotated[
        bool, typer.Option("--fast", help="Measure motion at two of eight steps; the report says so.")
    ] = False,
    html: Annotated[Path | None, typer.Option(help="Write a page with pictures and curves.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print names and values, and nothing else.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the whole report as one JSON line, for scripts.")
    ] = False,
) -> None:
    """Measure videos, made here or elsewhere: flicker, warp error, motion, sharpness, drift, cuts, likeness.

    What can't be measured says what it needs. A video and its reference must be equal in size, fps, length and pixel
    format. In a folder, broken videos are told of and the others measured.
    """
    with told(as_json=as_json), warned():
        from filmwright.jobs.evaluate import evaluate as run
        from filmwright.jobs.evaluate.page import write_page
        from filmwright.jobs.evaluate.told import as_json as plain
        from filmwright.jobs.page.sheet import check_name

        if html is not None:
            check_name(html)
        with showing(quiet=quiet or as_json, as_json=False) as progress:
            report = run(source, against=against, names=tuple(metric or ()), fast=fast, report=progress)
        if html is not None:
            write_page(report, html)
        if as_json:
            typer.echo(json.dumps(plain(report), ensure_ascii=False, allow_nan=False))
        else:
            from .evaluate_tables import print_report, print_values

            print_values(report) if quiet else print_report(report, html, whole=bool(metric))
        if report.error is not None:
            raise typer.Exit(code_of(report.error))
