"""A scene's meshes laid end to end in the arrays that the kernels read."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int32

from filmwright.core.errors import BadAsset
from filmwright.core.scene import Material, Mesh, Scene

from .tangents import tangents


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Triangles:
    """All triangles of a scene, each node's in its own local space; `vertex_node` says whose a vertex is."""

    points: Float32[np.ndarray, "V 3"]
    normals: Float32[np.ndarray, "V 3"]
    tangents: Float32[np.ndarray, "V 4"]  # w 0 where a mesh has none
    uv: Float32[np.ndarray, "V 4"]  # both sets
    colors: Float32[np.ndarray, "V 4"]
    vertex_node: Int32[np.ndarray, " V"]
    faces: Int32[np.ndarray, "N 3"]
    owner: Int32[np.ndarray, "N 2"]  # node, material
    materials: tuple[Material, ...]  # one a mesh
    solid: tuple[bool, ...]  # of each material: its mesh is a closed body


def flatten(scene: Scene) -> Triangles:
    """Lay the meshes of all nodes end to end.

    Raises BadAsset where the scene has no triangle at all.
    """
    parts = [_part(scene, i) for i, node in enumerate(scene.nodes) if node.mesh is not None]
    parts = [part for part in parts if len(part[1]["faces"])]
    if not parts:
        raise BadAsset(f"scene {scene.name!r} has no triangles to film; give it at least one mesh with faces")
    start, out = 0, []
    for node, part in parts:
        part["vertex_node"] = np.full(len(part["points"]), node, np.int32)
        part["faces"] = part["faces"] + np.int32(start)
        start += len(part["points"])
        out.append(part)
    joined = {name: np.concatenate([part[name] for part in out]) for name in out[0]}
    materials = tuple(mesh.material for mesh in scene.meshes)
    solid = tuple(mesh.material.transmission > 0 and is_closed(mesh) for mesh in scene.meshes)
    return Triangles(materials=materials, solid=solid, **joined)


def _part(scene: Scene, index: int) -> tuple[int, dict[str, np.ndarray]]:
    which = scene.nodes[index].mesh
    assert which is not None
    mesh = scene.meshes[which]
    num = len(mesh.positions)
    normals = mesh.normals if mesh.normals is not None else smooth_normals(mesh)
    uv = np.zeros((num, 4), np.float32)
    if mesh.uv is not None:
        uv[:, :2] = mesh.uv
    if mesh.uv1 is not None:
        uv[:, 2:] = mesh.uv1
    bend = mesh.tangents
    normal_map = mesh.material.normal_texture
    if bend is None and normal_map is not None:
        chosen = mesh.uv1 if normal_map.texcoord == 1 else mesh.uv
        bend = tangents(mesh.positions, normals, chosen, mesh.faces) if chosen is not None else None
    owner = np.empty((len(mesh.faces), 2), np.int32)
    owner[:] = index, which
    return index, {
        "points": mesh.positions,
        "normals": _units(normals),
        "tangents": bend if bend is not None else np.zeros((num, 4), np.float32),
        "uv": uv,
        "colors": mesh.colors if mesh.colors is not None else np.ones((num, 4), np.float32),
        "faces": mesh.faces,
        "owner": owner,
    }


def smooth_normals(mesh: Mesh) -> Float32[np.ndarray, "V 3"]:
    """Vertex normals, each the sum of its faces' weighted by their area."""
    corners = mesh.positions[mesh.faces].astype(np.float64)
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    out = np.zeros((len(mesh.positions), 3))
    for k in range(3):
        for axis in range(3):
            out[:, axis] += np.bincount(mesh.faces[:, k], face[:, axis], len(out))
    return _units(out)


def _units(vectors: np.ndarray) -> Float32[np.ndarray, "V 3"]:
    length = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    return np.where(length > 1e-20, vectors / np.maximum(length, 1e-20), [0.0, 0.0, 1.0]).astype(np.float32)


def is_closed(mesh: Mesh) -> bool:
    """Whether every edge lies between two faces, vertices at the same place taken as one."""
    _, same = np.unique(mesh.positions, axis=0, return_inverse=True)
    faces = same.reshape(-1)[mesh.faces]
    faces = faces[(faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])]
    edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    _, counts = np.unique(edges, axis=0, return_counts=True)
    return len(edges) > 0 and bool((counts % 2 == 0).all())


def texture_density(triangles: Triangles, world: Float64[np.ndarray, "V 3"]) -> Float32[np.ndarray, "N 2"]:
    """Of each face, the uv units that lie on a metre of it, for both uv sets."""
    a, b, c = (world[triangles.faces[:, k]] for k in range(3))
    metres2 = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    out = np.empty((len(triangles.faces), 2), np.float32)
    for which in range(2):
        p, q, r = (triangles.uv[triangles.faces[:, k], 2 * which : 2 * which + 2].astype(np.float64) for k in range(3))
        e, f = q - p, r - p
        units2 = np.abs(e[:, 0] * f[:, 1] - e[:, 1] * f[:, 0])
        out[:, which] = np.sqrt(units2 / np.maximum(metres2, 1e-20))
    return out
