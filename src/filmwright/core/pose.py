"""Where every node of a scene stands at a time."""

import numpy as np
from jaxtyping import Float

from .scene import Channel, Node, Scene


def world_transforms(scene: Scene, seconds: float) -> Float[np.ndarray, "N 4 4"]:
    """World-from-local matrices of all nodes; animation loops with the scene's duration (glTF 2.0, 3.5.3, 3.11)."""
    if scene.duration > 0:
        seconds = seconds % scene.duration
    world = np.empty((len(scene.nodes), 4, 4))
    for i, node in enumerate(scene.nodes):
        local = local_transform(node, seconds)
        if node.parent is not None and node.parent >= i:
            raise ValueError(f"node {i} ({node.name!r}) must stand after its parent {node.parent}")
        world[i] = local if node.parent is None else world[node.parent] @ local
    return world


def local_transform(node: Node, seconds: float) -> Float[np.ndarray, "4 4"]:
    """Parent-from-local matrix of one node."""
    matrix = np.array(node.matrix, float).reshape(4, 4)
    if not node.channels:
        return matrix
    translation, rotation, scale = decompose(matrix)
    for channel in node.channels:
        value = sample(channel, seconds)
        if channel.path == "translation":
            translation = value
        elif channel.path == "rotation":
            rotation = rotation_matrix(value)
        else:
            scale = value
    out = np.eye(4)
    out[:3, :3] = rotation * scale
    out[:3, 3] = translation
    return out


def decompose(
    matrix: Float[np.ndarray, "4 4"],
) -> tuple[Float[np.ndarray, "3"], Float[np.ndarray, "3 3"], Float[np.ndarray, "3"]]:
    """Translation, rotation matrix and scale of a matrix without shear; a mirror goes into the x scale."""
    linear = matrix[:3, :3]
    scale = np.linalg.norm(linear, axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    if np.linalg.det(linear) < 0:
        scale[0] = -scale[0]
    return matrix[:3, 3].copy(), linear / scale, scale


def rotation_matrix(xyzw: Float[np.ndarray, "4"]) -> Float[np.ndarray, "3 3"]:
    """The rotation of a quaternion, which is normalised first."""
    x, y, z, w = np.asarray(xyzw, float) / max(float(np.linalg.norm(xyzw)), 1e-12)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def sample(channel: Channel, seconds: float) -> Float[np.ndarray, " D"]:
    """A channel's value at a time, held before its first and after its last key (glTF 2.0, appendix C)."""
    times = channel.times
    values = channel.values[:, 1] if channel.interpolation == "cubic" else channel.values
    i = int(np.searchsorted(times, seconds, side="right")) - 1
    if i < 0 or len(times) == 1:
        return values[0].astype(float)
    if i >= len(times) - 1:
        return values[-1].astype(float)
    if channel.interpolation == "step":
        return values[i].astype(float)
    span = float(times[i + 1] - times[i])
    t = (seconds - float(times[i])) / span
    a, b = values[i].astype(float), values[i + 1].astype(float)
    if channel.interpolation == "cubic":
        out_tangent, in_tangent = channel.values[i, 2] * span, channel.values[i + 1, 0] * span
        return (
            (2 * t**3 - 3 * t**2 + 1) * a
            + (t**3 - 2 * t**2 + t) * out_tangent
            + (3 * t**2 - 2 * t**3) * b
            + (t**3 - t**2) * in_tangent
        )
    return slerp(a, b, t) if channel.path == "rotation" else a + (b - a) * t


def slerp(a: Float[np.ndarray, "4"], b: Float[np.ndarray, "4"], t: float) -> Float[np.ndarray, "4"]:
    """Along the great arc from a to b, the short way (Shoemake 1985)."""
    dot = float(a @ b)
    if dot < 0:
        b, dot = -b, -dot
    if dot > 0.9995:
        return a + (b - a) * t
    angle = np.arccos(dot)
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


def quaternions(rotations: Float[np.ndarray, "F 3 3"]) -> Float[np.ndarray, "F 4"]:
    """The xyzw of rotations, each on the side of the one before it (Shepperd 1978: the largest component first)."""
    m = rotations
    trace = np.einsum("fii->f", m)
    squares = np.concatenate([1 + 2 * np.einsum("fii->fi", m) - trace[:, None], 1 + trace[:, None]], 1)  # of 2 xyzw
    out = np.empty((len(m), 4))
    for i, k in enumerate(np.argmax(squares, axis=1)):
        off, sums = m[i] - m[i].T, m[i] + m[i].T
        turn = np.array([off[2, 1], off[0, 2], off[1, 0]])
        if k == 3:
            out[i] = [*turn, squares[i, 3]]
        else:
            out[i] = [*(squares[i, k] if j == k else sums[k, j] for j in range(3)), turn[k]]
        out[i] /= np.linalg.norm(out[i])
        if i and out[i] @ out[i - 1] < 0:
            out[i] = -out[i]
    return out
