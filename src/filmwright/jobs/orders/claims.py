"""Which order a worker takes up next, and who is alive to take any."""

import secrets
import socket
import time
from dataclasses import dataclass
from os import getpid
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, or_, select, text, update

from ..database import alone, reaching
from . import tables
from .endings import end, tell
from .failures import WORKER_LOST
from .fairness import next_served
from .nouns import Failure
from .request import OrderRequest
from .terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An order that a worker has taken up."""

    order: str
    run: str  # id of its dbos workflow
    again: bool  # another worker was lost over it
    goes_on: bool  # with what that one has done
    limit: float  # seconds that making it may take


def new_worker() -> str:
    """A name that no other process has or had; it tells people where to look."""
    return f"{socket.gethostname()[:60]}-{getpid()}-{secrets.token_hex(4)}"


def claimed(engine: Engine, worker: str, version: str, terms: Terms) -> Claim | None:
    """Take up an order: one whose worker is gone, else the next by fair queueing; None where there is none for it.

    A run goes on with a worker of the version that began it. Where none of that version is left, it begins anew. Who
    asks makes nothing at the moment: what is written down as its own has broken off, and is taken up again.
    """
    with reaching():
        with engine.connect() as connection:
            if not _anything(connection, worker, terms):
                return None
        with alone(engine) as connection:
            return _orphan(connection, worker, version, terms) or _next(connection, worker, version, terms)


def register(engine: Engine, worker: str, version: str) -> None:
    """A worker is here, with one slot, and is alive for as long as it is `seen`."""
    with reaching(), alone(engine) as connection:
        now = clock(connection)
        values = {"id": worker, "version": version, "slots": 1, "started": now, "seen": now, "draining": 0}
        connection.execute(insert(tables.workers).values(values))


def seen(engine: Engine, worker: str, version: str, *, draining: bool) -> None:
    """The worker is still alive; also one that was silent for so long that it was forgotten."""
    table = tables.workers
    with reaching(), engine.begin() as connection:
        values = {"seen": clock(connection), "draining": int(draining), "slots": int(not draining)}
        found = connection.execute(update(table).where(table.c.id == worker).values(values))
    if not found.rowcount:
        register(engine, worker, version)


def leave(engine: Engine, worker: str) -> None:
    """The worker is gone, and what it has not finished is anybody's at once."""
    with reaching(), engine.begin() as connection:
        connection.execute(delete(tables.workers).where(tables.workers.c.id == worker))


def release(engine: Engine, order: str, worker: str) -> None:
    """Have an order begun anew by anybody, if it is this worker's still: its run has broken off."""
    table = tables.orders
    mine = (table.c.id == order) & (table.c.worker == worker) & (table.c.status == "in_progress")
    with reaching(), engine.begin() as connection:
        connection.execute(update(table).where(mine).values(worker=None, run=None))


def clock(connection: Connection) -> float:
    """Unix seconds by the database's clock: those of hosts differ."""
    if connection.dialect.name == "sqlite":
        return time.time()
    return float(connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())


def alive(connection: Connection, terms: Terms) -> Any:
    """The condition that a row of `workers` is of one that lives."""
    return tables.workers.c.seen > clock(connection) - terms.lost_after


def bury(engine: Engine, terms: Terms) -> None:
    """Forget workers that have not been heard of for long, and hold nothing any more."""
    workers, orders = tables.workers, tables.orders
    with reaching(), engine.begin() as connection:
        held = select(orders.c.worker).where(orders.c.worker.is_not(None))
        gone = workers.c.seen < clock(connection) - 10 * terms.lost_after
        connection.execute(delete(workers).where(gone, workers.c.id.not_in(held)))


def _anything(connection: Connection, worker: str, terms: Terms) -> bool:
    """Whether it is worth being alone: a look that hinders nobody."""
    table = tables.orders
    wanted = or_(table.c.status == "queued", _is_orphan(connection, worker, terms))
    return connection.execute(select(table.c.id).where(wanted).limit(1)).first() is not None


def _is_orphan(connection: Connection, worker: str, terms: Terms) -> Any:
    table = tables.orders
    living = select(tables.workers.c.id).where(alive(connection, terms), tables.workers.c.id != worker)
    return (table.c.status == "in_progress") & or_(table.c.worker.is_(None), table.c.worker.not_in(living))


def _orphan(connection: Connection, worker: str, version: str, terms: Terms) -> Claim | None:
    """The oldest order whose worker is gone, of this version or of one that nobody has any more."""
    table, workers = tables.orders, tables.workers
    versions = select(workers.c.version).where(alive(connection, terms))
    ours = or_(table.c.version == version, table.c.version.not_in(versions))
    query = select(table).where(_is_orphan(connection, worker, terms), ours).order_by(table.c.number)
    for row in connection.execute(query).mappings():
        if row["cancelling"]:
            end(connection, terms, row["id"], "cancelled")
        elif row["attempts"] >= terms.attempts:
            says = f"{row['attempts']} workers were lost at {row['stage'] or 'its beginning'!r}, one after the other."
            end(connection, terms, row["id"], "failed", failure=Failure(code=WORKER_LOST, message=says))
        else:
            return _take(connection, row, worker, version, terms)
    return None


def _next(connection: Connection, worker: str, version: str, terms: Terms) -> Claim | None:
    waiting = next_served(connection, per_owner=terms.per_owner)
    if waiting is None:
        return None
    row = connection.execute(select(tables.orders).where(tables.orders.c.id == waiting.id)).mappings().one()
    tell(connection, waiting.id, "started")
    return _take(connection, row, worker, version, terms)


def _take(connection: Connection, row: Any, worker: str, version: str, terms: Terms) -> Claim:
    table = tables.orders
    goes_on = row["version"] == version and row["run"] is not None
    run = row["run"] if goes_on else f"{row['id']}.{secrets.token_hex(4)}"
    values = {"status": "in_progress", "worker": worker, "run": run, "version": version}
    values |= {"started": row["started"] or clock(connection), "attempts": row["attempts"] + 1}
    values |= {} if goes_on else {"timings": {}}
    connection.execute(update(table).where(table.c.id == row["id"]).values(values))
    limit = OrderRequest.model_validate_json(row["request"]).time_limit or terms.time_limit
    return Claim(order=row["id"], run=run, again=row["run"] is not None, goes_on=goes_on, limit=limit)


def num_alive(connection: Connection, terms: Terms) -> tuple[int, int]:
    """Workers that live, and the orders that they can make at the same time."""
    query = select(func.count(), func.sum(tables.workers.c.slots)).where(alive(connection, terms))
    number, slots = connection.execute(query).one()
    return number, slots or 0


def has_run(connection: Connection, run: str) -> bool:
    """Whether an order is still being made by this run."""
    return connection.execute(select(tables.orders.c.id).where(tables.orders.c.run == run)).first() is not None


def known_workers(connection: Connection) -> set[str]:
    """All workers that are not buried."""
    return set(connection.execute(select(tables.workers.c.id)).scalars())
