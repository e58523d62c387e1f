"""The order book: nothing placed is lost, nothing is anybody else's, the same key is the same order."""

import threading
from contextlib import contextmanager

import pytest

pytest.importorskip("dbos")
pytest.importorskip("sqlalchemy")

from pydantic import ValidationError

from filmwright.core.errors import BadFilm, Conflict, NotFound
from filmwright.jobs.film import Light
from filmwright.jobs.orders import FilmWork, Input
from filmwright.jobs.orders.batches import read_lines
from filmwright.jobs.orders.claims import claimed, new_worker, register
from filmwright.jobs.orders.sweeping import orphans, remove_expired, sweep_store
from tests.ordered import TINY, finals, orders_in, request, server

__all__ = ["server"]


@pytest.fixture(params=["sqlite", "postgresql"])
def book(request, tmp_path):
    url = request.getfixturevalue("server") if request.param == "postgresql" else None

    @contextmanager
    def opened(**terms):
        with orders_in(tmp_path, url, **terms) as orders:
            yield orders

    yield opened
    if url:
        with opened() as orders:
            for order in orders.list(limit=1000).orders:
                if order.status == "in_progress":
                    with orders.engine.begin() as connection:
                        connection.exec_driver_sql("UPDATE orders SET status = 'failed'")
                orders.delete(order.id)


def test_an_order_is_there_for_every_process_that_opens_the_book(book):
    with book() as orders:
        placed = orders.place(request(), owner="one", priority=3)
    with book() as orders:
        found = orders.get(placed.id, owner="one")
    assert found == placed
    assert (found.status, found.progress, found.kind, found.model, found.priority) == (
        "queued",
        0,
        "film",
        "filmwright-scan",
        3,
    )
    assert found.request == request()


def test_others_orders_are_not_there(book):
    with book() as orders:
        placed = orders.place(request(), owner="one")
        for ask in (orders.get, orders.cancel, orders.delete, orders.position, orders.content):
            with pytest.raises(NotFound):
                ask(placed.id, owner="two")
        with pytest.raises(NotFound):
            next(iter(orders.events(placed.id, owner="two")))
        assert not orders.list(owner="two").orders
        assert orders.get(placed.id).owner == "one"  # the operator sees all


def test_the_same_idempotency_key_gives_the_same_order_also_when_both_come_at_once(book):
    with book() as orders:
        placed, together = [], threading.Barrier(6)

        def place():
            together.wait()
            placed.append(orders.place(request(), owner="one", idempotency_key="k"))

        threads = [threading.Thread(target=place) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({order.id for order in placed}) == 1
        assert len(orders.list(owner="one").orders) == 1
        assert orders.place(request(), owner="two", idempotency_key="k").id != placed[0].id
        with pytest.raises(Conflict, match="another request"):
            orders.place(request(TINY.model_copy(update={"seed": 1})), owner="one", idempotency_key="k")


def test_pages_follow_each_other_without_a_gap(book):
    with book() as orders:
        ids = [orders.place(request(), owner="one").id for _ in range(7)]
        orders.place(request(), owner="two")
        seen, after = [], None
        while True:
            page = orders.list(owner="one", after=after, limit=3, order="asc")
            seen += [order.id for order in page.orders]
            if not page.has_more:
                break
            after = seen[-1]
        assert seen == ids
        assert [order.id for order in orders.list(owner="one", limit=7).orders] == ids[::-1]


def test_a_queued_order_is_cancelled_at_once_and_once(book):
    with book() as orders:
        placed = orders.place(request(), owner="one")
        assert orders.cancel(placed.id).status == "cancelled"
        assert orders.cancel(placed.id).status == "cancelled"
        assert finals(orders, [placed.id]) == {placed.id: ["cancelled"]}
        assert [event.kind for event in orders.events(placed.id)] == ["queued", "cancelled"]  # and comes to its end
        with pytest.raises(Conflict, match="cancelled"):
            orders.content(placed.id)


def test_one_that_is_being_made_is_asked_to_stop_and_not_deleted(book):
    with book() as orders:
        placed, worker = orders.place(request(), owner="one"), new_worker()
        register(orders.engine, worker, "v")
        assert claimed(orders.engine, worker, "v", orders.terms).order == placed.id
        assert orders.cancel(placed.id).status == "in_progress"
        with pytest.raises(Conflict, match="cancel it"):
            orders.delete(placed.id)


def test_a_batch_is_placed_whole_or_not_at_all(book):
    with book() as orders:
        batch = orders.place_batch([request(), request()], owner="one", idempotency_key="b")
        assert orders.place_batch([request(), request()], owner="one", idempotency_key="b") == batch
        assert [order.id for order in orders.list(batch=batch.id, order="asc").orders] == list(batch.orders)
        with pytest.raises(BadFilm, match="no line"):
            orders.place_batch([], owner="one")
        assert len(orders.list(owner="one").orders) == 2


def test_lines_of_a_batch_that_are_wrong_are_named():
    def understand(told):
        if "prompt" not in told:
            raise BadFilm("there is no prompt")
        return request()

    assert len(read_lines(['{"prompt": "a"}', "", '{"prompt": "b"}'], understand)) == 2
    with pytest.raises(
        BadFilm, match=r"line 2 is not JSON.*line 3: it is not a JSON object.*line 4: there is no prompt"
    ):
        read_lines(['{"prompt": "a"}', "{", "[]", "{}"], understand)
    with pytest.raises(BadFilm, match="is not JSON"):
        read_lines(["[" * 100_000], understand)


def test_a_film_that_is_ordered_names_no_path_of_this_machine(tmp_path):
    with pytest.raises(ValidationError, match="not as paths"):
        FilmWork(film=TINY.model_copy(update={"scan": tmp_path / "x.glb"}).model_dump())
    with pytest.raises(ValidationError, match="not as paths"):
        FilmWork(film=TINY.model_copy(update={"light": Light(environment=tmp_path / "x.hdr")}).model_dump())
    for name in ("../x.glb", "a/b.glb", "a\\b.glb", "a\x00.glb", ""):
        with pytest.raises(ValidationError):
            Input(name="inputs/x.glb", filename=name)


def test_files_of_orders_go_with_them_and_inputs_with_the_last_that_needs_them(book, tmp_path):
    (tmp_path / "file").write_bytes(b"a scan")
    with book(upload_grace=1e6) as orders:
        for name in ("inputs/shared.glb", "inputs/fresh.glb", "work/video_gone/a", "results/video_gone/w/video.mp4"):
            orders.store.put(tmp_path / "file", name)
        scan = Input(name="inputs/shared.glb", filename="bottle.glb")
        first, second = (orders.place(request(work=FilmWork(film=TINY, scan=scan)), owner="one") for _ in range(2))
        orders.store.put(tmp_path / "file", f"results/{first.id}/w/video.mp4")
        assert set(orphans(orders)) == {"work/video_gone/a", "results/video_gone/w/video.mp4"}
        assert sweep_store(orders) == 2
        orders.delete(first.id)
        assert set(orders.store.list()) == {"inputs/shared.glb", "inputs/fresh.glb"}
        orders.delete(second.id)
        assert set(orders.store.list()) == {"inputs/fresh.glb"}
    with book(upload_grace=0.0) as orders:
        assert sweep_store(orders) == 1
        assert not list(orders.store.list())


def test_a_video_outlives_its_order_while_another_is_made_from_it(book, tmp_path):
    (tmp_path / "file").write_bytes(b"a video")
    with book() as orders:
        first = orders.place(request(), owner="one")
        name = f"results/{first.id}/w/video.mp4"
        orders.store.put(tmp_path / "file", name)
        source = Input(name=name, filename="first.glb")
        second = orders.place(request(work=FilmWork(film=TINY, scan=source)), owner="one")
        orders.delete(first.id)
        assert sweep_store(orders) == 0
        assert list(orders.store.list()) == [name]
        orders.delete(second.id)
        assert not list(orders.store.list())


def test_an_order_is_kept_for_as_long_as_it_was_to_be_and_no_longer(book):
    with book(keep=1e6) as orders:
        short = orders.place(request(keep=1e-3), owner="one", idempotency_key="k")
        long = orders.place(request(), owner="one")
        waiting = orders.place(request(keep=1e-3), owner="one")
        assert orders.cancel(short.id).expires is not None
        orders.cancel(long.id)
        assert remove_expired(orders) == 1
        assert {order.id for order in orders.list().orders} == {long.id, waiting.id}
        assert orders.place(request(keep=1e-3), owner="one", idempotency_key="k").id != short.id
