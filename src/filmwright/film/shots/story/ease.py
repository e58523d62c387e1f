"""How a move spreads over its time: never a jerk, at a cut already moving."""

import numpy as np
from jaxtyping import Float


def travel(t: Float[np.ndarray, " K"], *, leave: float = 0.0, arrive: float = 0.0) -> Float[np.ndarray, " K"]:
    """Share of the way at share `t` of the time: the minimum-jerk quintic between two given speeds.

    `leave` and `arrive` are the speeds at the ends (1 is the mean speed, 0 is at rest); acceleration is zero at
    both (Flash and Hogan 1985, equation 3, with boundary velocities). Monotone for speeds of 0 to 1.5.
    """
    t = np.clip(t, 0.0, 1.0)
    c3 = 10 - 6 * leave - 4 * arrive
    c4 = -15 + 8 * leave + 7 * arrive
    c5 = 6 - 3 * leave - 3 * arrive
    return leave * t + t**3 * (c3 + t * (c4 + t * c5))


def within(t: Float[np.ndarray, " K"], start: float, end: float) -> Float[np.ndarray, " K"]:
    """A minimum-jerk move from rest to rest between two shares of the time."""
    return travel((np.asarray(t, float) - start) / (end - start))


def blend(start: float, end: float, share: Float[np.ndarray, " K"]) -> Float[np.ndarray, " K"]:
    """From `start` to `end`."""
    return start + (end - start) * share


def scale(start: float, end: float, share: Float[np.ndarray, " K"]) -> Float[np.ndarray, " K"]:
    """From `start` to `end` by equal factors, so that a dolly seems to keep its pace."""
    return start * (end / start) ** share
