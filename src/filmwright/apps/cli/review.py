"""`filmwright review`: films that wait for a person's decision."""

import json
from dataclasses import asdict
from typing import Annotated, Literal

import typer

from . import options
from .exits import told
from .warned import warned

review = typer.Typer(no_args_is_help=True, help="Films that wait for a person: see them, approve or reject them.")
Id = Annotated[str, typer.Argument(help="The review, or the first letters of its id.")]
By = Annotated[str, typer.Option(help="Who decides. [default: the name of the account]")]
Why = Annotated[str, typer.Option(help="The reason, kept with the decision.")]


@review.command("list")
def list_reviews(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Those that are decided, too.")] = False,
    as_json: options.Json = False,
) -> None:
    """List what waits, oldest first."""
    with told(as_json=as_json), warned():
        from filmwright.film.asset.review import reviews

        found = reviews()
        shown = [r for r in found if everything or r.state == "waiting"]
        if as_json:
            for one in shown:
                typer.echo(json.dumps({"state": one.state, **asdict(one)}, ensure_ascii=False))
            return
        from .trust_tables import print_reviews

        print_reviews(shown, num_decided=0 if everything else len(found) - len(shown))


@review.command()
def show(review: Id, *, as_json: options.Json = False) -> None:
    """Show what was asked, what was noticed, and what was decided."""
    with told(as_json=as_json), warned():
        from filmwright.film.asset.review import find

        found = find(review)
        if as_json:
            typer.echo(json.dumps({"state": found.state, **asdict(found)}, ensure_ascii=False))
            return
        from .trust_tables import print_review

        print_review(found)


@review.command()
def approve(review: Id, *, why: Why, by: By = "") -> None:
    """Let a film be made: exactly what was held, with what was noticed in it. Signed and logged."""
    _decide(review, "approved", by=by, why=why)


@review.command()
def reject(review: Id, *, why: Why, by: By = "") -> None:
    """Refuse a film. Signed and logged."""
    _decide(review, "rejected", by=by, why=why)


def _decide(review: str, choice: Literal["approved", "rejected"], *, by: str, why: str) -> None:
    with told(), warned():
        from getpass import getuser

        from filmwright.film.asset.review import decide

        done = decide(review, choice, by=by or getuser(), why=why)
        typer.secho(f"{done.title} is {choice}", fg="green" if choice == "approved" else "red", nl=False)
        typer.echo(f", signed and logged as review {done.id}.")
        if choice == "approved":
            typer.echo("Make the film with the same command as before: what it is made from must be the same.")
