"""What every request passes and every answer carries: its number, its origin, the security headers, the log line."""

import ipaddress
import logging
import secrets
import time
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .failures import Refusal, answer
from .logs import about

log = logging.getLogger(__name__)
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Seen = Callable[[Scope, int, float], None]  # a request's scope, its status and its seconds


class Guarded:
    """ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp, *, origins: Collection[str], loopback: Callable[[], bool], seen: Seen) -> None:
        self._app, self._origins, self._loopback, self._seen = app, frozenset(origins), loopback, seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what a web page of others' sends, name the request, and tell of it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500
        scope["request_id"] = number = f"req_{secrets.token_hex(12)}"

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers["x-request-id"] = number
            await send(message)

        with about(request=number):
            try:
                refused = self._foreign(scope)
                app = self._app if refused is None else answer(refused)
                await app(scope, receive, dressed)
            finally:
                self._seen(scope, status, time.perf_counter() - began)

    def _foreign(self, scope: Scope) -> Refusal | None:
        """Why a request is refused that a page of another site made, or None.

        A browser sends forms and sockets of any page to any server. Keys guard against it; without keys, on this
        machine alone, it is the name by which the server was called (against DNS rebinding) and the page's origin.
        """
        headers = Headers(scope=scope)
        origin, host = headers.get("origin"), headers.get("host", "")
        if self._loopback() and not is_loopback(_name(host)):
            said = f"this server is for this machine alone, and not called {host[:80]!r}. Call it localhost."
            return Refusal(421, said, code="wrong_host")
        if origin is None or origin in self._origins or urlsplit(origin).netloc == host:
            return None
        if scope["type"] == "http" and scope["method"] in SAFE:
            return None  # the browser keeps the answer from the page
        said = f"pages of {origin[:80]!r} may not use this server. Name the origin under 'origins' of its TOML."
        return Refusal(403, said, code="origin_not_allowed")


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine's own."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _name(host: str) -> str:
    """A Host header without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
