"""What is known of an order: its state, what came of it, how it went."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .request import OrderRequest

Status = Literal["queued", "in_progress", "completed", "failed", "cancelled"]
FINAL: tuple[Status, ...] = ("completed", "failed", "cancelled")
Variant = Literal["video", "thumbnail", "spritesheet", "manifest"]
EventKind = Literal["queued", "started", "progress", "completed", "failed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why an order has no film: a stable word for programs, a sentence for people."""

    code: str  # one of failures.CODES
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One file that an order has brought, whole and verified, in the store."""

    name: str  # in the store
    media_type: str  # "video/mp4", "image/jpeg", ...
    num_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order for a film, as it stands at one moment. Times are Unix seconds."""

    id: str  # "video_" and 32 hexadecimal digits
    owner: str  # id of the key that placed it
    request: OrderRequest
    status: Status
    progress: int  # 0 to 100
    stage: str  # what is being done now: "shot reveal", "encode", ...; "" while it waits and at its end
    created: float
    started: float | None = None
    ended: float | None = None  # when it was completed, failed or was cancelled
    expires: float | None = None  # when it and its files are removed; None until it has ended
    priority: int = 0  # among the orders of its owner; higher goes first
    batch: str = ""  # id of the batch that it was placed with
    failure: Failure | None = None
    results: Mapping[str, Result] = field(default_factory=dict)  # by variant; empty until it is completed
    timings: Mapping[str, float] = field(default_factory=dict)  # seconds of work in each stage that is done
    attempts: int = 0  # how many workers have taken it up

    @property
    def model(self) -> str:
        """The model that was asked for."""
        return self.request.model

    @property
    def kind(self) -> str:
        """What kind of order it is: film, generate, remix, edit or extension."""
        return self.request.kind

    @property
    def remixed_from(self) -> str | None:
        """Id of the order that this one makes anew."""
        return self.request.remixed_from

    @property
    def is_final(self) -> bool:
        """Whether nothing will change any more but its removal."""
        return self.status in FINAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of an owner's orders, in the order that was asked for."""

    orders: tuple[Order, ...]
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where an order stands."""

    ahead: int  # orders that will be started before it; 0 once it is being made
    seconds_left: float | None  # until it is done, estimated from past orders; None where there are none to tell by


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to an order."""

    seq: int  # grows with time; ask for events after it
    order: str  # id
    at: float  # Unix seconds
    kind: EventKind
    stage: str = ""
    progress: int = 0  # of the whole order, 0 to 100
    done: int = 0  # units of the stage's work
    total: int | None = None
    unit: str = ""  # "frames", "steps", ...
    preview: bytes | None = None  # JPEG of at most 256 pixels a side: how the film looks so far


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Orders that were placed together."""

    id: str  # "batch_" and 32 hexadecimal digits
    orders: tuple[str, ...]  # ids, one a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How busy the service is."""

    by_status: Mapping[str, int]  # of all orders that are known
    workers: int  # that are alive
    slots: int  # orders that they make at the same time, together
    oldest_queued: float | None  # seconds that the oldest queued order has waited; None where none waits
    deliveries: int  # webhooks that wait to be delivered
