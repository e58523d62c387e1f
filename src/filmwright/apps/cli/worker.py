"""`filmwright worker`: makes what the service has orders for."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from .exits import told


def worker(
    *,
    database: Annotated[
        str | None,
        typer.Option(help="URL of SQLite or PostgreSQL; else SQLite in your Filmwright folder."),
    ] = None,
    store: Annotated[
        str | None, typer.Option(help="A folder, or s3://bucket/prefix; else your Filmwright folder.")
    ] = None,
    concurrency: Annotated[
        int, typer.Option("--concurrency", "--slots", min=1, help="Orders made at the same time, each by a process.")
    ] = 1,
    rooms: Annotated[Path | None, typer.Option(help="Folder for unfinished films; may be lost.")] = None,
    drain: Annotated[
        float | None, typer.Option(min=0, help="Seconds to finish an order in when told to stop; else all it needs.")
    ] = None,
) -> None:
    """Make the films that a service has orders for, until it is told to stop.

    Start as many as you like, on any hosts that see the same database and store.
    On SIGTERM each finishes what it is at. The order of one that is killed goes on elsewhere.
    """
    with told():
        from filmwright.jobs.orders.worker import Place, work

        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        logs()
        place = Place(database=database, store=store or default_store(), rooms=rooms, drain=drain)
        work(place, concurrency=concurrency, stop=stop, begin=logs)


def default_store() -> str:
    """The store of a service that names none."""
    from filmwright.film.asset.home import home

    return str(home() / "store")


def logs() -> None:
    """Say on stderr what the worker does."""
    from filmwright.apps.server.logs import set_up

    set_up("info")
