"""Polygons to triangles."""

import numpy as np
from jaxtyping import Float32, Float64, Int64

Points = Float32[np.ndarray, "V 3"]


def triangulated(
    positions: Points, vertex: Int64[np.ndarray, " C"], sizes: Int64[np.ndarray, " P"]
) -> Int64[np.ndarray, "N 3"]:
    """Corner numbers of the triangles of polygons that stand one after the other in `vertex`, `sizes` corners each.

    Convex ones become fans, concave quads are cut along the inner diagonal, other concave ones lose their ears one by
    one (Meisters 1975). Polygons of fewer than three corners are left out. `vertex` must be in range.
    """
    starts = np.cumsum(sizes) - sizes
    out = [starts[sizes == 3][:, None] + np.arange(3)]
    order = [np.flatnonzero(sizes == 3)]
    for size in np.unique(sizes[sizes > 3]):
        which = np.flatnonzero(sizes == size)
        corners = starts[which][:, None] + np.arange(size)
        turned = _turned(positions, vertex, corners)
        k = np.arange(1, size - 1)
        fans = np.stack([np.broadcast_to(corners[:, :1], (len(which), size - 2)), corners[:, k], corners[:, k + 1]], 2)
        for row in np.flatnonzero(turned.any(axis=1)):
            local = _quad(turned[row]) if size == 4 else _ears(positions[vertex[corners[row]]].astype(float))
            fans[row] = corners[row][local]
        out.append(fans.reshape(-1, 3))
        order.append(np.repeat(which, size - 2))
    return np.concatenate(out)[np.argsort(np.concatenate(order), kind="stable")]


def _turned(positions: Points, vertex: Int64[np.ndarray, " C"], corners: Int64[np.ndarray, "M K"]) -> np.ndarray:
    """Which corners of each polygon bend inwards, seen along its area vector (Newell 1972)."""
    points = positions[vertex[corners]].astype(float)
    following = np.roll(points, -1, axis=1)
    normal = np.cross(points - points[:, :1], following - points[:, :1]).sum(axis=1)
    bend = np.cross(points - np.roll(points, 1, axis=1), following - points)
    return np.einsum("mkd,md->mk", bend, normal) < -1e-12 * np.einsum("md,md->m", normal, normal)[:, None]


def _quad(turned: np.ndarray) -> np.ndarray:
    """The fan from the inward corner, which is the one to start at."""
    return (np.array([[0, 1, 2], [0, 2, 3]]) + int(np.argmax(turned))) % 4


def _ears(points: Float64[np.ndarray, "K 3"]) -> Int64[np.ndarray, "N 3"]:
    normal = np.cross(points - points[0], np.roll(points, -1, axis=0) - points[0]).sum(axis=0)
    drop = int(np.argmax(np.abs(normal)))
    flat = np.delete(points, drop, axis=1) * [1, (-1 if drop == 1 else 1) * (1 if normal[drop] > 0 else -1)]
    left = list(range(len(points)))
    out = []
    while len(left) > 3:
        ear = next((i for i in range(len(left)) if _is_ear(flat, left, i)), 0)
        out.append([left[ear - 1], left[ear], left[(ear + 1) % len(left)]])
        del left[ear]
    return np.array([*out, left])


def _is_ear(flat: Float64[np.ndarray, "K 2"], left: list[int], i: int) -> bool:
    a, b, c = flat[left[i - 1]], flat[left[i]], flat[left[(i + 1) % len(left)]]
    if _side(a, b, c) <= 0:
        return False
    others = [flat[j] for j in left if not any(np.array_equal(flat[j], p) for p in (a, b, c))]
    return not any(_side(a, b, p) >= 0 and _side(b, c, p) >= 0 and _side(c, a, p) >= 0 for p in others)


def _side(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
