"""What a request brings in its body, read with limits on size and time while it comes."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .failures import Refusal, answer, shown

MIB = 1 << 20
SLOWEST = 16 * 1024  # bytes a second; a slower client is not waited for
IDLE = 30.0  # seconds between two pieces of a body
LARGEST_JSON = 48 * MIB  # a picture of 32 MiB as a data URL; it is held in memory
LARGEST_FIELD = 64 * 1024  # bytes of a form's part that is no file
FIELDS, FILES = 64, 2  # parts of a form
_NESTED = re.compile(r"(\w+)\[(\w+)\]")


class Bounded:
    """ASGI middleware: a body that is too large or too slow ends where it goes past its limit, not after it.

    Starlette has one for the size, which answers in plain text and knows no time.
    """

    def __init__(self, app: ASGIApp, *, largest: int, seconds: float) -> None:
        self._app, self._largest, self._seconds = app, largest, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count and time what the application receives."""
        if scope["type"] == "http":
            announced = dict(scope["headers"]).get(b"content-length", b"")
            if announced.isdigit() and int(announced[:20]) > self._largest:
                await answer(_too_large(self._largest))(scope, receive, send)
                return
            receive = _Incoming(receive, self._largest, self._seconds)
        await self._app(scope, receive, send)


class _Incoming:
    """One request's body on its way in."""

    def __init__(self, receive: Receive, largest: int, seconds: float) -> None:
        self._receive, self._largest, self._grace = receive, largest, seconds
        self._began, self._seen, self._ended = time.monotonic(), 0, False

    async def __call__(self) -> Message:
        if self._ended:
            return await self._receive()
        left = self._grace + self._seen / SLOWEST - (time.monotonic() - self._began)
        try:
            message = await asyncio.wait_for(self._receive(), max(min(IDLE, left), 0.001))
        except TimeoutError as err:
            said = f"the request came too slowly: {self._seen} bytes in {time.monotonic() - self._began:.0f} s."
            raise Refusal(408, said, code="request_timeout", headers={"Connection": "close"}) from err
        self._seen += len(message.get("body", b""))
        self._ended = not message.get("more_body", False)
        if self._seen > self._largest:
            raise _too_large(self._largest)
        return message


def _too_large(largest: int) -> Refusal:
    return Refusal(
        413,
        f"the request has more than the {largest / MIB:g} MiB that are taken here. Send a smaller file.",
        code="request_too_large",
    )


@dataclass(frozen=True, slots=True)
class Given:
    """A request's body: its fields as plain values, and its files."""

    fields: dict[str, Any]
    files: dict[str, UploadFile]


@asynccontextmanager
async def given(request: Request) -> AsyncIterator[Given]:
    """The body as JSON or as a form, whatever it says it is. Raises Refusal."""
    kind = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        yield Given(await _json(request), {})
    elif kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        async with _form(request) as form:
            yield _parted(form)
    else:
        said = f"the body is {shown(kind)}. Send multipart/form-data or application/json."
        raise Refusal(415, said, code="unsupported_media_type")


async def read(request: Request, largest: int) -> bytes:
    """The whole body in memory. Raises Refusal where it has more bytes than `largest`."""
    pieces, size = [], 0
    async for piece in request.stream():
        pieces.append(piece)
        size += len(piece)
        if size > largest:
            raise _too_large(largest)
    return b"".join(pieces)


def parsed(text: bytes | str) -> dict[str, Any]:
    """A JSON object: no other value, no NaN, no depth or number without end. Raises Refusal."""
    try:
        value = from_json(text, allow_inf_nan=False)
    except (ValueError, RecursionError) as err:
        raise Refusal(400, f"the body is not JSON: {err}.", code="invalid_json") from err
    if not isinstance(value, dict):
        raise Refusal(400, f"the body is to be a JSON object, got {shown(value)}.", code="invalid_json")
    return value


async def _json(request: Request) -> dict[str, Any]:
    return parsed(await read(request, LARGEST_JSON))


@asynccontextmanager
async def _form(request: Request) -> AsyncIterator[FormData]:
    """The parts of a form; its files are gone when the block ends."""
    try:
        form = await request.form(max_files=FILES, max_fields=FIELDS, max_part_size=LARGEST_FIELD)
    except HTTPException as err:
        raise Refusal(400, f"the form can't be read: {err.detail}", code="invalid_multipart") from err
    except ClientDisconnect as err:
        raise Refusal(400, "the upload was broken off.", code="upload_cancelled") from err
    try:
        yield form
    finally:
        await form.close()


def _parted(form: FormData) -> Given:
    """Fields as JSON would give them: `video[id]` is `{"video": {"id": ...}}`."""
    fields: dict[str, Any] = {}
    files: dict[str, UploadFile] = {}
    for name, value in form.multi_items():
        nested = _NESTED.fullmatch(name)
        place, key = (fields.setdefault(nested[1], {}), nested[2]) if nested else (fields, name)
        if not isinstance(place, dict) or key in place or key in files:
            raise Refusal(400, f"the field {shown(name)} is given twice.", code="invalid_multipart", param=name[:64])
        if isinstance(value, UploadFile):
            files[name] = value
        else:
            place[key] = value
    return Given(fields, files)
