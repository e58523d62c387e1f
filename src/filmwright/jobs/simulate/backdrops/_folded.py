"""Vapour as turbulence folds it: a field of many sizes, bent by slower and wider ones that go along with it."""

import numpy as np
from jaxtyping import Float32

from ..dice import Dice
from ..noise import Field, bent, waves
from . import Canvas

MARGIN = 0.14  # heights of the picture around it, for what is bent into it


class Folded:
    """One sheet of it."""

    def __init__(
        self,
        dice: Dice,
        canvas: Canvas,
        *,
        size: float,
        velocity: tuple[float, float],
        boil: float,
        fine: float = 0.045,
        roughness: float = 0.8,
        bend: float = 0.045,
        fold: float = 0.25,
        stretch: float = 1.0,
        edge: float = 0.0,
        density: int = 26,
    ) -> None:
        """`size`: heights of its largest shapes, `fine` of the smallest; `edge`: as much again is seen around it."""
        main = waves(
            dice.child("main"),
            coarse=1.8 * size,
            fine=fine * size,
            roughness=roughness,
            drift=velocity,
            boil=boil,
            density=density,
            stretch=stretch,
        )
        folds = [
            waves(
                dice.child("fold", i), coarse=1.6 * size, fine=fold * size, drift=velocity, boil=boil, stretch=stretch
            )
            for i in range(2)
        ]
        self.edge = round(edge * canvas.height)  # pixels on each side
        self._main = Field(main, *canvas.places(self.edge + round(MARGIN * canvas.height)))
        self._folds = [Field(f, *canvas.places(self.edge)) for f in folds]
        self._bend = np.float32(bend * size)

    def at(self, seconds: float) -> Float32[np.ndarray, "H W"]:
        """Its density, of mean 0 and variance 1."""
        right, down = (field.at(seconds) * self._bend for field in self._folds)
        return bent(self._main.at(seconds), right, down)
