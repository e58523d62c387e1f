"""What API keys look like in the terminal."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from filmwright.jobs.keys import Key


def print_keys(keys: Sequence[Key]) -> None:
    """One line a key."""
    console = Console(highlight=False)
    if not keys:
        console.print("There are no keys. Make one with: filmwright keys create NAME")
        return
    table = Table(box=None, pad_edge=False)
    for title in ("id", "for", "may", "limits", "last used (UTC)", "state"):
        table.add_column(title, header_style="dim", no_wrap=title == "id")
    for key in keys:
        used = "never" if key.last_used is None else f"{key.last_used:%Y-%m-%d %H:%M}"
        table.add_row(key.id, escape(key.name), " ".join(key.scopes), _limits(key), used, _state(key))
    console.print(table)


def _limits(key: Key) -> str:
    quotas = key.quotas
    said = [
        (quotas.jobs_per_day, "{:,} jobs a day"),
        (quotas.seconds_per_day, "{:,g} s of film a day"),
        (quotas.stored_bytes, "{:,} bytes"),
        (quotas.requests_per_minute, "{:,g} requests a minute"),
    ]
    return ", ".join(words.format(value) for value, words in said if value is not None) or "none"


def _state(key: Key) -> str:
    if key.revoked is not None:
        return f"[red]revoked {key.revoked:%Y-%m-%d}[/]"
    if key.expires is None:
        return "[green]in force[/]"
    if key.expires <= datetime.now(UTC):
        return f"[yellow]expired {key.expires:%Y-%m-%d}[/]"
    return f"[green]until {key.expires:%Y-%m-%d}[/]"
