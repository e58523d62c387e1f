"""A camera on an arm: where it looks from, how far, and where in the picture the looked-at point stands."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from filmwright.core.camera import Path


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rig:
    """The camera at K moments of a shot. Angles in radians; azimuth 0 is the front (-Y), positive towards +X."""

    anchor: Float[np.ndarray, "K 3"]  # metres, the point that the arm holds on to
    azimuth: Float[np.ndarray, " K"]
    elevation: Float[np.ndarray, " K"]
    distance: Float[np.ndarray, " K"]  # metres to the anchor along the optical axis
    shift: Float[np.ndarray, "K 2"]  # tangents (right, down) of the anchor's place in the picture
    fov: float  # radians, vertical

    @property
    def rotations(self) -> Float[np.ndarray, "K 3 3"]:
        """World from camera: columns right, down, forward."""
        return rotations(self.azimuth, self.elevation)

    @property
    def eyes(self) -> Float[np.ndarray, "K 3"]:
        """Where the camera stands, in metres."""
        offset = np.concatenate([self.shift, np.ones((len(self.shift), 1))], 1) * self.distance[:, None]
        return self.anchor - np.einsum("kij,kj->ki", self.rotations, offset)

    def seen(self, points: Float[np.ndarray, "P 3"]) -> Float[np.ndarray, "K P 3"]:
        """Points in camera space at every moment: right, down, forward in metres."""
        return np.einsum("kpi,kij->kpj", points[None] - self.eyes[:, None], self.rotations)


def rotations(azimuth: Float[np.ndarray, " K"], elevation: Float[np.ndarray, " K"]) -> Float[np.ndarray, "K 3 3"]:
    """World-from-camera rotations of cameras that look inwards from a direction, +Z up."""
    sin_a, cos_a, sin_e, cos_e = np.sin(azimuth), np.cos(azimuth), np.sin(elevation), np.cos(elevation)
    right = np.stack([cos_a, sin_a, np.zeros_like(sin_a)], -1)
    down = np.stack([sin_e * sin_a, -sin_e * cos_a, -cos_e], -1)
    return np.stack([right, down, -directions(azimuth, elevation)], -1)


def directions(azimuth: Float[np.ndarray, " K"], elevation: Float[np.ndarray, " K"]) -> Float[np.ndarray, "K 3"]:
    """Unit vectors from the product to the camera."""
    level = np.cos(elevation)
    return np.stack([np.sin(azimuth) * level, -np.cos(azimuth) * level, np.sin(elevation)], -1)


def num_keys(seconds: float) -> int:
    """Keys of a move: twelve a second, so that the spline between them is as smooth as the move itself."""
    return max(13, round(12 * seconds) + 1)


def moments(seconds: float) -> Float[np.ndarray, " K"]:
    """The shares of the shot's time at which its move has keys."""
    return np.linspace(0.0, 1.0, num_keys(seconds))


def path_of(rig: Rig, *, focus: Float[np.ndarray, " K"], aperture: Float[np.ndarray, " K"]) -> Path:
    """The rig's move as a path; the horizon stays level."""
    eyes, num = rig.eyes, len(rig.azimuth)
    forward = rig.rotations[:, :, 2]
    return Path(
        eye=eyes,
        target=eyes + forward * rig.distance[:, None],
        fov_y=np.full(num, rig.fov),
        focus=focus,
        aperture=aperture,
        roll=np.zeros(num),
    )
