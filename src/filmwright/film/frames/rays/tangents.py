"""Tangents for normal maps."""

import numpy as np
from jaxtyping import Float32, Float64, Int32


def tangents(
    points: Float32[np.ndarray, "V 3"],
    normals: Float32[np.ndarray, "V 3"],
    uv: Float32[np.ndarray, "V 2"],
    faces: Int32[np.ndarray, "N 3"],
) -> Float32[np.ndarray, "V 4"]:
    """The direction of growing u at each vertex, and in w the bitangent's sign; w is 0 where uv says nothing.

    As MikkTSpace does (Mikkelsen 2008): each face's direction, brought into the vertex's tangent plane, made a unit
    and weighted by the face's angle there. Glued mirror seams are told apart by the majority of their faces.
    """
    p, t, n = points.astype(np.float64), uv.astype(np.float64), normals.astype(np.float64)
    a, b, c = (faces[:, k] for k in range(3))
    e, f = p[b] - p[a], p[c] - p[a]
    d, g = t[b] - t[a], t[c] - t[a]
    # v grows downwards in glTF's pictures, so a normal map's green points along -v: the sign is turned below
    area = d[:, 0] * g[:, 1] - d[:, 1] * g[:, 0]
    usable = np.abs(area) > 1e-20
    direction = (e * g[:, 1:] - f * d[:, 1:]) * np.sign(area)[:, None]
    out, sign = np.zeros((len(p), 3)), np.zeros(len(p))
    for k in range(3):
        at = faces[:, k]
        flat = direction - n[at] * (direction * n[at]).sum(1, keepdims=True)
        length = np.linalg.norm(flat, axis=1)
        weight = np.where(usable & (length > 1e-20), _angle(p, faces, k) / np.maximum(length, 1e-20), 0.0)
        for axis in range(3):
            out[:, axis] += np.bincount(at, flat[:, axis] * weight, len(p))
        sign += np.bincount(at, np.sign(area) * _angle(p, faces, k) * usable, len(p))
    length = np.linalg.norm(out, axis=1)
    good = length > 1e-12
    result = np.zeros((len(p), 4), np.float32)
    result[good, :3] = out[good] / length[good, None]
    result[good, 3] = np.where(sign[good] >= 0, -1.0, 1.0)
    return result


def _angle(p: Float64[np.ndarray, "V 3"], faces: Int32[np.ndarray, "N 3"], k: int) -> Float64[np.ndarray, " N"]:
    """The faces' angles at their kth corner."""
    e, f = p[faces[:, (k + 1) % 3]] - p[faces[:, k]], p[faces[:, (k + 2) % 3]] - p[faces[:, k]]
    scale = np.maximum(np.linalg.norm(e, axis=1) * np.linalg.norm(f, axis=1), 1e-30)
    angle: np.ndarray = np.arccos(np.clip((e * f).sum(1) / scale, -1.0, 1.0))
    return angle
