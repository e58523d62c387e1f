"""The customer's file, from wherever it comes, let in and put into the store."""

import binascii
import io
import re
from base64 import b64decode
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from filmwright.core.content import content_hash
from filmwright.jobs.intake import accept, fetch, receive
from filmwright.jobs.orders import Input, Order, new_input
from filmwright.jobs.orders.places import INPUTS

from .asked import Reference as Address
from .callers import Caller
from .failures import Refusal
from .service import Service
from .works import Reference

ORDER = re.compile(r"video_[0-9a-f]{32}")
_DATA = re.compile(r"data:[^,;]*(?:;[^,;]*)*;base64,", re.IGNORECASE)


def from_upload(service: Service, who: Caller, file: BinaryIO, filename: str, *, once: str | None = None) -> Reference:
    """A file that came with a request, whose idempotency key is `once`. Raises Refused (of core/errors.py)."""
    with TemporaryDirectory(prefix="filmwright-") as room:
        path = receive(file, Path(room), service.settings.inputs)
        return _kept(service, who, path, Path(room), filename, once)


def from_address(service: Service, who: Caller, asked: Address | str, *, once: str | None = None) -> Reference | Order:
    """A file that the request names: by a URL, a data URL, or the id of a job. Raises Refused, NotFound, Refusal."""
    address = Address(url=asked) if isinstance(asked, str) else asked
    url, known = address.image_url or address.url, address.id or address.file_id
    if (url is None) == (known is None):
        raise Refusal(400, "name one input: by image_url, or by the id of a job.", "invalid_value", "input_reference")
    if known is not None:
        return order_of(service, who, known)
    assert url is not None
    if _DATA.match(url):
        return from_upload(service, who, io.BytesIO(_decoded(url)), "reference", once=once)
    with TemporaryDirectory(prefix="filmwright-") as room:
        path = fetch(url, Path(room), service.settings.hosts, service.settings.inputs)
        return _kept(service, who, path, Path(room), unquote(urlsplit(url).path), once)


def order_of(service: Service, who: Caller, order: str, *, completed: bool = True) -> Order:
    """An order that the caller may see. Raises NotFound, and Refusal where it has no video yet."""
    found = service.orders.get(checked(order), owner=who.sees)
    if completed and found.status != "completed":
        raise Refusal(
            409,
            f"{order} is {found.status.replace('_', ' ')}; only a completed video can be built upon.",
            "video_not_ready",
        )
    return found


def checked(order: str) -> str:
    """An id that may be looked up; whatever has not the shape of one is nobody's."""
    if not ORDER.fullmatch(order):
        raise Refusal(404, f"there is no video {order[:80]!r}.", "not_found", "video_id")
    return order


def clean_name(filename: str) -> str:
    """What the customer calls a file, as it may be shown and stand in a folder."""
    last = re.split(r"[/\\]", filename)[-1]
    kept = re.sub(r"[\x00-\x1f\x7f<>:\"|?*]", "", last).strip(" .")
    return kept[:120] or "input"


def _kept(service: Service, who: Caller, path: Path, room: Path, filename: str, once: str | None) -> Reference:
    """Under an idempotency key named by its content, so that the same request with the same file is the same; else by
    chance, so that no sweep of files that nobody needs can take it away before it is needed again.
    """
    accepted = accept(path, room, service.settings.inputs)
    name = new_input(accepted.path.suffix)
    if once is not None:
        name = f"{INPUTS}{content_hash(who.owner, once, accepted.sha256)[:32]}{accepted.path.suffix}"
    service.store.put(accepted.path, name, sha256=accepted.sha256)
    stem = Path(clean_name(filename)).stem or "input"
    given = Input(name=name, filename=f"{stem}{accepted.path.suffix}", sha256=accepted.sha256)
    return Reference(kind=accepted.kind, input=given)


def _decoded(url: str) -> bytes:
    try:
        return b64decode(url[url.index(",") + 1 :], validate=True)
    except (binascii.Error, ValueError) as err:
        raise Refusal(400, "the data URL is not base64.", "bad_url", "input_reference") from err
