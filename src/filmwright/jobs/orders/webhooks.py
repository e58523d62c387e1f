"""Webhooks: the ends of orders, told to their owners' servers, signed by Standard Webhooks (standardwebhooks.com).

A delivery is a row that stands in the transaction that ends its order. It is tried until the server answers 2xx, each
time four times as long after the last; so it arrives at least once, and `webhook-id` tells which are the same.
"""

import base64
import binascii
import hashlib
import hmac
import logging
import ssl
import time
from collections.abc import Callable
from typing import Any

import httpcore
from sqlalchemy import Connection, delete, select, update

from filmwright.core.errors import BadFilm, FilmError

from ..database import alone, reaching
from ..intake.addresses import Address, PublicBackend, Resolve, is_public, resolved
from . import tables
from .endings import secret_of
from .orders import Orders
from .request import checked_webhook

logger = logging.getLogger(__name__)

FIRST, LONGER = 5.0, 4.0  # seconds to the second try, and how much longer each is than the one before
PATIENCE = 15.0  # seconds for a whole delivery
LEASE = 60.0  # seconds in which nobody else tries it
TOLD = 7 * 86_400.0  # seconds that a delivery is remembered
AT_ONCE = 20  # deliveries in one go, so that nothing else waits for them


def deliver_due(
    orders: Orders,
    *,
    resolve: Resolve = resolved,
    permitted: Callable[[Address], bool] = is_public,
    trusts: ssl.SSLContext | None = None,
) -> int:
    """Try the deliveries that are due, and return how many arrived. The options are for tests."""
    arrived = 0
    for _ in range(AT_ONCE):
        row = _next_due(orders)
        if row is None:
            break
        backend = PublicBackend(until=time.monotonic() + PATIENCE, resolve=resolve, permitted=permitted)
        says = _posted(row, backend, trusts)
        arrived += says is None
        _settle(orders, row, says)
    return arrived


def signature(secret: str, message: str, timestamp: int, body: bytes) -> str:
    """`webhook-signature` of a message: version 1, HMAC-SHA256 in base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def is_signed(
    secret: str, message: str, timestamp: str, body: bytes, signatures: str, *, tolerance: float = 300.0
) -> bool:
    """Whether a message is of the secret's holder and recent: what its receiver checks. Takes several signatures."""
    try:
        when = int(timestamp)
        wanted = signature(secret, message, when, body)
    except (ValueError, binascii.Error):
        return False
    given = [word for word in signatures.split() if hmac.compare_digest(word.encode(), wanted.encode())]
    return bool(given) and abs(time.time() - when) <= tolerance


def check_url(url: str) -> str:
    """A URL that can be told of ends, as it came. Raises BadFilm."""
    try:
        return checked_webhook(url)
    except ValueError as err:
        raise BadFilm(f"{err}.") from err


def forget_told(connection: Connection) -> None:
    """Drop what was delivered, or given up, long ago."""
    table = tables.deliveries
    connection.execute(delete(table).where(table.c.state != "waiting", table.c.due < time.time() - TOLD))


def _next_due(orders: Orders) -> Any:
    """A delivery that is due, with its owner's secret; it is this process's for a while."""
    table, now = tables.deliveries, time.time()
    due = (table.c.state == "waiting") & (table.c.due <= now)
    with reaching():
        with orders.engine.connect() as connection:
            if connection.execute(select(table.c.id).where(due).limit(1)).first() is None:
                return None
        with alone(orders.engine) as connection:
            row = connection.execute(select(table).where(due).order_by(table.c.due).limit(1)).mappings().first()
            if row is None:
                return None
            connection.execute(update(table).where(table.c.id == row["id"]).values(due=now + LEASE))
            return dict(row) | {"secret": secret_of(connection, row["owner"])}


def _posted(row: Any, backend: PublicBackend, trusts: ssl.SSLContext | None) -> str | None:
    """None where the message has arrived, else why not."""
    body, timestamp = row["body"].encode(), int(time.time())
    headers = [
        ("Content-Type", "application/json"),
        ("User-Agent", "filmwright"),
        ("Connection", "close"),
        ("webhook-id", row["id"]),
        ("webhook-timestamp", str(timestamp)),
        ("webhook-signature", signature(row["secret"], row["id"], timestamp, body)),
    ]
    context = trusts or ssl.create_default_context()
    try:
        with httpcore.ConnectionPool(ssl_context=context, network_backend=backend, max_connections=1) as pool:
            timeout = dict.fromkeys(("connect", "read", "write", "pool"), PATIENCE)
            extensions = {"timeout": timeout}
            with pool.stream("POST", row["url"], headers=headers, content=body, extensions=extensions) as answer:
                status = answer.status
    except (
        FilmError,
        OSError,
        httpcore.TimeoutException,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.UnsupportedProtocol,
    ) as err:
        return str(err) or type(err).__name__
    return None if 200 <= status < 300 else f"the server answered {status}"


def _settle(orders: Orders, row: Any, says: str | None) -> None:
    table, tries = tables.deliveries, row["tries"] + 1
    values: dict[str, Any] = {"tries": tries, "says": says or "delivered"}
    if says is None:
        values["state"] = "delivered"
    elif tries >= orders.terms.webhook_tries:
        values["state"] = "given-up"
        logger.warning("the webhook of %s is given up after %d tries: %s", row["order_id"], tries, says)
    else:
        values["due"] = time.time() + FIRST * LONGER ** (tries - 1)
    with reaching(), orders.engine.begin() as connection:
        connection.execute(update(table).where(table.c.id == row["id"]).values(values))
