"""How an order that is being made tells of itself, and hears that it is to stop."""

import logging
import time

from sqlalchemy import insert, update
from sqlalchemy.exc import SQLAlchemyError

from filmwright.core.progress import Step
from filmwright.jobs.page.pictures import jpeg

from . import tables
from .failures import Cancelled, OutOfTime, Superseded
from .orders import Orders

logger = logging.getLogger(__name__)

WEIGHTS = {  # percent of an order's time, roughly; what is not named takes none
    "plan": 2.0,
    "load": 3.0,
    "meter": 6.0,
    "generate": 60.0,
    "render": 60.0,
    "finish": 18.0,
    "sign": 3.0,
    "pictures": 2.0,
    "moderate": 1.0,
    "check": 3.0,
    "store": 2.0,
    "verify": 1.0,
}
PREVIEW = 256  # pixels of the longer side
OFTEN = 0.5  # seconds between two looks and events at the least, and
SELDOM = 1 / 240  # of the time spent so far: so a long order has no more than some hundred of them
SHOWN = 2.0  # seconds between two previews at the least, and
SELDOM_SHOWN = 1 / 60


class Teller:
    """Writes an order's progress where every process sees it, a few times a second at most.

    Whatever is told, it looks whether the order is to go on: raises Cancelled, OutOfTime, Superseded.
    """

    def __init__(self, orders: Orders, order: str, worker: str, *, limit: float, spent: float, total: float) -> None:
        self._orders, self._order, self._worker = orders, order, worker
        self._limit, self._began, self._total = limit, time.monotonic() - spent, total
        self._stage, self._share, self._done = "", 0.0, 0.0  # percent of the stages that are done
        self._told = self._shown = 0.0  # when

    def begin(self, stage: str, part: str = "", *, share: float = 1.0) -> None:
        """A stage begins, or a part of one."""
        self._stage = f"{stage} {part}".strip()
        self._share = WEIGHTS.get(stage, 0.0) * share
        self._write(Step(self._stage, 0, 0, ""))

    def end(self, stage: str, *, share: float = 1.0) -> None:
        """A stage is done, or a part of one; by another worker it may be, before this one began."""
        self._done, self._share = self._done + WEIGHTS.get(stage, 0.0) * share, 0.0

    def __call__(self, step: Step) -> None:
        """The report of a job."""
        spent = time.monotonic() - self._began
        if time.monotonic() - self._told >= max(OFTEN, spent * SELDOM):
            self._write(step)

    def _write(self, step: Step) -> None:
        now, spent = time.monotonic(), time.monotonic() - self._began
        if spent > self._limit:
            raise OutOfTime(f"it took more than {self._limit:.0f} seconds. Order less, or raise its time limit.")
        share = step.done / step.total if step.total else 0.0
        percent = min(int(100 * (self._done + self._share * min(share, 1.0)) / self._total), 99)
        preview = None
        if step.picture is not None and now - self._shown >= max(SHOWN, spent * SELDOM_SHOWN):
            preview, self._shown = jpeg(step.picture, longest=PREVIEW), now
        self._told = now
        table = tables.orders
        mine = update(table).where(table.c.id == self._order, table.c.worker == self._worker)
        values = {"order_id": self._order, "at": time.time(), "kind": "progress", "stage": self._stage}
        values |= {"progress": percent, "done": step.done, "total": step.total or None, "unit": step.unit}
        try:
            with self._orders.engine.begin() as connection:
                row = connection.execute(
                    mine.values(progress=percent, stage=self._stage).returning(table.c.cancelling)
                ).first()
                if row is not None:
                    connection.execute(insert(tables.events).values(values | {"preview": preview}))
        except SQLAlchemyError as err:  # nobody sees the progress for a while; the work itself goes on
            logger.warning("order %s can't tell its progress: %s", self._order, err)
            return
        if row is None:
            raise Superseded(f"{self._order} is made by another worker")
        if row.cancelling:
            raise Cancelled(self._order)
