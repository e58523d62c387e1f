"""The way to a server: the official SDK and plain HTTP, and the removal of what was made."""

import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from typing import Any, TypeVar

import httpx
import openai
from openai import OpenAI

from filmwright.core.errors import Unavailable

from .asked import ConformanceRequest
from .nouns import Diverges, expect
from .wire import Answer, done

T = TypeVar("T")
LARGEST = 1 << 30  # bytes of an answer that are read
FAREWELL = 60.0  # seconds that the last videos may take to become removable
NO_KEY = "none"  # the SDK insists on one


class Door:
    """A server, open for questions. `leave` removes what was made there."""

    def __init__(self, asked: ConformanceRequest) -> None:
        self.asked = asked
        self.heard: list[Answer] = []  # every answer that the SDK got
        self.left: tuple[str, ...] = ()
        self._ours: list[str] = []
        self.until = inf  # monotonic seconds, after which the SDK hears nothing more: its poll() has no limit
        # each request by a connection of its own: one that was kept may be closed just as it is used again
        self._raw = httpx.Client(headers={"connection": "close"}, timeout=asked.patience, follow_redirects=False)
        self.sdk = OpenAI(
            api_key=asked.key or NO_KEY,
            base_url=asked.url,
            max_retries=0,
            timeout=asked.patience,
            default_headers={"connection": "close"},
            http_client=openai.DefaultHttpxClient(event_hooks={"response": [self._hear]}),
        )

    def greet(self) -> None:
        """Raises Unavailable where nobody answers."""
        try:
            self._raw.get(f"{self.asked.url}/models")
        except httpx.HTTPError as err:
            raise Unavailable(
                f"no server answers at {self.asked.url} ({type(err).__name__}: {err}). Check the address and that the "
                "server is running."
            ) from err

    def leave(self) -> None:
        """Remove what was made, waiting a while for what can't be removed yet."""
        until = time.monotonic() + FAREWELL
        while self._ours and time.monotonic() < until:
            for one in tuple(self._ours):
                self.drop(one)
            if self._ours:
                time.sleep(1.0)
        self.left = tuple(self._ours)
        self._raw.close()
        self.sdk.close()

    def ask(self, method: str, path: str, *, headers: dict[str, str] | None = None, **content: Any) -> Answer:
        """One plain request, with our key unless `headers` say otherwise: an empty header is left out.

        Raises Diverges where no whole answer comes in time.
        """
        key = {"authorization": f"Bearer {self.asked.key}"} if self.asked.key else {}
        sent = {name: value for name, value in {**key, **(headers or {})}.items() if value}
        until = time.monotonic() + max(self.asked.patience, 1.0) * (4 if path.endswith("content") else 1)
        body = bytearray()
        try:
            with self._raw.stream(method, self.asked.url + path, headers=sent, **content) as reply:
                for block in reply.iter_bytes():
                    body += block
                    expect(len(body) <= LARGEST, f"the answer to {method} {path} does not end: {len(body)} bytes")
                    expect(time.monotonic() < until, f"the answer to {method} {path} did not end in time")
        except httpx.HTTPError as err:
            raise Diverges(f"{method} {path} got no whole answer ({type(err).__name__}: {err})") from err
        return Answer(status=reply.status_code, headers=_small(reply.headers), body=bytes(body))

    def by_sdk(self, call: Callable[[OpenAI], T]) -> T:
        """What the SDK makes of the server's answer. Raises Diverges with what came, where it makes nothing of it."""
        before = len(self.heard)
        try:
            with allowed():
                return call(self.sdk)
        except openai.APIStatusError as err:
            raise Diverges(self.heard[-1].told if len(self.heard) > before else str(err)) from err
        except openai.APIError as err:
            came = f": {self.heard[-1].told}" if len(self.heard) > before else ""
            raise Diverges(f"the SDK raises {type(err).__name__} ({err.__cause__ or err}){came}") from err
        except (ValueError, TypeError, AttributeError) as err:  # it took the answer for something else
            raise Diverges(f"the SDK fails with {type(err).__name__}: {err}; {self.heard[-1].told}") from err

    def order(self, **other: Any) -> dict[str, Any]:
        """The fields of a video as this examination asks for them; None leaves one out."""
        asked = self.asked
        usual = {"prompt": asked.prompt, "model": asked.model or None, "seconds": str(asked.seconds)}
        fields = usual | {"size": asked.size} | dict(asked.fields) | other
        return {name: value for name, value in fields.items() if value is not None}

    def ordered(self, answer: Answer) -> dict[str, Any]:
        """The new video that an answer tells of, which is ours to remove. Raises Diverges."""
        table = done(answer)
        expect(isinstance(table.get("id"), str) and table["id"] != "", f"there is no id of a video: {answer.told}")
        self._ours.append(table["id"])
        return table

    def create(self, *, headers: dict[str, str] | None = None, **other: Any) -> dict[str, Any]:
        """A video ordered in the way that the server takes: as a form, or where that fails as JSON."""
        order = self.order(**other)
        answer = self.ask("POST", "/videos", headers=headers, files=form(order))
        if not answer.ok:
            answer = self.ask("POST", "/videos", headers=headers, json=order)
        return self.ordered(answer)

    def forget(self, video_id: str) -> None:
        """It was removed: nothing is left to clean up."""
        self._ours = [one for one in self._ours if one != video_id]

    def drop(self, video_id: str) -> None:
        """Remove a video of ours if the server lets us already; else it is tried again at the end."""
        for method, path in (("DELETE", ""), ("POST", "/cancel"), ("DELETE", "")):
            try:
                answer = self.ask(method, f"/videos/{video_id}{path}")
            except Diverges:
                return
            if method == "DELETE" and (answer.ok or answer.status == 404):
                self.forget(video_id)
                return

    def _hear(self, response: Any) -> None:
        """Note what the SDK hears. A stream is no answer to any of our questions and may never end."""
        kind = response.headers.get("content-type", "")
        body = b"" if kind.startswith("text/event-stream") else response.read()
        self.heard.append(Answer(status=response.status_code, headers=_small(response.headers), body=body))
        if time.monotonic() > self.until:
            raise Diverges("time is up")
        if kind.startswith("text/event-stream"):
            raise Diverges(f"HTTP {response.status_code} with a stream of events, where JSON is expected")


def form(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields as parts of a multipart form; what is a (name, bytes, type) stays a file."""
    return {name: value if isinstance(value, tuple) else (None, str(value)) for name, value in fields.items()}


def unknown() -> str:
    """An id that no server has."""
    return f"video_{uuid.uuid4().hex}"


@contextmanager
def allowed() -> Iterator[None]:
    """The SDK calls its videos deprecated, since its maker's own service was shut down; the shape lives on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def _small(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
