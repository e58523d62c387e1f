"""How much of the store an owner has."""

from sqlalchemy import select

from ..database import reaching
from . import tables
from .orders import Orders


def held_bytes(orders: Orders, owner: str) -> int:
    """Bytes of all results of an owner's orders that are kept: counted anew each time, so that no count drifts."""
    table = tables.orders
    with reaching(), orders.engine.connect() as connection:
        rows = connection.execute(select(table.c.results).where(table.c.owner == owner, table.c.status == "completed"))
        return sum(int(result["num_bytes"]) for (results,) in rows for result in results.values())
