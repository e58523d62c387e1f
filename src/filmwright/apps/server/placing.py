"""Orders placed: within the key's quotas, and once for each idempotency key."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TypeVar

from filmwright.jobs.keys import charge
from filmwright.jobs.orders import Order, OrderRequest
from filmwright.jobs.orders.holdings import held_bytes

from .callers import Caller
from .failures import Refusal
from .service import Service
from .works import seconds_of

T = TypeVar("T")


def place(service: Service, who: Caller, request: OrderRequest, *, idempotency_key: str | None, priority: int) -> Order:
    """One order; the same key gives the same order again. Raises OverLimit, Conflict, Unavailable."""

    def placing() -> Order:
        return service.orders.place(request, owner=who.owner, idempotency_key=idempotency_key, priority=priority)

    return _charged(service, who, [request], placing, lambda order: order)


def place_batch(
    service: Service, who: Caller, requests: Sequence[OrderRequest], *, idempotency_key: str | None, priority: int
) -> tuple[str, list[Order]]:
    """All of them or none: the id of the batch, and its orders in the sequence of the requests."""

    def placing() -> tuple[str, list[Order]]:
        batch = service.orders.place_batch(
            requests, owner=who.owner, idempotency_key=idempotency_key, priority=priority
        )
        return batch.id, [service.orders.get(order) for order in batch.orders]

    return _charged(service, who, requests, placing, lambda placed: placed[1][0])


def checked_key(key: str | None) -> str | None:
    """An idempotency key that can be kept. Raises Refusal."""
    if key is not None and not (0 < len(key) <= 255 and key.isascii() and key.isprintable()):
        raise Refusal(
            400, "an Idempotency-Key is 1 to 255 printable ASCII letters.", "invalid_value", "Idempotency-Key"
        )
    return key


def _charged(
    service: Service,
    who: Caller,
    requests: Sequence[OrderRequest],
    placing: Callable[[], T],
    first: Callable[[T], Order],
) -> T:
    """Count the jobs against the key before they are placed; what was placed before already is not counted again.

    A server that is killed in between has counted jobs that are not there: the other way round would give them away.
    """
    if who.key is None:
        return placing()
    jobs, seconds = len(requests), sum(_seconds(request) for request in requests)
    began = time.time()
    with ExitStack() as undo:
        held = held_bytes(service.orders, who.owner) if who.key.quotas.stored_bytes is not None else 0
        with service.desk.engine.begin() as connection:
            charge(connection, who.key, jobs=jobs, seconds=seconds, stored_bytes=held)
        undo.callback(_give_back, service, who, jobs, seconds)
        placed = placing()
        if first(placed).created >= began:
            undo.pop_all()
        return placed


def _give_back(service: Service, who: Caller, jobs: int, seconds: float) -> None:
    assert who.key is not None
    with service.desk.engine.begin() as connection:
        charge(connection, who.key, jobs=-jobs, seconds=-seconds)


def _seconds(request: OrderRequest) -> float:
    told = seconds_of(request)
    return 0.0 if told == "auto" else float(told)
