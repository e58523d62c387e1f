"""`filmwright worker`: real films by real processes, which are killed."""

import os
import signal
import subprocess
import sys
import time

import pytest

pytest.importorskip("dbos")
pytest.importorskip("sqlalchemy")

from filmwright.film.asset.stored import fetch
from filmwright.film.video.codecs import codecs
from filmwright.jobs.film import Trust
from filmwright.jobs.orders.sweeping import orphans
from filmwright.jobs.verify import verify
from tests.ordered import TINY, finals, orders_in, request


def worker(folder, *more):
    words = [sys.executable, "-m", "filmwright", "worker", "--database", f"sqlite:///{folder / 'service.db'}"]
    words += ["--store", str(folder / "store"), "--rooms", str(folder / "rooms"), *more]
    return subprocess.Popen(words, start_new_session=True, stderr=subprocess.PIPE, text=True)


def until(what, process, *, seconds=400.0):
    end = time.monotonic() + seconds
    while not what():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def test_a_film_whose_worker_is_killed_is_finished_by_another_from_the_last_shot_on(tmp_path):
    """Marked, signed and known like any film of `make`; the shot that was done is not shot again."""
    with orders_in(tmp_path, lost_after=3.0) as orders:
        film = TINY.model_copy(update={"trust": Trust(), "size": 96})
        placed = orders.place(request(film), owner="one")
        process = worker(tmp_path)
        until(lambda: "render" in orders.get(placed.id).timings, process)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stderr.close()
        before = list(orders.events(placed.id, wait=False))[-1].seq
        assert not orders.get(placed.id).is_final
        process = worker(tmp_path)
        until(lambda: orders.get(placed.id).is_final, process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=120) == 0
        process.stderr.close()
        found = orders.get(placed.id)
        assert (found.status, found.failure) == ("completed", None)
        assert finals(orders, [placed.id]) == {placed.id: ["completed"]}
        after = {event.stage for event in orders.events(placed.id, after=before, wait=False)}
        assert not any(stage.startswith("render 01") for stage in after), after
        path = tmp_path / "film.mp4"
        fetch(orders.store, orders.content(placed.id).name, path)
        assert sum(len(piece.rgb) for piece in codecs.open("mp4").decode(path)) == 18
        (finding,) = verify(str(path)).findings
        assert finding.outcome == "verified"
        assert not list(orphans(orders))
