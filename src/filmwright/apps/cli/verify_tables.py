"""What a verification looks like in the terminal."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from filmwright.core.claim import Signature
from filmwright.core.printable import printable
from filmwright.jobs.verify import Finding, Report
from filmwright.jobs.verify.words import SOURCES, clock, words_of_looks, words_of_span

COLORS = {"verified": "green", "marked": "yellow", "changed": "red", "doubtful": "yellow", "unknown": "dim"}
COLORS |= {"broken": "red", "trusted": "green", "none": "dim", "untrusted": "yellow", "expired": "yellow"}


def print_report(report: Report, page: Path | None) -> None:
    """One film in full, several in a table."""
    console = Console(highlight=False)
    if len(report.findings) == 1:
        _print_finding(console, report.findings[0])
    else:
        _print_table(console, report.findings)
    if page is not None:
        console.print(f"[dim]page[/]  {escape(str(page))}", soft_wrap=True)


def _print_table(console: Console, findings: tuple[Finding, ...]) -> None:
    table = Table("film", "", "signature", "mark", "verdict", box=None, header_style="bold", pad_edge=False)
    for finding in findings:
        table.add_row(
            f"[bold]{escape(finding.name)}[/]",
            _colored(finding.outcome),
            _colored(finding.signature.state),
            finding.mark_id or ("present" if finding.mark.present else "[dim]none[/]"),
            escape(finding.says),
        )
    console.print(table)


def _print_finding(console: Console, finding: Finding) -> None:
    console.print(f"{_colored(finding.outcome, bold=True)}  {escape(finding.says)}", soft_wrap=True)
    table = Table.grid(padding=(0, 2))
    for key, value in _lines(finding):
        table.add_row(f"  [dim]{key}[/]", escape(printable(value)))
    console.print(table)
    console.print(f"  [dim]sha256[/]  {finding.sha256 or 'not known'}", soft_wrap=True)


def _lines(finding: Finding) -> list[tuple[str, str]]:
    """Name and words of each thing that is known, in the order in which a person asks."""
    said = finding.signature if finding.signature.state != "none" else finding.stored or finding.signature
    lines = [("film", f"{finding.name}: {finding.facts}" if finding.facts else finding.name)]
    lines.append(("signature", finding.signature.says))
    if finding.mark_says:
        lines.append(("mark", finding.mark_says + (f"; pictures {finding.geometry}" if finding.geometry else "")))
    if any(span.kind != "marked" for span in finding.spans):
        lines += [("along time", words_of_span(span)) for span in finding.spans]
    if looks := words_of_looks(finding):
        lines.append(("looks", looks))
    lines += _who(said)
    if finding.record:
        lines.append(("record", f"“{finding.record.title}”, {clock(finding.record.made)}"))
    if finding.comparison:
        lines.append(("compared with", finding.comparison.original))
    return lines + [("note", note) for note in finding.notes]


def _who(said: Signature) -> list[tuple[str, str]]:
    lines = [("software", said.software)] if said.software else []
    if said.source:
        lines.append(("how", SOURCES.get(said.source, said.source)))
    steps = [f"{a.name}: {a.says}" for a in said.actions if a.says]
    lines += [("what was done" if i == 0 else "", step) for i, step in enumerate(steps)]
    for i, part in enumerate(said.ingredients):
        licence = f" ({part.licence})" if part.licence else ""
        lines.append(("made from" if i == 0 else "", f"{part.role}: {part.name}{licence}"))
    lines += [("law", f"{region}: {words}") for region, words in said.labels.items()]
    return lines


def _colored(word: str, *, bold: bool = False) -> str:
    return f"[{'bold ' if bold else ''}{COLORS.get(word, 'red')}]{word}[/]"
