"""Which side of a product is its front: the one with the label, the face, or most to see."""

import numpy as np
from jaxtyping import Float

from .glance import directions, glance
from .measure import Surface
from .symmetry import mirror_planes

_NUM_YAWS = 36
_CLEARLY = 1.05  # how much more colour another side must show before a round product is turned
_PRESENT = 1.12  # what it counts for to be in front already
_LEAST = 0.001  # mean Oklab contrast that it must show more
_LONG = 1.6  # depth over width from which a product is seen best from its side
_NEAR = np.radians(12.0)  # a side this close to -Y is the present front
_STILL = np.radians(1.5)  # a product is not turned by less
_CENTRING = np.radians(30.0)  # how far the label's own middle may pull


def front_yaw(surface: Surface) -> float:
    """Radians about +Z that bring the front towards -Y; 0 where no side shows clearly more than the present one.

    The detail of each view is summed over what is seen there (colour contrast in Oklab at the scale of a logo, not of
    small print, and form), so that a large side with a label beats a narrow one. What has mirror planes, like a
    face or a box, fronts along one of them; what is round turns its label to the camera.
    """
    planes = mirror_planes(surface.points)
    if planes:
        return _along_a_plane(surface, planes)
    ways = directions(_NUM_YAWS)
    views = [glance(surface, way) for way in ways]
    shown = _smooth(np.array([(view.colour * view.facing).sum() / len(surface.points) for view in views]))
    best = int(np.argmax(shown))
    if shown[best] < max(_CLEARLY * shown[0], shown[0] + _LEAST):
        return 0.0
    return _turn_by(2 * np.pi * best / _NUM_YAWS + _label_offset(surface, ways[best]))


def _along_a_plane(surface: Surface, planes: tuple[float, ...]) -> float:
    """The direction in a mirror plane that shows most; the one at -Y already wins unless another shows clearly more.

    Where many planes mirror a product, as with a cube, its form says nothing and its narrowest view is a face.
    """
    best, out = -np.inf, 0.0
    extent = float(np.linalg.norm(np.ptp(surface.points, axis=0)))
    for plane in planes[:4]:
        forward = np.array([np.cos(plane), np.sin(plane)])
        along, across = (
            float(np.ptp(surface.points[:, :2] @ way)) for way in (forward, np.array([-forward[1], forward[0]]))
        )
        long = along > _LONG * across
        for side in (plane + np.pi / 2, plane - np.pi / 2):  # from -Y instead of from +X
            away = side + np.pi / 2 if long else side
            view = glance(surface, _way(away))
            detail = view.detail if len(planes) <= 2 else view.colour * view.facing
            shown = float(detail.sum()) / len(surface.points) - 1e-3 * across / extent
            turn = _turn_by(away)
            shown = max(shown, shown * _PRESENT) + 1e-6 if abs(turn) < _NEAR else shown
            if shown > best:
                best, out = shown, turn
    return 0.0 if abs(out) < _STILL else out


def _way(away: float) -> Float[np.ndarray, "3"]:
    """The unit vector `away` radians to the right of -Y."""
    return np.array([np.sin(away), -np.cos(away), 0.0])


def _turn_by(away: float) -> float:
    """The rotation, -pi to pi, that brings what is `away` to the right back to -Y."""
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
        if np.hypot(x, y) <= 1e-3 * max(float(weight.sum()), 1e-12):
            return offset
        turn = float(np.arctan2(eye[0] * y - eye[1] * x, eye[0] * x + eye[1] * y))
        offset = float(np.clip(offset + turn, -_CENTRING, _CENTRING))
    return offset
