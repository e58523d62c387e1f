"""`filmwright consent`: whose face or voice may be used, for what, until when."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from . import options
from .exits import told
from .warned import warned

consent = typer.Typer(no_args_is_help=True, help="Who agreed that their face or voice is used: keep, see, revoke.")
Id = Annotated[str, typer.Argument(help="The consent, or the first letters of its id.")]


@consent.command()
def add(
    subject: Annotated[str, typer.Argument(help="Whose face or voice it is.")],
    *,
    covers: Annotated[
        list[str], typer.Option(help="A picture or sound file; a name for what has no file. Repeatable.")
    ],
    use: Annotated[list[str], typer.Option(help="What for: advertising, training, ... Repeatable.")],
    until: Annotated[str, typer.Option(help="The last day, YYYY-MM-DD.")],
    evidence: Annotated[Path, typer.Option(help="The signed release; its hash is kept, the file is not.")],
    scope: Annotated[list[str] | None, typer.Option(help="image or voice. Repeatable. [default: image]")] = None,
) -> None:
    """Keep a consent, signed and logged."""
    with told(), warned():
        from filmwright.jobs.consent import add_consent

        new = add_consent(
            subject=subject, scope=scope or ["image"], uses=use, until=until, evidence=evidence, covers=covers
        )
        typer.secho(f"{new.subject}: consent {new.id}", fg="green", nl=False)
        typer.echo(f" is kept, for {', '.join(new.uses)}, until {new.expires}.")


@consent.command("list")
def list_consents(*, as_json: options.Json = False) -> None:
    """List all consents, oldest first."""
    with told(as_json=as_json), warned():
        from filmwright.film.asset.consent import consents

        found, today = consents(), datetime.now(UTC).date()
        if as_json:
            for one in found:
                typer.echo(json.dumps({"state": one.state(today), **asdict(one)}, ensure_ascii=False))
            return
        from .trust_tables import print_consents

        print_consents(found, today)


@consent.command()
def show(consent: Id, *, as_json: options.Json = False) -> None:
    """Show one consent and the films that were made with it."""
    with told(as_json=as_json), warned():
        from filmwright.film.asset.consent import find
        from filmwright.jobs.consent import films_touched

        found, today = find(consent), datetime.now(UTC).date()
        films = films_touched(found)
        if as_json:
            typer.echo(json.dumps({"state": found.state(today), **asdict(found), "films": films}, ensure_ascii=False))
            return
        from .trust_tables import print_consent

        print_consent(found, films, today)


@consent.command()
def revoke(
    consent: Id,
    *,
    why: Annotated[str, typer.Option(help="The reason, kept with the record.")],
    as_json: options.Json = False,
) -> None:
    """Take a consent back, for good, and list the films it touches."""
    with told(as_json=as_json), warned():
        from filmwright.film.asset.consent import revoke as take_back
        from filmwright.jobs.consent import films_touched

        done = take_back(consent, reason=why)
        films = films_touched(done)
        if as_json:
            typer.echo(json.dumps({"revoked": done.id, "films": films}, ensure_ascii=False))
            return
        typer.secho(f"{done.subject}: consent {done.id} is revoked.", fg="yellow")
        typer.echo("Films that it touches:" if films else "No film made here is touched.")
        for film in films:
            typer.echo(f"  {film}")
