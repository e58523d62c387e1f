"""Byte ranges of a download (RFC 9110, section 14)."""

import re

from .failures import Refusal

_RANGE = re.compile(r"bytes=\s*(\d*)-(\d*)\s*", re.IGNORECASE)
_DIGITS = 18  # of a position, at most: no file is longer


def asked_range(header: str | None, size: int) -> range | None:
    """The bytes that a Range header asks for, of a file of `size` bytes; None is the whole file.

    As section 14.2 allows, a header that is malformed, in other units or of several parts is answered with the whole
    file. Raises Refusal (416) where no byte of the range exists.
    """
    found = _RANGE.fullmatch(header or "")
    if found is None or not any(found.groups()) or any(len(digits) > _DIGITS for digits in found.groups()):
        return None
    first, last = (int(digits) if digits else None for digits in found.groups())
    if first is None:
        first, last = max(size - (last or 0), 0), size - 1
    elif last is not None and last < first:
        return None
    if first >= size:
        raise Refusal(
            416,
            f"the file has {size} bytes; none of them is in {header!r}.",
            code="range_not_satisfiable",
            param="Range",
            headers={"Content-Range": f"bytes */{size}"},
        )
    return range(first, min(size - 1 if last is None else last, size - 1) + 1)


def unchanged(condition: str | None, etag: str) -> bool:
    """Whether an If-Range header still holds: a range of another file than the client began with is of no use."""
    return condition is None or condition.strip() == etag


def known(condition: str | None, etag: str) -> bool:
    """Whether an If-None-Match header names the file as the client has it."""
    tags = [tag.strip().removeprefix("W/") for tag in (condition or "").split(",")]
    return etag in tags or tags == ["*"]
