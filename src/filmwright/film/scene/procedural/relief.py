"""Raised shapes with rounded edges, meshed from a distance field and laid on a surface."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from filmwright.core.scene import Material, Mesh

from .sheets import Sheet

STEEPEST = 3.0  # slope at the foot of a rounded edge, where the quarter round stands upright


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """A quarter-round edge `edge` wide that starts `sink` below the sheet and ends `height` above it; millimetres."""

    height: float
    edge: float
    sink: float = 0.2

    def at(self, distance: Float[np.ndarray, "*S"]) -> Float[np.ndarray, "*S"]:
        """Height above the sheet at a distance from the outline."""
        t = 1 - np.clip(distance / self.edge, 0.0, 1.0)
        return (self.height + self.sink) * np.sqrt(1 - t * t) - self.sink

    def slope(self, distance: Float[np.ndarray, "*S"]) -> Float[np.ndarray, "*S"]:
        """Growth of the height with the distance, no more than STEEPEST."""
        t = 1 - np.clip(distance / self.edge, 0.0, 1.0)
        steep = (self.height + self.sink) / self.edge * t / np.sqrt(np.maximum(1 - t * t, 1e-6))
        return np.minimum(steep, STEEPEST)


def relief(
    distance: Float[np.ndarray, "H W"],
    x: Float[np.ndarray, " W"],
    z: Float[np.ndarray, " H"],
    *,
    rise: Rise,
    sheet: Sheet,
    material: Material,
) -> Mesh:
    """The shape where `distance` (millimetres, inside positive) is above zero, raised from the sheet.

    Its uv is the grid's rectangle, v downwards. Open towards the sheet, below which its rim is sunk.
    """
    flat, faces, weights = _fill(np.asarray(distance, float))

    def at(grid: Float[np.ndarray, "H W"]) -> Float[np.ndarray, " V"]:
        return np.sum(grid.ravel()[flat] * weights, axis=1)

    px, pz = np.sum(x[flat % len(x)] * weights, 1), np.sum(z[flat // len(x)] * weights, 1)
    depth = np.maximum(at(np.asarray(distance, float)), 0.0)
    dz, dx = np.gradient(np.asarray(distance, float), z, x)
    slope = rise.slope(depth)
    normal = np.stack([-slope * at(dx), -slope * at(dz), np.ones_like(slope)], -1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    u, v = (px - x[0]) / (x[-1] - x[0]), (z[-1] - pz) / (z[-1] - z[0])
    right = np.stack([normal[:, 2], np.zeros_like(u), -normal[:, 0]], -1)
    right /= np.maximum(np.linalg.norm(right, axis=1, keepdims=True), 1e-12)
    tangents = np.concatenate([sheet.turn(px, right), np.ones((len(px), 1))], 1)
    return Mesh(
        positions=sheet.place(px, pz, rise.at(depth)).astype(np.float32),
        faces=faces.astype(np.int32),
        normals=sheet.turn(px, normal).astype(np.float32),
        uv=np.stack([u, v], -1).astype(np.float32),
        tangents=tangents.astype(np.float32),
        material=material,
    )


# Which way round a cell goes: corners 0-3 counter-clockwise from the lower left, then the edges 4-7 after each.
_CORNERS = ((0, 0), (0, 1), (1, 1), (1, 0))  # (row, column) steps


def _fill(
    distance: Float[np.ndarray, "H W"],
) -> tuple[Int[np.ndarray, "V 2"], Int[np.ndarray, "N 3"], Float[np.ndarray, "V 2"]]:
    """Triangles of the region above zero (marching squares, Lorensen and Cline 1987 in the plane).

    Each vertex lies between two grid nodes (flat indices), by two weights that add up to one.
    """
    height, width = distance.shape
    inside = distance > 0
    corner = [inside[r : height - 1 + r, c : width - 1 + c] for r, c in _CORNERS]
    case = np.sum([corner[k].astype(int) << k for k in range(4)], axis=0)
    node = np.arange(height * width).reshape(height, width)
    nodes = [node[r : height - 1 + r, c : width - 1 + c] for r, c in _CORNERS]
    pairs: list[np.ndarray] = []
    triangles: list[np.ndarray] = []
    for number in range(1, 16):
        cells = case == number
        if not cells.any():
            continue
        here = np.stack([n[cells] for n in nodes], 1)
        for polygon in _polygons(number):
            ends = np.stack([here[:, [k % 4, k % 4 if k < 4 else (k + 1) % 4]] for k in polygon], 1)
            first = sum(map(len, pairs))
            pairs.append(np.sort(ends.reshape(-1, 2), axis=1))
            base = first + np.arange(len(here))[:, None] * len(polygon)
            triangles += [base + np.array([0, k, k + 1]) for k in range(1, len(polygon) - 1)]
    ends, index = np.unique(np.concatenate(pairs), axis=0, return_inverse=True)
    faces = index.ravel()[np.concatenate(triangles)]
    a, b = distance.ravel()[ends[:, 0]], distance.ravel()[ends[:, 1]]
    same = ends[:, 0] == ends[:, 1]
    share = np.where(same, 0.0, a / np.where(same, 1.0, a - b))
    return ends, faces, np.stack([1 - share, share], -1)


def _polygons(number: int) -> list[list[int]]:
    """The pieces of a cell whose corners with a set bit are inside; diagonal pairs are kept apart."""
    bits = [bool(number >> k & 1) for k in range(4)]
    if number in (5, 10):
        return [[k, 4 + k, 4 + (k - 1) % 4] for k in range(4) if bits[k]]
    out = []
    for k in range(4):
        if bits[k]:
            out.append(k)
        if bits[k] != bits[(k + 1) % 4]:
            out.append(4 + k)
    return [out]
