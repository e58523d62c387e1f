"""How much moves: the mean speed of the fastest twentieth of the picture.

In pixels a frame; neither is better, but a model that always makes stills reads near 0. A picture that slides as a
whole by 3 pixels a frame reads 3.

Source: VBench's "dynamic degree" (Huang et al., CVPR 2024), which takes the largest 5% of RAFT's flow and then only
asks whether it is above a threshold; here it is estimated flow without weights, and the speed itself.
"""

import numpy as np

from ..moment import Moment
from ..reading import Reading, Scale, mean_of
from ..subject import Subject
from ..trackable import check_size

FASTEST = 0.05  # of what is seen in both frames


class DynamicDegree:
    """The metric."""

    scale = Scale(unit="pixels a frame", better="neither")

    def start(self, subject: Subject) -> "Speeds":
        """Raises Refused for pictures too small to estimate motion."""
        check_size(subject)
        return Speeds()


class Speeds:
    """One video."""

    def __init__(self) -> None:
        self.curve = list[float]()

    def see(self, moment: Moment) -> None:
        """Compare with the frame before."""
        if not moment.followed:
            self.curve.append(float("nan"))
            return
        speeds = np.hypot(*moment.forward[moment.visible].T)
        most = max(round(FASTEST * len(speeds)), 1)
        fastest = np.partition(speeds, -most)[-most:] if len(speeds) else speeds
        self.curve.append(float(fastest.mean()) if len(speeds) else float("nan"))

    def reading(self) -> Reading:
        """The mean over frames."""
        return Reading(value=mean_of(self.curve), curve=tuple(self.curve))


def build() -> DynamicDegree:
    """Takes no options."""
    return DynamicDegree()
