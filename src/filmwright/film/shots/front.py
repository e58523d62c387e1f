"""Which side of a product is its front: the one with the label, or with the most to see."""

import numpy as np
from jaxtyping import Float

from .glance import directions, glance
from .measure import Surface

_NUM_YAWS = 36
_CLEARLY = 1.12  # how much more another side must show before a product is turned
_CENTRING = np.radians(30.0)  # how far the label's own middle may pull


def front_yaw(surface: Surface) -> float:
    """Radians about +Z that bring the front towards -Y; 0 where no side shows clearly more than the present one.

    The detail of each view is summed over what is seen there (colour contrast in Oklab at the scale of a logo, not of
    small print, and form), so that a large side with a label beats a narrow one. Around the best view the
    label's own direction, the detail-weighted mean of its surface's normals, has the last word.
    """
    ways = directions(_NUM_YAWS)
    views = [glance(surface, way) for way in ways]
    shown = np.array([view.detail.sum() / len(surface.points) for view in views])
    shown = _smooth(shown)
    best = int(np.argmax(shown))
    if shown[best] < 1e-6 or shown[best] < _CLEARLY * shown[0]:
        return 0.0
    away = 2 * np.pi * best / _NUM_YAWS  # the front is this far to the right of -Y
    away += _label_offset(surface, ways[best])
    return float((-away + np.pi) % (2 * np.pi) - np.pi)


def _smooth(shown: Float[np.ndarray, " D"]) -> Float[np.ndarray, " D"]:
    """A little blur around the circle, so that no single view decides."""
    return 0.25 * np.roll(shown, 1) + 0.5 * shown + 0.25 * np.roll(shown, -1)


def _label_offset(surface: Surface, towards: Float[np.ndarray, "3"]) -> float:
    """Radians to the right of `towards` at which the label faces the eye squarely."""
    offset = 0.0
    for _ in range(3):
        c, s = np.cos(offset), np.sin(offset)
        eye = np.array([c * towards[0] - s * towards[1], s * towards[0] + c * towards[1], 0.0])
        view = glance(surface, eye)
        weight = np.maximum(view.colour - np.quantile(view.colour, 0.6), 0.0) * view.facing**2
        normals = surface.normals[view.seen]
        normals = normals * np.where(normals @ eye < 0, -1.0, 1.0)[:, None]
        x, y = weight @ normals[:, 0], weight @ normals[:, 1]
        if np.hypot(x, y) < 1e-3 * max(float(weight.sum()), 1e-12) or weight.sum() <= 0:
            return offset
        turn = float(np.arctan2(eye[0] * y - eye[1] * x, eye[0] * x + eye[1] * y))
        offset = float(np.clip(offset + turn, -_CENTRING, _CENTRING))
    return offset
