"""PLY tables as meshes, under the names that scanners and Meshlab give their columns."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int64

from filmwright.core.errors import BadAsset
from filmwright.core.scene import Material, Texture

from .. import textures
from ..check import RawMesh, check_indices
from ..colors import linear
from ..normals import welded
from ..polygons import triangulated
from ..sources import beside
from .header import Header
from .tables import Ragged, Table

_UV = (("s", "t"), ("u", "v"), ("texture_u", "texture_v"))
_COLORS = (("red", "green", "blue"), ("r", "g", "b"), ("diffuse_red", "diffuse_green", "diffuse_blue"))


def meshes(path: Path, head: Header, found: dict[str, Table], *, max_pixels: int) -> Iterator[RawMesh]:
    """A raw mesh for each texture in use; raises BadAsset for clouds of points and of splats."""
    vertex, face = found.get("vertex", Table()), found.get("face", Table())
    names = [p.name for element in head.elements for p in element.properties]
    if "f_dc_0" in names:
        raise BadAsset(f"{path} is a cloud of Gaussian splats, not a mesh. Make a mesh of it first.")
    corners = next((face.lists[n] for n in ("vertex_indices", "vertex_index") if n in face.lists), None)
    if corners is None or not len(corners.sizes):
        strips = " Its triangle strips are not read: export plain triangles." if "tristrips" in found else ""
        raise BadAsset(
            f"{path} has no triangles to film, only {vertex.count:,} points.{strips or ' Make a mesh of them first.'}"
        )
    positions = _columns(vertex, ("x", "y", "z"))
    if positions is None:
        raise BadAsset(f"{path} has vertices without x, y and z. Export it again.")
    index = _whole(path, corners)
    check_indices(str(path), index, len(positions))
    corner = triangulated(positions, index, corners.sizes)
    textured = face.columns.get("texnumber")
    wedge = face.lists.get("texcoord")
    if textured is None or wedge is None:
        owner = np.zeros(len(corner), np.int64)
    else:
        owner = textured.astype(np.int64)[np.repeat(np.arange(face.count), corners.sizes)[corner[:, 0]]]
    for number in np.unique(owner).tolist():
        material = _material(path, head, number, colored=_colors(vertex) is not None, max_pixels=max_pixels)
        yield _mesh(path, vertex, positions, index, corner[owner == number], wedge, material)


def _mesh(
    path: Path,
    vertex: Table,
    positions: Float32[np.ndarray, "V 3"],
    index: Int64[np.ndarray, " C"],
    corner: Int64[np.ndarray, "N 3"],
    wedge: Ragged | None,
    material: Material,
) -> RawMesh:
    """Triangles of corners as a mesh; with texture coordinates at corners, vertices are split along the seams."""
    uv = next((columns for pair in _UV if (columns := _columns(vertex, pair)) is not None), None)
    faces, source = index[corner], np.arange(len(positions))
    if wedge is not None and len(wedge.values) == 2 * len(index):
        at_corner = wedge.values.reshape(-1, 2).astype(np.float32)[corner.ravel()]
        same = welded(np.concatenate([at_corner, np.zeros((len(at_corner), 1), np.float32)], axis=1))
        key = faces.ravel() * (int(same.max(initial=0)) + 1) + same
        _, first, split = np.unique(key, return_index=True, return_inverse=True)
        source, uv = faces.ravel()[first], at_corner[first]
        faces = split.reshape(-1, 3).astype(np.int64)
    elif uv is not None:
        uv = uv[source]
    colors = _colors(vertex)
    normals = _columns(vertex, ("nx", "ny", "nz"))
    return RawMesh(
        where=str(path),
        positions=positions[source],
        faces=faces,
        normals=None if normals is None else normals[source],
        uv=None if uv is None else np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1),  # v = 0 is the bottom row in PLY
        colors=None if colors is None else colors[source],
        material=material,
    )


def _columns(table: Table, names: tuple[str, ...]) -> Float32[np.ndarray, "V D"] | None:
    if not all(name in table.columns for name in names):
        return None
    with np.errstate(over="ignore"):
        return np.stack([table.columns[name].astype(np.float32) for name in names], axis=1)


def _colors(vertex: Table) -> Float32[np.ndarray, "V 4"] | None:
    """Linear colours; columns are sRGB-encoded, in 0 to 255 or, with a fraction or all at most 1, in 0 to 1."""
    names = next((names for names in _COLORS if all(n in vertex.columns for n in names)), None)
    if names is None:
        return None
    encoded = _columns(vertex, names)
    assert encoded is not None
    depth = _depth(vertex.columns[names[0]])
    out = np.ones((len(encoded), 4), np.float32)
    out[:, :3] = linear(encoded / np.float32(depth))
    return out


def _depth(column: np.ndarray) -> float:
    if column.dtype.kind in "ui":
        return float(np.iinfo(column.dtype).max)
    return 255.0 if column.size and np.nanmax(column, initial=0) > 1 else 1.0


def _whole(path: Path, corners: Ragged) -> Int64[np.ndarray, " C"]:
    values = corners.values
    if values.dtype.kind == "f" and not (np.abs(values) < 2**53).all():
        raise BadAsset(f"{path} has faces whose vertices are no numbers. The file is broken: export it again.")
    return values.astype(np.int64)


def _material(path: Path, head: Header, number: int, *, colored: bool, max_pixels: int) -> Material:
    grey = 1.0 if colored else textures.GREY
    texture = None
    if 0 <= number < len(head.textures):
        file = beside(path, head.textures[number])
        pixels = textures.load(file, stand_in="light grey", max_pixels=max_pixels)
        if pixels is not None:
            texture, grey = Texture(pixels=pixels), 1.0
    return Material(
        name=head.textures[number] if texture else "",
        base_color=(grey, grey, grey, 1.0),
        base_color_texture=texture,
        double_sided=True,  # the format does not say, and scans have open rims
    )
