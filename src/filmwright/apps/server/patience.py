"""How long the server waits for a client: uvicorn's protocol with the time-outs that it lacks.

Uvicorn closes idle connections between requests, and no others: a client that sends its head a byte a minute would be
waited for for ever. Time of bodies is measured in `bodies`, where their size is known.
"""

import asyncio
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .failures import Refusal, answer

LINGER = 3.0  # seconds that the rest of a body is thrown away for, so that its sender can read why
CODES = {400: "invalid_http", 408: "request_timeout", 431: "headers_too_large", 503: "too_many_connections"}
HEAD = 1 << 16  # bytes of a request's head, at most


class Patient(HttpToolsProtocol):
    """HTTP/1.1, with heads that come in time and of a bounded size, and errors in the API's own form."""

    head_seconds = 15.0
    most = 1000  # connections at the same time

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._timer: asyncio.TimerHandle | None = None
        self._in_head, self._head_bytes = True, 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head."""
        super().connection_made(transport)
        if len(self.connections) > self.most:
            self._refuse(503)
        else:
            self._wait(self.head_seconds, 408)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, and count what belongs to a head that does not end."""
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > HEAD:
                self._refuse(431)

    def on_message_begin(self) -> None:
        """A head begins: another one on the same connection too."""
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        self._wait(self.head_seconds, 408)

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._stop()
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body is there."""
        super().on_message_complete()
        self._stop()

    def on_response_complete(self) -> None:
        """Where the answer came before the end of the body, the rest is not waited for long."""
        super().on_response_complete()
        if self.cycle is not None and self.cycle.more_body and not self.transport.is_closing():
            self._wait(LINGER, None)

    def send_400_response(self, msg: str) -> None:
        """What is not HTTP."""
        self._refuse(400, msg)

    def _wait(self, seconds: float, status: int | None) -> None:
        self._stop()
        done = self.transport.close if status is None else lambda: self._refuse(status)
        self._timer = self.loop.call_later(seconds, done)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: int, message: str = "") -> None:
        """Say why and hang up; a connection on which nothing was said is closed without a word."""
        self._stop()
        if self.transport.is_closing():
            return
        if self._head_bytes or status != 408:
            phrase = HTTPStatus(status).phrase
            body = bytes(answer(Refusal(status, message or f"{phrase.lower()}.", CODES[status])).body)
            head = f"HTTP/1.1 {status} {phrase}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
            self.transport.write(head.encode() + b"connection: close\r\n\r\n" + body)
        self.transport.close()
