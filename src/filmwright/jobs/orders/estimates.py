"""When an order will be done, told by how long those before it took."""

import statistics
import time
from typing import Any

from sqlalchemy import Connection, select

from . import tables
from .fairness import LEAST, in_sequence
from .nouns import FINAL, Position

REMEMBERED = 50  # orders by which the pace is told
TELLING = 10  # percent of progress from which on an order's own pace tells more than that of others


def position(connection: Connection, row: Any, *, slots: int) -> Position:
    """Where the order of a row stands, with `slots` orders being made at the same time."""
    if row["status"] in FINAL:
        return Position(ahead=0, seconds_left=0.0)
    paces = _paces(connection)
    if row["status"] == "in_progress":
        return Position(ahead=0, seconds_left=_left(row, paces))
    ahead = []
    for one in in_sequence(connection):
        if one.id == row["id"]:
            break
        ahead.append(one)
    if not paces:
        return Position(ahead=len(ahead), seconds_left=None)
    named = connection.execute(select(tables.orders.c.id, tables.orders.c.model)) if ahead else ()
    models = {row.id: row.model for row in named}
    before = sum(_seconds(models.get(one.id, ""), one.cost, paces) for one in ahead)
    running = connection.execute(select(tables.orders).where(tables.orders.c.status == "in_progress")).mappings()
    before += sum(_left(other, paces) or 0.0 for other in running)
    own = _seconds(row["model"], row["cost"], paces)
    return Position(ahead=len(ahead), seconds_left=round(before / slots + own, 1))


def _paces(connection: Connection) -> dict[str, float]:
    """Seconds a megapixel of each model's latest orders, the median; of all of them under ""."""
    table = tables.orders
    query = (
        select(table.c.model, table.c.cost, table.c.started, table.c.ended)
        .where(table.c.status == "completed", table.c.started.is_not(None))
        .order_by(table.c.number.desc())
        .limit(REMEMBERED)
    )
    rows = connection.execute(query).all()
    by_model: dict[str, list[float]] = {"": []} if rows else {}
    for row in rows:
        pace = (row.ended - row.started) / max(row.cost, LEAST)
        by_model[""].append(pace)
        by_model.setdefault(row.model, []).append(pace)
    return {model: statistics.median(paces) for model, paces in by_model.items()}


def _seconds(model: str, cost: float, paces: dict[str, float]) -> float:
    return paces.get(model, paces.get("", 0.0)) * max(cost, LEAST)


def _left(row: Any, paces: dict[str, float]) -> float | None:
    """Of an order that is being made."""
    spent = time.time() - (row["started"] or time.time())
    if row["progress"] >= TELLING:
        return round(spent * (100 - row["progress"]) / row["progress"], 1)
    return round(max(_seconds(row["model"], row["cost"], paces) - spent, 0.0), 1) if paces else None
