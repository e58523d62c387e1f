"""Workers that were forgotten, chores that are due, runs that dbos need not remember."""

import time

import pytest

pytest.importorskip("dbos")
pytest.importorskip("sqlalchemy")

from dbos import DBOS

from filmwright.jobs.orders import upkeep
from filmwright.jobs.orders.claims import bury, claimed, new_worker, register, seen
from tests.ordered import all_final, orders_in, request, worked


def workers(orders):
    with orders.engine.connect() as connection:
        return [row.id for row in connection.exec_driver_sql("SELECT id FROM order_workers")]


def silent(orders, worker):
    with orders.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE order_workers SET seen = 0 WHERE id = '{worker}'")


def test_a_lost_worker_is_buried_once_it_holds_nothing_and_is_there_again_when_it_is_heard_of(tmp_path):
    with orders_in(tmp_path) as orders:
        idle, busy = new_worker(), new_worker()
        for worker in (idle, busy):
            register(orders.engine, worker, "v")
        orders.place(request(), owner="one")
        claimed(orders.engine, busy, "v", orders.terms)
        for worker in (idle, busy):
            silent(orders, worker)
        assert orders.load().workers == 0
        bury(orders.engine, orders.terms)
        assert workers(orders) == [busy]
        seen(orders.engine, idle, "v", draining=False)
        assert sorted(workers(orders)) == sorted([idle, busy])
        assert (orders.load().workers, orders.load().slots) == (1, 1)
        seen(orders.engine, idle, "v", draining=True)
        assert orders.load().slots == 0


def test_each_chore_is_done_by_one_worker_when_it_is_due_and_its_failure_is_no_others(tmp_path, monkeypatch):
    done = []

    def chores(_orders):
        return {
            "often": (0.0, lambda: done.append("often")),
            "broken": (0.0, lambda: {}["key"]),
            "seldom": (100.0, lambda: done.append("seldom")),
        }

    monkeypatch.setattr(upkeep, "chores", chores)
    with orders_in(tmp_path) as orders:
        for _ in range(3):
            upkeep.do_chores(orders)
        assert (done.count("often"), done.count("seldom")) == (3, 1)
        later = time.time() + 101
        monkeypatch.setattr(time, "time", lambda: later)
        upkeep.do_chores(orders)
        assert done.count("seldom") == 2


def test_dbos_remembers_nothing_of_what_is_over(tmp_path):
    left = []

    def carry(orders, order, _worker, _rooms):
        with orders.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE orders SET status = 'completed', run = NULL WHERE id = '{order}'")
        if len(left) == 0:
            left.append(order)
            DBOS.register_queue("a-worker-that-is-gone")

    with orders_in(tmp_path) as orders:
        ids = [orders.place(request(), owner="one").id for _ in range(2)]

        def over():
            if not all_final(orders, ids)():
                return False
            upkeep.forget_runs(orders)
            runs = DBOS.list_workflows(name="order")
            return not runs and "a-worker-that-is-gone" not in {queue.name for queue in DBOS.list_queues()}

        worked(orders, tmp_path, over, carry=carry)
