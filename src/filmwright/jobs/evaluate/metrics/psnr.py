"""How near the pictures are to the reference's, pixel by pixel.

In decibels, of the mean squared error of all colours over all frames; higher is better, 108 is the same to the bit.
Needs a reference of equal protocol.

Source: ITU-T J.340, 10 log10(255^2 / MSE).
"""

import math

from ..likeness import decibels, squared_error
from ..moment import Moment
from ..reading import Part, Reading, Refused, Scale, mean_of
from ..subject import Subject


class Psnr:
    """The metric."""

    scale = Scale(unit="dB", better="higher", over="pair")

    def start(self, subject: Subject) -> "Errors":
        """Raises Refused without a reference."""
        if subject.reference is None:
            raise Refused("needs a reference: give one with --against")
        return Errors()


class Errors:
    """One video and its reference."""

    def __init__(self) -> None:
        self.errors = list[float]()

    def see(self, moment: Moment) -> None:
        """Compare with the reference's frame."""
        if moment.reference is not None:
            self.errors.append(squared_error(moment.rgb, moment.reference))

    def reading(self) -> Reading:
        """Of all frames together, and of the worst."""
        value = decibels(mean_of(self.errors))
        worst = Part(name="worst frame", value=decibels(max(self.errors, default=math.nan)), unit="dB")
        return Reading(value=value, curve=tuple(map(decibels, self.errors)), parts=(worst,))


def build() -> Psnr:
    """Takes no options."""
    return Psnr()
