"""What goes wrong, as clients hear it: always `{"error": {"message", "type", "param", "code"}}`, with stable codes."""

import json
import logging
import math
from collections.abc import Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from filmwright.core import errors
from filmwright.core.printable import printable

log = logging.getLogger(__name__)
PATIENT = 120.0  # seconds that a client may wait before it asks again by itself
ASK_NOT = {"x-should-retry": "false"}  # what the SDK heeds: it would ask again three times, in vain
SHOWN = 80  # letters of a wrong value that a message repeats
INVALID, DENIED, LIMITED, BROKEN = "invalid_request_error", "authentication_error", "rate_limit_error", "server_error"


class Refusal(Exception):
    """A request that gets no answer but this one."""

    def __init__(
        self, status: int, message: str, code: str, param: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.param, self.headers = status, message, code, param, headers or {}

    @property
    def type(self) -> str:
        """The kind of error, in the words of the API's other servers."""
        if self.status in (401, 403):
            return DENIED
        return LIMITED if self.status == 429 else BROKEN if self.status >= 500 else INVALID


# What a FilmError is on the wire. The nearest kind counts, so a new kind is at least what its parent is.
STATUS: dict[type[errors.FilmError], tuple[int, str]] = {
    errors.BadFilm: (400, "invalid_request"),
    errors.BadAsset: (400, "invalid_input_file"),
    errors.Refused: (400, "invalid_input_file"),
    errors.UnknownDriver: (400, "unknown_driver"),
    errors.MissingExtra: (400, "model_not_installed"),
    errors.MissingFont: (400, "missing_font"),
    errors.Blocked: (400, "moderation_blocked"),
    errors.HeldForReview: (400, "held_for_review"),
    errors.KeyRefused: (401, "invalid_api_key"),
    errors.OverLimit: (429, "rate_limit_exceeded"),
    errors.NotFound: (404, "not_found"),
    errors.Conflict: (409, "conflict"),
    errors.CannotWrite: (503, "storage_unavailable"),
    errors.Unavailable: (503, "unavailable"),
    errors.FilmError: (500, "internal_error"),
}
BY_CODE = {"too_large": 413, "unsupported_type": 415, "missing_scope": 403}  # where an error has its own code
STANDARD = {
    400: "invalid_request",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "request_too_large",
    415: "unsupported_media_type",
}


def refusal(err: Exception) -> Refusal:
    """Any exception as what the client is told of it."""
    if isinstance(err, Refusal):
        return err
    if isinstance(err, ValidationError | RequestValidationError):
        return _invalid(err)
    if isinstance(err, ClientDisconnect):
        return Refusal(400, "the request was broken off.", code="upload_cancelled")
    if isinstance(err, HTTPException):
        code = STANDARD.get(err.status_code, "invalid_request")
        return Refusal(err.status_code, str(err.detail), code=code, headers=err.headers or {})
    if isinstance(err, errors.FilmError):
        status, code = next(STATUS[kind] for kind in type(err).__mro__ if kind in STATUS)
        code = getattr(err, "code", code)
        return Refusal(BY_CODE.get(code, status), str(err), code=code, headers=_headers(err, status))
    return Refusal(500, "the server failed; its log says why under this request's id.", code="internal_error")


def answer(refused: Refusal) -> Response:
    """The envelope. Letters outside of ASCII are escaped, so that whatever came can be repeated."""
    error = {
        "message": printable(refused.message),
        "type": refused.type,
        "param": None if refused.param is None else printable(refused.param),
        "code": refused.code,
    }
    body = json.dumps({"error": error}).encode()
    return Response(body, refused.status, headers=dict(refused.headers), media_type="application/json")


async def answered(request: Request, err: Exception) -> Response:
    """Starlette's handler for whatever is raised."""
    refused = refusal(err)
    if refused.status >= 500:
        log.error("%s %s failed", request.method, request.url.path, exc_info=err)
    if refused.status == 405 and "Allow" in refused.headers:
        allowed = refused.headers["Allow"]
        refused = Refusal(405, f"{request.method} is not done here; {allowed} is.", refused.code, None, refused.headers)
    elif refused.status == 404 and refused.message == "Not Found":
        refused = Refusal(404, "there is nothing at this address. /docs lists what there is.", "unknown_url")
    return answer(refused)


def _headers(err: errors.FilmError, status: int) -> dict[str, str]:
    """When to come again, and with what."""
    if isinstance(err, errors.KeyRefused):
        return {"WWW-Authenticate": "Bearer"}
    wait: float | None = getattr(err, "retry_after", 2.0 if status == 503 else None)
    if wait is not None and wait < PATIENT:
        return {"Retry-After": str(max(math.ceil(wait), 1))}
    return ASK_NOT if status in (409, 429) else {}


def shown(value: Any) -> str:
    """A wrong value, short enough to repeat."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _invalid(err: ValidationError | RequestValidationError) -> Refusal:
    """Every wrong field in one message; the first of them is `param`."""
    found = list(err.errors())
    lines = [f"{_place(e['loc'])}: {e['msg'][0].lower()}{e['msg'][1:]}, got {shown(e['input'])}" for e in found[:5]]
    missing = all(e["type"] == "missing" for e in found)
    if missing:
        lines = [f"{_place(e['loc'])} is missing" for e in found[:5]]
    code = "missing_required_parameter" if missing else "invalid_value"
    return Refusal(400, "; ".join(lines) + ".", code=code, param=_place(found[0]["loc"]) or None)


def _place(where: tuple[int | str, ...]) -> str:
    """A field's name; not that it came in the query, and not which of the kinds that it may have was tried."""
    parts = where[1:] if where[:1] in (("query",), ("path",), ("header",)) else where
    return ".".join(str(part) for part in parts if str(part) not in ("str", "Reference"))
