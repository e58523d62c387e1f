"""A name for anything that flows: the same content has the same hash, on any machine and in any process."""

import dataclasses
from enum import Enum
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np


def content_hash(*things: Any) -> str:
    """64 hex digits of SHA-256 over nouns, arrays, numbers, words and containers of them.

    Raises TypeError for anything else, so that nothing is hashed by its memory address.
    """
    digest = sha256()
    for thing in things:
        _feed(digest.update, thing)
    return digest.hexdigest()


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _feed(update: Any, thing: Any) -> None:
    if isinstance(thing, np.ndarray):
        update(f"array {thing.dtype.str} {thing.shape};".encode())
        update(np.ascontiguousarray(thing).data)
    elif dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        update(f"{type(thing).__name__}(".encode())
        for field in dataclasses.fields(thing):
            update(f"{field.name}=".encode())
            _feed(update, getattr(thing, field.name))
        update(b")")
    elif isinstance(thing, dict):
        update(f"dict {len(thing)};".encode())
        for key in sorted(thing, key=str):
            _feed(update, key)
            _feed(update, thing[key])
    elif isinstance(thing, (list, tuple)):
        update(f"list {len(thing)};".encode())
        for item in thing:
            _feed(update, item)
    elif isinstance(thing, (str, bytes, int, float, Fraction, Path, Enum, np.generic, type(None))):
        text = repr(thing.item() if isinstance(thing, np.generic) else thing)
        update(f"{type(thing).__name__}:{len(text)}:{text};".encode())
    else:
        raise TypeError(f"{type(thing).__name__} has no content hash")
