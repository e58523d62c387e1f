"""What an evaluation looks like in the terminal."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from filmwright.core.printable import printable
from filmwright.jobs.evaluate import Measured, Report, Row
from filmwright.jobs.evaluate import words as said
from filmwright.jobs.evaluate.interval import Interval
from filmwright.jobs.evaluate.nouns import Mean, refusals
from filmwright.jobs.evaluate.reading import Reading


def print_report(report: Report, page: Path | None, *, whole: bool = True) -> None:
    """One video in full, several as a table with their means; what can't be measured briefly, or as a whole."""
    console = Console(highlight=False)
    if len(report.rows) == 1 and report.error is None:
        _print_video(console, report.rows[0])
    else:
        _print_videos(console, report)
    for measured in report.sets:
        if measured.reading is not None:
            _print_set(console, measured, measured.reading)
    _print_refused(console, report, whole=whole)
    if page is not None:
        console.print(f"[dim]page[/]  {escape(str(page))}", soft_wrap=True)


def print_values(report: Report) -> None:
    """A line a number: video, metric, value."""
    for row in report.rows:
        for measured in row.own:
            if measured.reading is not None:
                typer.echo(f"{printable(row.name)}\t{measured.name}\t{measured.reading.value:.6g}")
    for measured in report.sets:
        if measured.reading is not None:
            typer.echo(f"all\t{measured.name}\t{measured.reading.value:.6g}")
    _print_errors(report.rows)


def _print_video(console: Console, row: Row) -> None:
    assert row.protocol is not None
    console.print(f"[bold]{_clean(row.name)}[/]  {_clean(said.facts(row.protocol))}", soft_wrap=True)
    if row.reference:
        console.print(f"  [dim]beside its reference[/] {_clean(row.reference)}", soft_wrap=True)
    table = Table("metric", "", "", "unit", "", box=None, header_style="bold", pad_edge=False)
    table.columns[1].justify = "right"
    for measured in row.own:
        if measured.reading is None:
            continue
        reading = measured.reading
        more = [reading.note] if reading.note else []
        more += [said.part(part) for part in reading.parts]
        more += [said.span(span, row.protocol) for span in reading.spans]
        table.add_row(
            measured.title,
            f"[bold]{said.number(reading.value)}[/]",
            said.ARROWS[measured.scale.better],
            f"[dim]{measured.scale.unit}[/]",
            f"[dim]{escape('; '.join(more))}[/]",
        )
    if table.rows:
        console.print(table)


def _print_refused(console: Console, report: Report, *, whole: bool) -> None:
    """Why some were not measured, and of how many videos; or the first sentence, and how to read on."""
    rows = [row for row in report.rows if row.error is None]
    own = [measured for row in rows for measured in row.own]
    for why, those in refusals((*own, *report.sets)).items():
        first, _, more = why.partition(". ")
        told = why if whole or not more else f"{first} (more with -m {those[0].name})"
        times = Counter(each.title for each in those)
        titles = ", ".join(times)
        some = max(times.values()) if those[0].scale.over != "set" else len(rows)
        of = f" of {some} of {len(rows)} videos" if some < len(rows) else ""
        console.print(f"[dim]{titles}{of}: {_clean(told)}[/]", soft_wrap=True)


def _print_videos(console: Console, report: Report) -> None:
    """Each video's values in a paragraph, so that any number of metrics fits; then a line a metric with its mean."""
    for row in report.rows:
        if row.protocol is not None:
            console.print(f"[bold]{_clean(row.name)}[/]  [dim]{_clean(said.facts(row.protocol))}[/]", soft_wrap=True)
            if values := _values(row):
                console.print(Padding(values, (0, 0, 0, 2), expand=False))
    _print_errors(report.rows)
    table = Table("mean", "", "", "unit", "videos", box=None, header_style="bold", pad_edge=False)
    for mean in report.means:
        if mean.interval is not None:
            table.add_row(mean.title, *_mean(mean, mean.interval))
    if table.rows:
        console.print(table)
    for why, whose in report.not_averaged.items():
        console.print(f"mean of {_clean(whose)}: [yellow]{_clean(why)}[/]", soft_wrap=True)


def _values(row: Row) -> str:
    known = [m for m in row.own if m.reading is not None]
    return " · ".join(f"{m.title} [bold]{said.number(m.reading.value)}[/]" for m in known if m.reading)


def _mean(mean: Mean, interval: Interval) -> tuple[str, str, str, str]:
    value, arrow = escape(said.interval(interval)), said.ARROWS[mean.scale.better]
    return f"[bold]{value}[/]", arrow, f"[dim]{mean.scale.unit}[/]", str(interval.num)


def _print_set(console: Console, measured: Measured, reading: Reading) -> None:
    scale = measured.scale
    value = f"[bold]{escape(said.reading(reading))}[/] {said.ARROWS[scale.better]} [dim]{scale.unit}[/]"
    console.print(f"{measured.title}: {value}", soft_wrap=True)
    for line in [*filter(None, [reading.note]), *map(said.part, reading.parts)]:
        console.print(f"  [dim]{escape(line)}[/]", soft_wrap=True)


def _print_errors(rows: Sequence[Row]) -> None:
    for row in rows:
        if row.error is not None:
            typer.secho(f"error: {printable(str(row.error))}", fg="red", err=True)


def _clean(text: str) -> str:
    return escape(printable(text))
