"""The keys of a service, in its database: who a secret belongs to, and what that key may still do."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, select, update

from filmwright.core.errors import BadFilm, KeyRefused, NotFound
from filmwright.jobs.database import opened, reaching

from .nouns import SCOPES, USUAL, Key, Quotas, Scope
from .secret import digest_of, new_secret, prefix_of, same
from .tables import KEYS, TABLES, VERSION

FRESH = 60.0  # seconds: `last_used` is written no more often, so that a poll costs no write


class Keys:
    """The keys of a service. `clock` gives seconds since 1970."""

    def __init__(self, engine: Engine, *, clock: Callable[[], float] = time.time) -> None:
        self.engine, self.clock = engine, clock

    @classmethod
    @contextmanager
    def open(cls, url: str) -> Iterator["Keys"]:
        """The keys in the database of this URL, whose tables are made where they are missing."""
        engine = opened(url, "keys", VERSION, TABLES)
        try:
            yield cls(engine)
        finally:
            engine.dispose()

    def create(
        self,
        name: str,
        *,
        scopes: Iterable[str] = USUAL,
        quotas: Quotas | None = None,
        lasts: timedelta | None = None,
    ) -> tuple[Key, str]:
        """A new key, and its secret, which is told this once. Raises BadFilm for a name or scope that can't be."""
        asked = set(scopes)
        wanted = tuple(scope for scope in SCOPES if scope in asked)
        if unknown := sorted(asked.difference(SCOPES)):
            raise BadFilm(f"there is no scope {unknown[0]!r}. There are: {', '.join(SCOPES)}.")
        if not wanted:
            raise BadFilm(f"a key without a scope opens nothing. Give one of: {', '.join(SCOPES)}.")
        if not name.strip() or len(name) > 200 or not name.isprintable():
            raise BadFilm(f"a key's name is 1 to 200 printable letters, got {name[:40]!r}.")
        if lasts is not None and lasts <= timedelta(0):
            raise BadFilm("a key has to last for some time. Give a positive number of days.")
        secret, prefix = new_secret()
        now = self.clock()
        row = {
            "prefix": prefix,
            "digest": digest_of(secret),
            "name": name.strip(),
            "scopes": list(wanted),
            "quotas": asdict(quotas or Quotas()),
            "created": now,
            "expires": None if lasts is None else now + lasts.total_seconds(),
        }
        with reaching(), self.engine.begin() as connection:
            connection.execute(insert(KEYS).values(**row))
        return self.find(prefix), secret

    def list(self) -> tuple[Key, ...]:
        """All keys, oldest first, with those that are revoked or have run out."""
        with reaching(), self.engine.connect() as connection:
            return tuple(_key(row) for row in connection.execute(select(KEYS).order_by(KEYS.c.created)))

    def any(self) -> bool:
        """Whether there is a key that opens anything: a server without one must not listen beyond loopback."""
        now = datetime.fromtimestamp(self.clock(), UTC)
        return any(key.revoked is None and (key.expires is None or key.expires > now) for key in self.list())

    def find(self, key: str) -> Key:
        """The key of this id, or prefix. Raises NotFound."""
        with reaching(), self.engine.connect() as connection:
            row = connection.execute(select(KEYS).where(KEYS.c.prefix == key.removeprefix("key_"))).one_or_none()
        if row is None:
            raise NotFound(f"there is no key {key[:40]!r}. List them with: filmwright keys list.")
        return _key(row)

    def revoke(self, key: str) -> Key:
        """Take a key back, for good, in all processes with their next request; done twice it is done once."""
        found = self.find(key)
        with reaching(), self.engine.begin() as connection:
            where = (KEYS.c.prefix == found.prefix) & KEYS.c.revoked.is_(None)
            connection.execute(update(KEYS).where(where).values(revoked=self.clock()))
        return self.find(key)

    def authenticate(self, secret: str, scope: Scope | None = None) -> Key:
        """The key that a client's secret belongs to. Reads the database each time: a revoked key is refused at once.

        Raises KeyRefused, after the same work for unknown keys as for known ones. Only who has the secret is told
        more than "invalid_api_key": "expired_api_key", "revoked_api_key", or "missing_scope" where `scope` is not
        among the key's.
        """
        with reaching(), self.engine.connect() as connection:
            row = connection.execute(select(KEYS).where(KEYS.c.prefix == prefix_of(secret))).one_or_none()
        if not same(secret, None if row is None else row.digest) or row is None:
            raise KeyRefused("that API key is not known here. Give one that `filmwright keys create` has made.")
        now = self.clock()
        if row.revoked is not None:
            raise KeyRefused("that API key has been revoked. Ask for a new one.", "revoked_api_key")
        if row.expires is not None and row.expires <= now:
            raise KeyRefused("that API key has run out. Ask for a new one.", "expired_api_key")
        if row.last_used is None or row.last_used < now - FRESH:
            with reaching(), self.engine.begin() as connection:
                connection.execute(update(KEYS).where(KEYS.c.prefix == row.prefix).values(last_used=now))
        key = _key(row)
        if scope is not None:
            permit(key, scope)
        return key


def permit(key: Key, scope: Scope) -> None:
    """Raise KeyRefused ("missing_scope") where a key lacks a scope; "admin" has them all."""
    if scope not in key.scopes and "admin" not in key.scopes:
        raise KeyRefused(f"this API key may not do that: it lacks the scope {scope!r}.", "missing_scope")


def _key(row: Any) -> Key:
    return Key(
        id=f"key_{row.prefix}",
        prefix=row.prefix,
        name=row.name,
        scopes=tuple(row.scopes),
        quotas=Quotas(**row.quotas),
        created=datetime.fromtimestamp(row.created, UTC),
        expires=_time(row.expires),
        revoked=_time(row.revoked),
        last_used=_time(row.last_used),
    )


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
