"""The server's log: one JSON object a line, with the request and the job that it is about."""

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from starlette.types import Scope

JOB = re.compile(r"video_[0-9a-f]{32}")  # as it stands in the words of those who know nothing of formats
log = logging.getLogger("filmwright.access")
_about: ContextVar[dict[str, str]] = ContextVar("about", default={})  # noqa: B039  # never changed in place


@contextmanager
def about(**what: str) -> Iterator[None]:
    """Every line that is logged in the block tells of this too, as in `about(job="video_1")`."""
    token = _about.set({**_about.get(), **what})
    try:
        yield
    finally:
        _about.reset(token)


class Lines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, words, what it is about, and a traceback where there is one."""
        said = record.getMessage()
        job = JOB.search(said)
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": said,
            **({"job": job[0]} if job else {}),
            **_about.get(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def set_up(level: str) -> None:
    """Log this process's lines to stderr; the server's libraries only what is wrong."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("filmwright").setLevel(level.upper())


def told(scope: Scope, status: int, seconds: float) -> None:
    """One line a request. Paths hold ids and nothing secret; queries and headers are not told."""
    route = scope.get("route")
    facts = {
        "method": scope.get("method", "WEBSOCKET"),
        "path": scope["path"][:200],
        "route": getattr(route, "path", None),
        "status": status,
        "ms": round(1000 * seconds, 2),
        "key": scope.get("caller"),
        "job": scope.get("path_params", {}).get("video_id") or scope.get("job"),
    }
    log.info("%s %s", facts["method"], status, extra={"facts": {k: v for k, v in facts.items() if v is not None}})
