"""One primitive of a glTF mesh as triangles with attributes (glTF 2.0, 3.7.2)."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int64

from filmwright.core.errors import BadAsset, FilmWarning

from ..check import RawMesh, check_counts
from . import document
from .accessors import count, floats, integers
from .buffers import Gltf
from .materials import Pictures, material


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Primitive:
    """A raw mesh, and which joints of a skin hold its vertices: weights sum to 1."""

    raw: RawMesh
    joints: Int64[np.ndarray, "V J"] | None = None
    weights: Float32[np.ndarray, "V J"] | None = None


def primitive(gltf: Gltf, pictures: Pictures, mesh: int, index: int, morph: Sequence[float]) -> Primitive | None:
    """Read one primitive with its morph targets at the weights `morph`; None, with a warning, for points and lines."""
    made = gltf.document.meshes[mesh]
    part = made.primitives[index]
    where = f"{gltf.path}, mesh {made.name or mesh!r}, primitive {index}"
    if part.mode not in (4, 5, 6):
        if part.mode > 6:
            raise BadAsset(f"{where} has the unknown mode {part.mode}. Export it again.")
        warnings.warn(FilmWarning(f"{where} is made of points or lines, which a film leaves out."), stacklevel=2)
        return None
    if "POSITION" not in part.attributes:
        raise BadAsset(f"{where} has no POSITION. Export it again.")
    num = count(gltf, part.attributes["POSITION"])
    check_counts(where, vertices=num)
    for name, accessor in part.attributes.items():
        if count(gltf, accessor) != num:
            raise BadAsset(
                f"{where}: {name[:40]} has {count(gltf, accessor):,} elements, POSITION {num:,}. Export it again."
            )
    raw = RawMesh(
        where=where,
        positions=_morphed(gltf, part, "POSITION", morph),
        faces=_faces(gltf, part, num, where),
        normals=_morphed(gltf, part, "NORMAL", morph) if "NORMAL" in part.attributes else None,
        uv=_attribute(gltf, part, "TEXCOORD_0", 2),
        uv1=_attribute(gltf, part, "TEXCOORD_1", 2),
        colors=_colors(gltf, part),
        tangents=_attribute(gltf, part, "TANGENT", 4),
        material=material(pictures, part.material),
    )
    joints, weights = _influences(gltf, part)
    return Primitive(raw=raw, joints=joints, weights=weights)


def triangles(indices: Int64[np.ndarray, " K"], mode: int) -> Int64[np.ndarray, "N 3"]:
    """Faces out of a list (4), a strip (5) or a fan (6), all wound alike (3.7.2.1)."""
    if mode == 4:
        return indices.reshape(-1, 3)
    i = np.arange(max(len(indices) - 2, 0))
    if mode == 5:
        return indices[np.stack([i, i + 1 + i % 2, i + 2 - i % 2], axis=1)]
    return indices[np.stack([i + 1, i + 2, np.zeros_like(i)], axis=1)]


def _faces(gltf: Gltf, part: document.Primitive, num: int, where: str) -> Int64[np.ndarray, "N 3"]:
    total = num if part.indices is None else count(gltf, part.indices)
    check_counts(where, triangles=total // 3 if part.mode == 4 else total)
    if part.mode == 4 and total % 3:
        raise BadAsset(f"{where} has {total:,} corners, which is no multiple of 3. Export it again.")
    indices = np.arange(num) if part.indices is None else integers(gltf, part.indices)[:, 0]
    return triangles(indices, part.mode)


def _attribute(gltf: Gltf, part: document.Primitive, name: str, width: int) -> Float32[np.ndarray, "V D"] | None:
    return floats(gltf, part.attributes[name], (width,)) if name in part.attributes else None


def _morphed(gltf: Gltf, part: document.Primitive, name: str, morph: Sequence[float]) -> Float32[np.ndarray, "V 3"]:
    """An attribute with the morph targets' displacements added (3.7.2.2)."""
    values = floats(gltf, part.attributes[name], (3,))
    for target, weight in zip(part.targets, morph, strict=False):
        if weight and name in target:
            moved = floats(gltf, target[name], (3,))
            if len(moved) != len(values):
                raise BadAsset(f"{gltf.path}: a morph target has {len(moved):,} vertices, its mesh {len(values):,}.")
            values = values + np.float32(weight) * moved
    return values


def _colors(gltf: Gltf, part: document.Primitive) -> Float32[np.ndarray, "V 4"] | None:
    if "COLOR_0" not in part.attributes:
        return None
    colors = floats(gltf, part.attributes["COLOR_0"], (3, 4))
    if colors.shape[1] == 3:
        colors = np.concatenate([colors, np.ones((len(colors), 1), np.float32)], axis=1)
    return colors


def _influences(
    gltf: Gltf, part: document.Primitive
) -> tuple[Int64[np.ndarray, "V J"] | None, Float32[np.ndarray, "V J"] | None]:
    """Joints and normalised weights over all sets (3.7.3.3); a vertex that nothing holds follows the first joint."""
    joints, weights = [], []
    for i in range(4):
        if f"JOINTS_{i}" in part.attributes and f"WEIGHTS_{i}" in part.attributes:
            joints.append(integers(gltf, part.attributes[f"JOINTS_{i}"], 4))
            weights.append(floats(gltf, part.attributes[f"WEIGHTS_{i}"], (4,)))
    if not joints:
        return None, None
    held = np.concatenate(weights, axis=1)
    held = np.where(np.isfinite(held), held, np.float32(0)).clip(0, 1)
    held[:, 0] = np.where(held.sum(axis=1) > 0, held[:, 0], np.float32(1))
    return np.concatenate(joints, axis=1), held / held.sum(axis=1, keepdims=True)
