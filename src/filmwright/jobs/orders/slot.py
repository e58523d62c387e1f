"""One worker process: takes up one order after the other, and makes it as a dbos workflow.

dbos keeps which steps of a run are done and lets one process at a time go on with it; which order is next, who is alive
and how an order ends is decided in our own tables (claims.py, endings.py).
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dbos import DBOS, SetWorkflowID

from filmwright.core.errors import FilmError
from filmwright.core.files import sweep

from .carrying import carry_out
from .claims import Claim, claimed, leave, new_worker, register, release, seen
from .endings import end
from .failures import OUT_OF_TIME
from .nouns import Failure
from .orders import Orders
from .upkeep import do_chores
from .versions import code_version

logger = logging.getLogger(__name__)

LOOK = 0.25  # seconds between two looks for an order
BEAT = 3.0  # seconds between two signs of life
STUCK = 120.0  # seconds past its time limit after which an order is held for stuck in somebody else's code
SWEPT_UP = 20  # runs that are forgotten together
EXIT_STUCK = 70
OVER = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]  # states of dbos's runs

Carry = Callable[[Orders, str, str, Path], None]


def serve(
    orders: Orders,
    rooms: Path,
    stop: threading.Event,
    *,
    version: str | None = None,
    drain: float | None = None,
    carry: Carry = carry_out,
) -> None:
    """Make orders until `stop` is set, and finish the one that is being made then, in at most `drain` seconds.

    `rooms` is a folder on this machine for unfinished films, which may be lost. One call at a time in a process, for
    dbos is one, too.
    """
    version, worker = version or code_version(), new_worker()
    rooms.mkdir(parents=True, exist_ok=True)
    sweep(rooms)
    with _opened(orders, worker, version):
        slot = _Slot(orders, worker, version, rooms, stop, drain, carry)
        DBOS.listen_queues([worker])
        DBOS.launch()
        register(orders.engine, worker, version)
        DBOS.register_queue(worker)  # of its own, for runs that it goes on with
        logger.info("worker %s of version %s is here", worker, version)
        beside = [threading.Thread(target=task, daemon=True) for task in (slot.live, slot.keep_house)]
        for thread in beside:
            thread.start()
        try:
            slot.work()
        finally:
            slot.gone.set()
            for thread in beside:
                thread.join(timeout=BEAT)
            with suppress(FilmError):  # then it is missed a little later
                leave(orders.engine, worker)
            logger.info("worker %s is gone", worker)


class _Slot:
    """What one worker is at."""

    def __init__(
        self,
        orders: Orders,
        worker: str,
        version: str,
        rooms: Path,
        stop: threading.Event,
        drain: float | None,
        carry: Carry,
    ) -> None:
        self.gone = threading.Event()
        self._orders, self._worker, self._version, self._rooms = orders, worker, version, rooms
        self._stop, self._drain = stop, drain
        self._done = threading.Event()
        self._over: list[str] = []  # runs that dbos need not remember

        @DBOS.workflow(name="order")
        def order(order_id: str) -> None:
            try:
                carry(orders, order_id, worker, rooms)
            except Exception:  # not of the film, for of that it would have ended: of what is around it
                logger.warning("%s broke off", order_id, exc_info=True)
                release(orders.engine, order_id, worker)
                raise
            except BaseException:  # the process is told to end
                self._stop.set()
                raise
            finally:
                self._done.set()

        self._workflow = order

    def work(self) -> None:
        """Take up orders until it is to stop."""
        while not self._stop.is_set():
            try:
                claim = claimed(self._orders.engine, self._worker, self._version, self._orders.terms)
                if claim is not None:
                    logger.info("%s is taken up%s", claim.order, " again" if claim.again else "")
                    self._make(claim)
            except FilmError as err:  # the database is away; it comes back
                logger.warning("no order can be taken up: %s", err)
                self._stop.wait(BEAT)
            else:
                self._forget(SWEPT_UP if claim else 0)
                self._stop.wait(0.0 if claim else LOOK)
        self._forget(0)

    def live(self) -> None:
        """Show signs of life until the worker is gone."""
        while not self.gone.wait(min(BEAT, self._orders.terms.lost_after / 4)):
            try:
                seen(self._orders.engine, self._worker, self._version, draining=self._stop.is_set())
            except FilmError as err:
                logger.warning("worker %s can't show that it lives: %s", self._worker, err)

    def keep_house(self) -> None:
        """Look after the service until the worker is gone."""
        while not self.gone.wait(BEAT):
            do_chores(self._orders)

    def _make(self, claim: Claim) -> None:
        self._done.clear()
        began = time.monotonic()
        if not self._begin(claim):
            release(self._orders.engine, claim.order, self._worker)
            return
        stopped: float | None = None
        while not self._done.wait(0.5):
            now = time.monotonic()
            stopped = stopped or (now if self._stop.is_set() else None)
            if stopped is not None and self._drain is not None and now - stopped > self._drain:
                logger.warning("%s is left to another worker", claim.order)
                return
            if now - began > claim.limit + STUCK:
                self._give_up(claim)
        self._over.append(claim.run)

    def _begin(self, claim: Claim) -> bool:
        """Whether the order is being made now; not so where dbos holds its run for over."""
        known = DBOS.get_workflow_status(claim.run) if claim.goes_on else None
        if known is None:  # also if its worker was killed before dbos heard of it
            with SetWorkflowID(claim.run):
                DBOS.start_workflow(self._workflow, claim.order)
            return True
        if known.status in OVER:
            return False
        DBOS.resume_workflow(claim.run, queue_name=self._worker)
        return True

    def _give_up(self, claim: Claim) -> None:
        """An order that reports nothing and ends not can't be stopped but with its process."""
        says = f"it took more than {claim.limit:.0f} seconds, and did not stop when it should. Order less."
        with self._orders.engine.begin() as connection:
            failure = Failure(code=OUT_OF_TIME, message=says)
            end(connection, self._orders.terms, claim.order, "failed", worker=self._worker, failure=failure)
        logger.error("%s is stuck: this worker ends itself", claim.order)
        with suppress(FilmError):
            leave(self._orders.engine, self._worker)
        os._exit(EXIT_STUCK)

    def _forget(self, most: int) -> None:
        """Have dbos forget runs that are over: what is to be known of an order stands in our own tables."""
        if len(self._over) > most:
            with suppress(Exception):  # then it is done with the next sweep
                ended = DBOS.list_workflows(workflow_ids=self._over, status=OVER, load_input=False, load_output=False)
                runs = [run.workflow_id for run in ended]
                DBOS.delete_workflows(runs)
                self._over = [run for run in self._over if run not in runs]


@contextmanager
def _opened(orders: Orders, worker: str, version: str) -> Iterator[None]:
    """dbos in the service's database; to be launched once its workflows are known."""
    logging.getLogger("dbos").setLevel(logging.WARNING)
    url = orders.engine.url.render_as_string(hide_password=False)
    DBOS(
        config={
            "name": "filmwright",
            "system_database_url": url,
            "system_database_engine": orders.engine,
            "application_version": version,
            "executor_id": worker,
            "log_level": "WARNING",
            "use_listen_notify": False,
        }
    )
    try:
        yield
    finally:
        with suppress(Exception):  # the upkeep finds it
            DBOS.delete_queue(worker)
        DBOS.destroy(destroy_registry=True)
