"""How near the pictures are to the reference's in structure: local means, contrasts and their correlation.

From -1 to 1, of the luma, mean over frames; higher is better, 1 is the same. Needs a reference of equal protocol.

Source: Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error visibility to structural similarity",
IEEE Trans. Image Processing 13 (2004), equation 13, window 11x11 with sigma 1.5, at full size.
"""

import numpy as np

from ..likeness import grey, ssim
from ..moment import Moment
from ..reading import Part, Reading, Refused, Scale, mean_of
from ..subject import Subject


class Ssim:
    """The metric."""

    scale = Scale(unit="of 1", better="higher", over="pair")

    def start(self, subject: Subject) -> "Structures":
        """Raises Refused without a reference."""
        if subject.reference is None:
            raise Refused("needs a reference: give one with --against")
        return Structures()


class Structures:
    """One video and its reference."""

    def __init__(self) -> None:
        self.curve = list[float]()

    def see(self, moment: Moment) -> None:
        """Compare with the reference's frame."""
        if moment.reference is not None:
            own, other = moment.luma.astype(np.float32), grey(moment.reference).astype(np.float32)
            self.curve.append(ssim(own, other))

    def reading(self) -> Reading:
        """The mean over frames, and the worst."""
        worst = Part(name="worst frame", value=min(self.curve, default=float("nan")), unit="of 1")
        return Reading(value=mean_of(self.curve), curve=tuple(self.curve), parts=(worst,))


def build() -> Ssim:
    """Takes no options."""
    return Ssim()
