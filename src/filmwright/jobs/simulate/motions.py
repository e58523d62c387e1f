"""How one object moves by itself, by name: its place over the clip, as offsets from where it rests."""

import numpy as np
from jaxtyping import Float

SPIN, SLIDE, RISE, HOP = 150.0, 1.1, 0.8, 0.9  # degrees, metres, metres and metres high: in one second at speed 1
MOTIONS = (
    "still", "spinning", "sliding left", "sliding right", "coming closer", "going away", "rising", "bouncing"
)  # fmt: skip


def pose(
    motion: str, seconds: Float[np.ndarray, " F"], *, speed: float, right: Float[np.ndarray, "3"]
) -> tuple[Float[np.ndarray, "F 3"], Float[np.ndarray, " F"]]:
    """Metres away from the place of rest, and radians turned about +Z, at times around the clip's middle.

    `right` is the picture's right on the ground: words like "left" are the viewer's.
    """
    t = seconds * speed
    near = np.array([right[1], -right[0], 0.0])
    ways = {"sliding left": -right, "sliding right": right, "coming closer": near, "going away": -near}
    place, turn = np.zeros((len(t), 3)), np.zeros(len(t))
    if motion == "spinning":
        turn = np.radians(SPIN) * t
    elif motion in ways:
        place = SLIDE * t[:, None] * ways[motion]
    elif motion == "rising":
        place[:, 2] = RISE * (t - t[0])
    elif motion == "bouncing":
        place[:, 2] = HOP * 4 * ((t * 1.25) % 1) * (1 - (t * 1.25) % 1)  # a parabola between hops
    return place, turn
