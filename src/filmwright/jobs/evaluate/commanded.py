"""How a picture should move by what its camera was told: from a clip's lens, or from numbers in its facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from filmwright.core.clip import Lens

from .similarity import Similarity, from_middle

TRAVELS = 1e-6  # metres a frame: above, what the picture does depends on the depth


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """A camera's motion from one frame to the next, in a film maker's words."""

    pan: float = 0.0  # pixels a frame; to the right is positive
    tilt: float = 0.0  # pixels a frame; up is positive
    zoom: float = 0.0  # percent a frame by which things grow
    roll: float = 0.0  # degrees a frame; clockwise is positive, things then turn the other way


def in_words(moved: Similarity) -> Motion:
    """The motion of the camera that moves a picture so."""
    return Motion(pan=-moved.right, tilt=moved.down, zoom=100 * (moved.size - 1), roll=-float(np.degrees(moved.turn)))


def as_similarity(motion: Motion) -> Similarity:
    """How a picture moves by such a motion."""
    return Similarity(
        right=-motion.pan, down=motion.tilt, size=1 + motion.zoom / 100, turn=-float(np.radians(motion.roll))
    )


def from_facts(facts: Mapping[str, Any]) -> Motion | None:
    """`{"motion": {"pan": 3, "tilt": 0, "zoom": 0.5, "roll": 0}}`, in units of `Motion`; None where nothing is said."""
    told = facts.get("motion")
    names = ("pan", "tilt", "zoom", "roll")
    if not isinstance(told, Mapping) or not any(name in told for name in names):
        return None
    values = [told.get(name, 0.0) for name in names]
    if not all(isinstance(value, int | float) for value in values):
        return None
    pan, tilt, zoom, roll = map(float, values)
    return Motion(pan=pan, tilt=tilt, zoom=zoom, roll=roll)


def travels(lens: Lens) -> bool:
    """Whether the eye itself moves."""
    eyes = lens.world_from_camera[:, :3, 3]
    return bool(np.linalg.norm(np.diff(eyes, axis=0), axis=1).max(initial=0) > TRAVELS)


def flow_of(
    lens: Lens, frame: int, picked: Bool[np.ndarray, "H W"], depth: Float[np.ndarray, "H W"] | None
) -> Float[np.ndarray, "N 2"]:
    """Where the picked points of a world that stands still go from `frame` to the next, in pixels (right, down).

    Without depth, and where nothing is hit, points are taken as infinitely far.
    """
    height, width = picked.shape
    points = from_middle(picked) + np.array([width / 2, height / 2])
    rays = np.concatenate([points, np.ones((len(points), 1))], 1) @ np.linalg.inv(lens.intrinsics[frame]).T
    here, there = lens.world_from_camera[frame], lens.world_from_camera[frame + 1]
    turn, step = there[:3, :3].T @ here[:3, :3], there[:3, :3].T @ (here[:3, 3] - there[:3, 3])
    near = np.zeros(len(points)) if depth is None else 1 / np.maximum(depth[picked].astype(float), 1e-9)
    seen = (rays @ turn.T + near[:, None] * step) @ lens.intrinsics[frame + 1].T
    return np.asarray(seen[:, :2] / seen[:, 2:] - points)
