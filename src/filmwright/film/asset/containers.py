"""Where a file's manifest store lies: MP4 and its kin, JPEG, PNG, AVI and other RIFF files.

Source: C2PA 2.x, appendix "Embedding manifests into various file formats". The C2PA library reads what a store says but
does not hand out its bytes, nor those of a file that is too damaged for it.
"""

import struct
from collections.abc import Iterator
from glob import escape
from io import BufferedReader, BytesIO
from pathlib import Path

C2PA_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
EMBEDS = {  # formats that hold a signature; all others get a sidecar
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".avi": "video/avi",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
}
BMFF = {b"ftyp", b"moov", b"mdat", b"free", b"uuid", b"styp", b"moof", b"sidx", b"skip", b"wide"}


def sidecars(path: Path) -> tuple[Path, Path]:
    """Where a signature beside a file may lie: named after the whole file, or as C2PA has it, after its stem."""
    return path.with_name(path.name + ".c2pa"), path.with_suffix(".c2pa")


def sidecar_for(path: Path) -> Path:
    """Where a file's signature goes that can't be in it: the standard's name, unless another file here has taken it."""
    long, short = sidecars(path)
    beside = [p for p in path.parent.glob(f"{escape(path.stem)}.*") if p not in (path, short)]
    taken = any(p.suffix.lower() not in EMBEDS and not sidecars(p)[0].exists() for p in beside if p.suffix != ".c2pa")
    return long if long.exists() or (short.exists() and taken) else short


def manifest_bytes(path: Path) -> bytes:
    """The manifest store (JUMBF) that is in a file or beside it; b"" where there is none, or not a whole one."""
    with path.open("rb") as file:
        head = file.read(12)
        file.seek(0)
        store = b""
        if head[4:8] in BMFF:
            store = _in_boxes(file)
        elif head[:2] == b"\xff\xd8":
            store = _in_jpeg(file)
        elif head[:8] == b"\x89PNG\r\n\x1a\n":
            store = _in_png(file)
        elif head[:4] == b"RIFF":
            store = _in_riff(file)
    if store:
        return store
    return next((beside.read_bytes() for beside in sidecars(path) if beside.is_file()), b"")


def boxes(file: BufferedReader | BytesIO) -> Iterator[tuple[bytes, int, int]]:
    """The top-level boxes of an ISO media file: kind, position, size with header; stops where they make no sense."""
    end = file.seek(0, 2)
    at = 0
    while at + 8 <= end:
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        if size == 1:
            size = int.from_bytes(file.read(8), "big")
        size = size or end - at
        if size < 8:
            return
        yield kind, at, size
        at += size


def _in_boxes(file: BufferedReader | BytesIO) -> bytes:
    for kind, at, size in boxes(file):
        file.seek(at + 8)
        if kind == b"uuid" and file.read(16) == C2PA_BOX:
            content = file.read(size - 24)[4:]  # after version and flags: purpose, offset of hashes, store
            purpose, _, rest = content.partition(b"\0")
            if purpose in (b"manifest", b"original", b"update"):
                return _whole(rest[8:])
    return b""


def _in_jpeg(file: BufferedReader | BytesIO) -> bytes:
    """APP11 segments: "JP", instance, sequence, then a box that repeats its header in every segment."""
    store = bytearray()
    file.seek(2)
    while (marker := file.read(2))[:1] == b"\xff" and marker != b"\xff\xda":
        length = int.from_bytes(file.read(2), "big")
        content = file.read(max(length - 2, 0))
        if marker == b"\xff\xeb" and content[:2] == b"JP" and content[12:16] == b"jumb":
            store += content[8:] if not store else content[16:]
    return _whole(bytes(store))


def _in_png(file: BufferedReader | BytesIO) -> bytes:
    file.seek(8)
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind == b"caBX":
            return _whole(file.read(length))
        file.seek(length + 4, 1)
    return b""


def _in_riff(file: BufferedReader | BytesIO) -> bytes:
    file.seek(12)
    while len(head := file.read(8)) == 8:
        kind, length = struct.unpack("<4sI", head)
        if kind == b"C2PA":
            return _whole(file.read(length))
        file.seek(length + length % 2, 1)
    return b""


def _whole(store: bytes) -> bytes:
    """The store without padding; nothing where its end is missing."""
    size = int.from_bytes(store[:4], "big")
    return store[:size] if store[4:8] == b"jumb" and len(store) >= size else b""
