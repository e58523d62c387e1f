"""Orders under fire: workers are killed with SIGKILL at random moments, and nothing is lost, repeated or left behind.

Starts its own PostgreSQL (or uses SQLite with one worker), places short drafts, keeps W workers running, kills one of
them (with all its processes) K times at random moments, starts another in its place, and checks at the end that every
order has ended exactly once, that every file is what its hash says and every film can be verified, and that no file
lies in the store that no order names.

With `--server-kills` the orders are placed over HTTP, with idempotency keys, at a `filmwright serve` that is killed,
too.

    python benchmarks/service_chaos.py --jobs 200 --workers 3 --kills 30 --server-kills 5 --database postgresql
    python benchmarks/service_chaos.py --jobs 20 --workers 1 --kills 5 --database sqlite
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filmwright.film.asset.home import HOME
from filmwright.film.asset.stored import fetch
from filmwright.film.asset.stored import verify as read_back
from filmwright.film.asset.stores import open_store
from filmwright.jobs.film import Choice, Film, Trust
from filmwright.jobs.orders import FINAL, FilmWork, OrderRequest, Orders, Terms
from filmwright.jobs.orders.sweeping import orphans
from filmwright.jobs.verify import verify

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.places import free_port, postgres

LOST_AFTER = 12.0  # seconds: on a busy machine signs of life come late


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--server-kills", type=int, default=0)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--renderer", choices=("warp", "testcard"), default="warp")
    parser.add_argument("--trust", action="store_true", help="mark, sign and moderate, and verify each film")
    parser.add_argument("--every", type=float, nargs=2, default=(5.0, 40.0), help="seconds between two kills")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=float, default=7200.0, help="seconds after which it is given up")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="filmwright-chaos-") as name:
        folder = Path(name)
        os.environ[HOME] = str(folder / "home")
        if asked.database == "sqlite":
            trouble = fire(asked, f"sqlite:///{folder / 'service.db'}", folder)
        else:
            with cluster() as url:
                trouble = fire(asked, url, folder)
    for line in trouble:
        print("  WRONG:", line)
    sys.exit(bool(trouble))


def fire(asked: argparse.Namespace, url: str, folder: Path) -> list[str]:
    """Run it; what went wrong."""
    store, terms = open_store(str(folder / "store")), Terms(lost_after=LOST_AFTER, attempts=asked.kills + 1)
    words = ["worker", "--database", url, "--store", str(folder / "store"), "--rooms"]
    with Orders.open(url, store=store, terms=terms) as orders:
        workers = [Kept([*words, str(folder / f"rooms{i}")], folder / f"worker{i}.log") for i in range(asked.workers)]
        server = served(asked, url, folder) if asked.server_kills else None
        began = time.monotonic()
        ids, killed = burned(asked, orders, workers, server)
        seconds = time.monotonic() - began
        again = sum(worker.again() for worker in workers)
        print(f"{asked.database}: {asked.jobs} orders, {asked.workers} workers, {killed} killed, {seconds:.0f} s")
        print(f"  {again} times an order was taken up again, whose worker was lost")
        return list(checked(asked, orders, ids, folder))


def burned(
    asked: argparse.Namespace, orders: Orders, workers: list["Kept"], server: "Server | None"
) -> tuple[list[str], int]:
    """Place orders and kill processes until all have ended; the orders' ids, and how many processes were killed."""
    dice, began = random.Random(asked.seed), time.monotonic()
    everybody = [*workers, *([server] if server is not None else [])]
    targets = [workers] * asked.kills + [[server]] * asked.server_kills
    dice.shuffle(targets)
    ids, killed, due = list[str](), 0, began + dice.uniform(*asked.every)
    try:
        while time.monotonic() - began < asked.limit:
            while len(ids) < asked.jobs:
                order = placed(asked, orders, len(ids)) if server is None else server.placed(asked, len(ids))
                if order is None:
                    break
                ids.append(order)
            if len(ids) == asked.jobs and all(orders.get(order).is_final for order in ids):
                break
            time.sleep(0.5)
            if killed < len(targets) and time.monotonic() > due:
                dice.choice(targets[killed]).kill()
                killed, due = killed + 1, time.monotonic() + dice.uniform(*asked.every)
            for process in everybody:
                process.look()
    finally:
        for process in everybody:
            process.end()
    return ids, killed


def request(asked: argparse.Namespace, number: int) -> OrderRequest:
    """A short draft, each another."""
    none = Trust(mark=Choice(use="none"), signer=Choice(use="none"), moderator=Choice(use="none"))
    render = Choice(use="testcard") if asked.renderer == "testcard" else Choice(use="warp", quality="draft", workers=1)
    film = Film(brief="calm", seconds=3, size=48, fps=6, seed=number, music=False, render=render)
    film = film if asked.trust else film.model_copy(update={"trust": none})
    return OrderRequest(model="filmwright-scan", kind="film", work=FilmWork(film=film))


def placed(asked: argparse.Namespace, orders: Orders, number: int) -> str:
    """Place an order in the book itself; its id."""
    return orders.place(request(asked, number), owner=f"key{number % 5}", idempotency_key=str(number)).id


def checked(asked: argparse.Namespace, orders: Orders, ids: list[str], folder: Path) -> Iterator[str]:
    """What is not as it should be."""
    told = {order: orders.get(order) for order in ids}
    print(f"  ended as {dict(Counter(order.status for order in told.values()))}")
    num_files = verified = 0
    if (found := len(orders.list(limit=asked.jobs + 100).orders)) != asked.jobs:
        yield f"{found} orders stand in the book, and {asked.jobs} were placed"
    for order in told.values():
        events = [event.kind for event in orders.events(order.id, wait=False) if event and event.kind in FINAL]
        if events != [order.status]:
            yield f"{order.id} is {order.status}, and its ends are {events}"
        if order.status != "completed":
            yield f"{order.id} is {order.status}: {order.failure}"
        for result in order.results.values():
            num_files += 1
            if read_back(orders.store, result.name).sha256 != result.sha256:
                yield f"{result.name} is not what was made"
        if asked.trust and "video" in order.results:
            path = folder / "look" / f"{order.id}.mp4"
            path.parent.mkdir(exist_ok=True)
            fetch(orders.store, order.results["video"].name, path)
            (finding,) = verify(str(path)).findings
            verified += finding.outcome == "verified"
            if finding.outcome != "verified":
                yield f"{order.id}: {finding.says}"
            path.unlink()
    left = list(orphans(orders))
    if left:
        yield f"{len(left)} files belong to no order, such as {left[0]}"
    looked = f", {verified} films verified" if asked.trust else ""
    print(f"  {num_files} files read back{looked}; {len(left)} orphans")


class Kept:
    """A process of filmwright's that is started again when it is gone."""

    def __init__(self, words: list[str], log: Path) -> None:
        self._command, self._log = [sys.executable, "-m", "filmwright", *words], log
        self._process: subprocess.Popen[bytes] | None = None
        self.look()

    def look(self) -> None:
        """Start it where it is not there."""
        if self._process is None or self._process.poll() is not None:
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(
                    self._command, stdout=subprocess.DEVNULL, stderr=log, start_new_session=True
                )

    def again(self) -> int:
        """How often it took up an order that another worker had begun."""
        return self._log.read_text().count("is taken up again")

    def kill(self) -> None:
        """SIGKILL, to it and all its processes at once."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def end(self) -> None:
        """SIGTERM: it drains."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.kill()


class Server(Kept):
    """A `filmwright serve`, and a client that asks it again until it answers."""

    def __init__(self, port: int, words: list[str], log: Path) -> None:
        self._url = f"http://127.0.0.1:{port}/v1/videos"
        super().__init__(words, log)

    def placed(self, asked: argparse.Namespace, number: int) -> str | None:
        """Place an order; its id, None where nobody answers at the moment."""
        film = request(asked, number).work.film
        told = {"prompt": film.brief, "model": "filmwright-scan", "seconds": "3", "seed": number}
        told |= {"width": film.size, "height": film.size, "fps": film.fps}
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"order-{number}"}
        ask = urllib.request.Request(self._url, json.dumps(told).encode(), headers)
        try:
            with urllib.request.urlopen(ask, timeout=10) as answer:
                return str(json.load(answer)["id"])
        except urllib.error.HTTPError as err:
            if err.code >= 500 or err.code == 429:
                return None
            raise SystemExit(f"the server refuses an order: {err.read().decode()}") from err
        except OSError:
            return None


def served(asked: argparse.Namespace, url: str, folder: Path) -> Server:
    """A server without a worker, whose films are those of `request`."""
    port, none = free_port(), 'mark = { use = "none" }\nsigner = { use = "none" }\nmoderator = { use = "none" }\n'
    film = request(asked, 0).work.film.render
    options = "".join(f"{name} = {json.dumps(value)}\n" for name, value in film.options().items())
    toml = f'worker = false\nport = {port}\ndatabase = "{url}"\nstore = "{folder / "store"}"\n'
    toml += f"[jobs]\nattempts = {asked.kills + 1}\n"
    toml += f'[film.render]\nuse = "{film.use}"\n{options}' + ("" if asked.trust else f"[film.trust]\n{none}")
    (folder / "server.toml").write_text(toml)
    return Server(port, ["serve", "--config", str(folder / "server.toml")], folder / "server.log")


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of an empty PostgreSQL, in a folder of its own that other users may enter."""
    with tempfile.TemporaryDirectory(prefix="filmwright-postgres-") as name, postgres(Path(name)) as url:
        yield url


if __name__ == "__main__":
    main()
