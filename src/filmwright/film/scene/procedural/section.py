"""The plan of a body, seen from above: a superellipse that grows round towards its neck."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from .profile import lengths

FRONT = -np.pi / 2  # the angle of -Y


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A superellipse |x/a|^n + |y/b|^n = 1 at profile radius `half_depth`, a circle at `round_at` and within.

    Between the two it blends, so that one profile (radius, height) describes a squarish body with a round neck.
    """

    half_width: float  # millimetres, along x
    half_depth: float  # millimetres, along y
    exponent: float = 2.0
    round_at: float = 0.0  # millimetres

    def reach(self, radius: Float[np.ndarray, "..."], angle: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
        """Distance from the axis at `angle` for a profile radius, both broadcast; millimetres."""
        span = max(self.half_depth - self.round_at, 1e-9)
        t = np.clip((radius - self.round_at) / span, 0.0, 1.0)
        blend = t * t * (3 - 2 * t)
        exponent = 2 + (self.exponent - 2) * blend
        half_width = radius + (self.half_width - self.half_depth) * blend
        tiny = 1e-12
        x = np.abs(np.cos(angle)) / np.maximum(half_width, tiny)
        y = np.abs(np.sin(angle)) / np.maximum(radius, tiny)
        scale = np.maximum(np.maximum(x, y), tiny)  # keeps the powers in range at the axis
        return ((x / scale) ** exponent + (y / scale) ** exponent) ** (-1 / exponent) / scale

    def outline(self, angle: Float[np.ndarray, " A"], offset: float = 0.0) -> Float[np.ndarray, "A 2"]:
        """Points of the widest section at `angle`, its profile radius grown by `offset`."""
        reach = self.reach(np.full(angle.shape, self.half_depth), angle) + offset
        return np.stack([reach * np.cos(angle), reach * np.sin(angle)], -1)

    def even_angles(self, num: int) -> Float[np.ndarray, " A"]:
        """`num` + 1 angles from the back, counter-clockwise and once around, evenly spaced along the widest section.

        The last equals the first plus a turn; the middle one is the front.
        """
        fine = np.pi / 2 + np.linspace(0.0, 2 * np.pi, 8192 + 1)
        along = lengths(self.outline(fine))
        return np.interp(np.linspace(0.0, 1.0, num + 1), along / along[-1], fine)

    @property
    def perimeter(self) -> float:
        """Length around the widest section, millimetres."""
        return float(lengths(self.outline(np.linspace(0.0, 2 * np.pi, 8192 + 1)))[-1])
