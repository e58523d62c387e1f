"""Plain solids about the origin, one metre along their longest side, +Z up: what simulated worlds are filled with."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
from jaxtyping import Float, Int

from filmwright.core.scene import Material, Mesh

AROUND = 32  # faces around an axis
Profile = Float[np.ndarray, "P 2"]  # radius and height, from the bottom up, seen from outside


def sphere() -> Mesh:
    """A ball."""
    return _turned(_arc(0.0, 0.0, 0.5, -90.0, 90.0))


def cylinder() -> Mesh:
    """A tin, as high as it is wide."""
    return _turned(_line((0.0, -0.5), (0.5, -0.5)), _line((0.5, -0.5), (0.5, 0.5)), _line((0.5, 0.5), (0.0, 0.5)))


def cone() -> Mesh:
    """A cone, as high as it is wide, point up."""
    return _turned(_line((0.0, -0.5), (0.5, -0.5)), _line((0.5, -0.5), (0.0, 0.5)))


def capsule() -> Mesh:
    """A pill, twice as high as it is wide."""
    return _turned(np.concatenate([_arc(0.0, -0.25, 0.25, -90.0, 0.0), _arc(0.0, 0.25, 0.25, 0.0, 90.0)]))


def torus() -> Mesh:
    """A ring that lies flat."""
    return _turned(_arc(0.35, 0.0, 0.15, -180.0, 180.0, steps=24))


def cube() -> Mesh:
    """A box of equal sides."""
    corners: list[np.ndarray] = []
    faces, normals, uv = [], [], []
    for axis in range(3):
        for side in (-1.0, 1.0):
            u, v = np.roll(np.eye(3), axis, 1)[1], np.roll(np.eye(3), axis, 1)[2]
            out = np.roll(np.eye(3), axis, 1)[0] * side
            square = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])[:: int(side)]
            faces.append(np.array([(0, 1, 2), (0, 2, 3)]) + 4 * len(corners))
            corners.append(0.5 * (out + square[:, :1] * u + square[:, 1:] * v))
            normals.append(np.repeat(out[None], 4, 0))
            uv.append((square + 1) / 2)
    return _mesh(np.concatenate(corners), np.concatenate(faces), np.concatenate(normals), np.concatenate(uv))


def pyramid() -> Mesh:
    """A pyramid on a square, point up."""
    base = np.array([(-0.5, -0.5, -0.5), (0.5, -0.5, -0.5), (0.5, 0.5, -0.5), (-0.5, 0.5, -0.5)])
    tip = np.array([0.0, 0.0, 0.5])
    points, faces = [*base[::-1]], [(0, 1, 2), (0, 2, 3)]
    normals = [np.array([0.0, 0.0, -1.0])] * 4
    uv = [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0)]
    for i in range(4):
        a, b = base[i], base[(i + 1) % 4]
        normal = np.cross(b - a, tip - a)
        faces.append((len(points), len(points) + 1, len(points) + 2))
        points += [a, b, tip]
        normals += [normal / np.linalg.norm(normal)] * 3
        uv += [(0.0, 0.0), (1.0, 0.0), (0.5, 1.0)]
    return _mesh(np.array(points), np.array(faces), np.array(normals), np.array(uv))


SOLIDS: dict[str, Callable[[], Mesh]] = {
    "sphere": sphere,
    "cube": cube,
    "cylinder": cylinder,
    "cone": cone,
    "torus": torus,
    "capsule": capsule,
    "pyramid": pyramid,
}


def solid(shape: str, material: Material) -> Mesh:
    """One of `SOLIDS` in a material."""
    return replace(_plain(shape), material=material)


@cache
def _plain(shape: str) -> Mesh:
    return SOLIDS[shape]()


def slab(half: float, material: Material, *, thickness: float = 0.1, repeat: float = 1.0) -> Mesh:
    """A square floor whose top is z = 0, `half` metres to each side; its texture comes every `repeat` metres."""
    box = _plain("cube")
    scale = np.array([2 * half, 2 * half, thickness], np.float32)
    moved = box.positions * scale - np.array([0, 0, thickness / 2], np.float32)
    assert box.uv is not None
    return replace(box, positions=moved, uv=box.uv * np.float32(2 * half / repeat), material=material)


def _turned(*parts: Profile) -> Mesh:
    """Profiles turned about the z axis, with an edge between each two."""
    angle = np.linspace(0, 2 * np.pi, AROUND + 1)
    way = np.stack([np.cos(angle), np.sin(angle)], -1)
    points, faces, normals, uv = [], [], [], []
    start = 0
    for part in parts:
        along = np.gradient(part, axis=0)
        out = np.stack([along[:, 1], -along[:, 0]], -1)
        out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)
        rings = len(part)
        points.append(_around(part, way))
        normals.append(_around(out, way))
        share = np.linspace(0, 1, rings)
        uv.append(np.stack(np.meshgrid(angle / (2 * np.pi), 1 - share), -1).reshape(-1, 2))
        i = start + np.arange(rings - 1)[:, None] * (AROUND + 1) + np.arange(AROUND)
        a, b, c, d = i, i + 1, i + AROUND + 2, i + AROUND + 1
        faces += [np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)]
        start += rings * (AROUND + 1)
    all_points, all_faces = np.concatenate(points), np.concatenate(faces)
    corners = all_points[all_faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    return _mesh(all_points, all_faces[area > 1e-9], np.concatenate(normals), np.concatenate(uv))


def _around(part: Profile, way: Float[np.ndarray, "A 2"]) -> Float[np.ndarray, "N 3"]:
    flat = part[:, None, :1] * way[None]
    height = np.broadcast_to(part[:, None, 1:], (*flat.shape[:2], 1))
    return np.concatenate([flat, height], -1).reshape(-1, 3)


def _arc(radius: float, height: float, size: float, first: float, last: float, *, steps: int = 16) -> Profile:
    angle = np.radians(np.linspace(first, last, steps + 1))
    return np.stack([radius + size * np.cos(angle), height + size * np.sin(angle)], -1)


def _line(first: tuple[float, float], last: tuple[float, float]) -> Profile:
    return np.array([first, last], float)


def _mesh(
    points: Float[np.ndarray, "V 3"],
    faces: Int[np.ndarray, "N 3"],
    normals: Float[np.ndarray, "V 3"],
    uv: Float[np.ndarray, "V 2"],
) -> Mesh:
    return Mesh(
        positions=points.astype(np.float32),
        faces=np.asarray(faces, np.int32),
        normals=normals.astype(np.float32),
        uv=uv.astype(np.float32),
    )
