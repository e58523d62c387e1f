"""Who may do what, and how much."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Scope = Literal["videos:read", "videos:write", "realtime", "admin"]  # admin may do everything, for everybody
SCOPES: tuple[Scope, ...] = ("videos:read", "videos:write", "realtime", "admin")
USUAL: tuple[Scope, ...] = ("videos:read", "videos:write")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """How much a key may use. None is without limit; days are those of UTC."""

    jobs_per_day: int | None = None
    seconds_per_day: float | None = None  # of film
    stored_bytes: int | None = None  # at any time
    requests_per_minute: float | None = 600.0
    burst: int = 60  # requests at once, after a rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key as it is kept: without its secret."""

    id: str  # "key_" and the prefix: the owner of orders
    prefix: str  # the open part of the secret, by which the key is found
    name: str
    scopes: tuple[Scope, ...]
    quotas: Quotas
    created: datetime  # UTC, as all times here
    expires: datetime | None
    revoked: datetime | None
    last_used: datetime | None  # to the minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a key has used today."""

    jobs: int
    seconds: float  # of film
