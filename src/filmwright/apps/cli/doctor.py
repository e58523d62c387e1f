"""`filmwright doctor`: what works on this machine."""

import json

import typer

from . import options
from .exits import told


def doctor(*, as_json: options.Json = False) -> None:
    """Check what works on this machine, what is missing, and the command that fixes it.

    Ends with exit code 4 if a film can't be made here.
    """
    with told(as_json=as_json):
        from filmwright.jobs.doctor import examine

        checks = examine()
        if as_json:
            typer.echo(json.dumps([{"name": c.name, "state": c.state, "says": c.says, "fix": c.fix} for c in checks]))
        else:
            marks = {"ok": ("ok     ", "green"), "missing": ("missing", "yellow"), "broken": ("broken ", "red")}
            for check in checks:
                word, color = marks[check.state]
                typer.secho(f"{word} ", fg=color, nl=False)
                typer.echo(f"{check.name}: {check.says}" + (f"\n        fix: {check.fix}" if check.fix else ""))
        if any(check.state == "broken" for check in checks):
            raise typer.Exit(4)
