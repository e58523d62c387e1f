"""How much the brightness of the picture's places jumps up and down from frame to frame.

In levels of 255; lower is better. The mean brightness of each of 4x4 places is compared with the mean of the frame
before and the frame after; twice the difference, so that light which alternates between two levels reads the step
between them. A fade that goes evenly reads 0, and so does what moves evenly from place to place.

Source: the second difference of a brightness track, as in Kanumuri et al., "Flicker reduction in intraframe codecs",
2008, and others; places instead of pixels, so that motion is not taken for flicker.
"""

import numpy as np
from jaxtyping import Float32

from ..descriptors import blocks
from ..moment import Moment
from ..reading import Reading, Refused, Scale, mean_of
from ..subject import Subject

PLACES = 4  # across, and down


class Flicker:
    """The metric."""

    scale = Scale(unit="levels of 255", better="lower")

    def start(self, subject: Subject) -> "Places":
        """Raises Refused for videos of one or two frames."""
        if subject.protocol.num_frames < 3:
            raise Refused(f"needs 3 frames, got {subject.protocol.num_frames}")
        return Places()


class Places:
    """One video."""

    def __init__(self) -> None:
        self.last: list[Float32[np.ndarray, "h w"]] = []
        self.curve = [float("nan")]

    def see(self, moment: Moment) -> None:
        """With the third frame the second can be judged."""
        self.last = [*self.last[-2:], blocks(moment.luma.astype(np.float32), PLACES)]
        if len(self.last) == 3:
            before, here, after = self.last
            self.curve.append(float(np.abs(before - 2 * here + after).mean()) / 2)

    def reading(self) -> Reading:
        """The mean over frames."""
        return Reading(value=mean_of(self.curve), curve=(*self.curve, float("nan")))


def build() -> Flicker:
    """Takes no options."""
    return Flicker()
