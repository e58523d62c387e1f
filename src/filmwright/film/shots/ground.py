"""How a product stands: a tilted scan is set upright on the flat side it was meant to stand on."""

import numpy as np
from jaxtyping import Bool, Float

_CAP = np.radians(40.0)  # a scan that leans more than this was laid down on purpose
_STEP = np.radians(3.5)
_CONTACT = 0.004  # share of the product's diagonal that counts as touching the ground


def upright(points: Float[np.ndarray, "P 3"]) -> Float[np.ndarray, "3 3"]:
    """The rotation that sets a product down on its resting plane; the identity where it stands well as it is.

    A resting plane touches the product from below, at points that hold its centre between them (stable in the sense
    of Goldberg et al. 1999). The product is turned only where another plane within 40 degrees holds it on more than
    twice the area, and on a good part of its footprint: a ball, or a figure on small feet, stays as it came.
    """
    diagonal = float(np.linalg.norm(np.ptp(points, axis=0)))
    center = (points.min(axis=0) + points.max(axis=0)) / 2
    hull = _outermost(points)
    eps = _CONTACT * diagonal
    here = np.array([0.0, 0.0, 1.0])
    candidates = np.unique(np.round([_settle(hull, up, eps) for up in _cap(_CAP, _STEP)], 4), axis=0)
    candidates /= np.linalg.norm(candidates, axis=1, keepdims=True)
    areas = np.array([_support(hull, up, center, eps) for up in candidates])
    now = _support(hull, here, center, eps)
    leaning = np.arccos(np.clip(candidates[:, 2], -1, 1))
    areas[leaning > _CAP] = 0.0
    best = int(np.argmax(areas * (1 - 0.2 * leaning)))
    up = candidates[best]
    footprint = _polygon_area(_flat(hull, up))
    if areas[best] <= 2 * now or areas[best] < 0.12 * footprint or leaning[best] < np.radians(0.2):
        return np.eye(3)
    return _turn(up, here)


def _outermost(points: Float[np.ndarray, "P 3"]) -> Float[np.ndarray, "H 3"]:
    """The points that are farthest out in many directions below: all that can ever touch the ground."""
    directions = -_cap(np.radians(75.0), np.radians(4.0)).astype(np.float32)
    columns = np.ascontiguousarray(points.T.astype(np.float32))
    rows = [np.argmax(part @ columns, axis=1) for part in np.array_split(directions, 60)]
    return points[np.unique(np.concatenate(rows))]


def _cap(angle: float, step: float) -> Float[np.ndarray, "D 3"]:
    """Unit vectors within `angle` of +Z, about `step` apart, on a Fibonacci spiral."""
    count = int(2 * np.pi * (1 - np.cos(angle)) / step**2)
    n = np.arange(count)
    z = 1 - (n / count) * (1 - np.cos(angle))
    radius, turn = np.sqrt(np.maximum(1 - z * z, 0)), n * np.pi * (3 - np.sqrt(5.0))
    return np.stack([radius * np.cos(turn), radius * np.sin(turn), z], axis=1)


def _settle(hull: Float[np.ndarray, "H 3"], up: Float[np.ndarray, "3"], eps: float) -> Float[np.ndarray, "3"]:
    """Lean towards the plane through the points that nearly touch, until it no longer changes."""
    for reach in (4.0, 2.0, 1.0, 1.0, 0.5):
        low = hull[_touching(hull, up, reach * eps)]
        if len(low) < 3:
            return up
        _, spread, axes = np.linalg.svd(low - low.mean(axis=0), full_matrices=False)
        if len(spread) < 3 or spread[1] < 4 * eps:  # a line of contact has no plane
            return up
        normal = axes[2] if axes[2] @ up > 0 else -axes[2]
        if normal @ up < np.cos(np.radians(12.0)):
            return up
        up = normal
    return up


def _support(
    hull: Float[np.ndarray, "H 3"], up: Float[np.ndarray, "3"], center: Float[np.ndarray, "3"], eps: float
) -> float:
    """Area of the polygon that the touching points span; 0 where the centre does not stand over it."""
    low = hull[_touching(hull, up, eps)]
    polygon = _polygon(_flat(low, up))
    if len(polygon) < 3 or not _inside(polygon, _flat(center[None], up)[0]):
        return 0.0
    return _polygon_area(polygon)


def _touching(hull: Float[np.ndarray, "H 3"], up: Float[np.ndarray, "3"], eps: float) -> Bool[np.ndarray, " H"]:
    height = hull @ up
    return height <= height.min() + eps


def _flat(points: Float[np.ndarray, "P 3"], up: Float[np.ndarray, "3"]) -> Float[np.ndarray, "P 2"]:
    return (points @ _turn(up, np.array([0.0, 0.0, 1.0])).T)[:, :2]


def _turn(a: Float[np.ndarray, "3"], b: Float[np.ndarray, "3"]) -> Float[np.ndarray, "3 3"]:
    """The shortest rotation that brings unit vector a to b (Rodrigues)."""
    v, c = np.cross(a, b), float(a @ b)
    k = np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])
    return np.eye(3) + k + k @ k / max(1 + c, 1e-9)


def _polygon(points: Float[np.ndarray, "P 2"]) -> Float[np.ndarray, "Q 2"]:
    """Convex hull, counter-clockwise (Andrew 1979)."""
    rows = sorted({(float(x), float(y)) for x, y in points})
    if len(rows) < 3:
        return np.array(rows, float).reshape(-1, 2)
    halves = []
    for ordered in (rows, rows[::-1]):
        chain: list[tuple[float, float]] = []
        for p in ordered:
            while len(chain) >= 2 and _left(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        halves.append(chain[:-1])
    return np.array(halves[0] + halves[1], float)


def _left(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _polygon_area(points: Float[np.ndarray, "P 2"]) -> float:
    polygon = _polygon(points)
    if len(polygon) < 3:
        return 0.0
    x, y = polygon[:, 0], polygon[:, 1]
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def _inside(polygon: Float[np.ndarray, "Q 2"], point: Float[np.ndarray, "2"]) -> bool:
    edge = np.roll(polygon, -1, axis=0) - polygon
    to = point - polygon
    return bool((edge[:, 0] * to[:, 1] - edge[:, 1] * to[:, 0] >= -1e-12).all())
