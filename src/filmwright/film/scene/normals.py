"""Vertex normals from the faces: smooth, but for creases."""

import numpy as np
from jaxtyping import Float32, Int64

_MAX_VALENCE = 96  # corners at one point above which a crease is shaded flat: pairs grow with the square


def creased_normals(
    positions: Float32[np.ndarray, "V 3"], faces: Int64[np.ndarray, "N 3"], *, crease: float
) -> tuple[Int64[np.ndarray, " W"], Int64[np.ndarray, "N 3"], Float32[np.ndarray, "W 3"]]:
    """Angle-weighted normals (Thürmer and Wüthrich 1998) that do not blend over edges sharper than `crease` degrees.

    Vertices at the same place count as one, so texture seams stay smooth; vertices on a crease are split. Returns the
    old vertex of each new one, the faces over the new ones, and the unit normals. No face may be degenerate.
    """
    flat, angles = _faces(positions / np.abs(positions).max(), faces)  # squares of micrometres stay representable
    point = welded(positions)
    corners = point[faces].ravel()
    face = np.repeat(np.arange(len(faces)), 3)
    smooth = _unit(_summed(corners, flat[face] * angles.ravel()[:, None], int(point.max()) + 1))
    limit = np.cos(np.radians(crease / 2))  # all within half the angle of the mean: none further apart than it
    sharp = np.zeros(len(smooth), bool)
    sharp[corners[np.einsum("cd,cd->c", flat[face], smooth[corners]) < limit]] = True
    if not sharp.any():
        return np.arange(len(positions)), faces, smooth[point]
    split = np.flatnonzero(sharp[corners])
    normals = _split_normals(corners[split], flat[face[split]], angles.ravel()[split], np.cos(np.radians(crease)))
    key = faces.ravel()[split] << 33
    for axis in range(3):  # 11 bits an axis tell normals apart
        key |= np.round((normals[:, axis] + 1) * 1023).astype(np.int64) << (11 * axis)
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    new_faces = faces.ravel().copy()
    new_faces[split] = len(positions) + inverse
    source = np.concatenate([np.arange(len(positions)), faces.ravel()[split[first]]])
    new_normals = np.concatenate([smooth[point], normals[first]])
    used = np.zeros(len(source), bool)
    used[new_faces] = True
    place = np.cumsum(used) - 1
    return source[used], place[new_faces].reshape(-1, 3), new_normals[used]


def welded(positions: Float32[np.ndarray, "V 3"]) -> Int64[np.ndarray, " V"]:
    """A number for each vertex, the same where the positions are the same bits (-0 is 0)."""
    bits = (positions + np.float32(0)).view(np.uint32).astype(np.uint64)
    mixed = np.zeros(len(bits), np.uint64)
    for axis in range(3):  # splitmix64's finaliser over the three words
        mixed = (mixed ^ bits[:, axis]) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(27)
    return np.unique(mixed, return_inverse=True)[1].astype(np.int64)


def _faces(
    positions: Float32[np.ndarray, "V 3"], faces: Int64[np.ndarray, "N 3"]
) -> tuple[Float32[np.ndarray, "N 3"], Float32[np.ndarray, "N 3"]]:
    a, b, c = (positions[faces[:, k]] for k in range(3))
    ab, bc, ca = _unit(b - a), _unit(c - b), _unit(a - c)
    cosines = [-np.einsum("nd,nd->n", before, after) for before, after in ((ca, ab), (ab, bc), (bc, ca))]
    return _unit(_cross(ab, bc)), np.arccos(np.stack(cosines, axis=1).clip(-1, 1))


def _cross(a: Float32[np.ndarray, "N 3"], b: Float32[np.ndarray, "N 3"]) -> Float32[np.ndarray, "N 3"]:
    out = np.empty_like(a)
    for k in range(3):
        i, j = (k + 1) % 3, (k + 2) % 3
        out[:, k] = a[:, i] * b[:, j] - a[:, j] * b[:, i]
    return out


def _summed(
    index: Int64[np.ndarray, " C"], vectors: Float32[np.ndarray, "C 3"], count: int
) -> Float32[np.ndarray, "P 3"]:
    return np.stack([np.bincount(index, vectors[:, axis], count) for axis in range(3)], axis=1).astype(np.float32)


def _split_normals(
    point: Int64[np.ndarray, " C"], flat: Float32[np.ndarray, "C 3"], weight: Float32[np.ndarray, " C"], cosine: float
) -> Float32[np.ndarray, "C 3"]:
    """Each corner's normal: the weighted mean of the faces at its point that lie within the crease angle of its own."""
    order = np.argsort(point, kind="stable")
    starts = np.flatnonzero(np.diff(point[order], prepend=-1))
    sizes = np.diff(starts, append=len(order))
    out = flat.copy()
    for size in np.unique(sizes):
        if size > _MAX_VALENCE:
            continue
        groups = order[starts[sizes == size][:, None] + np.arange(size)]
        for some in np.array_split(groups, max(1, groups.size * size // 4_000_000)):
            near = np.einsum("gid,gjd->gij", flat[some], flat[some]) >= cosine - 1e-6
            out[some] = _unit(near * weight[some][:, None, :] @ flat[some])
    return out


def _unit(vectors: Float32[np.ndarray, "*S 3"]) -> Float32[np.ndarray, "*S 3"]:
    length = np.sqrt(np.einsum("...d,...d->...", vectors, vectors))[..., None]
    up = np.array([0, 0, 1], np.float32)
    return np.where(length > 0, vectors / np.where(length > 0, length, np.float32(1)), up)
