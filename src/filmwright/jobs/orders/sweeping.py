"""What is not needed any more goes: orders past their time, files that no order names, runs that are over."""

import time
from collections.abc import Iterable, Iterator

from sqlalchemy import select

from filmwright.core.errors import NotFound

from ..database import alone, reaching
from . import tables
from .nouns import FINAL
from .orders import Orders, remove_rows
from .places import INPUTS, RESULTS, WORK

AT_ONCE = 200  # orders in one go


def remove_expired(orders: Orders) -> int:
    """Remove orders whose time is over, with their files; how many that were."""
    table = tables.orders
    with reaching(), alone(orders.engine) as connection:
        over = (table.c.expires <= time.time()) & table.c.status.in_(FINAL)
        ids = list(connection.execute(select(table.c.id).where(over).limit(AT_ONCE)).scalars())
        inputs = {order: remove_rows(connection, order) for order in ids}
    for order, names in inputs.items():
        orders.remove_files(order, names)
    return len(ids)


def sweep_store(orders: Orders) -> int:
    """Remove files that no order names, as killed processes leave them; how many that were.

    The files are looked at before the orders: whatever was made for an order in between, the order is seen.
    """
    removed = 0
    for name in orphans(orders):
        orders.store.delete(name)
        removed += 1
    return removed


def orphans(orders: Orders) -> Iterator[str]:
    """Files in the store that belong to no order: nothing that is in use, nor may be soon."""
    names = [name for prefix in (WORK, RESULTS) for name in orders.store.list(prefix)]
    uploads = list(orders.store.list(INPUTS))
    table = tables.orders
    with reaching(), orders.engine.connect() as connection:
        known = {row.id: row for row in connection.execute(select(table.c.id, table.c.status, table.c.results))}
        used = set(connection.execute(select(tables.inputs.c.name)).scalars())
    for name in names:
        row = known.get(name.split("/")[1])
        if name in used:  # a video that is made anew from an order which is gone
            continue
        if row is None or (row.status in FINAL and name not in _named(row.results.values())):
            yield name
    for name in uploads:
        if name not in used and _is_old(orders, name):
            yield name


def _named(results: Iterable[dict[str, str]]) -> set[str]:
    return {result["name"] for result in results}


def _is_old(orders: Orders, name: str) -> bool:
    """An upload that nobody has ordered with for so long is ordered with no more."""
    try:
        return time.time() - orders.store.stat(name).modified.timestamp() > orders.terms.upload_grace
    except NotFound:
        return False
