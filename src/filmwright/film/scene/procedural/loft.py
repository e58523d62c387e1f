"""A profile swept around a section: bodies, caps, collars and feet."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Int

from filmwright.core.scene import Material, Mesh

from .profile import lengths
from .section import Section

# (share of the way around [1, A], profile points [P, 1, 2]) -> millimetres outwards, broadcast to [P, A]
Displace = Callable[[Float[np.ndarray, "1 A"], Float[np.ndarray, "P 1 2"]], Float[np.ndarray, "P A"]]

ON_AXIS = 1e-9  # millimetres of radius below which a ring is a point


def loft(
    profile: Float[np.ndarray, "P 2"],
    section: Section,
    *,
    num: int,
    material: Material,
    displace: Displace | None = None,
) -> Mesh:
    """A closed solid of `num` columns, its profile running from the axis at the bottom out, up and back to the axis.

    The seam lies at the back; u grows to the right seen from the front, v downwards along the profile. Normals are
    the face normals weighted by area, so flats stay flat beside small roundings. Millimetres.
    """
    angles = section.even_angles(num)
    reach = np.where(profile[:, :1] < ON_AXIS, 0.0, section.reach(profile[:, :1], angles[None]))
    around = np.stack([np.cos(angles), np.sin(angles)], -1)
    grid = np.concatenate([reach[..., None] * around, np.broadcast_to(profile[:, None, 1:], (*reach.shape, 1))], -1)
    grid[:, -1] = grid[:, 0]  # the seam closes to the last bit
    welded = _welded(profile, num)
    faces = _faces(welded, num)
    if displace is not None:
        u = np.linspace(0.0, 1.0, num + 1)[None]
        amount = displace(u, profile[:, None, :])
        grid = grid + _normals(grid.reshape(-1, 3), faces, welded).reshape(grid.shape) * amount[..., None]
        grid[:, -1] = grid[:, 0]
    positions = grid.reshape(-1, 3)
    normals = _normals(positions, faces, welded)
    return Mesh(
        positions=positions.astype(np.float32),
        faces=faces.astype(np.int32),
        normals=normals.astype(np.float32),
        uv=_uv(profile, num),
        tangents=_tangents(grid, normals),
        material=material,
    )


def _welded(profile: Float[np.ndarray, "P 2"], num: int) -> Int[np.ndarray, " V"]:
    """For each vertex the first one that stands at its place: the seam's twin, or one for a whole pole."""
    column = np.arange(num + 1) % num
    rows = np.arange(len(profile))[:, None] * (num + 1)
    pole = profile[:, :1] < ON_AXIS
    return np.where(pole, rows, rows + column).ravel()


def _faces(welded: Int[np.ndarray, " V"], num: int) -> Int[np.ndarray, "N 3"]:
    rows = len(welded) // (num + 1)
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(num), indexing="ij")
    a = (i * (num + 1) + j).ravel()
    b, c, d = a + 1, a + num + 1, a + num + 2
    faces = np.concatenate([np.stack([a, b, d], 1), np.stack([a, d, c], 1)])
    w = welded[faces]
    return faces[(w[:, 0] != w[:, 1]) & (w[:, 1] != w[:, 2]) & (w[:, 2] != w[:, 0])]


def _normals(
    positions: Float[np.ndarray, "V 3"], faces: Int[np.ndarray, "N 3"], welded: Int[np.ndarray, " V"]
) -> Float[np.ndarray, "V 3"]:
    a, b, c = (positions[faces[:, k]] for k in range(3))
    cross = np.cross(b - a, c - a)
    corner = welded[faces].T.ravel()
    total = np.stack([np.bincount(corner, np.tile(cross[:, k], 3), minlength=len(positions)) for k in range(3)], -1)[
        welded
    ]
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-30)


def _uv(profile: Float[np.ndarray, "P 2"], num: int) -> Float[np.ndarray, "V 2"]:
    length = lengths(profile)
    u, v = np.broadcast_arrays(np.linspace(0.0, 1.0, num + 1)[None], (1 - length / length[-1])[:, None])
    return np.stack([u, v], -1).reshape(-1, 2).astype(np.float32)


def _tangents(grid: Float[np.ndarray, "P A 3"], normals: Float[np.ndarray, "V 3"]) -> Float[np.ndarray, "V 4"]:
    """Along growing u, square to the normal; the bitangent points up the picture (glTF 2.0, 3.7.2.1)."""
    inner = grid[:, :-1]
    along = np.roll(inner, -1, 1) - np.roll(inner, 1, 1)
    flat = np.concatenate([along, along[:, :1]], 1).reshape(-1, 3)
    flat = np.where(np.linalg.norm(flat, axis=1, keepdims=True) < 1e-12, [1.0, 0.0, 0.0], flat)  # the poles
    flat = flat - normals * np.sum(flat * normals, 1, keepdims=True)
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-30)
    return np.concatenate([flat, np.ones((len(flat), 1))], 1).astype(np.float32)


def ramp(t: Float[np.ndarray, "*S"]) -> Float[np.ndarray, "*S"]:
    """From 0 to 1 as t does, with a level start and end (smoothstep)."""
    t = np.clip(t, 0.0, 1.0)
    return t * t * (3 - 2 * t)
