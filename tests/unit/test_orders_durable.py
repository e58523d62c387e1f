"""An order survives its worker at every moment, ends once, and is seen only when it is whole."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("dbos")
pytest.importorskip("sqlalchemy")

from filmwright.core.errors import BadAsset, Unavailable, Unverified
from filmwright.core.progress import Step
from filmwright.jobs.orders import carrying, durable
from filmwright.jobs.orders.sweeping import orphans
from tests.ordered import all_final, finals, orders_in, request, server, worked

__all__ = ["server"]


class PowerCut(BaseException):
    """The process is gone: nothing that stands behind it is done."""


class Work:
    """A film of three stages: each adds a letter to the file of the one before; it can be cut off in any of them."""

    def __init__(self, *, cut: tuple[str, str] | None = None) -> None:
        self.cut, self.done = cut, []

    def __call__(self, _order, _store, folder: Path, stage, _report):
        path = folder / "out" / "film.txt"

        def add(letter: str) -> str:
            self.fail(letter, "before")
            path.parent.mkdir(exist_ok=True)
            path.write_text((path.read_text() if path.exists() else "") + letter)
            self.done.append(letter)
            self.fail(letter, "after")
            return letter * 2

        plan = stage.again("plan", lambda: "p")
        values = [stage("render", lambda letter=letter: add(letter), letter, share=1 / 3) for letter in "abc"]
        path.with_name("all.txt").write_text(plan + "".join(values))
        return {"video": path, "manifest": path.with_name("all.txt")}

    def fail(self, letter: str, when: str) -> None:
        if self.cut == (letter, when):
            self.cut = None
            raise PowerCut


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(durable, "WAIT", 0.01)
    monkeypatch.setattr(durable, "LONGER", 1.0)


def made_by(monkeypatch, make) -> None:
    monkeypatch.setattr(carrying, "make_files", make)


def content(orders, order, variant="video") -> str:
    with orders.store.open(orders.content(order, variant).name) as stream:
        return stream.read().decode()


@pytest.mark.parametrize("base", ["sqlite", "postgresql"])
def test_a_worker_that_is_cut_off_anywhere_costs_one_stage_and_no_order(base, tmp_path, monkeypatch, request):
    from tests.ordered import request as ordered

    url = request.getfixturevalue("server") if base == "postgresql" else None
    with orders_in(tmp_path, url) as orders:
        for cut, again in ((("a", "before"), "abc"), (("b", "after"), "abbc"), (("c", "before"), "abc")):
            work = Work(cut=cut)
            made_by(monkeypatch, work)
            placed = orders.place(ordered(), owner="one")
            worked(orders, tmp_path / "host1", lambda work=work: work.cut is None)
            assert not orders.get(placed.id).is_final
            worked(orders, tmp_path / "host2", all_final(orders, [placed.id]))  # another host: no file is left there
            found = orders.get(placed.id)
            assert (found.status, found.progress, found.failure) == ("completed", 100, None)
            assert content(orders, placed.id) == "abc"
            assert content(orders, placed.id, "manifest") == "paabbcc"
            assert "".join(work.done) == again  # what was recorded is not done again
            assert finals(orders, [placed.id]) == {placed.id: ["completed"]}
            kinds = [event.kind for event in orders.events(placed.id)]
            assert (kinds.count("started"), kinds[-1]) == (1, "completed")
            assert set(found.timings) >= {"plan", "render", "store", "verify"}
        assert not list(orphans(orders))
        assert len(list(orders.store.list())) == 3 * 2


def test_a_stage_whose_files_did_not_all_reach_the_store_is_done_again(tmp_path, monkeypatch):
    work, cut = Work(), []

    def make(order, store, folder, stage, report):
        put = store.put

        def dying(path, name, **how):
            if path.read_text() == "ab" and not cut:
                cut.append(name)
                raise PowerCut
            return put(path, name, **how)

        monkeypatch.setattr(store, "put", dying)
        return work(order, store, folder, stage, report)

    made_by(monkeypatch, make)
    with orders_in(tmp_path) as orders:
        placed = orders.place(request(), owner="one")
        worked(orders, tmp_path / "host1", lambda: bool(cut))
        worked(orders, tmp_path / "host2", all_final(orders, [placed.id]))
        assert (content(orders, placed.id), work.done) == ("abc", ["a", "b", "b", "c"])


def test_what_is_transient_is_tried_again_and_what_is_not_is_not(tmp_path, monkeypatch):
    tries = {"store": 0, "scan": 0, "gone": 0}

    def make(order, store, folder, stage, report):
        def fail(what, error, times):
            tries[what] += 1
            if tries[what] <= times:
                raise error

        stage("store", lambda: fail("store", Unavailable("the store is away"), 2))
        if order.owner == "bad":
            stage("scan", lambda: fail("scan", BadAsset(f"cannot read {folder}/scan/bottle.glb: no mesh"), 9))
        if order.owner == "gone":
            stage("gone", lambda: fail("gone", ConnectionResetError("gone"), 99))
        if order.owner == "bug":
            stage("bug", lambda: {}["key"])
        return Work()(order, store, folder, stage, report)

    made_by(monkeypatch, make)
    with orders_in(tmp_path) as orders:
        ids = {owner: orders.place(request(), owner=owner).id for owner in ("good", "bad", "gone", "bug")}
        worked(orders, tmp_path, all_final(orders, list(ids.values())))
        told = {owner: orders.get(order) for owner, order in ids.items()}
        assert tries == {"store": 6, "scan": 1, "gone": durable.TRIES}
        assert told["good"].status == "completed"
        assert told["bad"].failure.code == "invalid_input"
        assert told["bad"].failure.message == "cannot read bottle.glb: no mesh"  # and not where it lay
        assert told["gone"].failure.code == "unavailable"
        assert told["bug"].failure.code == "internal_error"
        assert "key" not in told["bug"].failure.message
        assert ids["bug"] in told["bug"].failure.message
        assert not list(orphans(orders))


def endless(order, store, folder, stage, report):
    def run() -> None:
        for i in range(100_000):
            report(Step("shoot", i, 100_000, picture=np.full((90, 160, 3), i % 256, np.uint8)))
            time.sleep(0.01)

    stage("render", run)
    raise AssertionError("nobody stopped it")


def test_an_order_in_the_making_tells_how_it_goes_and_stops_when_it_is_cancelled(tmp_path, monkeypatch):
    made_by(monkeypatch, endless)
    seen = []
    with orders_in(tmp_path) as orders, orders_in(tmp_path) as elsewhere:
        placed = orders.place(request(), owner="one")

        def watch() -> None:
            for event in elsewhere.events(placed.id):
                if event is not None:
                    seen.append(event)
                    if event.preview:
                        elsewhere.cancel(placed.id)

        thread = threading.Thread(target=watch)
        thread.start()
        worked(orders, tmp_path, all_final(orders, [placed.id]))
        thread.join()
        assert orders.get(placed.id).status == "cancelled"
        kinds = [event.kind for event in seen]
        assert kinds[:2] == ["queued", "started"]
        assert (kinds.count("cancelled"), kinds[-1]) == (1, "cancelled")
        shown = [event for event in seen if event.preview]
        assert shown[0].preview[:2] == b"\xff\xd8"
        assert len(shown[0].preview) < 20_000
        assert (shown[0].stage, shown[0].unit, shown[0].total) == ("render", "frames", 100_000)
        assert [event.seq for event in seen] == sorted({event.seq for event in seen})
        assert not any(event.preview for event in elsewhere.events(placed.id, wait=False))  # they are kept no longer
        assert not list(orders.store.list())


def test_an_order_takes_no_longer_than_it_may(tmp_path, monkeypatch):
    made_by(monkeypatch, endless)
    with orders_in(tmp_path) as orders:
        placed = orders.place(request(time_limit=0.5), owner="one")
        worked(orders, tmp_path, all_final(orders, [placed.id]))
        assert orders.get(placed.id).failure.code == "time_limit"


def test_a_worker_that_was_thought_dead_ends_nothing(tmp_path, monkeypatch):
    work = Work()
    taken = threading.Event()

    def make(order, store, folder, stage, report):
        files = work(order, store, folder, stage, report)
        if not taken.is_set():  # another takes the order over, just before it is stored
            with orders.engine.begin() as connection:
                connection.exec_driver_sql("UPDATE orders SET worker = 'another'")
            taken.set()
        return files

    made_by(monkeypatch, make)
    with orders_in(tmp_path, lost_after=1e6) as orders:
        placed = orders.place(request(), owner="one")
        other = "INSERT INTO order_workers VALUES ('another', 'v', 1, 0, 9e9, 0)"
        with orders.engine.begin() as connection:
            connection.exec_driver_sql(other)
        worked(orders, tmp_path, taken.is_set, drain=1.0)
        assert orders.get(placed.id).status == "in_progress"
        assert finals(orders, [placed.id]) == {placed.id: []}


def test_nothing_is_seen_that_does_not_read_back(tmp_path, monkeypatch):
    def unreadable(store, name):
        raise Unverified(f"{name} is not what was put there")

    made_by(monkeypatch, Work())
    monkeypatch.setattr("filmwright.jobs.orders.making.read_back", unreadable)
    with orders_in(tmp_path) as orders:
        placed = orders.place(request(), owner="one")
        worked(orders, tmp_path, all_final(orders, [placed.id]))
        found = orders.get(placed.id)
        assert (found.status, found.failure.code, dict(found.results)) == ("failed", "unverified", {})
        assert not list(orders.store.list())
