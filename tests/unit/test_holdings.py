"""What an owner has in the store is counted from what stands there."""

from sqlalchemy import update

from filmwright.jobs.orders import tables
from filmwright.jobs.orders.holdings import held_bytes
from tests.ordered import orders_in, request


def test_results_that_are_kept_are_counted(tmp_path):
    with orders_in(tmp_path) as orders:
        mine = [orders.place(request(), owner="key_a") for _ in range(3)]
        theirs = orders.place(request(), owner="key_b")
        results = {"video": {"num_bytes": 1000}, "thumbnail": {"num_bytes": 10}}
        for order in (*mine[:2], theirs):
            chosen = update(tables.orders).where(tables.orders.c.id == order.id)
            with orders.engine.begin() as connection:
                connection.execute(chosen.values(status="completed", results=results))
        assert (held_bytes(orders, "key_a"), held_bytes(orders, "key_b"), held_bytes(orders, "key_c")) == (
            2020,
            1010,
            0,
        )
