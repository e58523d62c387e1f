"""Triangles as UsdGeom.Mesh, with what their material reads from them."""

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, Vt

from filmwright.core.scene import Mesh

from .materials import Unfolded, add_material, textures_of, unfolded


def add_mesh(held: Usd.Stage, path: str, mesh: Mesh, pictures: dict[str, bytes]) -> None:
    """A mesh, and beside it its material."""
    prim = UsdGeom.Mesh.Define(held, path)
    prim.CreatePointsAttr(_vectors(mesh.positions))
    prim.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(np.ascontiguousarray(mesh.faces.ravel(), np.int32)))
    prim.CreateFaceVertexCountsAttr(Vt.IntArray(len(mesh.faces), 3))
    low, high = mesh.positions.min(0).tolist(), mesh.positions.max(0).tolist()
    prim.CreateExtentAttr([Gf.Vec3f(*low), Gf.Vec3f(*high)])
    prim.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    prim.CreateDoubleSidedAttr(mesh.material.double_sided)
    if mesh.normals is not None:
        prim.CreateNormalsAttr(_vectors(mesh.normals))
        prim.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    _add_color(prim, mesh)
    names = _add_coordinates(prim, mesh)
    made = add_material(held, f"{path}_look", mesh.material, names, pictures, painted=mesh.colors is not None)
    UsdShade.MaterialBindingAPI.Apply(prim.GetPrim()).Bind(made)


def _add_color(prim: UsdGeom.Mesh, mesh: Mesh) -> None:
    """The base colour where no material is drawn; of a painted mesh the material reads it too."""
    factor = np.array(mesh.material.base_color[:3], np.float32)[None]
    each = UsdGeom.Tokens.constant if mesh.colors is None else UsdGeom.Tokens.vertex
    colors = factor if mesh.colors is None else factor * mesh.colors[:, :3]
    prim.CreateDisplayColorPrimvar(each).Set(_vectors(colors))


def _add_coordinates(prim: UsdGeom.Mesh, mesh: Mesh) -> dict[Unfolded, str]:
    """A primvar for each way in which the mesh's pictures lie on it; their names."""
    names: dict[Unfolded, str] = {}
    for texture in textures_of(mesh.material):
        way = unfolded(texture)
        uv = mesh.uv1 if texture.texcoord else mesh.uv
        if way in names or uv is None:
            continue
        names[way] = f"st{len(names) or ''}"
        matrix = np.array(texture.uv_transform).reshape(2, 3)
        st = uv @ matrix[:, :2].T + matrix[:, 2]
        st[:, 1] = 1 - st[:, 1]  # USD counts from the picture's bottom
        primvar = UsdGeom.PrimvarsAPI(prim).CreatePrimvar(
            names[way], Sdf.ValueTypeNames.TexCoord2fArray, UsdGeom.Tokens.vertex
        )
        primvar.Set(Vt.Vec2fArray.FromNumpy(np.ascontiguousarray(st, np.float32)))
    return names


def _vectors(values: np.ndarray) -> Vt.Vec3fArray:
    return Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(values, np.float32))
