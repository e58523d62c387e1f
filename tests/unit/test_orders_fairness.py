"""Fair queueing: by turns, by cost, by priority within an owner; nobody saves up turns, nobody pays for being alone."""

from collections import Counter

import pytest

pytest.importorskip("dbos")
pytest.importorskip("sqlalchemy")

from hypothesis import given, settings
from hypothesis import strategies as st

from filmwright.jobs.orders.claims import claimed, leave, new_worker, register
from filmwright.jobs.orders.fairness import LEAST, Waiting, served
from tests.ordered import TINY, orders_in, request

KEYS = [f"key{i:02}" for i in range(20)]


def waiting(owner: str, number: int, *, priority: int = 0, cost: float = 1.0) -> Waiting:
    return Waiting(id=f"{owner}-{number}", owner=owner, number=number, priority=priority, cost=cost)


def test_twenty_keys_of_which_one_came_first_with_all_it_has_are_served_by_turns():
    queue = [waiting(KEYS[0], i) for i in range(50)]
    queue += [waiting(key, 50 + i) for i, key in enumerate(key for key in KEYS[1:] for _ in range(50))]
    sequence = [one.owner for one in served(queue, {})]
    assert len(sequence) == 1000
    for turn in range(50):  # each twenty in a row are one of each key
        assert Counter(sequence[20 * turn : 20 * (turn + 1)]) == Counter(KEYS)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(KEYS[:5]), st.integers(0, 3), st.floats(LEAST, 8.0)),
        min_size=1,
        max_size=60,
    )
)
def test_while_two_keys_wait_neither_gets_ahead_by_more_than_one_order_of_each(told):
    """The bound of start-time fair queueing (Goyal et al. 1996, theorem 1), and priorities within a key."""
    queue = [waiting(owner, i, priority=priority, cost=cost) for i, (owner, priority, cost) in enumerate(told)]
    left, most = Counter(one.owner for one in queue), {o: max(w.cost for w in queue if w.owner == o) for o, *_ in told}
    work: Counter = Counter()
    for one in served(queue, {}):
        others = [w for w in queue if w.owner == one.owner and w.priority > one.priority]
        assert not others, "one of higher priority of the same key still waits"
        queue.remove(one)
        work[one.owner] += one.cost
        left[one.owner] -= 1
        backlogged = [owner for owner, number in left.items() if number > 0]
        for a in backlogged:
            for b in backlogged:
                assert abs(work[a] - work[b]) <= most[a] + most[b] + 1e-9


def test_who_orders_large_films_gets_fewer():
    queue = [waiting("large", i, cost=4.0) for i in range(10)] + [waiting("small", 10 + i) for i in range(40)]
    first = Counter(one.owner for one in list(served(queue, {}))[:25])
    assert first == {"large": 5, "small": 20}


def taken(orders, worker, number):
    """Owners in the sequence in which a worker takes up their orders, each cancelled to be over at once."""
    sequence = []
    for _ in range(number):
        claim = claimed(orders.engine, worker, "v", orders.terms)
        if claim is None:
            break
        sequence.append(orders.get(claim.order).owner)
        with orders.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE orders SET status = 'completed' WHERE status = 'in_progress'")
    return sequence


def all_taken(orders):
    """The orders in the sequence in which they are taken up, each by a worker of its own."""
    while True:
        worker = new_worker()
        register(orders.engine, worker, "v")
        claim = claimed(orders.engine, worker, "v", orders.terms)
        if claim is None:
            return
        yield claim.order


def test_a_key_that_comes_late_neither_waits_behind_the_others_nor_overtakes_them_for_long(tmp_path):
    with orders_in(tmp_path, lost_after=1e6) as orders:
        worker = new_worker()
        register(orders.engine, worker, "v")
        for _ in range(30):
            orders.place(request(), owner="early")
        assert taken(orders, worker, 10) == ["early"] * 10
        for _ in range(10):
            orders.place(request(), owner="late")
        sequence = taken(orders, worker, 20)
        assert Counter(sequence[:4]) == {"early": 2, "late": 2}
        assert Counter(sequence) == {"early": 10, "late": 10}
        assert taken(orders, worker, 20) == ["early"] * 10


def test_the_position_is_the_number_of_orders_that_are_taken_up_before(tmp_path):
    with orders_in(tmp_path, lost_after=1e6) as orders:
        many = [orders.place(request(), owner="many").id for _ in range(5)]
        one = orders.place(request(), owner="one")
        urgent = orders.place(request(), owner="many", priority=9)
        assert orders.position(one.id).ahead == 0  # of two whose turn it is, the one that came first
        assert orders.position(urgent.id).ahead == 1
        assert orders.position(many[-1]).ahead == 6
        assert orders.position(one.id).seconds_left is None  # nothing to tell by
        told = {i: orders.position(i).ahead for i in (*many, one.id, urgent.id)}
        assert list(all_taken(orders)) == sorted(told, key=told.__getitem__)


def test_no_owner_has_more_in_the_making_than_it_may(tmp_path):
    with orders_in(tmp_path, lost_after=1e6, per_owner=2) as orders:
        for owner in ("a", "a", "a", "b"):
            orders.place(request(), owner=owner)
        assert Counter(orders.get(order).owner for order in all_taken(orders)) == {"a": 2, "b": 1}


def test_the_time_left_is_told_by_how_long_such_orders_took(tmp_path):
    with orders_in(tmp_path, lost_after=1e6) as orders:
        done = orders.place(request(), owner="a")
        with orders.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE orders SET status = 'completed', started = 100, ended = 130")
        same, twice = (orders.place(request(TINY.model_copy(update={"seconds": s})), owner="b").id for s in (3, 6))
        assert orders.position(same).seconds_left == pytest.approx(30, abs=0.2)
        assert orders.position(twice).seconds_left == pytest.approx(90, abs=0.2)  # the one before it, and itself
        assert orders.position(done.id).seconds_left == 0


def test_orders_of_a_lost_worker_go_on_with_its_version_and_begin_anew_where_that_is_gone(tmp_path):
    with orders_in(tmp_path, lost_after=1e6, attempts=3) as orders:
        old, peer, new = new_worker(), new_worker(), new_worker()
        for worker, version in ((old, "v1"), (peer, "v1"), (new, "v2")):
            register(orders.engine, worker, version)
        placed = orders.place(request(), owner="a")
        first = claimed(orders.engine, old, "v1", orders.terms)
        assert (first.order, first.goes_on) == (placed.id, False)
        assert claimed(orders.engine, peer, "v1", orders.terms) is None  # its worker lives
        leave(orders.engine, old)
        assert claimed(orders.engine, new, "v2", orders.terms) is None  # it is not for the new version
        second = claimed(orders.engine, peer, "v1", orders.terms)
        assert (second.run, second.goes_on) == (first.run, True)
        leave(orders.engine, peer)
        third = claimed(orders.engine, new, "v2", orders.terms)  # nobody else is left
        assert third.run != first.run
        assert not third.goes_on
        leave(orders.engine, new)
        last = new_worker()
        register(orders.engine, last, "v2")
        assert claimed(orders.engine, last, "v2", orders.terms) is None  # three were lost: it must not take a fourth
        found = orders.get(placed.id)
        assert (found.status, found.failure.code) == ("failed", "worker_lost")
