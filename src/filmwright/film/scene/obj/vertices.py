"""OBJ corners to meshes: one for each material."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float32, Int64

from filmwright.core.scene import Material

from ..check import RawMesh
from ..colors import linear
from ..polygons import triangulated
from .statements import Obj


def meshes(where: str, obj: Obj, materials: dict[int, Material]) -> Iterator[RawMesh]:
    """A raw mesh for each material in use, in the order of the materials' first use."""
    corner = triangulated(obj.positions, obj.corners[:, 0], obj.sizes)
    polygon = np.repeat(np.arange(len(obj.sizes)), obj.sizes)
    owner = obj.material[polygon[corner[:, 0]]]
    for index in np.unique(owner):
        yield _mesh(where, obj, obj.corners[corner[owner == index]], materials[int(index)])


def _mesh(where: str, obj: Obj, corners: Int64[np.ndarray, "N 3 3"], material: Material) -> RawMesh:
    """Corners of the same position, uv and normal become one vertex."""
    flat = corners.reshape(-1, 3)
    has_uv, has_normals = bool((flat[:, 1] >= 0).any()), bool((flat[:, 2] >= 0).all())
    key = flat[:, 0].copy()
    for column, table, used in ((1, obj.uv, has_uv), (2, obj.normals, has_normals)):
        if used and not np.array_equal(flat[:, column], flat[:, 0]):
            key = np.unique(key * (len(table) + 1) + flat[:, column] + 1, return_inverse=True)[1].astype(np.int64)
    _, first, faces = np.unique(key, return_index=True, return_inverse=True)
    taken = flat[first]
    colors = None
    if obj.colors is not None:
        colors = np.ones((len(taken), 4), np.float32)
        colors[:, :3] = linear(obj.colors[taken[:, 0]])
    return RawMesh(
        where=f"{where}, material {material.name!r}",
        positions=obj.positions[taken[:, 0]],
        faces=faces.reshape(-1, 3).astype(np.int64),
        normals=obj.normals[taken[:, 2]] if has_normals else None,
        uv=_top_down(obj.uv, taken[:, 1]) if has_uv else None,
        colors=colors,
        material=material,
    )


def _top_down(uv: Float32[np.ndarray, "T 2"], index: Int64[np.ndarray, " V"]) -> Float32[np.ndarray, "V 2"]:
    """OBJ's v = 0 is the bottom row, core's the top one; corners without uv get 0."""
    turned = uv[index]
    turned[:, 1] = 1 - turned[:, 1]
    turned[index < 0] = 0
    return turned
