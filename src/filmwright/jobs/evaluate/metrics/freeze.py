"""How much of the time the picture stands still: frames that repeat the one before.

In percent of the steps from frame to frame; lower is better where something should move. A frame repeats the one
before where their lumas differ by less than a thousandth of full range on the mean; a film of something that truly
stands still reads 100, so read it beside dynamic degree.

Source: FFmpeg's filter freezedetect and its noise tolerance of -60 dB; it asks for two seconds, here one frame counts.
"""

import cv2
import numpy as np

from ..moment import Moment
from ..reading import Reading, Scale, Span, mean_of
from ..subject import Subject

STILL = 0.001 * 255  # levels


class Freeze:
    """The metric."""

    scale = Scale(unit="%", better="lower")

    def start(self, subject: Subject) -> "Steps":  # noqa: ARG002
        """Any video will do."""
        return Steps()


class Steps:
    """One video."""

    def __init__(self) -> None:
        self.curve = [float("nan")]

    def see(self, moment: Moment) -> None:
        """Compare with the frame before."""
        if moment.before is not None:
            change = float(np.mean(cv2.absdiff(moment.luma, moment.before.luma)))
            self.curve.append(100.0 * (change < STILL))

    def reading(self) -> Reading:
        """The share, and where."""
        return Reading(value=mean_of(self.curve), curve=tuple(self.curve), spans=self._spans())

    def _spans(self) -> tuple[Span, ...]:
        edges = np.flatnonzero(np.diff([0, *(value == 100 for value in self.curve), 0]))
        starts, ends = edges[::2].tolist(), edges[1::2].tolist()
        return tuple(Span(start=a, end=b, says="stands still") for a, b in zip(starts, ends, strict=True))


def build() -> Freeze:
    """Takes no options."""
    return Freeze()
