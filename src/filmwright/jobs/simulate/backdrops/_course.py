"""Which way a backdrop goes, and how fast: drawn once, said in words and painted from the same numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import hypot

from ..dice import Dice

WAYS = {"upward": (0.0, -1.0), "downward": (0.0, 1.0), "to the left": (-1.0, 0.0), "to the right": (1.0, 0.0)}
PACES = {"slow": 0.08, "": 0.18, "fast": 0.36}  # heights of the picture a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A direction and a pace, with the words for them."""

    pace: str  # of PACES
    way: str  # of WAYS; empty where it goes nowhere
    velocity: tuple[float, float]  # heights a second, x to the right and y down

    @property
    def haste(self) -> float:
        """The pace as a factor: 1 in the middle. What goes nowhere still changes faster or slower."""
        return PACES[self.pace] / PACES[""]

    @property
    def facts(self) -> dict[str, object]:
        """As JSON has them."""
        return {"pace": self.pace, "way": self.way, "heights_a_second": hypot(*self.velocity)}

    def slower(self, factor: float) -> tuple[float, float]:
        """The velocity of what lies farther away."""
        return self.velocity[0] * factor, self.velocity[1] * factor


def drawn_course(dice: Dice, weights: Mapping[str, int], *, factor: float = 1.0) -> Course:
    """A course by the weights of its ways; `factor` scales the paces to what is calm for this kind of picture."""
    way = dice.child("way").choice([*weights], weights=[*weights.values()])
    pace = dice.child("pace").choice([*PACES])
    x, y = WAYS.get(way, (0.0, 0.0))
    return Course(pace=pace, way=way, velocity=(x * PACES[pace] * factor, y * PACES[pace] * factor))


def said(*words: str) -> str:
    """Words as one line; empty ones are left out."""
    return " ".join(filter(None, words))
