"""What a shot of some kind is planned from, and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from filmwright.core.camera import Path
from filmwright.film.shots.stage import Interest

from .pace import Pace
from .subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Take:
    """One shot's circumstances. `rng` is its own, so that no shot changes another."""

    subject: Subject
    pace: Pace
    seconds: float
    width: int  # pixels
    height: int  # pixels
    side: float  # +1 or -1: to which side it moves and leans
    interest: Interest
    words: bool  # leave room for a title
    rng: np.random.Generator

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.width / self.height

    @property
    def lens(self) -> float:
        """A focal length of the mood's, 35mm-equivalent millimetres."""
        return float(self.rng.uniform(*self.pace.lens))


Kind = Callable[[Take], Path]
