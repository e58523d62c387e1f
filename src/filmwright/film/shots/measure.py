"""How large a product is, and where its surface is: bounds over the animation and points spread evenly by area."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from filmwright.core.errors import BadAsset
from filmwright.core.pose import world_transforms
from filmwright.core.scene import Scene

from .texels import surface_color

NUM_MOMENTS = 33  # how finely an animation is looked at


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surface:
    """Points spread over a scene's surface, each standing for the same area."""

    points: Float[np.ndarray, "P 3"]  # metres
    normals: Float[np.ndarray, "P 3"]  # unit, of the triangle
    colors: Float[np.ndarray, "P 3"]  # linear base colour
    coverage: Float[np.ndarray, " P"]  # 0 to 1; alpha


def moments(scene: Scene) -> tuple[float, ...]:
    """Seconds at which an animated scene is looked at; a still one is looked at once."""
    if scene.duration <= 0 or not any(node.channels for node in scene.nodes):
        return (0.0,)
    return tuple(scene.duration * i / (NUM_MOMENTS - 1) * (1 - 1e-6) for i in range(NUM_MOMENTS))


def vertices_over_time(scene: Scene) -> Float[np.ndarray, "V 3"]:
    """World positions of every vertex that a face uses, at all moments; what stands still is there once.

    Raises BadAsset where the scene has nothing to film.
    """
    poses = np.stack([world_transforms(scene, t) for t in moments(scene)])
    used = {i: _used(scene, i) for i in {node.mesh for node in scene.nodes if node.mesh is not None}}
    out = []
    for i, node in enumerate(scene.nodes):
        if node.mesh is None:
            continue
        moves = not np.allclose(poses[:, i], poses[0, i], atol=1e-9)
        out += [_place(used[node.mesh], pose) for pose in (poses[:, i] if moves else poses[:1, i])]
    if not out or not sum(map(len, out)):
        raise BadAsset(
            f"{scene.name!r} has no surface to film: no node carries a mesh with faces. Export it with meshes."
        )
    return np.concatenate(out)


def bounds_of(points: Float[np.ndarray, "P 3"]) -> Float[np.ndarray, "2 3"]:
    """The lowest and the highest corner of the box around `points`."""
    return np.stack([points.min(axis=0), points.max(axis=0)])


def sample_surface(scene: Scene, count: int, *, seconds: float = 0.0) -> Surface:
    """`count` points over the surface at a time, the same for the same scene.

    Points are taken at even steps along the running sum of triangle areas, with a low-discrepancy place in each
    triangle (Roberts 2018, the R2 sequence).
    """
    poses = world_transforms(scene, seconds)
    corners, owners = [], []
    for i, node in enumerate(scene.nodes):
        if node.mesh is not None and len(scene.meshes[node.mesh].faces):
            mesh = scene.meshes[node.mesh]
            corners.append(_place(mesh.positions, poses[i])[mesh.faces])
            owners.append(np.stack([np.full(len(mesh.faces), node.mesh), np.arange(len(mesh.faces))], axis=1))
    triangles, owner = np.concatenate(corners), np.concatenate(owners)
    cross = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    areas = np.linalg.norm(cross, axis=1) / 2
    chosen, weights = _spread(areas, count)
    normals = cross[chosen] / np.maximum(2 * areas[chosen], 1e-30)[:, None]
    colors, coverage = _colors(scene, owner[chosen], weights)
    points = np.einsum("pk,pkc->pc", weights, triangles[chosen])
    return Surface(points=points, normals=normals, colors=colors, coverage=coverage)


def _spread(areas: Float[np.ndarray, " T"], count: int) -> tuple[Int[np.ndarray, " P"], Float[np.ndarray, "P 3"]]:
    """A triangle for each point, and where in it."""
    total = np.cumsum(areas)
    if not total[-1] > 0:
        raise BadAsset("the product's triangles have no area: all of them are points or lines. Export it again.")
    chosen = np.searchsorted(total, (np.arange(count) + 0.5) / count * total[-1])
    n = np.arange(1, count + 1)
    a, b = np.mod(0.7548776662466927 * n, 1.0), np.mod(0.5698402909980532 * n, 1.0)
    flip = a + b > 1
    a, b = np.where(flip, 1 - a, a), np.where(flip, 1 - b, b)
    return np.minimum(chosen, len(areas) - 1), np.stack([1 - a - b, a, b], axis=1)


def _colors(
    scene: Scene, owner: Int[np.ndarray, "P 2"], weights: Float[np.ndarray, "P 3"]
) -> tuple[Float[np.ndarray, "P 3"], Float[np.ndarray, " P"]]:
    colors, coverage = np.ones((len(owner), 3)), np.ones(len(owner))
    for i in np.unique(owner[:, 0]):
        mine = owner[:, 0] == i
        colors[mine], coverage[mine] = surface_color(scene.meshes[int(i)], owner[mine, 1], weights[mine])
    return colors, coverage


def _used(scene: Scene, mesh: int) -> Float[np.ndarray, "V 3"]:
    positions = scene.meshes[mesh].positions.astype(float)
    return positions[np.unique(scene.meshes[mesh].faces)]


def _place(points: Float[np.ndarray, "... 3"], pose: Float[np.ndarray, "4 4"]) -> Float[np.ndarray, "... 3"]:
    return points @ pose[:3, :3].T + pose[:3, 3]
