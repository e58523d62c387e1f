"""Stored files, checked: brought here whole, or read there from end to end."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from filmwright.core.errors import Unverified
from filmwright.core.files import whole

from .stores import CHUNK, Store, Stored


def fetch(store: Store, name: str, path: Path) -> Stored:
    """Bring a stored file to `path`, whole or not at all. Raises NotFound, Unverified where it is not what was put."""
    known = store.stat(name)
    digest = sha256()
    with whole(path) as part, part.open("wb") as file, store.open(name) as stream:
        while block := stream.read(CHUNK):
            digest.update(block)
            file.write(block)
        return _checked(known, digest.hexdigest(), file.tell())


def verify(store: Store, name: str) -> Stored:
    """Read a stored file from end to end. Raises NotFound, Unverified where it is not what was put."""
    known = store.stat(name)
    digest, size = sha256(), 0
    with store.open(name) as stream:
        while block := stream.read(CHUNK):
            digest.update(block)
            size += len(block)
    return _checked(known, digest.hexdigest(), size)


def _checked(known: Stored, digest: str, size: int) -> Stored:
    if size != known.size or (known.sha256 and known.sha256 != digest):
        raise Unverified(
            f"{known.name!r} in the store is not what was put there: {size:,} bytes of SHA-256 {digest[:16]}..., not "
            f"{known.size:,} of {known.sha256[:16]}... Put it there again."
        )
    return replace(known, sha256=digest)
