"""A report as one page (HTML) that needs no other file: the videos, their numbers, their curves."""

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from filmwright.jobs.page.escaped import escape
from filmwright.jobs.page.pictures import strip
from filmwright.jobs.page.sheet import sheet, write_sheet
from filmwright.jobs.page.style import STYLE as SHARED

from . import words
from .curve import drawing
from .interval import Interval
from .nouns import Mean, Measured, Report, Row, refusals, titled
from .protocol import VideoProtocol

STYLE = (
    SHARED
    + """
td.number { font-variant-numeric: tabular-nums; white-space: nowrap }
td.number b { font-size: 17px; font-weight: 600 }
td small { display: block; color: var(--soft); font-size: 12.5px; font-weight: 400; line-height: 1.4 }
.metrics { table-layout: fixed }
.metrics td { overflow-wrap: break-word } .metrics td:nth-child(1) { width: 31% }
.metrics td:nth-child(2) { width: 24% } .metrics td:nth-child(3) { width: 21% } .metrics td[colspan] { width: 45% }
.metrics td:first-child::first-letter { text-transform: uppercase }
.matrix th { text-align: right; font-size: 12.5px; color: var(--soft); font-weight: 500; padding: 10px 8px;
  vertical-align: bottom; line-height: 1.25; overflow-wrap: normal }
.matrix td { text-align: right; padding: 10px 8px; white-space: nowrap; font-variant-numeric: tabular-nums }
.matrix td:first-child { text-align: left } .matrix td.failed { text-align: left; white-space: normal }
.curve { display: block; width: 100%; height: 44px }
.curve path { fill: none; stroke: #3d6fb4; stroke-width: 1.6; stroke-linecap: round; vector-effect: non-scaling-stroke }
.curve line { stroke: var(--line); vector-effect: non-scaling-stroke }
.bounds { display: block; text-align: right; color: var(--soft); font-size: 12px }
.failed { color: var(--bad) }
.sentence + .wide { margin-top: 22px } .wide + section { margin-top: 28px }
section + article { margin-top: 72px; padding-top: 56px; border-top: 1px solid var(--line) }
@media (max-width: 760px) { .matrix { display: table } .matrix tbody { display: table-row-group }
  .matrix tr { display: table-row } .matrix td { display: table-cell; padding: 8px }
  .metrics td:nth-child(n) { width: auto } }
"""
)


def write_page(report: Report, out: Path) -> Path:
    """Write the page, whole or not at all. Raises BadFilm for a name that is no page's."""
    return write_sheet(page(report), out)


def page(report: Report) -> str:
    """The page's text."""
    rows = report.rows
    alone = len(rows) == 1 and report.error is None
    name = rows[0].name if alone else ", ".join(report.sources)
    shared = [] if alone else _refused_by_all(report)
    summary = "" if alone else _summary(report, shared)
    extra = report.sets if alone else ()
    videos = "\n".join(_video(row, f"video-{i}", shared, extra) for i, row in enumerate(rows) if row.error is None)
    against = f" Compared with {report.against}." if report.against else ""
    footer = escape(
        f"Measured on {report.made[:10]} by {'; '.join(report.software)}.{against} "
        "Numbers can be compared where size, fps, frame count, pixel format, decoder and steps of motion are the same."
    )
    return sheet(f"{name}: evaluation", STYLE, f"{summary}\n{videos}", footer)


def _refused_by_all(report: Report) -> list[Measured]:
    """What no video has, for one reason: it is told once."""
    first, *others = [row.own for row in report.rows if row.error is None] or [()]
    return [m for m in first if m.reading is None and all(_reason(m.name, own) == m.refused for own in others)]


def _reason(name: str, own: Sequence[Measured]) -> str:
    return next((m.refused for m in own if m.name == name), "")


def _summary(report: Report, shared: Sequence[Measured]) -> str:
    """Every video in a line, and the means."""
    names = [each.name for each in next((row.own for row in report.rows if row.measured), ())]
    shown = [name for name in names if any(_value(row, name) for row in report.rows)]
    head = "".join(f"<th>{escape(titled(name))}</th>" for name in shown)
    lines = "\n".join(_matrix_line(row, f"video-{i}", shown) for i, row in enumerate(report.rows))
    means = "\n".join([*(_mean(mean, mean.interval) for mean in report.means if mean.interval), *_not_averaged(report)])
    note = (
        "the means with their 95% intervals, then each by itself" if any(map(_sure, report.means)) else "each by itself"
    )
    return (
        f'<h1>Evaluation</h1>\n<p class="sentence">{_videos(len(report.rows))}: {note}.</p>\n'
        f'<div class="wide"><table class="matrix">\n<tr><th></th>{head}</tr>\n{lines}\n</table></div>\n'
        f"{_section('Means of all', means) if means else ''}{_together(report.sets, shared)}"
    )


def _matrix_line(row: Row, anchor: str, names: Sequence[str]) -> str:
    if row.error is not None:
        told = f'<td class="failed" colspan="{max(len(names), 1)}">{escape(str(row.error))}</td>'
        return f"<tr><td>{escape(row.name)}</td>{told}</tr>"
    link = f'<td><a href="#{anchor}">{escape(row.name)}</a></td>'
    return f"<tr>{link}{''.join(f'<td>{escape(_value(row, name))}</td>' for name in names)}</tr>"


def _value(row: Row, name: str) -> str:
    return next((words.number(m.reading.value) for m in row.measured if m.name == name and m.reading), "")


def _mean(mean: Mean, interval: Interval) -> str:
    videos = _videos(interval.num)
    few = "" if _sure(mean) else ": too few for an interval"
    value = escape(words.interval(interval))
    return (
        f'<tr><td>{escape(mean.title)}</td><td class="number"><b>{value}</b><small>{escape(_unit(mean))}</small></td>'
        f"<td><small>{videos}{few}</small></td></tr>"
    )


def _not_averaged(report: Report) -> Iterator[str]:
    for why, whose in report.not_averaged.items():
        yield f'<tr><td>{escape(whose)}</td><td colspan="2"><small>{escape(why)}</small></td></tr>'


def _sure(mean: Mean) -> bool:
    """Whether it has an interval."""
    return mean.interval is not None and not math.isnan(mean.interval.low)


def _videos(num: int) -> str:
    return f"{num} video{'' if num == 1 else 's'}"


def _video(row: Row, anchor: str, shared: Sequence[Measured], extra: Sequence[Measured]) -> str:
    known = {each.name for each in shared}
    refused = [each for each in (*row.own, *extra) if each.name not in known]
    parts = [f"<header><h1>{escape(row.name)}</h1>{_facts(row)}</header>", strip(row.pictures)]
    parts += [_metrics(row.own, row.protocol), _refused(refused)]
    return f'<article id="{anchor}">' + "\n".join(filter(None, parts)) + "</article>"


def _facts(row: Row) -> str:
    assert row.protocol is not None
    file = row.protocol.codec != ""  # else it was never encoded
    lines = [words.facts(row.protocol), f"decoded by {row.protocol.decoder}" if file else "as it was made, not encoded"]
    lines += [f"beside its reference {row.reference}"] if row.reference else []
    return "".join(f'<p class="facts">{escape(line)}</p>' for line in lines)


def _metrics(measured: Iterable[Measured], protocol: VideoProtocol | None) -> str:
    return _section("Measured", "\n".join(_line(each, protocol) for each in measured if each.reading is not None))


def _together(sets: Sequence[Measured], shared: Sequence[Measured]) -> str:
    """What was measured over all of them, and what of none."""
    rows = "\n".join(_line(each, None) for each in sets if each.reading is not None)
    return (_section("All together", rows) if rows else "") + _refused((*shared, *sets))


def _section(title: str, rows: str) -> str:
    return f'<section><h2>{title}</h2><div class="wide"><table class="metrics">\n{rows}\n</table></div></section>'


def _line(measured: Measured, protocol: VideoProtocol | None) -> str:
    reading = measured.reading
    assert reading is not None
    told = [f"{reading.note}"] if reading.note else []
    told += [words.part(part) for part in reading.parts]
    told += [words.span(span, protocol) for span in reading.spans] if protocol else []
    drawn = drawing(reading.curve, measured.title)
    curve = f'<td class="along">{drawn}</td>' if drawn else ""
    return (
        f"<tr><td>{escape(measured.title)}<small>{escape(measured.about)}</small></td>"
        f'<td class="number"><b>{escape(words.reading(reading))}</b><small>{escape(_unit(measured))}</small></td>'
        f"<td{'' if curve else ' colspan=2'}><small>{'<br>'.join(map(escape, told))}</small></td>{curve}</tr>"
    )


def _refused(measured: Iterable[Measured]) -> str:
    lines = "\n".join(
        f"<div><dt>{escape(', '.join(each.title for each in those))}</dt><dd>{escape(why)}</dd></div>"
        for why, those in refusals(measured).items()
    )
    return f"<section><h2>Not measured</h2><dl>\n{lines}\n</dl></section>" if lines else ""


def _unit(measured: Measured | Mean) -> str:
    return f"{measured.scale.unit}; {words.BETTER[measured.scale.better]}"
