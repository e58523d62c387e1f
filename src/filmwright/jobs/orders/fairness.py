"""Who is served next: start-time fair queueing over the owners (Goyal, Vin and Cheng 1996), priorities within one.

Each owner has a virtual time at which its next order begins; the least of them is served, and then moves on by what
that order costs. An owner who was away begins at the service's own virtual time: nobody saves up turns, nobody pays
for having been alone.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from . import tables

LEAST = 1e-3  # megapixels: what even an order without pixels costs
CLOCK = ""  # the row of the service's own virtual time


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A queued order, as the queue sees it."""

    id: str
    owner: str
    number: int
    priority: int
    cost: float


def next_served(connection: Connection, *, per_owner: int | None) -> Waiting | None:
    """The order that is to be made now; its owner's turn is taken. In a transaction that is `alone`."""
    turns = _turns(connection)
    full = _full(connection, per_owner)
    waiting = next(served(_waiting(connection, skip=full, first=True), turns), None)
    if waiting is None:
        return None
    began = max(turns.get(waiting.owner, 0.0), turns.get(CLOCK, 0.0))
    _set(connection, CLOCK, began, known=CLOCK in turns)
    _set(connection, waiting.owner, began + max(waiting.cost, LEAST), known=waiting.owner in turns)
    return waiting


def in_sequence(connection: Connection) -> Iterator[Waiting]:
    """The queued orders in the order in which they will be made, if nothing else comes."""
    return served(_waiting(connection), _turns(connection))


def served(waiting: Iterable[Waiting], turns: Mapping[str, float]) -> Iterator[Waiting]:
    """Orders in the sequence of fair service, given each owner's virtual time."""
    queues: dict[str, list[Waiting]] = defaultdict(list)
    for one in waiting:
        queues[one.owner].append(one)
    clock = turns.get(CLOCK, 0.0)
    heap: list[tuple[float, int, str]] = []
    for owner, queue in queues.items():
        queue.sort(key=lambda one: (-one.priority, one.number), reverse=True)  # the next is the last
        heap.append((max(turns.get(owner, 0.0), clock), queue[-1].number, owner))
    heapq.heapify(heap)
    while heap:
        turn, _, owner = heapq.heappop(heap)
        one = queues[owner].pop()
        if queues[owner]:
            heapq.heappush(heap, (turn + max(one.cost, LEAST), queues[owner][-1].number, owner))
        yield one


def forget_absent(connection: Connection) -> None:
    """Drop the turns that are over: whoever comes back later begins at the service's own virtual time anyway."""
    clock = _turns(connection).get(CLOCK, 0.0)
    table = tables.shares
    connection.execute(delete(table).where(table.c.owner != CLOCK, table.c.turn <= clock))


def _waiting(connection: Connection, *, skip: Iterable[str] = (), first: bool = False) -> list[Waiting]:
    """The queued orders; with `first`, of each owner only those that could be its next."""
    table = tables.orders
    columns = (table.c.id, table.c.owner, table.c.number, table.c.priority, table.c.cost)
    query = select(*columns).where(table.c.status == "queued")
    if skip := tuple(skip):
        query = query.where(table.c.owner.not_in(skip))
    if first:
        place = func.row_number().over(
            partition_by=table.c.owner, order_by=(table.c.priority.desc(), table.c.number.asc())
        )
        ranked = query.add_columns(place.label("place")).subquery()
        query = select(*(ranked.c[column.name] for column in columns)).where(ranked.c.place == 1)
    return [Waiting(**row) for row in connection.execute(query).mappings()]


def _full(connection: Connection, per_owner: int | None) -> list[str]:
    """Owners who have as many orders in progress as they may."""
    if per_owner is None:
        return []
    table = tables.orders
    query = select(table.c.owner).where(table.c.status == "in_progress").group_by(table.c.owner)
    return list(connection.execute(query.having(func.count() >= per_owner)).scalars())


def _turns(connection: Connection) -> dict[str, float]:
    table = tables.shares
    return {row.owner: row.turn for row in connection.execute(select(table.c.owner, table.c.turn))}


def _set(connection: Connection, owner: str, turn: float, *, known: bool) -> None:
    table = tables.shares
    if known:
        connection.execute(update(table).where(table.c.owner == owner).values(turn=turn))
    else:
        connection.execute(insert(table).values(owner=owner, turn=turn))
