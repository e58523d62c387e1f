"""The workflow of one order: made, stored, read back, and ended, once."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dbos import error as dbos_error
from sqlalchemy import update

from filmwright.core.errors import NotFound
from filmwright.core.files import workroom

from ..database import alone, reaching
from . import tables
from .durable import Durable, step
from .endings import end
from .failures import Cancelled, Superseded, failure_of
from .making import make_files, stored, verified, weight_of
from .nouns import Order
from .orders import Orders
from .places import results_of, work_of
from .progress import Teller

logger = logging.getLogger(__name__)

Carry = Callable[[Orders, str, str, Path], None]
PARKING = (dbos_error.DBOSWorkflowConflictIDError, dbos_error.DBOSWorkflowCancelledError)  # dbos's own: let through


def carry_out(orders: Orders, order: str, worker: str, rooms: Path) -> None:
    """Make an order and bring it to its end; what is not Superseded ends here, well or not."""
    known = orders.get(order)
    limit = known.request.time_limit or orders.terms.time_limit
    spent, total = sum(known.timings.values(), 0.0), weight_of(known.request)
    teller = Teller(orders, order, worker, limit=limit, spent=spent, total=total)
    with workroom(rooms, name=f"order-{order}") as folder:
        stage = _Recorded(orders, known, worker, folder, teller)
        try:
            files = make_files(known, orders.store, folder, stage, teller)
            results = stage("store", lambda: stored(order, token_of(worker), files, orders.store))
            stage("verify", lambda: verified(results, orders.store))
        except (*PARKING, Superseded):
            raise
        except Cancelled:
            ended = _end(orders, order, worker, stage, status="cancelled")
        except Exception as err:  # any other: the order must not hang
            failure = failure_of(_cause(err), order, folder)
            ended = _end(orders, order, worker, stage, status="failed", failure=failure)
        else:
            ended = _end(orders, order, worker, stage, status="completed", results=results)
    if not ended:
        raise Superseded(f"{order} is made by another worker")
    tidy(orders, order)


class _Recorded(Durable):
    """Stages whose timings everybody sees; with each that is done, the order has come on, and no worker died of it."""

    def __init__(self, orders: Orders, order: Order, worker: str, folder: Path, teller: Teller) -> None:
        super().__init__(orders.store, f"{work_of(order.id)}{token_of(worker)}/", folder, teller)
        self._orders, self._order, self._worker = orders, order.id, worker

    def _took(self, stage: str, seconds: float, share: float) -> None:
        super()._took(stage, seconds, share)
        table = tables.orders
        mine = update(table).where(table.c.id == self._order, table.c.worker == self._worker)
        with reaching(), self._orders.engine.begin() as connection:
            connection.execute(mine.values(timings=self.seconds, attempts=1))


def token_of(worker: str) -> str:
    """What sets the files of one worker apart from those of another, who took the order over."""
    return worker.rpartition("-")[2]


def tidy(orders: Orders, order: str) -> None:
    """Remove what an order that has ended does not need; what can't be removed now, the next sweep finds."""
    try:
        try:
            wanted = {result.name for result in orders.get(order).results.values()}
        except NotFound:  # its owner has deleted it since it ended
            wanted = set()
        for prefix in (work_of(order), results_of(order)):
            for name in tuple(orders.store.list(prefix)):
                if name not in wanted:
                    orders.store.delete(name)
    except Exception:
        logger.warning("what %s does not need any more is still in the store", order, exc_info=True)


def _end(orders: Orders, order: str, worker: str, stage: Durable, **how: Any) -> bool:
    """End the order, if it is still this worker's."""

    def ending() -> bool:
        with reaching(), alone(orders.engine) as connection:
            return end(connection, orders.terms, order, worker=worker, timings=stage.seconds, **how)

    return step("end", ending)


def _cause(error: Exception) -> Exception:
    """What a step failed of at its last try."""
    if isinstance(error, dbos_error.DBOSMaxStepRetriesExceeded) and error.errors:
        return error.errors[-1]
    return error
