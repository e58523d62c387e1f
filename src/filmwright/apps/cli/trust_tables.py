"""What the audit log, the review queue and the consents look like in the terminal."""

from datetime import date

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from filmwright.core.printable import printable
from filmwright.core.verdict import Signal
from filmwright.film.asset.audit import Row
from filmwright.film.asset.audit_check import Finding
from filmwright.film.asset.consent import Consent
from filmwright.film.asset.review import Review, picture_paths

COLORS = {"waiting": "yellow", "approved": "green", "rejected": "red"}
COLORS |= {"in force": "green", "expired": "yellow", "revoked": "red"}
NOTABLE = 0.1  # score from which on a signal is shown
COLORS |= {"approval": "green", "rejection": "red", "hold": "yellow", "revocation": "yellow", "gap": "bold red"}


def print_rows(rows: list[Row], *, num_rows: int) -> None:
    """The log's rows, oldest first."""
    console = Console(highlight=False)
    if not rows:
        console.print("Nothing is logged yet.")
        return
    table = _table("row", "when (UTC)", "what", "of", "details")
    for row in rows:
        facts = "  ".join(f"[dim]{escape(_short(key))}[/] {escape(_short(value))}" for key, value in row.facts.items())
        table.add_row(f"[dim]{row.number}[/]", _when(row.at), _colored(row.kind), escape(_short(row.subject)), facts)
    console.print(table)
    if num_rows > len(rows):
        console.print(f"[dim]and {num_rows - len(rows)} before: --last {num_rows} shows them[/]")


def print_finding(finding: Finding) -> None:
    """Whether the log is whole, and what is not."""
    console = Console(highlight=False, soft_wrap=True)
    rows = "1 row" if finding.num_rows == 1 else f"{finding.num_rows} rows"
    if not finding.num_rows and finding.whole:
        console.print("Nothing is logged yet.")
        return
    if finding.whole:
        console.print(f"[bold green]whole[/]  {rows}: each is signed, none was changed, moved or taken away")
    else:
        console.print(f"[bold red]not whole[/]  {rows}")
        for problem in finding.problems:
            console.print(f"  [red]{problem.fault:<10}[/] {escape(printable(problem.says))}")
    console.print(f"  [dim]{'key':<10}[/] {finding.key}")
    console.print(
        f"  [dim]{'end':<10}[/] {finding.num_rows}:{escape(printable(finding.newest[:16]))}"
        + ("   [dim]note it elsewhere: --noted compares a later log with it[/]" if finding.whole else "")
    )


def print_reviews(reviews: list[Review], *, num_decided: int) -> None:
    """One line a review."""
    console = Console(highlight=False)
    if reviews:
        table = _table("review", "held (UTC)", "film", "state", "why it is held")
        for review in reviews:
            first, more = _first(review.verdict.reasons)
            table.add_row(
                f"[bold]{review.id}[/]", _when(review.held), escape(review.title), _colored(review.state), first + more
            )
        console.print(table)
    else:
        console.print("Nothing waits for review.")
    if num_decided:
        console.print(f"[dim]{num_decided} decided: --all lists them, too[/]")


def print_review(review: Review) -> None:
    """All that a reviewer needs to know."""
    console = Console(highlight=False)
    console.print(f"[bold]{escape(review.title)}[/] · review {review.id} · {_colored(review.state)}")
    facts = {"held": f"{_when(review.held)} UTC", "request": review.request, "source": review.source}
    _lines(console, facts)
    if review.asked:
        console.print("\n[bold]What was asked[/]")
        _lines(console, dict(review.asked))
    console.print("\n[bold]Why it is held[/]")
    for reason in review.verdict.reasons:
        console.print(Padding(escape(reason), (0, 0, 0, 2)))
    if noticed := sorted((s for s in review.verdict.signals if s.score >= NOTABLE), key=lambda s: -s.score):
        console.print("\n[bold]What was noticed[/]")
        table = _table("score", "", "category", "where", "by")
        for signal in noticed:
            table.add_row(*_signal(signal))
        console.print(Padding(table, (0, 0, 0, 2)))
    if weak := len(review.verdict.signals) - len(noticed):
        console.print(f"  [dim]and {weak} more below {NOTABLE}, which --json shows[/]")
    if review.pictures:
        console.print("\n[bold]What was seen[/]")
        for path in picture_paths(review):
            console.print(f"  {escape(str(path))}", soft_wrap=True)
    console.print()
    if done := review.decision:
        says = f"{_colored(done.choice)} by {escape(done.by)}, {_when(done.at)} UTC: {escape(done.why)}"
        console.print(says)
    else:
        console.print(f"  filmwright review approve {review.id} --why ...", soft_wrap=True)
        console.print(f"  filmwright review reject {review.id} --why ...", soft_wrap=True)


def print_consents(consents: tuple[Consent, ...], today: date) -> None:
    """One line a consent."""
    console = Console(highlight=False)
    if not consents:
        console.print("No consent is kept here. `filmwright consent add` keeps one.")
        return
    table = _table("consent", "of", "state", "for", "until", "covers")
    for one in consents:
        inputs = "1 input" if len(one.inputs) == 1 else f"{len(one.inputs)} inputs"
        covers = f"{' and '.join(one.scope)}, {inputs}"
        uses = escape(", ".join(one.uses))
        table.add_row(f"[bold]{one.id}[/]", escape(one.subject), _colored(one.state(today)), uses, one.expires, covers)
    console.print(table)


def print_consent(consent: Consent, films: tuple[str, ...], today: date) -> None:
    """The whole record, and the films made with it."""
    console = Console(highlight=False)
    console.print(f"[bold]{escape(consent.subject)}[/] · consent {consent.id} · {_colored(consent.state(today))}")
    facts = {"scope": ", ".join(consent.scope), "for": ", ".join(consent.uses), "until": consent.expires}
    facts |= {"added": f"{_when(consent.added)} UTC", "evidence": f"{consent.evidence} (SHA-256)"}
    if consent.revoked:
        facts["revoked"] = f"{_when(consent.revoked)} UTC: {consent.reason}"
    _lines(console, facts)
    for title, lines in {"Inputs that it covers": consent.inputs, "Films made with them": films or ("none",)}.items():
        console.print(f"\n[bold]{title}[/]")
        for line in lines:
            console.print(f"  {escape(line)}", soft_wrap=True)


def _signal(signal: Signal) -> tuple[str, ...]:
    bar = "█" * round(10 * signal.score)
    color = "red" if signal.score >= 0.8 else "yellow" if signal.score >= 0.5 else "dim"
    where = escape(signal.where) + (f"\n[dim]{escape(signal.says)}[/]" if signal.says else "")
    by = f"[dim]{escape(signal.provider)}[/]"
    return f"{signal.score:.2f}", f"[{color}]{bar:<10}[/]", escape(signal.category), where, by


def _lines(console: Console, facts: dict[str, str]) -> None:
    table = Table.grid(padding=(0, 2))
    for key, value in facts.items():
        if value:
            table.add_row(f"  [dim]{escape(key)}[/]", escape(value))
    console.print(table)


def _table(*columns: str) -> Table:
    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    table.columns[0].no_wrap = True
    return table


def _first(lines: tuple[str, ...]) -> tuple[str, str]:
    more = f" [dim](+{len(lines) - 1})[/]" if len(lines) > 1 else ""
    return escape(lines[0]) if lines else "", more


def _colored(word: str) -> str:
    return f"[{COLORS[word]}]{word}[/]" if word in COLORS else escape(printable(word))


def _when(at: str) -> str:
    return escape(printable(at[:19].replace("T", " ")))


def _short(text: str) -> str:
    """Hashes are told by their first twelve digits."""
    return text[:12] if len(text) >= 32 and set(text) <= set("0123456789abcdef") else printable(text)
