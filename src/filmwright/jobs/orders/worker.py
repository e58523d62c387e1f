"""A worker of the service: one process a slot, watched over; on any number of hosts."""

import getpass
import logging
import multiprocessing
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess
from pathlib import Path

from filmwright.film.asset.stores import open_store

from .orders import Orders
from .slot import serve

logger = logging.getLogger(__name__)

LOOK = 0.5  # seconds between two looks at the slots
CALM = 30.0  # seconds after which a slot that ends has not ended at once
FIRST, LONGEST = 1.0, 60.0  # seconds before a slot that ends at once is started again, doubled each time


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the service is: all that a process has to know to work for it."""

    database: str | None  # URL; None is SQLite in the user's Filmwright folder
    store: str  # URL or folder
    rooms: Path | None = None  # for unfinished films; None is in the system's folder of temporary files
    drain: float | None = None  # seconds to finish an order in, when asked to stop; None is as long as it takes


def quiet() -> None:
    """Sets up no logging."""


def work(
    place: Place, *, concurrency: int = 1, stop: threading.Event | None = None, begin: Callable[[], None] = quiet
) -> None:
    """Make orders, `concurrency` at the same time, each in a process of its own, until `stop` is set; then drain.

    A process that is killed, runs out of memory or is stuck takes its own order down alone, which another goes on with;
    it is started again. `begin` is called at the beginning of each (to set up logging); it is a function of a module.
    """
    stop = stop or threading.Event()
    slots = [_Watched(place, begin) for _ in range(concurrency)]
    try:
        while not stop.wait(LOOK):
            for slot in slots:
                slot.look()
    finally:
        for slot in slots:
            slot.end()
        for slot in slots:
            slot.join()


class _Watched:
    """A process that is there, or will be again in a moment."""

    def __init__(self, place: Place, begin: Callable[[], None]) -> None:
        self._place, self._begin = place, begin
        self._process: SpawnProcess | None = None
        self._began, self._wait, self._next = 0.0, FIRST, 0.0

    def look(self) -> None:
        """Start it where it is not there."""
        now = time.monotonic()
        if self._process is not None and not self._process.is_alive():
            code = self._process.exitcode
            self._wait = FIRST if now - self._began > CALM else min(2 * self._wait, LONGEST)
            self._process, self._next = None, now + self._wait
            logger.warning("a worker ended by itself (%s); another begins in %.0f s", code, self._wait)
        if self._process is None and now >= self._next:
            context = multiprocessing.get_context("spawn")
            self._process = context.Process(target=_slot, args=(self._place, self._begin, os.getpid()))
            self._process.start()
            self._began = now

    def end(self) -> None:
        """Have it finish what it is at."""
        if self._process is not None:
            self._process.terminate()

    def join(self) -> None:
        """Wait until it has."""
        if self._process is not None:
            self._process.join()


def _slot(place: Place, begin: Callable[[], None], parent: int) -> None:
    """The process of one slot."""
    begin()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_follow, args=(parent, stop), daemon=True).start()
    rooms = place.rooms or Path(tempfile.gettempdir()) / f"filmwright-{getpass.getuser()}"
    with Orders.open(place.database, store=open_store(place.store)) as orders:
        serve(orders, rooms, stop, drain=place.drain)


def _follow(parent: int, stop: threading.Event) -> None:
    """Stop when nobody watches any more."""
    while os.getppid() == parent:
        time.sleep(1.0)
    stop.set()
