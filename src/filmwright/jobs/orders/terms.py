"""On what terms orders are taken."""

from dataclasses import asdict, dataclass, fields

from sqlalchemy import Connection, delete, insert, select

from . import tables

DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The service's own numbers, where an order does not say. Times are seconds."""

    keep: float = 7 * DAY  # an order and its files, after its end
    time_limit: float = 2 * 3600.0  # of making one order, all attempts together
    per_owner: int | None = None  # orders of one owner made at the same time; None is as many as there are slots
    attempts: int = 5  # workers that may take an order up: one that kills its workers must not kill them all
    lost_after: float = 20.0  # a worker that has not been heard of for so long is held for lost
    upload_grace: float = 3600.0  # a file that no order names is kept for so long
    webhook_tries: int = 8  # over about a day, each four times as long after the one before


def keep_terms(connection: Connection, terms: Terms) -> None:
    """Make these the terms of all processes of the service that are opened from now on."""
    connection.execute(delete(tables.terms))
    connection.execute(insert(tables.terms).values(id=1, terms=asdict(terms)))


def kept_terms(connection: Connection) -> Terms:
    """The terms of the service; its usual ones where nobody has said any."""
    told = connection.execute(select(tables.terms.c.terms)).scalar() or {}
    known = {field.name for field in fields(Terms)}
    return Terms(**{name: value for name, value in told.items() if name in known})
