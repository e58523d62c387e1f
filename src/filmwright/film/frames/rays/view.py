"""A camera as the kernels see it."""

from functools import lru_cache
from typing import Any

import numpy as np
import warp as wp

from filmwright.core.camera import Camera
from filmwright.core.shot import Shot

from .structs import View

CENTRE = (0.5, 0.5)  # of a pixel


def view_of(camera: Camera, width: int, height: int) -> Any:
    """A camera as the kernels see it."""
    axes = np.asarray(camera.world_from_camera, np.float64)
    tall = 2 * np.tan(camera.fov_y / 2)
    out = View()
    out.eye, out.forward = wp.vec3(*axes[:3, 3]), wp.vec3(*axes[:3, 2])
    out.right, out.down = wp.vec3(*(axes[:3, 0] * tall * width / height)), wp.vec3(*(axes[:3, 1] * tall))
    out.aperture, out.focus = camera.aperture, max(camera.focus, 1e-4)
    out.width, out.height, out.spread = width, height, float(tall / height)
    return out


@lru_cache(maxsize=8)
def view_at(shot: Shot, frame: float) -> Any:
    """The shot's camera at a frame as the kernels see it, only to be read: a frame's passes and its light share it."""
    return view_of(shot.camera(frame), shot.width, shot.height)
