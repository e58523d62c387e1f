"""What a file is, by its own bytes, and whether it is something else besides."""

import struct
import zipfile
from pathlib import Path

from filmwright.core.errors import Refused
from filmwright.film.asset.containers import BMFF, boxes

from .nouns import Kind

KIND_OF: dict[str, Kind] = {
    "image/png": "picture",
    "image/jpeg": "picture",
    "image/webp": "picture",
    "model/gltf-binary": "scan",
    "application/zip": "scan",  # a USDZ or a zipped OBJ: what is in it tells
    "video/mp4": "video",
    "video/quicktime": "video",
    "video/webm": "video",
}
TAKEN = "a PNG, JPEG or WebP picture, a GLB, USDZ or zipped OBJ, or an MP4, MOV or WebM video"
_HEAD = 1024  # readers of PDF and HTML look for their beginning this far into a file
_OTHER_HEADS = (b"%pdf-", b"<html", b"<!doctype", b"<script", b"<svg", b"<?php")
_OTHER_TAILS = (  # what could be run, opened or unpacked if the file were taken for it
    b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ", b"MZ", b"\x7fELF", b"%PDF",
    b"#!", b"<", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"glTF",
)  # fmt: skip
_STILL_BRANDS = {b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"crx "}  # pictures in a video's container


def sniff(path: Path) -> str:
    """The media type of a file, one of KIND_OF's. Raises Refused: "empty_file", "unsupported_type".

    Names, endings and Content-Type headers are not looked at: whoever sends the file can write anything there.
    """
    with path.open("rb") as file:
        head = file.read(64)
    if not head:
        raise Refused("the file is empty. Send it again.", "empty_file")
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[:4] == b"glTF":
        return "model/gltf-binary"
    if head[:4] == b"PK\x03\x04":
        return "application/zip"
    if head[4:8] == b"ftyp" and head[8:12] not in _STILL_BRANDS:
        return "video/quicktime" if head[8:12] == b"qt  " else "video/mp4"
    if head[:4] == b"\x1a\x45\xdf\xa3" and (b"webm" in head or b"matroska" in head):
        return "video/webm"
    raise Refused(f"the file is of a kind that is not taken, whatever its name says. Send {TAKEN}.", "unsupported_type")


def refuse_polyglot(path: Path, media_type: str) -> None:
    """Raise Refused ("polyglot") where a file can also be read as a document, a program or an archive.

    What stands behind a file's end and is none of these, such as a telephone's moving picture behind its JPEG, is left
    out when the file is written anew.
    """
    data = path.read_bytes()
    head = data[:_HEAD].lower()
    if found := next((magic for magic in _OTHER_HEADS if magic in head), None):
        raise _polyglot(media_type, found.decode())
    end = _end(data, media_type, path)
    if data[end : end + 16].lstrip(b"\0\r\n\t ").startswith(_OTHER_TAILS):
        raise _polyglot(media_type, "something behind its end")
    if media_type != "application/zip" and _is_archive(path):
        raise _polyglot(media_type, "a ZIP archive")


def _polyglot(media_type: str, what: str) -> Refused:
    return Refused(f"the file is {media_type}, and {what} besides. Save it again with a plain program.", "polyglot")


def _is_archive(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return bool(archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return False


def _end(data: bytes, media_type: str, path: Path) -> int:
    """Where a file ends by its own account; its last byte where it does not say."""
    if media_type == "image/png":
        return _png_end(data)
    if media_type == "image/jpeg":
        return _jpeg_end(data)
    if media_type == "image/webp":
        return 8 + int.from_bytes(data[4:8], "little")
    if media_type == "model/gltf-binary":
        return int.from_bytes(data[8:12], "little")
    if media_type in ("video/mp4", "video/quicktime"):
        with path.open("rb") as file:
            known = [at + size for kind, at, size in boxes(file) if kind in BMFF]
        return max(known, default=len(data))
    if media_type == "application/zip" and (at := data.rfind(b"PK\x05\x06")) >= 0:
        return at + 22 + int.from_bytes(data[at + 20 : at + 22], "little")  # the end record, and its comment
    return len(data)


def _png_end(data: bytes) -> int:
    at = 8
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        at += 12 + length
        if kind == b"IEND":
            return at
    return len(data)


def _jpeg_end(data: bytes) -> int:
    """Past the EOI marker (ITU-T T.81, B.1): segments have lengths, and in a scan 0xFF stands before 0 or RST only."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return len(data)  # the decoder will tell
        marker = data[at + 1]
        if marker == 0xD9:
            return at + 2
        if marker == 0xFF:
            at += 1
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA:
            at = _scan_end(data, at)
    return len(data)


def _scan_end(data: bytes, at: int) -> int:
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2
    return len(data)
