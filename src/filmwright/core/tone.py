"""The film's tone curve: scene-linear light to display-linear light."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Float

from .errors import BadFilm

MIDDLE = 0.18  # mid-grey: the scene's is the display's


@dataclass(frozen=True, slots=True)
class Curve:
    """f(x) = x^a / (b x^a + c), with f(0) = 0, f(0.18) = 0.18 and f(white) = 1.

    Lottes, Advanced Techniques and Optimization of HDR Color Pipelines (GDC 2016), with his shoulder at 1: a straight
    line in the logarithm below, a shoulder above. `white` 1 and contrast 1 is the straight line f(x) = x.
    """

    power: float  # a
    shoulder: float  # b
    scale: float  # c
    white: float  # beyond it everything is display white

    def __call__(self, x: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
        """Display-linear light for exposed scene-linear light."""
        raised = np.clip(x, 0, self.white) ** self.power
        return np.asarray(np.minimum(raised / (self.shoulder * raised + self.scale), 1.0))

    def inverse(self, y: float) -> float:
        """The exposed scene-linear light that display-linear light `y`, 0 to 1, came from."""
        y = min(max(y, 1e-6), 1.0)
        return float(min((self.scale * y / max(1 - self.shoulder * y, 1e-9)) ** (1 / self.power), self.white))


@lru_cache(maxsize=256)
def tone_curve(*, white: float, contrast: float) -> Curve:
    """The curve whose slope in the logarithm is `contrast` at mid-grey and that reaches 1 at `white`.

    Raises BadFilm where there is no such curve: white must be 1 or more, contrast 0.5 to 3.
    """
    if not (1.0 <= white <= 1000.0 and 0.5 <= contrast <= 3.0):
        raise BadFilm(f"a look needs white from 1 to 1000 and contrast from 0.5 to 3, not {white:g} and {contrast:g}.")
    low, high = 1e-3, 8.0  # the slope at mid-grey, a (1 - m) / (1 - (m/white)^a), rises with a
    for _ in range(60):
        a = (low + high) / 2
        slope = a * (1 - MIDDLE) / (1 - (MIDDLE / white) ** a)
        low, high = (a, high) if slope < contrast else (low, a)
    at_white, at_middle = white**a, MIDDLE**a
    b = (at_white - at_middle / MIDDLE) / (at_white - at_middle)
    return Curve(a, b, at_white * (1 - b), white)
