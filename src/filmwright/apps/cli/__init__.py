"""The command line. Reads arguments, starts a job, draws its progress. Nothing else."""

import typer

from .audit import audit
from .card import card
from .conformance import conformance
from .consent import consent
from .doctor import doctor
from .drivers import drivers
from .evaluate import evaluate
from .generate import generate
from .keys import keys
from .make import make
from .new import new
from .review import review
from .serve import serve
from .shots import shots
from .sign import sign
from .simulate import simulate
from .train import train
from .verify import verify
from .worker import worker

app = typer.Typer(
    name="filmwright",
    help="Turn a 3D product scan into a finished film, on this machine, with nothing to download.",
    epilog="Exit codes: 0 done · 1 a bug · 2 wrong option, brief or film.toml · 3 broken input file · "
    "4 a driver, extra or font is missing · 5 cannot write · 6 the render or its check failed · "
    "7 the policy forbids it · 8 held for review · 9 not verified, or diverges · 10 known by its mark alone · "
    "130 interrupted",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS = (
    make,
    generate,
    shots,
    sign,
    verify,
    card,
    simulate,
    train,
    evaluate,
    serve,
    worker,
    conformance,
    new,
    drivers,
    doctor,
)
for command in COMMANDS:
    app.command()(command)
for group, name in ((review, "review"), (consent, "consent"), (audit, "audit"), (keys, "keys")):
    app.add_typer(group, name=name)


@app.callback(invoke_without_command=True)
def main(
    *,
    version: bool = typer.Option(False, "--version", help="Print the version and stop."),
) -> None:
    """Turn a 3D product scan into a finished film, on this machine, with nothing to download."""
    if version:
        from filmwright import __version__

        typer.echo(__version__)
        raise typer.Exit


__all__ = ["app"]
