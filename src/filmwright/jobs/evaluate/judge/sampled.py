"""One video's features, for metrics that compare many with many."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from ..moment import Moment
from ..reading import Reading
from ..subject import Subject
from . import look
from .window import Window


class Sampled:
    """A meter that gives a sample and no number: one video alone has no distance from others."""

    def __init__(self, subject: Subject) -> None:
        """Raises Refused for what the classifier can't look at."""
        self.window = Window(subject)

    def see(self, moment: Moment) -> None:
        """The next frame."""
        self.window.see(moment)

    def reading(self) -> Reading:
        """The classifier's features."""
        return Reading(value=float("nan"), sample=look(self.window.rgb()).features[None])


def samples_of(readings: Sequence[Reading]) -> Float64[np.ndarray, "N D"]:
    """All of them, one a row."""
    return np.concatenate([r.sample for r in readings if r.sample is not None]).astype(np.float64)
