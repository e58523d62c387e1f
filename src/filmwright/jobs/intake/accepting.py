"""A stranger's file -> an `Accepted`."""

import os
import secrets
import shutil
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

from filmwright.core.content import file_hash
from filmwright.core.errors import Refused
from filmwright.core.files import workroom, writing

from .nouns import KINDS, Accepted, Kind, Limits, PictureFacts, ScanFacts, VideoFacts
from .process import parse_apart
from .sniffing import KIND_OF, sniff

_BLOCK = 1 << 20
_OUT: dict[Kind, tuple[str, str]] = {
    "picture": (".png", "image/png"),
    "scan": (".glb", "model/gltf-binary"),
    "video": (".mp4", "video/mp4"),
}


def receive(source: BinaryIO | Iterable[bytes], folder: Path, limits: Limits | None = None) -> Path:
    """Write an upload to a new file in `folder`, under a name of ours, and stop as soon as it is too large.

    Raises Refused ("too_large", "empty_file"), leaving nothing.
    """
    most = (limits or Limits()).max_bytes
    path = folder / f"{secrets.token_hex(16)}.upload"
    blocks = source if not hasattr(source, "read") else iter(lambda: source.read(_BLOCK), b"")
    size = 0
    try:
        with writing(path), path.open("xb") as file:
            for block in blocks:
                size += len(block)
                if size > most:
                    raise too_large(most)
                file.write(block)
        if not size:
            raise Refused("the file is empty. Send it again.", "empty_file")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def too_large(most: int) -> Refused:
    """What is said of a file of more bytes than `most`."""
    return Refused(f"the file has more than {most:,} bytes. Make it smaller.", "too_large")


def accept(path: Path, folder: Path, limits: Limits | None = None, *, kinds: Iterable[Kind] = KINDS) -> Accepted:
    """Let a file in: sniffed, parsed in a process apart, and written anew into `folder`, named by its hash.

    `path` is left as it is. Raises Refused, whose `code` (`Code`) says why, leaving nothing in `folder`.
    """
    limits, wanted = limits or Limits(), tuple(kinds)
    if path.stat().st_size > limits.max_bytes:
        raise too_large(limits.max_bytes)
    media_type = sniff(path)
    kind = KIND_OF[media_type]
    if kind not in wanted:
        raise Refused(f"a {kind} came, and only a {' or '.join(wanted)} is taken here.", "kind_not_allowed")
    with workroom(folder, name=f"intake-{secrets.token_hex(8)}") as room:
        file = "input" + {"application/zip": ".zip", "model/gltf-binary": ".glb"}.get(media_type, ".media")
        _linked(path, room / file)
        said = parse_apart(room, file, media_type, limits)
        ending, made = _OUT[kind]
        out = room / f"out{ending}"
        try:
            facts = _facts(kind, said["facts"])
            if KIND_OF[sniff(out)] != kind:
                raise ValueError("another kind")
        except (ValueError, TypeError, KeyError, OSError, Refused) as err:  # the parser is not believed either
            raise Refused("the file could not be read. Save it again.", "parse_failed") from err
        digest, source_digest = file_hash(out), file_hash(path)
        kept = folder / f"{digest}{ending}"
        out.replace(kept)
    return Accepted(
        kind=kind,
        path=kept,
        media_type=made,
        sha256=digest,
        num_bytes=kept.stat().st_size,
        source_type=str(said["source_type"]),
        source_sha256=source_digest,
        facts=facts,
    )


def _linked(path: Path, to: Path) -> None:
    try:
        os.link(path, to)
    except OSError:  # another file system, or one without links
        shutil.copyfile(path, to)


def _facts(kind: Kind, said: dict[str, Any]) -> PictureFacts | ScanFacts | VideoFacts:
    if kind == "picture":
        return PictureFacts(width=int(said["width"]), height=int(said["height"]))
    if kind == "video":
        return VideoFacts(
            width=int(said["width"]),
            height=int(said["height"]),
            fps=Fraction(said["fps"]),
            num_frames=int(said["num_frames"]),
        )
    x, y, z = map(float, said["size"])
    return ScanFacts(
        num_vertices=int(said["num_vertices"]),
        num_faces=int(said["num_faces"]),
        num_meshes=int(said["num_meshes"]),
        size=(x, y, z),
        animated=bool(said["animated"]),
        warnings=tuple(str(one)[:500] for one in said["warnings"]),
    )
