"""What the shell hears: one exit code a kind of error, and its text without a traceback."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from filmwright.core import errors

CODES: dict[type[errors.FilmError], int] = {
    errors.BadFilm: 2,
    errors.BadAsset: 3,
    errors.UnknownDriver: 4,
    errors.MissingExtra: 4,
    errors.MissingFont: 4,
    errors.CannotWrite: 5,
    errors.RenderFailed: 6,
    errors.Diverged: 6,
    errors.Unverified: 6,
    errors.Blocked: 7,
    errors.HeldForReview: 8,
    errors.KeyRefused: 2,
    errors.OverLimit: 7,
    errors.NotFound: 2,
    errors.Conflict: 2,
    errors.Unavailable: 5,
}

_OF_THE_SERVICE = {"dbos", "fastapi", "httpcore", "httpx", "prometheus_client", "sqlalchemy", "uvicorn"}


@contextmanager
def told(*, as_json: bool = False) -> Iterator[None]:
    """Turn a FilmError into its text on stderr (or a JSON line on stdout) and its exit code."""
    try:
        yield
    except errors.FilmError as err:
        code = code_of(err)
        _say(str(err), err, code, as_json=as_json)
        raise typer.Exit(code) from None
    except ModuleNotFoundError as err:
        if err.name not in _OF_THE_SERVICE:
            raise  # our own bug, or a driver's
        message = f"this needs {err.name!r}, which is not installed. Run: pip install 'filmwright[serve]'"
        _say(message, errors.MissingExtra(message), 4, as_json=as_json)
        raise typer.Exit(4) from None
    except PermissionError as err:
        _say(
            f"{err.filename or 'a file'} can't be opened: permission denied. Let this account read it.",
            err,
            3,
            as_json=as_json,
        )
        raise typer.Exit(3) from None
    except KeyboardInterrupt:
        typer.secho(
            "interrupted; nothing is left half done, and finished shots are kept: run the same command again", err=True
        )
        sys.exit(130)


def code_of(err: errors.FilmError) -> int:
    """The exit code of an error's kind."""
    return next((CODES[kind] for kind in type(err).__mro__ if kind in CODES), 1)


def _say(message: str, err: Exception, code: int, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"error": type(err).__name__, "message": message, "exit": code}))  # noqa: T201
    else:
        typer.secho(f"error: {message}", fg="red", err=True)
