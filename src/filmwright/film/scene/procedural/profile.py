"""Outlines in the half plane (radius, height) with a rounding at every corner."""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Float

Number = float | int
Corner = tuple[Number, Number, Number]  # radius, height and rounding, millimetres


def rounded(corners: Iterable[Corner], *, cuts: Iterable[Number] = (), arc_steps: int = 0) -> Float[np.ndarray, "P 2"]:
    """A polyline through `corners`, each replaced by an arc of its rounding.

    Rising straights get a point at each height in `cuts`. `arc_steps` are segments a quarter turn; 0 chooses
    them by the rounding's size. Raises ValueError where two roundings don't fit on the straight between them.
    """
    points = np.array([c[:2] for c in corners], float)
    radii = [float(c[2]) for c in corners]
    heights = np.array(sorted(cuts), float)
    out = [points[:1]]
    used = 0.0  # length of the straight that the last arc took
    for i in range(1, len(points)):
        length = float(np.linalg.norm(points[i] - points[i - 1]))
        steps = arc_steps or max(3, int(np.ceil(6 * np.sqrt(radii[i]))))
        arc, taken = _arc(points, i, radii[i], steps) if i < len(points) - 1 else (points[i : i + 1], 0.0)
        if used + taken > length + 1e-9:
            raise ValueError(
                f"corner {i}: a straight of {length:.3f} mm has no room for {used + taken:.3f} of rounding"
            )
        out += [_straight(out[-1][-1], arc[0], heights), arc]
        used = taken
    line = np.concatenate(out)
    keep = np.r_[True, np.linalg.norm(np.diff(line, axis=0), axis=1) > 1e-6]
    return line[keep]


def _arc(
    points: Float[np.ndarray, "C 2"], i: int, radius: float, arc_steps: int
) -> tuple[Float[np.ndarray, "A 2"], float]:
    """The arc that rounds corner `i`, and the length it takes of each straight."""
    before, corner, after = points[i - 1 : i + 2]
    a = (before - corner) / np.linalg.norm(before - corner)
    b = (after - corner) / np.linalg.norm(after - corner)
    turn = np.pi - np.arccos(np.clip(a @ b, -1.0, 1.0))
    if radius <= 0 or turn < 1e-6:
        return corner[None], 0.0
    taken = radius * np.tan(turn / 2)
    middle = (a + b) / np.linalg.norm(a + b)
    center = corner + middle * radius / np.cos(turn / 2)
    num = max(2, int(np.ceil(arc_steps * turn / (np.pi / 2))))
    start, end = corner + a * taken - center, corner + b * taken - center
    t = np.linspace(0.0, 1.0, num + 1)[:, None]
    return center + (np.sin((1 - t) * turn) * start + np.sin(t * turn) * end) / np.sin(turn), taken


def _straight(
    start: Float[np.ndarray, "2"], end: Float[np.ndarray, "2"], heights: Float[np.ndarray, " K"]
) -> Float[np.ndarray, "S 2"]:
    """The points strictly between two ends that lie at `heights`, where the straight rises."""
    rise = end[1] - start[1]
    if rise <= 1e-9:
        return np.zeros((0, 2))
    t = (heights - start[1]) / rise
    t = t[(t > 1e-6) & (t < 1 - 1e-6)][:, None]
    return start + (end - start) * t


def lengths(points: Float[np.ndarray, "P D"]) -> Float[np.ndarray, " P"]:
    """How far along a polyline each of its points lies."""
    return np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))]
