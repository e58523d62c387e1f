"""What a server holds open: the order book, the store, the keys, and the rooms that its work is done in."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.requests import HTTPConnection

from filmwright.film.asset.stores import Store, open_store
from filmwright.jobs.keys import Keys
from filmwright.jobs.orders import Order, Orders, Position

from .callers import Desk
from .guard import is_loopback
from .metrics import Metrics
from .settings import ServerSettings

P = ParamSpec("P")
T = TypeVar("T")
HEAVY = 4  # files of customers that are parsed or fetched at the same time
FRESH = 1.0  # seconds that a place in the queue is told again without looking


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Everything that a route needs."""

    settings: ServerSettings
    orders: Orders
    store: Store
    desk: Desk
    metrics: Metrics
    stopping: Callable[[], bool] = lambda: False
    _heavy: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(HEAVY))
    _positions: dict[str, tuple[float, Position]] = field(default_factory=dict)

    async def heavily(self, work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        """Work that takes seconds, beside which quick work goes on: it has a few threads of its own."""
        return await to_thread.run_sync(lambda: work(*args, **options), limiter=self._heavy)

    def position(self, order: Order) -> Position | None:
        """Where an order stands that has not ended; looked up once a second, however often it is asked for."""
        if order.is_final:
            return None
        now = time.monotonic()
        at, known = self._positions.get(order.id, (0.0, None))
        if known is None or now - at > FRESH:
            known = self.orders.position(order.id)
            if len(self._positions) > 10_000:
                self._positions.clear()
            self._positions[order.id] = (now, known)
        return known


@contextmanager
def opened(settings: ServerSettings, *, stopping: Callable[[], bool] = lambda: False) -> Iterator[Service]:
    """Open what the settings name. Keys are wanted wherever others can reach the server, or there are any."""
    with ExitStack() as stack:
        store = open_store(settings.store_url)
        keys = stack.enter_context(Keys.open(settings.database_url))
        orders = stack.enter_context(Orders.open(settings.database_url, store=store, terms=settings.jobs.terms))
        required = not is_loopback(settings.host) or keys.any()
        yield Service(
            settings=settings,
            orders=orders,
            store=store,
            desk=Desk(keys, required=required),
            metrics=Metrics(),
            stopping=stopping,
        )


def of(connection: HTTPConnection) -> Service:
    """The service that a request is for."""
    service: Service = connection.app.state.service
    return service
