"""Orders for tests: the smallest that there are, on a database and a store of their own."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from filmwright.film.asset.stores import open_store
from filmwright.jobs.film import Choice, Film, Trust
from filmwright.jobs.orders import FilmWork, OrderRequest, Orders, Terms
from filmwright.jobs.orders.slot import serve
from tests.places import postgres

UNTRUSTED = Trust(mark=Choice(use="none"), signer=Choice(use="none"), moderator=Choice(use="none"))
TINY = Film(brief="calm", seconds=3, size=48, fps=6, render=Choice(use="testcard"), music=False, trust=UNTRUSTED)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL, started when the first test asks for it; not in pytest's folder, which is shut to other users."""
    with TemporaryDirectory(prefix="filmwright-postgres-") as folder, postgres(Path(folder)) as url:
        yield url


def request(film: Film = TINY, **changes) -> OrderRequest:
    """An order for a film of test cards."""
    told = {"model": "filmwright-scan", "kind": "film", "work": FilmWork(film=film)}
    return OrderRequest(**(told | changes))


@contextmanager
def orders_in(folder: Path, url: str | None = None, **terms) -> Iterator[Orders]:
    """The order book of a service in a folder."""
    store = open_store(str(folder / "store"))
    url = url or f"sqlite:///{folder / 'service.db'}"
    with Orders.open(url, store=store, terms=Terms(**({"lost_after": 60.0} | terms))) as orders:
        yield orders


def worked(orders: Orders, folder: Path, until: Callable[[], bool], *, seconds: float = 300.0, **how) -> None:
    """Have a worker in this process, until something holds; fails after so many seconds."""
    stop, late = threading.Event(), []

    def watch() -> None:
        end = time.monotonic() + seconds
        while not stop.is_set() and not until():
            if time.monotonic() > end:
                late.append(True)
                break
            time.sleep(0.02)
        stop.set()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        serve(orders, folder / "rooms", stop, **how)
    finally:
        stop.set()
        thread.join()
    assert not late, f"it did not come to that within {seconds} s"


def all_final(orders: Orders, ids: list[str]) -> Callable[[], bool]:
    """Whether these orders have ended."""
    return lambda: all(orders.get(order).is_final for order in ids)


def finals(orders: Orders, ids: list[str]) -> Mapping[str, list[str]]:
    """The events of each order that tell of its end."""
    ends = ("completed", "failed", "cancelled")
    return {i: [e.kind for e in orders.events(i, wait=False) if e is not None and e.kind in ends] for i in ids}
