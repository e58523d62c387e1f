"""How many cuts there are, and where.

In cuts; neither is better: what is one shot should have none. A frame begins a new shot where it differs from the one
before, on a small copy, by at least 8 levels, and by 2.5 times as much as any step up to two frames away does, and
where following the estimated flow does not undo most of that: so a flash, which comes and goes, a fast pan and a jump
over some frames are none. Of two cuts within two frames none is found, nor are fades.

Source: PySceneDetect's AdaptiveDetector, with the largest neighbour in place of their mean, and the flow added.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from jaxtyping import UInt8

from filmwright.film.video.flow import SMALLEST, carried

from ..descriptors import blocks
from ..moment import Moment
from ..reading import Reading, Scale, Span, mean_of
from ..subject import Subject

LEAST, TIMES, NEAR = 8.0, 2.5, 2  # levels; of the neighbours; frames
LEFT = 0.6  # of the change that must be left along the flow
SIDE = 48  # pixels of the small copy


class Cuts:
    """The metric."""

    scale = Scale(unit="cuts", better="neither")

    def start(self, subject: Subject) -> "Jumps":  # noqa: ARG002
        """Any video will do."""
        return Jumps()


class Jumps:
    """One video."""

    def __init__(self) -> None:
        self.curve = [float("nan")]
        self.last: UInt8[np.ndarray, "h w 3"] | None = None
        self.moved = set[int]()  # frames whose step is only motion

    def see(self, moment: Moment) -> None:
        """Compare with the frame before."""
        small = blocks(moment.rgb, SIDE)
        if self.last is not None:
            self.curve.append(float(np.mean(cv2.absdiff(small, self.last))))
            if self._stands_out(moment.index, self.curve[-1 - NEAR : -1]) and _is_motion(moment):
                self.moved.add(moment.index)
        self.last = small

    def reading(self) -> Reading:
        """The count; the curve is the step to each frame, in levels."""
        mean_of(self.curve)  # refuses a single picture
        found = [i for i in range(1, len(self.curve)) if self._is_cut(i)]
        spans = tuple(Span(start=i, end=i + 1, says="a new shot begins") for i in found)
        return Reading(value=float(len(found)), curve=tuple(self.curve), spans=spans)

    def _is_cut(self, i: int) -> bool:
        around = self.curve[max(i - NEAR, 1) : i] + self.curve[i + 1 : i + 1 + NEAR]
        return i not in self.moved and self._stands_out(i, around)

    def _stands_out(self, i: int, around: Sequence[float]) -> bool:
        known = [step for step in around if not math.isnan(step)]
        return self.curve[i] >= LEAST and self.curve[i] >= TIMES * max(known, default=0.0)


def _is_motion(moment: Moment) -> bool:
    """Whether the flow explains most of what changed."""
    assert moment.before is not None
    if min(moment.luma.shape) < SMALLEST:
        return False
    before, after = moment.before.rgb.astype(np.float32), moment.rgb.astype(np.float32)
    left = np.abs(carried(after, moment.forward) - before).mean()
    return bool(left < LEFT * np.abs(after - before).mean())


def build() -> Cuts:
    """Takes no options."""
    return Cuts()
