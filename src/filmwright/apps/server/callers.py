"""Who asks: the key of a request, and what it may see."""

import time
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from filmwright.core.errors import KeyRefused
from filmwright.jobs.keys import Key, Keys, Pace, Scope

LOOK = 2.0  # seconds between two looks for a first key
LOCAL = "local"  # owner of the orders of a server without keys, that only this machine reaches


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The owner of what a request places."""

    owner: str
    key: Key | None = None

    @property
    def sees(self) -> str | None:
        """Whose orders it may see; None is everybody's."""
        return None if self.key is not None and "admin" in self.key.scopes else self.owner


class Desk:
    """Checks keys and their pace. Without keys it lets in whoever reaches it: `listening` decides who that is."""

    def __init__(self, keys: Keys, *, required: bool) -> None:
        self._keys, self._pace, self._required = keys, Pace(keys.engine), required
        self._looked = time.monotonic()
        self.engine = keys.engine

    @property
    def required(self) -> bool:
        """Whether a key is wanted: from the moment that there is one, also if it was made a moment ago."""
        now = time.monotonic()
        if not self._required and now - self._looked > LOOK:
            self._looked, self._required = now, self._keys.any()
        return self._required

    def any_key(self) -> bool:
        """Whether there is a key that opens anything."""
        return self._keys.any()

    def admit(self, request: HTTPConnection, scope: Scope) -> Caller:
        """The caller, if its key is good for this. Raises KeyRefused, OverLimit."""
        if not self.required:
            return Caller(owner=LOCAL)
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not secret.strip():
            raise KeyRefused("this server wants a key. Send it as: Authorization: Bearer fw_...", "missing_api_key")
        key = self._keys.authenticate(secret.strip(), scope)
        request.scope["caller"] = key.id
        self._pace.take(key)
        return Caller(owner=key.id, key=key)
