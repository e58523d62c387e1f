"""Fair queueing and restart: 1,000 queued orders of 20 keys, with work that takes no time.

Prints, for each database, in which of the 1,000 places each key's orders were taken up (fair is one in twenty), the
longest gap between two orders of one key against the fair one (a key's turn comes every 20 orders; twice that is the
bound), how many orders a second were brought to their end, and how long a worker that is started with 1,000 orders
waiting takes until it has taken up the first.

    python benchmarks/service_fairness.py --jobs 1000 --keys 20 --database sqlite postgresql
"""

import argparse
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

from service_chaos import cluster

from filmwright.film.asset.stores import open_store
from filmwright.jobs.film import Choice, Film, Trust
from filmwright.jobs.orders import FilmWork, OrderRequest, Orders, Terms
from filmwright.jobs.orders.endings import end
from filmwright.jobs.orders.slot import serve

TRUST = Trust(mark=Choice(use="none"), signer=Choice(use="none"), moderator=Choice(use="none"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--keys", type=int, default=20)
    parser.add_argument("--database", nargs="+", choices=("sqlite", "postgresql"), default=("sqlite", "postgresql"))
    asked = parser.parse_args()
    for kind in asked.database:
        with tempfile.TemporaryDirectory(prefix="filmwright-fairness-") as name:
            folder = Path(name)
            if kind == "sqlite":
                measure(kind, f"sqlite:///{folder / 'service.db'}", folder, asked.jobs, asked.keys)
            else:
                with cluster() as url:
                    measure(kind, url, folder, asked.jobs, asked.keys)


def measure(kind: str, url: str, folder: Path, num_jobs: int, num_keys: int) -> None:
    work = FilmWork(film=Film(brief="calm", seconds=3, trust=TRUST))
    asked = OrderRequest(model="filmwright-scan", kind="film", work=work)
    taken: list[tuple[str, float]] = []
    stop = threading.Event()

    def carry(orders: Orders, order: str, worker: str, _rooms: Path) -> None:
        taken.append((orders.get(order).owner, time.perf_counter()))
        with orders.engine.begin() as connection:
            end(connection, orders.terms, order, "failed", worker=worker)
        if len(taken) == num_jobs:
            stop.set()

    with Orders.open(url, store=open_store(str(folder / "store")), terms=Terms()) as orders:
        keys = [f"key{i:02}" for i in range(num_keys)]
        each = num_jobs // num_keys
        for key in keys:  # one after the other: the first has all its orders in before the last has any
            orders.place_batch([asked] * each, owner=key)
        orders.engine.dispose()
    began = time.perf_counter()
    with Orders.open(url, store=open_store(str(folder / "store"))) as orders:
        serve(orders, folder / "rooms", stop, carry=carry)
    places = defaultdict(list)
    for place, (owner, _) in enumerate(taken):
        places[owner].append(place)
    gaps = {owner: max(b - a for a, b in zip([-1, *seen], seen, strict=False)) for owner, seen in places.items()}
    worst = max(gaps, key=gaps.__getitem__)
    counted = {len(seen) for seen in places.values()}
    rate = (len(taken) - 1) / (taken[-1][1] - taken[0][1])
    print(f"{kind}: {len(taken)} orders of {num_keys} keys, each {sorted(counted)}; {rate:.0f} a second")
    print(f"  the longest gap of any key: {gaps[worst]} orders ({worst}); fair is {num_keys}, the bound {2 * num_keys}")
    print(f"  restart with {num_jobs} queued: the first is taken up {taken[0][1] - began:.1f} s after the start")
    assert gaps[worst] <= 2 * num_keys


if __name__ == "__main__":
    main()
