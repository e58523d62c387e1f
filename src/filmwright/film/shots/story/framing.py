"""How far the camera must stand so that all of the product is where the composition wants it."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from filmwright.core.shot import Box

from .lens import tangents
from .rig import Rig, rotations

FLOOR = 0.025  # metres under which no camera goes
_LIFT, _HIGHEST = np.radians(1.0), np.radians(72.0)


def fit(hull: Float[np.ndarray, "Q 3"], rig: Rig, box: Box, width: int, height: int, *, floor: float = FLOOR) -> Rig:
    """The rig at the least distance from which every point is inside `box` at every moment, centred in it.

    The given distances are the move's shape: all are scaled alike, and one place in the picture is chosen for the
    anchor, so that nothing drifts. With S the scale, u = S * shift, and (x, y, z) a point from the anchor in camera
    axes, "left of the right edge r" reads  x + g u <= r (z + g S)  for every moment's shape g: linear in S and u, so
    the least S is where the tightest left and right edges meet. A camera that would stand lower than `floor` is raised.
    """
    limits = tangents(box, rig.fov, width, height)
    for _ in range(60):
        fitted = _closest(hull, rig, limits)
        if fitted.eyes[:, 2].min() >= floor or rig.elevation.max() >= _HIGHEST:
            return fitted
        rig = replace(rig, elevation=rig.elevation + _LIFT)
    return fitted


def _closest(hull: Float[np.ndarray, "Q 3"], rig: Rig, limits: tuple[float, float, float, float]) -> Rig:
    left, top, right, bottom = limits
    shape = rig.distance / rig.distance.max()
    turned = rotations(rig.azimuth, rig.elevation)
    local = np.einsum("kqi,kij->kqj", hull[None] - rig.anchor[:, None], turned) / shape[:, None, None]
    x, y, z = local[..., 0], local[..., 1], local[..., 2]
    scale_x, u = _between((left * z - x).max(), (x - right * z).max(), left, right)
    scale_y, v = _between((top * z - y).max(), (y - bottom * z).max(), top, bottom)
    scale = max(scale_x, scale_y, float(-z.min()) + 0.05)
    if scale > scale_x:
        u = _middle((left * z - x).max(), (x - right * z).max(), left, right, scale)
    if scale > scale_y:
        v = _middle((top * z - y).max(), (y - bottom * z).max(), top, bottom, scale)
    shift = np.broadcast_to(np.array([u, v]) / scale, (len(shape), 2)).copy()
    return replace(rig, distance=scale * shape, shift=shift)


def _between(low: float, high: float, left: float, right: float) -> tuple[float, float]:
    """The least S, and u there, with  u >= S left + low  and  u <= S right - high."""
    scale = (low + high) / (right - left)
    return scale, scale * left + low


def _middle(low: float, high: float, left: float, right: float, scale: float) -> float:
    return (scale * left + low + scale * right - high) / 2


def shares(rig: Rig, points: Float[np.ndarray, "P 3"], width: int, height: int) -> Float[np.ndarray, "K P 2"]:
    """Where points stand in the picture at every moment, as shares of its width and height from the top left."""
    seen = rig.seen(points)
    up = np.tan(rig.fov / 2)
    depth = np.maximum(seen[..., 2:], 1e-6)
    return 0.5 + seen[..., :2] / depth / (2 * up * np.array([width / height, 1.0]))


def extent(places: Float[np.ndarray, "... 2"]) -> Box:
    """The box around places in the picture."""
    flat = places.reshape(-1, 2)
    low, high = flat.min(0), flat.max(0)
    return Box(left=float(low[0]), top=float(low[1]), right=float(high[0]), bottom=float(high[1]))
