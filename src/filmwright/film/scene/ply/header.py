"""The header of a PLY file (Turk 1994)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filmwright.core.errors import BadAsset

_TYPES = {
    "char": "i1", "uchar": "u1", "short": "i2", "ushort": "u2", "int": "i4", "uint": "u4", "float": "f4",
    "double": "f8", "int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2", "int32": "i4", "uint32": "u4",
    "float32": "f4", "float64": "f8",
}  # fmt: skip
_FORMATS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
_LONGEST = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A column: its NumPy type without byte order; lists have the type of their count too."""

    name: str
    type: str
    count_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A table of `count` rows."""

    name: str
    count: int
    properties: tuple[Property, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a PLY file holds; `order` is its byte order, "" for text, `size` the header's own bytes."""

    order: Literal["", "<", ">"]
    elements: tuple[Element, ...]
    textures: tuple[str, ...]  # Meshlab's comment TextureFile
    size: int


def header(path: Path, data: bytes) -> Header:
    """Read the header; raises BadAsset where there is none or it makes no sense."""
    head = data[:_LONGEST]
    if head[:3] != b"ply":
        raise BadAsset(f"{path} is no PLY file: it begins with {data[:8]!r}. Check what it is.")
    end = head.find(b"end_header")
    newline = head.find(b"\n", end)
    if end < 0 or newline < 0:
        raise BadAsset(f"{path} has a PLY header without an end. It is truncated: get the file again.")
    order, elements, textures = None, list[Element](), list[str]()
    for line in head[:end].decode("utf-8", errors="replace").splitlines()[1:]:
        words = line.split()
        try:
            match words:
                case ["format", name, _]:
                    order = _FORMATS[name]
                case ["element", name, count]:
                    elements.append(Element(name=name, count=_count(count), properties=()))
                case ["property", *what]:
                    last = elements.pop()
                    elements.append(
                        Element(name=last.name, count=last.count, properties=(*last.properties, _property(what)))
                    )
                case ["comment", "TextureFile", *_]:
                    textures.append(line.split("TextureFile", 1)[1].strip())
        except (KeyError, ValueError, IndexError) as err:
            raise BadAsset(f"{path} has a header line that is no PLY: {line[:80]!r}. Export it again.") from err
    if order is None:
        raise BadAsset(f"{path} has a PLY header without a format. Export it again.")
    return Header(order=order, elements=tuple(elements), textures=tuple(textures), size=newline + 1)  # type: ignore[arg-type]


def _count(word: str) -> int:
    count = int(word)
    if count < 0:
        raise ValueError(word)
    return count


def _property(what: list[str]) -> Property:
    if what[0] == "list":
        _, count_type, kind, name = what
        if _TYPES[count_type][0] == "f":
            raise ValueError(count_type)
        return Property(name=name, type=_TYPES[kind], count_type=_TYPES[count_type])
    kind, name = what
    return Property(name=name, type=_TYPES[kind])
