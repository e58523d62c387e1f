"""`filmwright keys`: who may ask the server for films, for what, and how much."""

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

import typer

from . import options
from .exits import told

keys = typer.Typer(no_args_is_help=True, help="API keys of the server: create, list, revoke.")
Database = Annotated[
    str | None, typer.Option(help="The server's database. [default: SQLite in your Filmwright folder]", metavar="URL")
]


@keys.command()
def create(
    name: Annotated[str, typer.Argument(help="Who or what it is for.")],
    *,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="videos:read, videos:write, realtime, admin. Repeatable. [default: the first two]"),
    ] = None,
    days: Annotated[float | None, typer.Option(help="How long it lasts. [default: until it is revoked]")] = None,
    jobs_per_day: Annotated[int | None, typer.Option(min=0, help="[default: no limit]")] = None,
    seconds_per_day: Annotated[float | None, typer.Option(min=0, help="Of film. [default: no limit]")] = None,
    stored_bytes: Annotated[int | None, typer.Option(min=0, help="At any time. [default: no limit]")] = None,
    requests_per_minute: Annotated[float, typer.Option(min=0, help="0 is no limit.")] = 600.0,
    burst: Annotated[int, typer.Option(min=1, help="Requests at once, after a rest.")] = 60,
    database: Database = None,
    as_json: options.Json = False,
) -> None:
    """Make a key and print its secret: this once, for what is kept of it is a hash."""
    with told(as_json=as_json):
        from filmwright.jobs.database import default_url
        from filmwright.jobs.keys import USUAL, Keys, Quotas

        quotas = Quotas(
            jobs_per_day=jobs_per_day,
            seconds_per_day=seconds_per_day,
            stored_bytes=stored_bytes,
            requests_per_minute=requests_per_minute or None,
            burst=burst,
        )
        lasts = None if days is None else timedelta(days=days)
        with Keys.open(database or default_url()) as opened:
            key, secret = opened.create(name, scopes=scope or USUAL, quotas=quotas, lasts=lasts)
        if as_json:
            typer.echo(json.dumps({"secret": secret, **_row(key)}))
            return
        typer.echo(secret)
        typer.secho(
            f"{key.id} for {key.name!r} is made. Its secret is shown this once: put it where it is needed, as "
            "OPENAI_API_KEY for the openai SDK.",
            fg="green",
            err=True,
        )


@keys.command("list")
def list_keys(*, database: Database = None, as_json: options.Json = False) -> None:
    """List all keys, oldest first."""
    with told(as_json=as_json):
        from filmwright.jobs.database import default_url
        from filmwright.jobs.keys import Keys

        with Keys.open(database or default_url()) as opened:
            found = opened.list()
        if as_json:
            for key in found:
                typer.echo(json.dumps(_row(key)))
            return
        from .key_table import print_keys

        print_keys(found)


@keys.command()
def revoke(
    key: Annotated[str, typer.Argument(help="The key's id, as `list` shows it.")],
    *,
    database: Database = None,
    as_json: options.Json = False,
) -> None:
    """Take a key back, for good: the next request with it is refused."""
    with told(as_json=as_json):
        from filmwright.jobs.database import default_url
        from filmwright.jobs.keys import Keys

        with Keys.open(database or default_url()) as opened:
            done = opened.revoke(key)
        if as_json:
            typer.echo(json.dumps(_row(done)))
            return
        typer.secho(f"{done.id} for {done.name!r} is revoked.", fg="yellow")


def _row(key: Any) -> dict[str, Any]:
    return json.loads(json.dumps(asdict(key), default=lambda time: time.isoformat()))
