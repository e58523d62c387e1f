"""Why orders fail: stable words for programs, and which failures are worth another try."""

import logging
from pathlib import Path

from sqlalchemy.exc import InterfaceError, OperationalError

from filmwright.core import errors

from .nouns import Failure

logger = logging.getLogger(__name__)

WORDS: dict[type[Exception], str] = {
    errors.BadFilm: "invalid_request",
    errors.BadAsset: "invalid_input",
    errors.UnknownDriver: "unknown_driver",
    errors.MissingExtra: "not_installed",
    errors.MissingFont: "missing_font",
    errors.CannotWrite: "storage_full",
    errors.RenderFailed: "render_failed",
    errors.Unverified: "unverified",
    errors.Blocked: "moderation_blocked",
    errors.HeldForReview: "held_for_review",
    errors.NotFound: "input_missing",
    errors.Unavailable: "unavailable",
}
OUT_OF_TIME, WORKER_LOST, INTERNAL = "time_limit", "worker_lost", "internal_error"
CODES = (*WORDS.values(), OUT_OF_TIME, WORKER_LOST, INTERNAL)
TRANSIENT = (
    errors.Unavailable,
    errors.CannotWrite,  # a disk is full until somebody frees some space
    errors.RenderFailed,  # a process of the renderer was killed: for want of memory, as a rule
    ConnectionError,
    TimeoutError,
    OperationalError,
    InterfaceError,
)


class Cancelled(Exception):
    """Its owner does not want the order any more."""


class OutOfTime(Exception):
    """The order has been in the making for as long as it may be."""


class Superseded(Exception):
    """Another worker makes the order now: this one was thought dead."""


def is_transient(error: BaseException) -> bool:
    """Whether the same may go well a little later."""
    return isinstance(error, TRANSIENT)


def failure_of(error: Exception, order: str, folder: Path) -> Failure:
    """What the owner of an order is told of an error; nothing of where files lay on the worker, in `folder`."""
    if isinstance(error, OutOfTime):
        return Failure(code=OUT_OF_TIME, message=str(error))
    code = next((WORDS[kind] for kind in type(error).__mro__ if kind in WORDS), None)
    if code is None and is_transient(error):
        logger.error("order %s could not go on", order, exc_info=error)
        says = "something that making the film needs could not be reached, also not later. Order it again in a while."
        return Failure(code=WORDS[errors.Unavailable], message=says)
    if code is None:
        logger.exception("order %s met a bug", order, exc_info=error)
        says = f"an error inside Filmwright stopped the film; its operator finds it in the log under {order}."
        return Failure(code=INTERNAL, message=says)
    return Failure(code=code, message=_without_folders(str(error), folder))


def _without_folders(message: str, folder: Path) -> str:
    parts = message.split(f"{folder}/")
    return parts[0] + "".join(_last_name(part) for part in parts[1:])


def _last_name(part: str) -> str:
    """A message that begins with a path, without the path's folders."""
    path, blank, rest = part.partition(" ")
    return path.rpartition("/")[2] + blank + rest
