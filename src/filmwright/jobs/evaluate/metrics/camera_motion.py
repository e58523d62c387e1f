"""How the camera moves, as the picture shows it: pan, tilt, zoom and roll.

In pixels a frame, the mean way that the picture moves as a whole; neither is better. Beside it stand the means of pan
(to the right), tilt (up), zoom (percent a frame) and roll (degrees a frame, clockwise), each of the similarity that
most of the estimated flow follows, where there is texture to follow; what moves by itself is left out as long as it is
the smaller part.

Source: robust regression with Tukey's biweight (Holland and Welsch 1977) of a four-parameter similarity.
"""

import numpy as np

from ..commanded import Motion, in_words
from ..moment import Moment
from ..reading import Part, Reading, Scale, mean_of
from ..similarity import fit, from_middle
from ..subject import Subject
from ..trackable import FEWEST, TEXTURE, check_size


class CameraMotion:
    """The metric."""

    scale = Scale(unit="pixels a frame", better="neither")

    def start(self, subject: Subject) -> "Measured":
        """Raises Refused for pictures too small to estimate motion."""
        check_size(subject)
        return Measured()


class Measured:
    """One video."""

    def __init__(self) -> None:
        self.curve, self.motions = list[float](), list[Motion]()

    def see(self, moment: Moment) -> None:
        """Fit the flow from the frame before."""
        if not moment.followed or moment.trackable.sum() < FEWEST:
            self.curve.append(float("nan"))
            return
        points = from_middle(moment.trackable)
        moved = fit(points, moment.forward[moment.trackable])
        self.curve.append(float(np.hypot(*(moved.move(points) - points).T).mean()))
        self.motions.append(in_words(moved))

    def reading(self) -> Reading:
        """The mean way, and its four parts."""
        value = mean_of(self.curve, why=TEXTURE)
        units = {"pan": "pixels a frame", "tilt": "pixels a frame", "zoom": "% a frame", "roll": "degrees a frame"}
        parts = tuple(
            Part(name=name, value=float(np.mean([getattr(m, name) for m in self.motions])), unit=unit)
            for name, unit in units.items()
        )
        return Reading(value=value, curve=tuple(self.curve), parts=parts)


def build() -> CameraMotion:
    """Takes no options."""
    return CameraMotion()
