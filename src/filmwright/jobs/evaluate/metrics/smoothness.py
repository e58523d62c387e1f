"""How evenly things move: whether each point goes on as it came.

From 0 to 1; higher is better. 1 is motion at constant speed, or none; 0 is motion that turns back at each frame. Where
a point comes with flow a and goes on with flow b, it is 1 - |b - a| / (|a| + |b| + 1 pixel), means taken above and
below the line; the pixel keeps what nearly stands still from counting.

Source: the constant-velocity prior that VBench's "motion smoothness" (Huang et al., CVPR 2024) takes from a learned
interpolator, here straight from estimated flow, so without weights; the numbers are not VBench's.
"""

import numpy as np
from jaxtyping import Bool, Float32

from ..moment import Moment
from ..reading import Reading, Refused, Scale, mean_of
from ..subject import Subject
from ..trackable import check_size


class Smoothness:
    """The metric."""

    scale = Scale(unit="of 1", better="higher")

    def start(self, subject: Subject) -> "Course":
        """Raises Refused for videos of one or two frames, or too small."""
        if subject.protocol.num_frames < 3:
            raise Refused(f"needs 3 frames, got {subject.protocol.num_frames}")
        check_size(subject)
        return Course()


class Course:
    """One video."""

    def __init__(self) -> None:
        self.came: tuple[Float32[np.ndarray, "H W 2"], Bool[np.ndarray, "H W"]] | None = None
        self.curve = list[float]()

    def see(self, moment: Moment) -> None:
        """Judge the frame before, by the way it came and the way it goes on."""
        if moment.before is not None:
            self.curve.append(self._of_the_frame_before(moment))
        self.came = (moment.backward, moment.visible_before) if moment.followed else None

    def _of_the_frame_before(self, moment: Moment) -> float:
        if self.came is None or not moment.followed:
            return float("nan")
        back, seen = self.came
        both = seen & moment.visible
        came, goes = -back[both], moment.forward[both]
        bend, length = (float(np.hypot(*v.T).mean()) if len(v) else 0.0 for v in (goes - came, came))
        reach = length + (float(np.hypot(*goes.T).mean()) if len(goes) else 0.0)
        return max(1 - bend / (reach + 1), 0.0) if both.any() else float("nan")

    def reading(self) -> Reading:
        """The mean over frames."""
        return Reading(value=mean_of(self.curve), curve=(*self.curve, float("nan")))


def build() -> Smoothness:
    """Takes no options."""
    return Smoothness()
