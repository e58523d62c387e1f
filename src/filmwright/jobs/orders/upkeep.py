"""What has to be done now and then, by whichever worker comes to it first."""

import logging
import time
from collections.abc import Callable, Mapping

from dbos import DBOS
from sqlalchemy import Engine, insert, select, update

from ..database import alone, reaching
from . import tables
from .claims import bury, has_run, known_workers
from .fairness import forget_absent
from .orders import Orders
from .sweeping import remove_expired, sweep_store
from .webhooks import deliver_due, forget_told

logger = logging.getLogger(__name__)

MINUTE, HOUR = 60.0, 3600.0


def chores(orders: Orders) -> Mapping[str, tuple[float, Callable[[], object]]]:
    """What is done how often, in seconds."""
    return {
        "webhooks": (0.0, lambda: deliver_due(orders)),  # each row is its own: all workers may be at it
        "expired": (MINUTE, lambda: remove_expired(orders)),
        "rows": (10 * MINUTE, lambda: _tidy_rows(orders)),
        "runs": (10 * MINUTE, lambda: forget_runs(orders)),
        "store": (HOUR, lambda: sweep_store(orders)),
        "parts": (24 * HOUR, orders.store.tidy),
    }


def do_chores(orders: Orders) -> None:
    """Do what is due; what goes wrong with one does not keep the others from being done."""
    for name, (every, work) in chores(orders).items():
        try:
            if every == 0 or _is_due(orders.engine, name, every):
                work()
        except Exception:
            logger.warning("the upkeep of %s went wrong; it is tried again", name, exc_info=True)


def forget_runs(orders: Orders) -> None:
    """Have dbos forget the runs of orders that have ended, and the queues of workers that are gone."""
    over = DBOS.list_workflows(name="order", load_input=False, load_output=False)
    with reaching(), orders.engine.connect() as connection:
        runs = [run.workflow_id for run in over if not has_run(connection, run.workflow_id)]
        workers = known_workers(connection)
    if runs:
        DBOS.delete_workflows(runs)
    for queue in DBOS.list_queues():
        if queue.name not in workers:
            DBOS.delete_queue(queue.name)


def _tidy_rows(orders: Orders) -> None:
    bury(orders.engine, orders.terms)
    with reaching(), alone(orders.engine) as connection:
        forget_absent(connection)
        forget_told(connection)


def _is_due(engine: Engine, name: str, every: float) -> bool:
    """Whether it is time, and nobody else's turn by now."""
    table, now = tables.chores, time.time()
    with reaching():
        with engine.connect() as connection:
            due = connection.execute(select(table.c.due).where(table.c.name == name)).scalar()
        if due is not None and due > now:
            return False
        with alone(engine) as connection:
            again = connection.execute(select(table.c.due).where(table.c.name == name)).scalar()
            if again is None:
                connection.execute(insert(table).values(name=name, due=now + every))
            elif again == due:
                connection.execute(update(table).where(table.c.name == name).values(due=now + every))
            return again == due
