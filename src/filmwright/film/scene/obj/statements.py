"""The statements of an OBJ file as arrays (Wavefront Object Files, appendix B1)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64, Int64

from filmwright.core.errors import BadAsset

from ..check import check_counts
from ..lines import Lines, begins, body, cut, floats, integers, words


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Obj:
    """An OBJ file's arrays. `corners` are position, uv and normal numbers from 0, -1 where there is none."""

    positions: Float32[np.ndarray, "V 3"]
    colors: Float32[np.ndarray, "V 3"] | None  # as written
    uv: Float32[np.ndarray, "T 2"]
    normals: Float32[np.ndarray, "M 3"]
    corners: Int64[np.ndarray, "C 3"]
    sizes: Int64[np.ndarray, " P"]  # corners of each polygon
    material: Int64[np.ndarray, " P"]  # index into `names`, -1 before the first usemtl
    names: tuple[str, ...]
    libraries: tuple[str, ...]


def statements(path: Path, data: bytes) -> Obj:
    """Cut an OBJ file up; raises BadAsset for broken statements and for vertices that are not there."""
    lines = cut(data)
    kinds = {word: begins(lines, word) for word in (b"v", b"vt", b"vn", b"f", b"usemtl", b"mtllib")}
    check_counts(str(path), vertices=max(len(kinds[w]) for w in (b"v", b"vt", b"vn")), triangles=len(kinds[b"f"]))
    positions, colors = _vertices(path, lines, kinds[b"v"])
    uv, _ = _table(path, lines, kinds[b"vt"], b"vt", 2)
    normals, _ = _table(path, lines, kinds[b"vn"], b"vn", 3)
    corners, sizes = _faces(path, lines, kinds)
    names = [lines.text(i)[6:].strip() for i in kinds[b"usemtl"].tolist()]
    known = tuple(dict.fromkeys(names))
    number = np.array([-1, *(known.index(n) for n in names)])
    return Obj(
        positions=positions,
        colors=colors,
        uv=uv.astype(np.float32),
        normals=normals.astype(np.float32),
        corners=corners,
        sizes=sizes,
        material=number[np.searchsorted(kinds[b"usemtl"], kinds[b"f"])],
        names=known,
        libraries=tuple(lines.text(i)[6:].strip() for i in kinds[b"mtllib"].tolist()),
    )


def _vertices(
    path: Path, lines: Lines, which: Int64[np.ndarray, " N"]
) -> tuple[Float32[np.ndarray, "V 3"], Float32[np.ndarray, "V 3"] | None]:
    """Positions, and colours where every `v` has six numbers or more (x y z r g b)."""
    table, extra = _table(path, lines, which, b"v", 3)
    with np.errstate(over="ignore"):
        return table.astype(np.float32), None if extra is None else extra.astype(np.float32)


def _table(
    path: Path, lines: Lines, which: Int64[np.ndarray, " N"], word: bytes, width: int
) -> tuple[Float64[np.ndarray, "N W"], Float64[np.ndarray, "N 3"] | None]:
    """The first `width` numbers of some lines, and the three after those where all have them."""
    what = f"{path}: a {word.decode()!r} statement"
    text = body(lines, which, skip=len(word))
    _, counts = words(text)
    values = floats(text, what)
    if len(values) != counts.sum():
        raise BadAsset(f"{what} has a word that is no number. The file is broken: export it again.")
    if len(counts) and counts.min() < width:
        if word != b"vt" or counts.min() < 1:
            raise BadAsset(f"{what} has {counts.min()} numbers where {width} are due. Export the file again.")
        width = 1  # a one-dimensional texture coordinate, v is 0
    first = np.cumsum(counts) - counts
    table = values[first[:, None] + np.arange(width)] if len(counts) else np.zeros((0, width))
    if width == 1:
        table = np.concatenate([table, np.zeros_like(table)], axis=1)
    has_more = len(counts) > 0 and int(counts.min()) >= width + 3
    return table, values[first[:, None] + np.arange(width, width + 3)] if has_more else None


def _faces(
    path: Path, lines: Lines, kinds: dict[bytes, Int64[np.ndarray, " N"]]
) -> tuple[Int64[np.ndarray, "C 3"], Int64[np.ndarray, " P"]]:
    """Every corner's three numbers, from 0; negative ones count back from the statement's own place."""
    what = f"{path}: an 'f' statement"
    text = body(lines, kinds[b"f"], skip=1)
    starts, sizes = words(text)
    slashes = _slashes(text, starts)
    text = text.replace(b"//", b"/0/").replace(b"/ ", b"/0 ").replace(b"/\n", b"/0\n").replace(b"/", b" ")
    values = integers(text, what)
    if len(values) != len(slashes) + slashes.sum() or (len(slashes) and slashes.max() > 2):
        raise BadAsset(f"{what} is not made of corners like 1, 1/2 or 1/2/3. The file is broken: export it again.")
    given = _given(values, slashes)
    for k, word in enumerate((b"v", b"vt", b"vn")):
        count, told = len(kinds[word]), given[:, k]
        numbers = told - 1
        if (told < 0).any():  # -1 is the last one before this statement
            face = np.repeat(kinds[b"f"], sizes)
            back = np.searchsorted(kinds[word], face) + told
            numbers = np.where(told < 0, np.where(back < 0, count, back), numbers)
        bad = (numbers >= count) | (numbers < (0 if k == 0 else -1))
        if bad.any():
            raise BadAsset(
                f"{what} names {word.decode()!r} {int(told[bad][0])}, but the file has {count:,} of them. "
                "It is broken: export it again."
            )
        given[:, k] = numbers
    return given, sizes


def _given(values: Int64[np.ndarray, " K"], slashes: Int64[np.ndarray, " C"]) -> Int64[np.ndarray, "C 3"]:
    """The three numbers of each corner as written, 0 where there is none."""
    out = np.zeros((len(slashes), 3), np.int64)
    if len(slashes) and slashes.min() == slashes.max():
        out[:, : slashes[0] + 1] = values.reshape(len(slashes), -1)
        return out
    first = np.cumsum(slashes + 1) - slashes - 1
    for k in range(3):
        there = slashes >= k
        out[there, k] = values[first[there] + k]
    return out


def _slashes(text: bytes, starts: Int64[np.ndarray, " C"]) -> Int64[np.ndarray, " C"]:
    """How many slashes each word has, by where the words start."""
    at = np.flatnonzero(np.frombuffer(text, np.uint8) == 47)
    return np.diff(np.searchsorted(at, starts), append=len(at))
