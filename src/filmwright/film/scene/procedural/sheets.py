"""Surfaces to lay a flat drawing on: x to the right, z up, then height along the outward normal; millimetres."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from .profile import lengths
from .section import FRONT, Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrap:
    """The front of an upright wall as a sheet of paper: x to the right along the wall, z up, millimetres."""

    section: Section

    def place(
        self, x: Float[np.ndarray, " V"], z: Float[np.ndarray, " V"], height: Float[np.ndarray, " V"]
    ) -> Float[np.ndarray, "V 3"]:
        """The points that lie `height` above the wall at (x, z)."""
        point, normal = self._wall(x)
        flat = point + normal * height[:, None]
        return np.concatenate([flat, z[:, None]], 1)

    def turn(self, x: Float[np.ndarray, " V"], direction: Float[np.ndarray, "V 3"]) -> Float[np.ndarray, "V 3"]:
        """Sheet directions (right, up, out) at x as directions in space."""
        _, normal = self._wall(x)
        right = np.stack([-normal[:, 1], normal[:, 0]], -1)
        flat = right * direction[:, :1] + normal * direction[:, 2:]
        return np.concatenate([flat, direction[:, 1:2]], 1)

    def _wall(self, x: Float[np.ndarray, " V"]) -> tuple[Float[np.ndarray, "V 2"], Float[np.ndarray, "V 2"]]:
        angle = FRONT + np.linspace(-np.pi / 2, np.pi / 2, 4096 + 1)
        outline = self.section.outline(angle)
        length = lengths(outline)
        length -= length[len(length) // 2]
        tangent = np.gradient(outline, length, axis=0)
        point = np.stack([np.interp(x, length, outline[:, k]) for k in (0, 1)], -1)
        tangent = np.stack([np.interp(x, length, tangent[:, k]) for k in (0, 1)], -1)
        tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
        return point, np.stack([tangent[:, 1], -tangent[:, 0]], -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """A level surface seen from above, its drawing upright for somebody who stands in front."""

    level: float  # millimetres

    def place(
        self, x: Float[np.ndarray, " V"], z: Float[np.ndarray, " V"], height: Float[np.ndarray, " V"]
    ) -> Float[np.ndarray, "V 3"]:
        """Points in space."""
        return np.stack([x, z, self.level + height], -1)

    def turn(self, x: Float[np.ndarray, " V"], direction: Float[np.ndarray, "V 3"]) -> Float[np.ndarray, "V 3"]:
        """The same directions: up the drawing is away from the front, out is up."""
        del x
        return direction


Sheet = Wrap | Top
