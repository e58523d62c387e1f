"""MTL files as written: statements by material (Wavefront MTL, with the PBR extension of Clara.io)."""

import math
import re
from dataclasses import dataclass, field
from pathlib import Path

from filmwright.core.errors import BadAsset

_SWITCHES = {"-blendu": 1, "-blendv": 1, "-boost": 1, "-cc": 1, "-clamp": 1, "-imfchan": 1, "-mm": 2, "-texres": 1}
_SWITCHES |= {"-type": 1, "-bm": 1}
_VECTORS = ("-o", "-s", "-t")
_MAPS = {
    "map_kd": "color", "map_d": "alpha", "map_ke": "emission", "map_pr": "roughness", "map_pm": "metallic",
    "norm": "normal", "map_kn": "normal", "map_bump": "bump", "bump": "bump",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """A picture on a material: its file and the options that count."""

    file: str
    clamp: bool = False
    strength: float = 1.0  # -bm
    offset: tuple[float, float] = (0.0, 0.0)
    scale: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One material's statements: numbers by lower-case keyword, maps by role."""

    name: str
    numbers: dict[str, tuple[float, ...]] = field(default_factory=dict)
    maps: dict[str, Map] = field(default_factory=dict)
    opaque_tr: bool = False  # written by Meshlab, whose Tr is the opacity


def entries(path: Path, data: bytes) -> dict[str, Entry]:
    """The materials of an MTL file by name; statements that mean nothing to a film are passed over."""
    text = data.decode("utf-8", errors="replace")
    meshlab = "meshlab" in text[:500].lower()
    out: dict[str, Entry] = {}
    entry = Entry(name="")
    for line in text.splitlines():
        word, _, rest = line.strip().replace("\t", " ").partition(" ")
        rest = rest.strip()
        if word.lower() == "newmtl":
            entry = Entry(name=rest, opaque_tr=meshlab)
            out[rest] = entry
        elif word.lower() in _MAPS and rest:
            made = _map(path, rest)
            if made is not None:
                entry.maps[_MAPS[word.lower()]] = made
        elif word and not word.startswith("#"):
            entry.numbers[word.lower()] = _numbers(rest)
    return out


def _numbers(rest: str) -> tuple[float, ...]:
    out = []
    for word in rest.split():
        try:
            out.append(float(word))
        except ValueError:
            break
    return tuple(x for x in out if math.isfinite(x))


def _map(path: Path, rest: str) -> Map | None:
    """A map statement: options first, then a file name that may hold spaces."""
    found: dict[str, str] = {}
    while match := re.match(r"(-\w+)\s+", rest):
        option = match[1].lower()
        if option in _VECTORS:
            value = re.match(r"-\w+\s+((?:[-+.\deE]+\s+){1,3})", rest)
        elif option in _SWITCHES:
            value = re.match(rf"-\w+\s+((?:\S+\s+){{{_SWITCHES[option]}}})", rest)
        else:
            break
        if value is None:
            raise BadAsset(f"{path} has a texture statement that is cut short: {rest[:80]!r}. Export it again.")
        found[option] = value[1].strip()
        rest = rest[value.end() :]
    if not rest:
        return None
    name = rest[1:-1] if len(rest) > 2 and rest[0] == rest[-1] == '"' else rest
    return Map(
        file=name,
        clamp=found.get("-clamp", "").lower() == "on",
        strength=(_numbers(found.get("-bm", "")) or (1.0,))[0],
        offset=_two(found.get("-o", ""), 0.0),
        scale=_two(found.get("-s", ""), 1.0),
    )


def _two(text: str, default: float) -> tuple[float, float]:
    u, v, *_ = (*_numbers(text), default, default)
    return u, v
