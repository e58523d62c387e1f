"""The order book: what doors ask of the service. Workers (worker.py) make what stands in it."""

import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from filmwright.core.content import content_hash
from filmwright.core.errors import BadFilm, Conflict, NotFound
from filmwright.film.asset.stores import Store

from ..database import alone, default_url, opened, reaching
from . import tables
from .claims import num_alive
from .endings import end, secret_of, tell
from .estimates import position
from .nouns import FINAL, Batch, Event, Load, Order, Page, Position, Result, Variant
from .places import results_of, work_of
from .request import OrderRequest
from .rows import columns_of, event_from, order_from
from .terms import Terms, keep_terms, kept_terms

LOOK = 0.3  # seconds between two looks for new events


class Orders:
    """The orders of one service, in one database and one store, seen alike by every process that opens them.

    Every method may be called from any thread. All of them raise Unavailable where the database can't be reached, and
    NotFound where an order is not the given owner's; an `owner` of None is the operator, who sees all.
    """

    def __init__(self, engine: Engine, store: Store, terms: Terms) -> None:
        self.engine, self.store, self.terms = engine, store, terms

    @classmethod
    @contextmanager
    def open(cls, url: str | None = None, *, store: Store, terms: Terms | None = None) -> Iterator["Orders"]:
        """The service whose database is at `url` (sqlite:///FILE or postgresql://USER@HOST/NAME), its tables made.

        None is a SQLite file in the user's Filmwright folder. `store` is an open driver of `film/asset/stores`. `terms`
        become those of the whole service; None are those that it has.
        """
        engine = opened(url or default_url(), "orders", tables.VERSION, tables.metadata)
        try:
            with reaching(), engine.begin() as connection:
                if terms is not None:
                    keep_terms(connection, terms)
                found = kept_terms(connection)
            yield cls(engine, store, found)
        finally:
            engine.dispose()

    def place(
        self, request: OrderRequest, *, owner: str, idempotency_key: str | None = None, priority: int = 0
    ) -> Order:
        """Take an order; once this returns it is not lost. Its inputs stand in the store already.

        The same key of the same owner gives the order that was placed with it first, as it stands now; Conflict where
        that one asked for something else.
        """
        return self._placed([request], owner, idempotency_key, priority, batch="")[0]

    def place_batch(
        self,
        requests: Sequence[OrderRequest],
        *,
        owner: str,
        idempotency_key: str | None = None,
        priority: int = 0,
    ) -> Batch:
        """Take many orders, all of them or none. batches.read_lines makes requests of a JSONL file's lines."""
        if not requests:
            raise BadFilm("the batch has no line: give one request a line.")
        placed = self._placed(list(requests), owner, idempotency_key, priority, batch=_new_id("batch"))
        return Batch(id=placed[0].batch, orders=tuple(order.id for order in placed))

    def get(self, order: str, *, owner: str | None = None) -> Order:
        """The order as it stands now."""
        with self._reading() as connection:
            return order_from(self._row(connection, order, owner))

    def list(
        self,
        *,
        owner: str | None = None,
        after: str | None = None,
        limit: int = 20,
        order: Literal["asc", "desc"] = "desc",
        batch: str | None = None,
    ) -> Page:
        """The owner's orders by the time of their placing, from the one after the order `after`."""
        table = tables.orders
        query = select(table)
        if owner is not None:
            query = query.where(table.c.owner == owner)
        if batch is not None:
            query = query.where(table.c.batch == batch)
        with self._reading() as connection:
            if after is not None:
                number = self._row(connection, after, owner)["number"]
                query = query.where(table.c.number > number if order == "asc" else table.c.number < number)
            sequence = table.c.number.asc() if order == "asc" else table.c.number.desc()
            rows = connection.execute(query.order_by(sequence).limit(limit + 1)).mappings().all()
        return Page(orders=tuple(order_from(row) for row in rows[:limit]), has_more=len(rows) > limit)

    def cancel(self, order: str, *, owner: str | None = None) -> Order:
        """Want an order no more: a queued one is cancelled at once, one that is being made at the next chance its
        worker has (a frame or so later). One that has ended stays as it is.
        """
        with reaching(), alone(self.engine) as connection:
            row = self._row(connection, order, owner)
            if row["status"] == "queued":
                end(connection, self.terms, order, "cancelled")
            elif row["status"] == "in_progress":
                connection.execute(update(tables.orders).where(tables.orders.c.id == order).values(cancelling=1))
            return order_from(self._row(connection, order, owner))

    def delete(self, order: str, *, owner: str | None = None) -> None:
        """Remove an order and its files; a queued one is never made. Conflict while it is being made: cancel it first.

        Its row goes first: what is left in the store of a process that is killed in between, the next sweep finds.
        """
        with reaching(), alone(self.engine) as connection:
            row = self._row(connection, order, owner)
            if row["status"] == "in_progress":
                raise Conflict(f"{order} is being made: cancel it, and delete it once it has ended.")
            inputs = remove_rows(connection, order)
        self.remove_files(order, inputs)

    def position(self, order: str, *, owner: str | None = None) -> Position:
        """How many orders will be made before this one, and how long it takes until it is done. Nought at its end."""
        with self._reading() as connection:
            return position(
                connection, self._row(connection, order, owner), slots=num_alive(connection, self.terms)[1] or 1
            )

    def events(
        self, order: str, *, owner: str | None = None, after: int = 0, wait: bool = True
    ) -> Iterator[Event | None]:
        """What has happened to an order since the event `after`, and with `wait`, what happens until its end.

        While nothing happens it yields None now and then (every 0.3 s), so that a door can see whether anybody still
        listens. It ends after the event of the order's end, or when the order is removed.
        """
        self.get(order, owner=owner)
        table = tables.events
        while True:
            query = select(table).where(table.c.order_id == order, table.c.seq > after).order_by(table.c.seq)
            with self._reading() as connection:
                happened = [event_from(row) for row in connection.execute(query).mappings()]
                there = connection.execute(select(tables.orders.c.status).where(tables.orders.c.id == order)).scalar()
            for event in happened:
                after = event.seq
                yield event
                if event.kind in FINAL:
                    return
            if not wait or there is None or (there in FINAL and not happened):
                return
            if not happened:
                yield None
                time.sleep(LOOK)

    def content(self, order: str, variant: Variant = "video", *, owner: str | None = None) -> Result:
        """Where a file of a completed order stands in the store, with its hash and its length.

        Conflict where the order is not completed; NotFound where it has no such file.
        """
        found = self.get(order, owner=owner)
        if found.status != "completed":
            why = f": {found.failure.message}" if found.failure else ""
            raise Conflict(f"{order} has no {variant}: it is {found.status.replace('_', ' ')}{why}")
        if variant not in found.results:
            raise NotFound(f"{order} has no {variant!r}. It has: {', '.join(found.results)}.")
        return found.results[variant]

    def webhook_secret(self, owner: str) -> str:
        """What this owner's webhooks are signed with: "whsec_" and base64, by Standard Webhooks."""
        with reaching(), alone(self.engine) as connection:
            return secret_of(connection, owner)

    def webhook(self, owner: str) -> str | None:
        """Where the ends of this owner's orders are told that name no address themselves."""
        with self._reading() as connection:
            return connection.execute(select(tables.secrets.c.url).where(tables.secrets.c.owner == owner)).scalar()

    def set_webhook(self, owner: str, url: str | None) -> None:
        """Have them told there from now on, or nowhere."""
        with reaching(), alone(self.engine) as connection:
            secret_of(connection, owner)  # the row stands from here on
            connection.execute(update(tables.secrets).where(tables.secrets.c.owner == owner).values(url=url))

    def load(self) -> Load:
        """How busy the service is, for those who watch it."""
        orders, deliveries = tables.orders, tables.deliveries
        with self._reading() as connection:
            counts = select(orders.c.status, func.count().label("number")).group_by(orders.c.status)
            oldest = connection.execute(select(func.min(orders.c.created)).where(orders.c.status == "queued")).scalar()
            num_workers, num_slots = num_alive(connection, self.terms)
            waiting = select(func.count()).select_from(deliveries).where(deliveries.c.state == "waiting")
            return Load(
                by_status={row.status: row.number for row in connection.execute(counts)},
                workers=num_workers,
                slots=num_slots,
                oldest_queued=None if oldest is None else time.time() - oldest,
                deliveries=connection.execute(waiting).scalar() or 0,
            )

    def remove_files(self, order: str, inputs: Iterable[str]) -> None:
        """Remove what a removed order had in the store, and its inputs; but nothing that is an input of another."""
        names, table = set(inputs), tables.inputs
        names |= {*self.store.list(results_of(order)), *self.store.list(work_of(order))}
        with self._reading() as connection:
            used = set(connection.execute(select(table.c.name).where(table.c.name.in_(names))).scalars())
        for name in sorted(names - used):
            self.store.delete(name)

    def _placed(
        self, requests: Sequence[OrderRequest], owner: str, key: str | None, priority: int, *, batch: str
    ) -> tuple[Order, ...]:
        asked = content_hash([request.model_dump(mode="json") for request in requests], priority)
        known = self._known(owner, key, asked)
        if known is not None:
            return known
        rows = [_row_of(request, owner, priority, batch) for request in requests]
        try:
            with reaching(), self.engine.begin() as connection:
                if key is not None:  # first, so that the second of two at the same time waits here, and then fails
                    values = {"owner": owner, "key": key, "request_hash": asked, "order_id": rows[0]["id"]}
                    connection.execute(insert(tables.idempotency).values(values | {"created": time.time()}))
                connection.execute(insert(tables.orders), rows)
                for row, request in zip(rows, requests, strict=True):
                    for name in {file.name for file in request.inputs}:
                        connection.execute(insert(tables.inputs).values(order_id=row["id"], name=name))
                    tell(connection, row["id"], "queued")
        except IntegrityError:
            known = self._known(owner, key, asked)
            if known is None:
                raise
            return known
        table = tables.orders
        with self._reading() as connection:
            query = select(table).where(table.c.id.in_([row["id"] for row in rows])).order_by(table.c.number)
            return tuple(order_from(row) for row in connection.execute(query).mappings())

    def _known(self, owner: str, key: str | None, asked: str) -> tuple[Order, ...] | None:
        """What was placed with this key before."""
        if key is None:
            return None
        used, table = tables.idempotency, tables.orders
        with self._reading() as connection:
            before = connection.execute(select(used).where(used.c.owner == owner, used.c.key == key)).first()
            if before is None:
                return None
            if before.request_hash != asked:
                raise Conflict(f"the idempotency key {key!r} was used for another request: take a new one.")
            first = self._row(connection, before.order_id, owner)
            chosen = table.c.batch == first["batch"] if first["batch"] else table.c.id == first["id"]
            rows = connection.execute(select(table).where(chosen).order_by(table.c.number)).mappings()
            return tuple(order_from(row) for row in rows)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with reaching(), self.engine.connect() as connection:
            yield connection

    def _row(self, connection: Connection, order: str, owner: str | None) -> Any:
        table = tables.orders
        query = select(table).where(table.c.id == order)
        if owner is not None:
            query = query.where(table.c.owner == owner)
        row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFound(f"there is no order {order!r}.")
        return row


def remove_rows(connection: Connection, order: str) -> list[str]:
    """Remove all that is written of an order but webhooks still to be delivered, and return what its inputs were."""
    inputs = list(connection.execute(select(tables.inputs.c.name).where(tables.inputs.c.order_id == order)).scalars())
    for table in (tables.idempotency, tables.inputs, tables.events):
        connection.execute(delete(table).where(table.c.order_id == order))
    connection.execute(delete(tables.orders).where(tables.orders.c.id == order))
    return inputs


def _row_of(request: OrderRequest, owner: str, priority: int, batch: str) -> dict[str, Any]:
    values = {"id": _new_id("video"), "owner": owner, "priority": priority, "batch": batch, "created": time.time()}
    return columns_of(request) | values | {"status": "queued", "results": {}, "timings": {}}


def _new_id(kind: str) -> str:
    return f"{kind}_{secrets.token_hex(16)}"
