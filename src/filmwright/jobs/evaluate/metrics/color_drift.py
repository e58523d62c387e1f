"""How far the picture's mean colour goes from that of the first frame.

In CIELAB units (Delta E 1976; about 2 is just seen); lower is better in one shot, and nothing to judge across cuts. The
mean over all frames after the first: a colour that drifts evenly to a distance D at the end reads D/2.

Source: CIE 15:2018, equation for Delta E*ab.
"""

import numpy as np
from jaxtyping import Float

from ..moment import Moment
from ..reading import Part, Reading, Scale, mean_of
from ..subject import Subject


class ColorDrift:
    """The metric."""

    scale = Scale(unit="Delta E", better="lower")

    def start(self, subject: Subject) -> "Colors":  # noqa: ARG002
        """Any video will do."""
        return Colors()


class Colors:
    """One video."""

    def __init__(self) -> None:
        self.first: Float[np.ndarray, "3"] | None = None
        self.curve = [float("nan")]

    def see(self, moment: Moment) -> None:
        """Compare with the first frame."""
        mean = moment.lab.reshape(-1, 3).mean(0).astype(float)
        if self.first is None:
            self.first = mean
        else:
            self.curve.append(float(np.linalg.norm(mean - self.first)))

    def reading(self) -> Reading:
        """The mean over frames, and where it ends."""
        end = Part(name="at the end", value=self.curve[-1], unit="Delta E")
        return Reading(value=mean_of(self.curve), curve=tuple(self.curve), parts=(end,))


def build() -> ColorDrift:
    """Takes no options."""
    return ColorDrift()
