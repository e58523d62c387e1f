"""Warnings as one line each, not as Python prints them."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from filmwright.core.errors import FilmWarning


@contextmanager
def warned() -> Iterator[None]:
    """Print the FilmWarnings of a block on stderr, also where it ends in an error; other warnings go their way."""
    caught: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", FilmWarning)
            yield
    finally:
        for line in dict.fromkeys(str(w.message) for w in caught if issubclass(w.category, FilmWarning)):
            typer.secho(f"warning: {line}", fg="yellow", err=True)
        for other in caught:
            if not issubclass(other.category, FilmWarning):
                warnings.warn_explicit(other.message, other.category, other.filename, other.lineno)
