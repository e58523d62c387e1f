"""How a camera moves, as a network hears it: six numbers for each group of frames."""

import numpy as np
from jaxtyping import Float

from filmwright.core.pose import quaternions

CHANNELS = 6


def camera_motion(
    world_from_camera: Float[np.ndarray, "F 4 4"], *, frames: int = 4, distance: float = 1.0
) -> Float[np.ndarray, "T 6"]:
    """Where the camera has got to at the end of each group, seen from the first frame: translation, rotation vector.

    Groups are those of `PatchPCA`: the first frame by itself, then `frames` each. Axes are the first camera's: x right,
    y down, z forward. The translation is in units of `distance`, in metres, to what is looked at: so a move is the same
    numbers whatever the size of the scene. The rotation vector is the axis times the angle in radians.
    """
    moved = np.linalg.inv(world_from_camera[0]) @ world_from_camera[::frames]
    turned = quaternions(moved[:, :3, :3])
    turned = turned * (1.0 if turned[0, 3] > 0 else -1.0)
    sines = np.linalg.norm(turned[:, :3], axis=1)
    angle_by_sine = np.where(sines > 1e-9, 2 * np.arctan2(sines, turned[:, 3]) / np.maximum(sines, 1e-9), 2.0)
    return np.concatenate([moved[:, :3, 3] / distance, turned[:, :3] * angle_by_sine[:, None]], 1)
