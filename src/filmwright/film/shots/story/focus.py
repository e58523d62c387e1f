"""Which plane is sharp, and how wide the lens must be for the rest to be as soft as wanted.

A lens of radius A focused at s blurs a point at depth z into a disc of radius  A f |1/s - 1/z|,  in shares of the
picture's height with f = 1 / (2 tan(fov / 2))  (Potmesil and Chakravarty 1981). Apertures are chosen from the blur that
is wanted, as the staged product stands for one of any real size.
"""

import numpy as np
from jaxtyping import Float

from .rig import Rig


def blur(
    aperture: Float[np.ndarray, "..."], fov: float, focus: Float[np.ndarray, "..."], depth: Float[np.ndarray, "..."]
) -> Float[np.ndarray, "..."]:
    """Radius of the disc that a point becomes, in shares of the picture's height."""
    return np.asarray(aperture / (2 * np.tan(fov / 2)) * np.abs(1 / focus - 1 / depth))


def aperture_for(radius: float, fov: float, focus: float, depth: float) -> float:
    """Lens radius in metres that blurs what is at `depth` by `radius` shares of the picture's height."""
    return radius * 2 * float(np.tan(fov / 2)) / max(abs(1 / focus - 1 / depth), 1e-6)


def hold_sharp(
    points: Float[np.ndarray, "P 3"], rig: Rig, *, softness: float
) -> tuple[Float[np.ndarray, " K"], Float[np.ndarray, " K"]]:
    """Focus and aperture at every moment that keep the side towards the camera sharp, its far side a little soft.

    No part of the product is blurred by more than `softness`; the plane in focus lies a third into it.
    """
    depth = rig.seen(points)[..., 2]
    near, far = _smooth(depth.min(1)), _smooth(depth.max(1))
    focus = 1 / (0.66 / near + 0.34 / far)
    lens = [aperture_for(softness, rig.fov, float(s), float(z)) for s, z in zip(focus, far, strict=True)]
    return focus, np.full(len(focus), min(lens))


def _smooth(values: Float[np.ndarray, " K"]) -> Float[np.ndarray, " K"]:
    """The parabola nearest to values over time: the nearest point jumps from moment to moment, focus must not."""
    t = np.linspace(-1, 1, len(values))
    return np.polyval(np.polyfit(t, values, 2), t)
