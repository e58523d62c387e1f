"""How much a surface point changes from one frame to the next, followed along the flow.

In levels of 255; lower is better. Along the exact flow, and only where its passes say that a point is seen in both
frames, if the frames carry them; else along estimated flow, where going there and back leads home.

Source: Lai et al., "Learning Blind Video Temporal Consistency", ECCV 2018, the warping error; differences are
absolute here, squared there. The flow's estimate and its masks: `film/video/flow.py`.
"""

from typing import Literal

import numpy as np

from filmwright.film.video.flow import change_along

from ..moment import Moment
from ..reading import Part, Reading, Refused, Scale, mean_of
from ..subject import Subject
from ..trackable import check_size

Flow = Literal["best", "exact", "estimated"]


class WarpError:
    """The metric."""

    scale = Scale(unit="levels of 255", better="lower")

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def start(self, subject: Subject) -> "Along":
        """Raises Refused where exact flow is asked for and not there, and for pictures too small to estimate it."""
        exact = {"flow", "visible"} <= subject.passes and self.flow != "estimated"
        if self.flow == "exact" and not exact:
            raise Refused("needs passes: flow and visible, as simulated clips carry them")
        if not exact:
            check_size(subject)
        return Along(exact=exact)


class Along:
    """One video."""

    def __init__(self, *, exact: bool) -> None:
        self.exact, self.curve, self.seen = exact, list[float](), list[float]()

    def see(self, moment: Moment) -> None:
        """Compare with the frame before."""
        if not moment.followed:
            self.curve.append(float("nan"))
            return
        before = moment.before
        assert before is not None
        if self.exact:
            assert before.passes.flow is not None
            assert before.passes.visible is not None
            flow, visible = before.passes.flow[0], before.passes.visible[0]
        else:
            flow, visible = moment.forward, moment.visible
        one, other = before.rgb.astype(np.float32), moment.rgb.astype(np.float32)
        self.curve.append(change_along(one, other, flow, visible))
        self.seen.append(float(visible.mean()))

    def reading(self) -> Reading:
        """The mean over frames, and the share of the picture that could be compared."""
        value = mean_of(self.curve)
        seen = Part(name="seen in both", value=100 * float(np.mean(self.seen)), unit="%")
        note = f"along {'exact' if self.exact else 'estimated'} flow"
        return Reading(value=value, curve=tuple(self.curve), parts=(seen,), note=note)


def build(*, flow: Flow = "best") -> WarpError:
    """`flow` is exact, estimated, or the best that the frames allow."""
    return WarpError(flow)
