"""How orders end: once, and with all that hangs on it in one transaction."""

import base64
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, insert, select, update

from . import tables
from .nouns import EventKind, Failure, Result, Status
from .request import OrderRequest
from .terms import Terms


def end(
    connection: Connection,
    terms: Terms,
    order: str,
    status: Status,
    *,
    worker: str | None = None,
    failure: Failure | None = None,
    results: Mapping[str, Result] | None = None,
    timings: Mapping[str, float] | None = None,
) -> bool:
    """Bring an order to a final state, unless it is in one; tells whether this call has done it.

    With `worker`, only while the order is that worker's: what one makes that was thought dead does not count. The event
    and the webhook's delivery stand in the same transaction, so that there is one of each for every end.
    """
    table, now = tables.orders, time.time()
    chosen = update(table).where(table.c.id == order, table.c.status.in_(("queued", "in_progress")))
    if worker is not None:
        chosen = chosen.where(table.c.worker == worker)
    values: dict[str, Any] = {
        "status": status,
        "stage": "",
        "ended": now,
        "results": {variant: asdict(result) for variant, result in (results or {}).items()},
        "failure_code": failure.code if failure else None,
        "failure_message": failure.message if failure else None,
        "worker": None,
        "run": None,
    }
    values |= {"progress": 100} if status == "completed" else {}
    values |= {"timings": dict(timings)} if timings is not None else {}
    row = connection.execute(chosen.values(values).returning(table.c.owner, table.c.request, table.c.progress)).first()
    if row is None:
        return False
    request = OrderRequest.model_validate_json(row.request)
    keep = request.keep if request.keep is not None else terms.keep
    connection.execute(update(table).where(table.c.id == order).values(expires=now + keep))
    connection.execute(update(tables.events).where(tables.events.c.order_id == order).values(preview=None))
    tell(connection, order, status, progress=row.progress)
    own = select(tables.secrets.c.url).where(tables.secrets.c.owner == row.owner)
    if (url := request.webhook or connection.execute(own).scalar()) is not None:
        _deliver(connection, order, row.owner, url, status, now)
    return True


def tell(connection: Connection, order: str, kind: EventKind | Status, *, progress: int = 0) -> None:
    """Write down that an order has come to a new state."""
    happened = {"order_id": order, "at": time.time(), "kind": kind, "progress": progress}
    connection.execute(insert(tables.events).values(happened))


def secret_of(connection: Connection, owner: str) -> str:
    """What the owner's webhooks are signed with, made at its first use: "whsec_" and base64, by Standard Webhooks."""
    table = tables.secrets
    found = connection.execute(select(table.c.secret).where(table.c.owner == owner)).scalar()
    if found is None:
        found = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
        connection.execute(insert(table).values(owner=owner, secret=found))
    return found


def _deliver(connection: Connection, order: str, owner: str, url: str, status: Status, now: float) -> None:
    """Have the owner told; on the wire a cancelled order has failed, for its clients know four states only."""
    event = f"evt_{secrets.token_hex(16)}"
    kind = "video.completed" if status == "completed" else "video.failed"
    body = {"id": event, "object": "event", "created_at": int(now), "type": kind, "data": {"id": order}}
    values = {"id": event, "order_id": order, "owner": owner, "url": url, "body": json.dumps(body), "due": now}
    connection.execute(insert(tables.deliveries).values(values))
