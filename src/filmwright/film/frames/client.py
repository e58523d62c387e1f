"""Orders to a server that speaks the Videos API: told once, asked for until done, fetched whole.

Retried is what passes by itself: connections that break, and 408, 429, 500, 502, 503, 504, with the waits that the
server asks for. The shape is that of the `openai` SDK's `client.videos`; what others say otherwise is understood.
"""

import base64
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from filmwright.core.errors import (
    BadFilm,
    Blocked,
    FilmError,
    KeyRefused,
    OverLimit,
    RenderFailed,
    Unavailable,
    Unverified,
)

PASSING = (408, 429, 500, 502, 503, 504)
WAITING = ("queued", "in_progress", "processing", "pending", "running", "submitted")
DONE = ("completed", "succeeded", "success")
FORBIDDEN = ("moderation", "policy", "safety", "blocked", "filter")  # parts of the codes by which servers refuse
FIRST, LONGEST = 1.0, 20.0  # seconds between two questions
SHOWN = 300  # letters of a server's message


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """A video at the server."""

    id: str
    status: str
    progress: int  # percent
    wait: float  # seconds until it should be asked for again
    code: str = ""  # of its error
    message: str = ""
    url: str = ""  # where its file is, of servers that say so; else it is the order's content

    @property
    def waiting(self) -> bool:
        """Whether it may still become something."""
        return self.status in WAITING

    @property
    def done(self) -> bool:
        """Whether there is a file."""
        return self.status in DONE


class Client:
    """The door of one server. `tries` is how often a request is repeated before the server counts as down."""

    def __init__(self, url: str, key: str, key_in: str, *, tries: int, seconds: float) -> None:
        self.url, self._key_in, self._tries = url, key_in, tries
        headers = {"authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(headers=headers, timeout=seconds)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def place(
        self, path: str, *, fields: Mapping[str, str], file: tuple[str, bytes] | None, as_json: bool, once: str
    ) -> Ordered:
        """Order a video. `file` is the name of a field and a PNG; two orders with the same key `once` are one.

        Raises BadFilm, Blocked, KeyRefused, OverLimit, Unavailable.
        """
        content: dict[str, Any]
        if as_json:
            content = {"json": dict(fields) | ({} if file is None else {file[0]: {"image_url": _data_url(file[1])}})}
        else:
            parts: dict[str, Any] = {name: (None, value) for name, value in fields.items()}
            content = {"files": parts | ({} if file is None else {file[0]: ("first.png", file[1], "image/png")})}
        return self._read(self._ask("POST", path, headers={"idempotency-key": once}, **content))

    def look(self, order: Ordered) -> Ordered:
        """How it stands. Raises Gone where the server does not know it."""
        return self._read(self._ask("GET", f"/videos/{order.id}"), before=order)

    def fetch(self, order: Ordered, path: Path) -> None:
        """Write its file, whole. Raises Unverified where no whole file can be had."""
        where = urljoin(f"{self.url}/", order.url) if order.url else f"{self.url}/videos/{order.id}/content"
        if urlsplit(where)[:2] != urlsplit(self.url)[:2]:
            raise Unverified(
                f"the server sends us to {urlsplit(where).netloc} for the video: only its own files are read."
            )
        try:
            self._repeated(lambda: self._download(where, path))
        except Unavailable as err:
            if isinstance(err.__cause__, httpx.RemoteProtocolError):
                raise Unverified(f"the file of {order.id} ends too early each time: {err.__cause__}") from err
            raise
        if path.stat().st_size == 0:
            raise Unverified(f"the server says that {order.id} is completed, and its file is empty.")

    def _download(self, where: str, path: Path) -> httpx.Response:
        # a store's own address may be answered with; the key does not go along to another host
        with self._http.stream("GET", where, follow_redirects=True) as reply, path.open("wb") as file:
            if reply.is_success:
                for block in reply.iter_bytes(1 << 20):
                    file.write(block)
            else:
                reply.read()
        return reply

    def _ask(self, method: str, path: str, **content: Any) -> httpx.Response:
        return self._repeated(lambda: self._http.request(method, self.url + path, **content))

    def _repeated(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        """The answer, asked for again while what is wrong may pass; what stays wrong is raised."""
        for turn in range(self._tries + 1):
            reply: httpx.Response | None = None
            try:
                reply = ask()
                failure = self._meant(reply)
            except httpx.TransportError as err:
                failure = Unavailable(
                    f"no whole answer comes from {self.url} ({type(err).__name__}: {err}). Check the option url and "
                    "that the server is running; then the same command goes on where it stopped."
                )
                failure.__cause__ = err
            except (httpx.HTTPError, httpx.InvalidURL) as err:
                raise BadFilm(f"{self.url} can't be asked: {err}. Check the option url.") from err
            if failure is None:
                assert reply is not None
                return reply
            if turn == self._tries or not _passing(reply):
                raise failure
            time.sleep(_pause(turn, reply))
        raise AssertionError("not reached")

    def _meant(self, reply: httpx.Response) -> FilmError | None:
        """What an answer means that is an error."""
        if reply.is_success:
            return None
        status, (code, said) = reply.status_code, _error(reply)
        if _forbidden(code):
            return Blocked(f"the server's policy forbids it ({code}): {said}")
        if status in (401, 403):
            return KeyRefused(f"{self.url} refuses the key in ${self._key_in}: {said}", code or "invalid_api_key")
        if status in (402, 429):
            return OverLimit(f"{self.url} takes no more of this key: {said}", retry_after=_retry_after(reply))
        if status in PASSING or status >= 500:
            return Unavailable(f"{self.url} fails with HTTP {status}: {said}")
        if status == 404:
            return Gone(f"{self.url} knows no {reply.request.url.path}: {said} Check the options url and model.")
        return BadFilm(f"{self.url} refuses the order: {said}")

    def _read(self, reply: httpx.Response, before: Ordered | None = None) -> Ordered:
        """An order from the server's JSON."""
        try:
            table = reply.json()
            given = table.get("data") if isinstance(table.get("data"), list) else []
            url = str((given[0] if given else {}).get("url") or "")
            error = table.get("error") or {}
            error = error if isinstance(error, dict) else {"message": str(error)}
            return Ordered(
                id=str(table.get("id") or (before.id if before else "") or ("" if not url else "video")),
                status=str(table.get("status") or ("completed" if url else "queued")),
                progress=int(table.get("progress") or 0),
                wait=_wait(reply, before),
                code=str(error.get("code") or ""),
                message=str(error.get("message") or ""),
                url=url,
            )
        except (ValueError, TypeError, AttributeError) as err:
            raise Unavailable(
                f"{self.url} does not speak the Videos API: HTTP {reply.status_code} {reply.text[:SHOWN]!r}. Give the "
                "address that ends in /v1, and see `filmwright conformance`."
            ) from err


class Gone(BadFilm):
    """The server has nothing under that address."""


def address(url: str) -> str:
    """The API's root: /v1 is added where it is left out. Raises BadFilm."""
    if not url.startswith(("http://", "https://")):
        raise BadFilm(f"a server's address begins with http:// or https://, got {url!r}.")
    url = url.rstrip("/")
    return url if url.endswith("/v1") else f"{url}/v1"


def failed(order: Ordered) -> FilmError:
    """Why an order ended without a video."""
    said = order.message or "the server does not say why"
    if _forbidden(order.code):
        return Blocked(f"the server's policy forbids it ({order.code}): {said}")
    return RenderFailed(f"{order.id} ended as {order.status!r} ({order.code or 'no code'}): {said}")


def _forbidden(code: str) -> bool:
    return any(part in code.lower() for part in FORBIDDEN)


def _error(reply: httpx.Response) -> tuple[str, str]:
    """Code and words, in any of the shapes that servers have."""
    try:
        table = reply.json()
        error = table.get("error") or table.get("detail") or table
        if isinstance(error, dict):
            return str(error.get("code") or ""), str(error.get("message") or error)[:SHOWN]
        return "", str(error)[:SHOWN]
    except (ValueError, AttributeError):
        return "", f"HTTP {reply.status_code} {reply.text[:SHOWN]}"


def _wait(reply: httpx.Response, before: Ordered | None) -> float:
    """As the server asks, else longer from time to time."""
    asked = reply.headers.get("openai-poll-after-ms", "")
    if asked.isdecimal():
        return min(max(int(asked) / 1000, 0.01), LONGEST)
    return min((before.wait if before else FIRST / 1.5) * 1.5, LONGEST)


def _retry_after(reply: httpx.Response | None) -> float | None:
    said = "" if reply is None else reply.headers.get("retry-after", "")
    return float(said) if said.isdecimal() else None


def _pause(turn: int, reply: httpx.Response | None) -> float:
    """As the server asks; else 1, 2, 4 ... s, give or take a quarter, so that not all come back at once."""
    asked = _retry_after(reply)
    return min(FIRST * 2**turn * random.uniform(0.75, 1.25), LONGEST) if asked is None else min(asked, 60.0)


def _passing(reply: httpx.Response | None) -> bool:
    """Whether to ask again may help: it is heeded where the server says that it does not."""
    if reply is None:
        return True
    hopeless = reply.headers.get("x-should-retry") == "false" or "quota" in _error(reply)[0]
    return reply.status_code in PASSING and not hopeless


def _data_url(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
