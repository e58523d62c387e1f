"""A glTF file's binary data: buffers and the views into them."""

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote_to_bytes

from filmwright.core.errors import BadAsset

from ..sources import beside, file_bytes
from .document import Document

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gltf:
    """An opened glTF file: where it lies, its document, and its buffers' bytes (None for those nothing uses)."""

    path: Path
    document: Document
    buffers: tuple[bytes | None, ...]


def opened(path: Path, document: Document, chunk: bytes | None) -> Gltf:
    """Read every buffer that a view uses: beside the file, in a data URI, or GLB's binary chunk."""
    used = {view.buffer for view in document.buffer_views}
    buffers = tuple(_buffer(path, document, i, chunk) if i in used else None for i in range(len(document.buffers)))
    return Gltf(path=path, document=document, buffers=buffers)


def pick(gltf: Gltf, things: list[T], index: int, what: str) -> T:
    """`things[index]`, or a BadAsset that says which `what` is not there."""
    if index >= len(things):
        raise BadAsset(f"{gltf.path} names {what} {index}, but has only {len(things)}. Export it again.")
    return things[index]


def view_bytes(gltf: Gltf, index: int) -> tuple[memoryview, int | None]:
    """The bytes of a buffer view and its stride."""
    view = pick(gltf, gltf.document.buffer_views, index, "bufferView")
    data = pick(gltf, list(gltf.buffers), view.buffer, "buffer")
    assert data is not None
    if view.byte_offset + view.byte_length > len(data):
        raise BadAsset(
            f"{gltf.path}: bufferView {index} needs bytes {view.byte_offset:,} to "
            f"{view.byte_offset + view.byte_length:,} of a buffer with {len(data):,}. It is truncated: get it again."
        )
    return memoryview(data)[view.byte_offset : view.byte_offset + view.byte_length], view.byte_stride


def data_uri(path: Path, uri: str) -> bytes:
    """The bytes of a data URI (RFC 2397)."""
    head, comma, body = uri.partition(",")
    try:
        if not comma:
            raise ValueError("there is no comma")
        return base64.b64decode(body, validate=True) if head.endswith(";base64") else unquote_to_bytes(body)
    except (ValueError, binascii.Error) as err:
        raise BadAsset(f"{path} has a broken data URI ({uri[:40]!r}): {err}. Export it again.") from err


def _buffer(path: Path, document: Document, index: int, chunk: bytes | None) -> bytes:
    buffer = document.buffers[index]
    if buffer.uri is None:
        if index or chunk is None:
            raise BadAsset(f"{path}: buffer {index} has no uri and there is no binary chunk. Export it again.")
        data = chunk
    elif buffer.uri.startswith("data:"):
        data = data_uri(path, buffer.uri)
    else:
        file = beside(path, buffer.uri, encoded=True)
        if not file.is_file():
            raise BadAsset(f"{path} needs the buffer file {file.name!r}, which is not beside it. Put it there.")
        data = file_bytes(file)
    if len(data) < buffer.byte_length:
        raise BadAsset(
            f"{path}: buffer {index} should have {buffer.byte_length:,} bytes and has {len(data):,}. "
            "It is truncated: get the file again."
        )
    return data
