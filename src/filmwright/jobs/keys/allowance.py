"""How much a key may still use: requests, jobs and seconds of film a day, bytes in the store.

Every limit is one conditional UPDATE, so that any number of processes shares it, and none can pass it between a look
and a write. What has to hold together with something else, such as an order, takes that transaction's connection.
"""

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock

from sqlalchemy import ColumnElement, Connection, Engine, Float, Table, case, cast, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from filmwright.core.errors import OverLimit
from filmwright.jobs.database import reaching

from .nouns import Key, Usage
from .tables import BUCKETS, USED

LEASE_SECONDS = 0.25  # a process takes requests out of the shared bucket for this long ahead, and loses them after


class Pace:
    """A key's rate of requests, as a token bucket in the database (Turner 1986; RFC 2697 calls it a single rate meter).

    A bucket holds `burst` tokens and fills at `requests_per_minute`; each request takes one. To spare the database, a
    process takes a quarter second's tokens at a time. So together all processes never let through more than the bucket
    has, and may let through that much less.
    """

    def __init__(self, engine: Engine, *, clock: Callable[[], float] = time.time) -> None:
        self.engine, self.clock = engine, clock
        self._leases: dict[str, tuple[float, float]] = {}  # prefix -> tokens in hand, until when
        self._lock = Lock()

    def take(self, key: Key) -> None:
        """One request. Raises OverLimit ("rate_limit_exceeded") with the seconds after which there is a token."""
        if key.quotas.requests_per_minute is None:
            return
        now, rate = self.clock(), key.quotas.requests_per_minute / 60
        if self._in_hand(key, now):
            return
        tokens = self._lease(key, now, rate)  # others may lease at the same time: what they get adds up
        if tokens < 1:
            wait = max(0.0, (1 - self._level(key, now, rate)) / rate) if rate else None
            raise OverLimit(
                f"more than {key.quotas.requests_per_minute:g} requests a minute. Wait, and ask less often.",
                "rate_limit_exceeded",
                wait,
            )
        self._in_hand(key, now, more=tokens)

    def _in_hand(self, key: Key, now: float, *, more: float = 0.0) -> bool:
        """Take one of the tokens in hand, with those that have just come; tells whether there was one."""
        with self._lock:
            tokens, until = self._leases.pop(key.prefix, (0.0, 0.0))
            tokens = more + (tokens if until >= now else 0.0)
            if tokens < 1:
                return False
            if tokens >= 2:
                self._leases[key.prefix] = (tokens - 1, now + LEASE_SECONDS)
            return True

    def _lease(self, key: Key, now: float, rate: float) -> float:
        """Tokens out of the shared bucket: a quarter second's, or one, or none."""
        most = max(1.0, float(math.floor(rate * LEASE_SECONDS)))
        capacity = float(max(1, key.quotas.burst))
        level = _level(now, rate, capacity)
        with reaching(), self.engine.begin() as connection:
            _add_missing(connection, BUCKETS, prefix=key.prefix, tokens=capacity, filled=now)
            for wanted in dict.fromkeys((min(most, capacity), 1.0)):
                # clocks of several hosts differ: `filled` never goes back, or the same seconds would fill it twice
                filled = case((BUCKETS.c.filled > now, BUCKETS.c.filled), else_=cast(literal(now), Float(53)))
                where = (BUCKETS.c.prefix == key.prefix) & (level >= wanted)
                done = connection.execute(update(BUCKETS).where(where).values(tokens=level - wanted, filled=filled))
                if done.rowcount:
                    return wanted
        return 0.0

    def _level(self, key: Key, now: float, rate: float) -> float:
        level = _level(now, rate, float(max(1, key.quotas.burst)))
        with reaching(), self.engine.connect() as connection:
            return connection.scalar(select(level).where(BUCKETS.c.prefix == key.prefix)) or 0.0


def charge(
    connection: Connection,
    key: Key,
    *,
    jobs: int = 1,
    seconds: float = 0.0,
    stored_bytes: int = 0,
    now: float | None = None,
) -> None:
    """Count jobs and seconds of film as used today, before their orders are placed or in the same transaction.

    `stored_bytes` is what the key has in the store already. Raises OverLimit ("daily_jobs_exceeded",
    "daily_seconds_exceeded", "storage_exceeded"), having counted nothing; a day's limit may come again at UTC's
    midnight, unless the order alone is more than a day's. Negative numbers give back what was not made.
    """
    at = datetime.fromtimestamp(time.time() if now is None else now, UTC)
    day, limit = at.date().isoformat(), key.quotas
    if limit.stored_bytes is not None and jobs > 0 and stored_bytes >= limit.stored_bytes:
        raise OverLimit(
            f"this API key has {stored_bytes:,} bytes in the store and may have {limit.stored_bytes:,}. Delete videos.",
            "storage_exceeded",
        )
    _add_missing(connection, USED, prefix=key.prefix, day=day, jobs=0, seconds=0.0)
    where = (USED.c.prefix == key.prefix) & (USED.c.day == day)
    if limit.jobs_per_day is not None and jobs > 0:
        where &= USED.c.jobs + jobs <= limit.jobs_per_day
    if limit.seconds_per_day is not None and seconds > 0:
        where &= USED.c.seconds + seconds <= limit.seconds_per_day
    changed = {"jobs": _not_below_zero(USED.c.jobs + jobs), "seconds": _not_below_zero(USED.c.seconds + seconds)}
    if not connection.execute(update(USED).where(where).values(**changed)).rowcount:
        raise _over(key, usage(connection, key, now=now), jobs, seconds, at)


def _over(key: Key, used: Usage, jobs: int, seconds: float, at: datetime) -> OverLimit:
    """Which of a day's limits it is, and when there is a new day."""
    limit = key.quotas
    if limit.jobs_per_day is not None and used.jobs + jobs > limit.jobs_per_day:
        says, code, worth = f"{limit.jobs_per_day} jobs", "daily_jobs_exceeded", jobs <= limit.jobs_per_day
    else:
        most = limit.seconds_per_day or 0.0
        says, code, worth = f"{most:g} seconds of film", "daily_seconds_exceeded", seconds <= most
    midnight = datetime(at.year, at.month, at.day, tzinfo=UTC) + timedelta(days=1)
    wait = (midnight - at).total_seconds() if worth else None
    return OverLimit(f"this API key may have {says} a day. Ask for less, or tomorrow.", code, wait)


def usage(connection: Connection, key: Key, *, now: float | None = None) -> Usage:
    """What a key has used today (UTC)."""
    day = datetime.fromtimestamp(time.time() if now is None else now, UTC).date().isoformat()
    today = (USED.c.prefix == key.prefix) & (USED.c.day == day)
    jobs, seconds = connection.execute(select(USED.c.jobs, USED.c.seconds).where(today)).one_or_none() or (0, 0.0)
    return Usage(jobs=jobs, seconds=seconds)


def _level(now: float, rate: float, capacity: float) -> ColumnElement[float]:
    """Tokens in a bucket at a time: those it had, and those that have come since, up to what it holds."""
    passed = case((BUCKETS.c.filled < now, literal(now) - BUCKETS.c.filled), else_=literal(0.0))
    level = BUCKETS.c.tokens + passed * literal(rate)
    return case((level > capacity, literal(capacity)), else_=level)


def _not_below_zero(value: ColumnElement[float] | ColumnElement[int]) -> ColumnElement[float]:
    return case((value < 0, literal(0)), else_=value)


def _add_missing(connection: Connection, table: Table, **row: object) -> None:
    """Insert a row, unless one of its key is there."""
    new = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(new(table).values(**row).on_conflict_do_nothing())
