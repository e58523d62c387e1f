"""A stage's meshes, as they stand at its beginning."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Float32, Int64
from pxr import Usd, UsdGeom, UsdShade

from filmwright.core.errors import BadAsset, FilmWarning
from filmwright.core.scene import Vec3

from ..check import RawMesh, check_counts, check_indices
from ..gltf.tree import MAX_NODES
from ..polygons import triangulated
from .materials import Look, Looks, look

_AT = Usd.TimeCode.EarliestTime()
_SHOWN = (UsdGeom.Tokens.default_, UsdGeom.Tokens.render)
_LEFT_OUT = (UsdGeom.Gprim, UsdGeom.PointInstancer)


def shown_meshes(stage: Usd.Stage, where: Path) -> Iterator[tuple[UsdGeom.Mesh, Float[np.ndarray, "4 4"]]]:
    """Every visible mesh with its place (world from local), those of instances as often as they are shown."""
    cache = UsdGeom.XformCache(_AT)
    left_out = set[str]()
    for count, prim in enumerate(Usd.PrimRange(stage.GetPseudoRoot(), Usd.TraverseInstanceProxies())):
        if count > MAX_NODES:  # a few instances in instances in instances are millions
            raise BadAsset(f"{where} has more than {MAX_NODES:,} prims. Join its parts.")
        if not prim.IsA(UsdGeom.Mesh):
            if any(prim.IsA(kind) for kind in _LEFT_OUT):
                left_out.add(str(prim.GetTypeName()))
            continue
        imageable = UsdGeom.Imageable(prim)
        if imageable.ComputeVisibility(_AT) != UsdGeom.Tokens.invisible and imageable.ComputePurpose() in _SHOWN:
            yield UsdGeom.Mesh(prim), np.array(cache.GetLocalToWorldTransform(prim)).T  # USD's stand left of rows
    if left_out:
        kinds = ", ".join(sorted(left_out))
        warnings.warn(FilmWarning(f"{where}: only meshes are filmed; left out: {kinds}."), stacklevel=2)


def what_it_is(mesh: UsdGeom.Mesh) -> tuple[str, ...]:
    """The same for meshes that look the same: those of instances, with what these inherit."""
    prim = mesh.GetPrim()
    path = (prim.GetPrimInPrototype() if prim.IsInstanceProxy() else prim).GetPath()
    bound = UsdShade.MaterialBindingAPI(mesh).ComputeBoundMaterial()[0]
    return (str(path), str(bound.GetPath()) if bound else "", str(_one_color(mesh)))


def raw_meshes(looks: Looks, mesh: UsdGeom.Mesh) -> Iterator[RawMesh]:
    """A mesh's triangles, one raw mesh for each of its materials."""
    where = f"{looks.path}, {mesh.GetPath()}"
    positions = _array(mesh.GetPointsAttr(), np.float32).reshape(-1, 3)
    sizes = _array(mesh.GetFaceVertexCountsAttr(), np.int64)
    vertex = _array(mesh.GetFaceVertexIndicesAttr(), np.int64)
    if sizes.sum() != len(vertex) or (sizes < 0).any():
        raise BadAsset(f"{where} has faces of {sizes.sum():,} corners and {len(vertex):,} of them. Export it again.")
    check_counts(where, vertices=len(positions), triangles=max(0, len(vertex) - 2 * len(sizes)))
    check_indices(where, vertex, len(positions))
    corners = triangulated(positions, vertex, sizes)
    if mesh.GetOrientationAttr().Get(_AT) == UsdGeom.Tokens.leftHanded:
        corners = np.ascontiguousarray(corners[:, ::-1])
    face = np.repeat(np.arange(len(sizes)), sizes)[corners[:, 0]] if len(corners) else np.zeros(0, np.int64)
    owner, bound = _owners(mesh, len(sizes))
    color = _one_color(mesh)
    for number, material in enumerate(bound):
        mine = corners[owner[face] == number]
        if len(mine):
            yield _raw(where, mesh, look(looks, material, color), positions, vertex, mine, face[owner[face] == number])


def _owners(mesh: UsdGeom.Mesh, num_faces: int) -> tuple[Int64[np.ndarray, " P"], list[UsdShade.Material]]:
    """For each face the number of its material, and these: the mesh's own, and those of its subsets."""
    owner = np.zeros(num_faces, np.int64)
    bound = [UsdShade.MaterialBindingAPI(mesh).ComputeBoundMaterial()[0]]
    for subset in UsdShade.MaterialBindingAPI(mesh).GetMaterialBindSubsets():
        faces = _array(subset.GetIndicesAttr(), np.int64)
        check_indices(f"{subset.GetPath()}", faces, num_faces)
        owner[faces] = len(bound)
        bound.append(UsdShade.MaterialBindingAPI(subset).ComputeBoundMaterial()[0])
    return owner, bound


def _raw(
    where: str,
    mesh: UsdGeom.Mesh,
    look: Look,
    positions: Float32[np.ndarray, "V 3"],
    vertex: Int64[np.ndarray, " C"],
    corners: Int64[np.ndarray, "N 3"],
    face: Int64[np.ndarray, " N"],
) -> RawMesh:
    """Corners whose values are all the same become one vertex."""
    flat = corners.ravel()
    at = {"vertex": vertex[flat], "faceVarying": flat, "uniform": np.repeat(face, 3)}
    api = UsdGeom.PrimvarsAPI(mesh)
    uv = [_primvar(where, api.FindPrimvarWithInheritance(name), at, 2) for name in look.uv_names[:2]]
    normals = _normals(where, mesh, api, at)
    colors = None
    if look.material.base_color_texture is None and not look.material.name:
        colors = _primvar(where, api.FindPrimvarWithInheritance("displayColor"), at, 3, constant=False)
    given = [np.ascontiguousarray(values) for values in (*uv, normals, colors) if values is not None]
    keys = np.hstack([vertex[flat][:, None].astype(np.float64), *(values.astype(np.float64) for values in given)])
    _, first, faces = np.unique(keys, axis=0, return_index=True, return_inverse=True)

    def taken(values: np.ndarray | None) -> Any:
        return None if values is None else np.ascontiguousarray(values[first], np.float32)

    rgba = None if colors is None else np.hstack([taken(colors), np.ones((len(first), 1), np.float32)])
    return RawMesh(
        where=where,
        positions=positions[vertex[flat][first]],
        faces=faces.reshape(-1, 3).astype(np.int64),
        normals=taken(normals),
        uv=_top_down(taken(uv[0])),
        uv1=_top_down(taken(uv[1])) if len(uv) > 1 else None,
        colors=rgba,
        material=look.material,
    )


def _normals(
    where: str, mesh: UsdGeom.Mesh, api: UsdGeom.PrimvarsAPI, at: dict[str, Int64[np.ndarray, " C"]]
) -> Float32[np.ndarray, "C 3"] | None:
    """The primvar of that name, which has precedence, or the mesh's own attribute."""
    primvar = api.GetPrimvar("normals")
    if primvar and primvar.HasValue():
        return _primvar(where, primvar, at, 3)
    values = _array(mesh.GetNormalsAttr(), np.float32).reshape(-1, 3)
    return _spread(where, "normals", values, str(mesh.GetNormalsInterpolation()), at) if len(values) else None


def _primvar(
    where: str,
    primvar: UsdGeom.Primvar,
    at: dict[str, Int64[np.ndarray, " C"]],
    width: int,
    *,
    constant: bool = True,
) -> Float32[np.ndarray, "C W"] | None:
    if not primvar or not primvar.HasValue():
        return None
    values = np.asarray(primvar.ComputeFlattened(_AT), np.float32)
    if values.size == 0 or values.size % width or (not constant and primvar.GetInterpolation() == "constant"):
        return None
    return _spread(where, primvar.GetPrimvarName(), values.reshape(-1, width), primvar.GetInterpolation(), at)


def _spread(
    where: str, name: str, values: Float32[np.ndarray, "K W"], how: str, at: dict[str, Int64[np.ndarray, " C"]]
) -> Float32[np.ndarray, "C W"]:
    """A value for each corner, by USD's interpolation."""
    index = np.zeros_like(at["vertex"]) if how == "constant" else at["vertex" if how == "varying" else how]
    if len(index) and int(index.max()) >= len(values):
        raise BadAsset(f"{where} has {len(values):,} values of {name}, too few ({how}). Export it again.")
    return values[index]


def _one_color(mesh: UsdGeom.Mesh) -> Vec3 | None:
    primvar = UsdGeom.PrimvarsAPI(mesh).FindPrimvarWithInheritance("displayColor")
    if not primvar or not primvar.HasValue():
        return None
    if primvar.GetInterpolation() != "constant":
        return (1.0, 1.0, 1.0)
    values = np.asarray(primvar.ComputeFlattened(_AT), np.float32).reshape(-1, 3)
    return (float(values[0, 0]), float(values[0, 1]), float(values[0, 2])) if len(values) else None


def _array(attribute: Usd.Attribute, kind: Any) -> np.ndarray:
    value = attribute.Get(_AT)
    return np.zeros(0, kind) if value is None else np.asarray(value, kind)


def _top_down(uv: Float32[np.ndarray, "V 2"] | None) -> Float32[np.ndarray, "V 2"] | None:
    """USD's v = 0 is the bottom row, core's the top one."""
    return None if uv is None else np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1)
