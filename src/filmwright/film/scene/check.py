"""What every mesh must pass, whatever file it comes from."""

import warnings
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from jaxtyping import Float32, Int64

from filmwright.core.errors import BadAsset, FilmWarning
from filmwright.core.scene import Material, Mesh

from .normals import creased_normals

MAX_VERTICES = 50_000_000
MAX_TRIANGLES = 50_000_000
MAX_COORDINATE = 1e9  # in the file's units; beyond it single precision has no product left to show
_ATTRIBUTES = ("positions", "normals", "uv", "uv1", "colors", "tangents")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawMesh:
    """A mesh as its file says it, unchecked. `where` names it in messages."""

    where: str
    positions: Float32[np.ndarray, "V 3"]
    faces: Int64[np.ndarray, "N 3"]
    normals: Float32[np.ndarray, "V 3"] | None = None
    uv: Float32[np.ndarray, "V 2"] | None = None
    uv1: Float32[np.ndarray, "V 2"] | None = None
    colors: Float32[np.ndarray, "V 4"] | None = None
    tangents: Float32[np.ndarray, "V 4"] | None = None
    material: Material = field(default_factory=Material)


def checked_mesh(raw: RawMesh, *, crease: float) -> Mesh | None:
    """The mesh with sound faces, only vertices in use and unit normals; None if no triangle has an area.

    Degenerate triangles are dropped. Normals that are missing or not finite are computed, smooth up to an edge of
    `crease` degrees. Raises BadAsset for indices out of range, coordinates that are not finite, and sizes past limits.
    """
    check_counts(raw.where, vertices=len(raw.positions), triangles=len(raw.faces))
    _check_values(raw)
    sound = replace(raw, faces=raw.faces[_has_area(raw.positions, raw.faces)])
    if not len(sound.faces):
        return None
    sound = _finite_attributes(_compact(sound))
    sound = _with_normals(sound, crease)
    return Mesh(
        faces=sound.faces.astype(np.int32),
        material=sound.material,
        **{name: getattr(sound, name) for name in _ATTRIBUTES},
    )


def check_counts(where: str, *, vertices: int = 0, triangles: int = 0) -> None:
    """Raise BadAsset if there is more than a film can hold; call it before anything is allocated."""
    for count, limit, word in ((vertices, MAX_VERTICES, "vertices"), (triangles, MAX_TRIANGLES, "triangles")):
        if count > limit:
            raise BadAsset(f"{where} has {count:,} {word}, above the limit of {limit:,}. Simplify it first.")


def check_indices(where: str, indices: Int64[np.ndarray, "*S"], count: int) -> None:
    """Raise BadAsset if a face names a vertex that is not among the `count` there are."""
    if not indices.size:
        return
    low, high = int(indices.min()), int(indices.max())
    if low < 0 or high >= count:
        raise BadAsset(
            f"{where} has a face that names vertex {low if low < 0 else high}, but its {count:,} vertices are numbered "
            "from 0. The file is broken: export it again."
        )


def _check_values(raw: RawMesh) -> None:
    check_indices(raw.where, raw.faces, len(raw.positions))
    good = np.abs(raw.positions) <= MAX_COORDINATE  # false for NaN too
    if not good.all():
        row = int(np.flatnonzero(~good.all(axis=1))[0])
        raise BadAsset(
            f"{raw.where} has {int((~good.all(axis=1)).sum()):,} vertices that are not finite or beyond "
            f"{MAX_COORDINATE:g}, the first is number {row}: {raw.positions[row].tolist()}. Repair the mesh."
        )


def _has_area(positions: Float32[np.ndarray, "V 3"], faces: Int64[np.ndarray, "N 3"]) -> np.ndarray:
    a, b, c = (positions[faces[:, k]].astype(np.float64) for k in range(3))
    b -= a
    c -= a
    twice_area = np.linalg.norm(np.cross(b, c), axis=1)
    longest = np.maximum(np.einsum("nd,nd->n", b, b), np.einsum("nd,nd->n", c, c))
    return twice_area > 1e-9 * longest  # a sliver past that has no direction in single precision


def _compact(raw: RawMesh) -> RawMesh:
    """Without the vertices that no face uses: they would count in bounds and framing."""
    used = np.zeros(len(raw.positions), bool)
    used[raw.faces] = True
    if used.all():
        return raw
    place = np.cumsum(used) - 1
    return replace(_gathered(raw, np.flatnonzero(used)), faces=place[raw.faces])


def _gathered(raw: RawMesh, vertices: Int64[np.ndarray, " W"]) -> RawMesh:
    taken: dict[str, Any] = {}
    for name in _ATTRIBUTES:
        values = getattr(raw, name)
        taken[name] = None if values is None else values[vertices]
    return replace(raw, faces=np.zeros((0, 3), np.int64), **taken)


def _finite_attributes(raw: RawMesh) -> RawMesh:
    """Texture coordinates that are not finite become 0 and colours white, with a warning; such tangents go."""
    changed: dict[str, Any] = {}
    for name, stand_in in (("uv", 0.0), ("uv1", 0.0), ("colors", 1.0)):
        values = getattr(raw, name)
        if values is not None and not np.isfinite(values).all():
            changed[name] = np.where(np.isfinite(values), values, np.float32(stand_in))
            warnings.warn(
                FilmWarning(f"{raw.where} has {name} values that are not finite: {stand_in:g} stands in for them."),
                stacklevel=3,
            )
    if raw.tangents is not None and not np.isfinite(raw.tangents).all():
        changed["tangents"] = None  # whoever shades derives them from the texture coordinates
    return replace(raw, **changed)


def _with_normals(raw: RawMesh, crease: float) -> RawMesh:
    if raw.normals is not None:
        with np.errstate(over="ignore", invalid="ignore"):
            length = np.linalg.norm(raw.normals.astype(np.float64), axis=1)
        good = np.isfinite(length) & (length > 1e-12)
        if good.all():
            return replace(raw, normals=(raw.normals / length[:, None]).astype(np.float32))
        if good.any():
            return replace(raw, normals=_patched(raw, good, length))
    source, faces, normals = creased_normals(raw.positions, raw.faces, crease=crease)
    return replace(_gathered(raw, source), faces=faces, normals=normals)


def _patched(raw: RawMesh, good: np.ndarray, length: np.ndarray) -> Float32[np.ndarray, "V 3"]:
    """The file's normals where they are good, else smooth ones."""
    assert raw.normals is not None
    _, _, smooth = creased_normals(raw.positions, raw.faces, crease=360.0)
    smooth[good] = raw.normals[good] / length[good, None]
    return smooth
