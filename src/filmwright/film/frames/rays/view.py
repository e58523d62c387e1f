"""A camera as the kernels see it."""

from typing import Any

import numpy as np
import warp as wp

from filmwright.core.camera import Camera

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
