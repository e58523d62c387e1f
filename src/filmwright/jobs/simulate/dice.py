"""Chance that repeats: the same seed and name draw the same numbers on any machine, with any version of numpy."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from statistics import NormalDist
from typing import TypeVar

import numpy as np

T = TypeVar("T")
_NORMAL = NormalDist()


class Dice:
    """Draws by a seed and a chain of names, so that what one part of a world draws never moves another's numbers.

    numpy promises its raw bits for ever, its distributions not: only the bits are used.
    """

    def __init__(self, *names: object) -> None:
        self._names = names
        digest = sha256("\0".join(map(repr, names)).encode()).digest()
        self._bits = np.random.PCG64(int.from_bytes(digest[:16], "big"))

    def child(self, *names: object) -> Dice:
        """Dice of their own for a part; it does not matter what was drawn here before."""
        return Dice(*self._names, *names)

    def uniform(self, low: int | float = 0, high: int | float = 1) -> float:
        """A number from `low` to less than `high`."""
        return low + (high - low) * (int(self._bits.random_raw()) >> 11) * 2.0**-53

    def integer(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + min(int(self.uniform() * (high - low + 1)), high - low)

    def normal(self, mean: int | float = 0, deviation: int | float = 1) -> float:
        """A number of the normal distribution."""
        return mean + deviation * _NORMAL.inv_cdf(max(self.uniform(), 2.0**-53))

    def choice(self, among: Sequence[T], weights: Sequence[int | float] | None = None) -> T:
        """One of several, as likely as its weight."""
        if weights is None:
            return among[self.integer(0, len(among) - 1)]
        at = self.uniform() * sum(weights)
        for one, weight in zip(among, weights, strict=True):
            at -= weight
            if at < 0:
                return one
        return among[-1]

    def sign(self) -> int:
        """1 or -1."""
        return 1 if self.uniform() < 0.5 else -1
