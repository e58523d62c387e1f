"""The tone curve that a Look describes, forwards and back, so that exposure can be decided before a frame is made."""

from functools import lru_cache

import numpy as np
from jaxtyping import Float

MIDDLE = 0.18  # mid-grey stays where it is


def toned(x: Float[np.ndarray, "..."], *, white: float, contrast: float) -> Float[np.ndarray, "..."]:
    """Display-linear light 0 to 1 of exposed scene-linear light (Lottes 2016, shoulder 1): x^a / (b x^a + c)."""
    a, b, c = _coefficients(round(white, 4), round(contrast, 4))
    raised = np.clip(x, 0.0, white) ** a
    return np.minimum(raised / (b * raised + c), 1.0)


def untoned(y: float, *, white: float, contrast: float) -> float:
    """The exposed scene-linear light that display-linear light `y`, 0 to 1, came from."""
    a, b, c = _coefficients(round(white, 4), round(contrast, 4))
    y = min(max(y, 1e-6), 1.0)
    return float(min((c * y / max(1 - b * y, 1e-9)) ** (1 / a), white))


@lru_cache(maxsize=256)
def _coefficients(white: float, contrast: float) -> tuple[float, float, float]:
    """a, b, c for f(0.18) = 0.18 with slope `contrast` in the logarithm, and f(white) = 1; the slope rises with a."""
    low, high = 1e-3, 8.0
    for _ in range(60):
        a = (low + high) / 2
        slope = a * (1 - MIDDLE) / (1 - (MIDDLE / white) ** a)
        low, high = (a, high) if slope < contrast else (low, a)
    at_white, at_middle = white**a, MIDDLE**a
    b = (at_white - at_middle / MIDDLE) / (at_white - at_middle)
    return a, b, at_white * (1 - b)
