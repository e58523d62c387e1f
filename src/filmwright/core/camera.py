"""Where the camera is and what its lens does. OpenCV axes: x right, y down, z forward."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Camera:
    """A thin-lens camera. The projection centre stays in the middle of the picture."""

    world_from_camera: Float[np.ndarray, "4 4"]
    fov_y: float  # radians, the whole vertical angle
    focus: float = 1.0  # metres along the optical axis to the plane in focus
    aperture: float = 0.0  # metres, radius of the lens; 0 is a pinhole

    @property
    def position(self) -> Float[np.ndarray, "3"]:
        """The eye, in metres."""
        return self.world_from_camera[:3, 3]


def look_at(
    eye: Float[np.ndarray, "3"], target: Float[np.ndarray, "3"], *, roll: float = 0.0
) -> Float[np.ndarray, "4 4"]:
    """World-from-camera matrix of a camera at `eye` that looks at `target` with +Z up, rolled clockwise in radians."""
    forward = np.asarray(target, float) - np.asarray(eye, float)
    forward = forward / max(float(np.linalg.norm(forward)), 1e-12)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    if np.linalg.norm(right) < 1e-6:  # straight up or down: +Y is the picture's top
        right = np.cross(forward, [0.0, 1.0, 0.0])
    right = right / np.linalg.norm(right)
    down = np.cross(forward, right)
    c, s = np.cos(roll), np.sin(roll)
    out = np.eye(4)
    out[:3, 0], out[:3, 1], out[:3, 2] = c * right + s * down, c * down - s * right, forward
    out[:3, 3] = eye
    return out


def project(camera: Camera, points: Float[np.ndarray, "N 3"], *, width: int, height: int) -> Float[np.ndarray, "N 3"]:
    """World points to (x, y) in pixels, picture corner at (0, 0), and depth along the axis in metres."""
    rotation = camera.world_from_camera[:3, :3]
    local = (points - camera.position) @ rotation
    focal = height / 2 / np.tan(camera.fov_y / 2)
    depth = np.where(np.abs(local[:, 2]) < 1e-9, 1e-9, local[:, 2])
    return np.stack([width / 2 + focal * local[:, 0] / depth, height / 2 + focal * local[:, 1] / depth, local[:, 2]], 1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Path:
    """A camera move: keys evenly spaced over the shot from its start to its end, with smooth curves between them.

    One key is a locked-off camera. Curves are Catmull-Rom splines, so a move is as smooth as its keys.
    """

    eye: Float[np.ndarray, "K 3"]  # metres
    target: Float[np.ndarray, "K 3"]  # metres, what it looks at
    fov_y: Float[np.ndarray, " K"]  # radians
    focus: Float[np.ndarray, " K"]  # metres along the optical axis
    aperture: Float[np.ndarray, " K"]  # metres, lens radius
    roll: Float[np.ndarray, " K"]  # radians

    def at(self, fraction: float) -> Camera:
        """The camera at `fraction` of the shot, 0 to 1; beyond the ends the move goes straight on."""
        eye, target, fov, focus, aperture, roll = (
            _spline(keys, fraction)
            for keys in (self.eye, self.target, self.fov_y, self.focus, self.aperture, self.roll)
        )
        return Camera(
            world_from_camera=look_at(eye, target, roll=float(roll)),
            fov_y=float(fov),
            focus=float(focus),
            aperture=max(float(aperture), 0.0),
        )


def _spline(keys: Float[np.ndarray, "K ..."], fraction: float) -> Float[np.ndarray, "..."]:
    """A uniform Catmull-Rom spline through `keys`, with end tangents by reflection (Catmull and Rom 1974)."""
    num = len(keys)
    if num == 1:
        return np.asarray(keys[0], float)
    x = fraction * (num - 1)
    i = min(max(int(np.floor(x)), 0), num - 2)
    t = x - i
    b, c = keys[i], keys[i + 1]
    a = keys[i - 1] if i > 0 else 2 * b - c
    d = keys[i + 2] if i + 2 < num else 2 * c - b
    if t < 0:
        return np.asarray(b + (c - a) / 2 * t)
    if t > 1:
        return np.asarray(c + (d - b) / 2 * (t - 1))
    return np.asarray(b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))))
