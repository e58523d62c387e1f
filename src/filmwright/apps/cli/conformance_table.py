"""What an examination looks like in the terminal."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from filmwright.core.printable import printable
from filmwright.jobs.conformance import Examination, Verdict

COLORS: dict[Verdict, str] = {"holds": "green", "diverges": "bold red", "cannot be tried": "yellow"}


def print_examination(found: Examination, *, quiet: bool) -> None:
    """A table a topic: rule, verdict, what came; and the counts."""
    console = Console(highlight=False)
    shown = [finding for finding in found.findings if not quiet or finding.verdict == "diverges"]
    for topic in dict.fromkeys(finding.topic for finding in shown):
        table = Table("check", "verdict", "rule", "what came", title=topic, box=None, title_justify="left")
        table.columns[0].no_wrap = table.columns[1].no_wrap = True
        for finding in shown:
            if finding.topic == topic:
                verdict = f"[{COLORS[finding.verdict]}]{finding.verdict}[/]"
                table.add_row(finding.name, verdict, escape(finding.rule), escape(printable(finding.came)))
        console.print(table)
    counts = ", ".join(f"{found.count(verdict)} {verdict}" for verdict in COLORS)
    if not quiet:
        console.print(f"{escape(found.url)}: {counts}", soft_wrap=True)
    if found.left:
        console.print(f"[yellow]left at the server[/]: {escape(printable(', '.join(found.left)))}", soft_wrap=True)
