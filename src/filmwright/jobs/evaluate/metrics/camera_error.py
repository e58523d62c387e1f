"""How far the camera's motion is from what it was told: measured against commanded.

In pixels a frame, the mean distance over the picture between where a similarity fitted to the estimated flow takes its
points and where the commanded motion does; lower is better. Commanded is a clip's lens (with its depth where the eye
travels, for then near things move more than far ones) or the four numbers of "motion" in its facts. Beside it stand the
mean errors in pan, tilt (pixels a frame), zoom (percent a frame) and roll (degrees a frame).

Source: the camera-control errors of CameraCtrl (He et al., ICLR 2025), in the picture's own pixels instead of metres
and radians, so that no reconstruction is needed; the fit as in camera motion.
"""

import numpy as np

from ..commanded import Motion, as_similarity, flow_of, from_facts, in_words, travels
from ..moment import Moment
from ..reading import Part, Reading, Refused, Scale, mean_of
from ..similarity import Similarity, fit, from_middle, grid
from ..subject import Subject
from ..trackable import check_size


class CameraError:
    """The metric."""

    scale = Scale(unit="pixels a frame", better="lower")

    def start(self, subject: Subject) -> "Followed":
        """Raises Refused where nothing was commanded, or where its depth would be needed and is not there."""
        told = from_facts(subject.facts)
        if subject.lens is None and told is None:
            raise Refused("needs a commanded motion: a clip's lens, or its facts' “motion” (pan, tilt, zoom, roll)")
        if told is None and subject.lens and travels(subject.lens) and "depth" not in subject.passes:
            raise Refused("needs passes: depth, because the camera travels")
        check_size(subject)
        return Followed(subject, told)


class Followed:
    """One video."""

    def __init__(self, subject: Subject, told: Motion | None) -> None:
        self.lens, self.told = subject.lens, told
        self.curve, self.errors = [float("nan")], list[Motion]()

    def see(self, moment: Moment) -> None:
        """Compare both motions from the frame before to this one."""
        if moment.before is None:
            return
        picked = grid(moment.visible)
        if picked.sum() < 2:
            self.curve.append(float("nan"))
            return
        points = from_middle(picked)
        measured = fit(points, moment.forward[picked])
        asked = self._asked(moment, picked)
        self.curve.append(float(np.hypot(*(measured.move(points) - asked.move(points)).T).mean()))
        is_so, should = in_words(measured), in_words(asked)
        self.errors.append(
            Motion(
                pan=is_so.pan - should.pan,
                tilt=is_so.tilt - should.tilt,
                zoom=is_so.zoom - should.zoom,
                roll=is_so.roll - should.roll,
            )
        )

    def _asked(self, moment: Moment, picked: np.ndarray) -> Similarity:
        if self.told is not None or self.lens is None:
            return as_similarity(self.told or Motion())
        assert moment.before is not None
        depth = moment.before.passes.depth
        flow = flow_of(self.lens, moment.index - 1, picked, None if depth is None else depth[0])
        return fit(from_middle(picked), flow)

    def reading(self) -> Reading:
        """The mean distance, and the mean error of each of the four."""
        value = mean_of(self.curve)
        units = {"pan": "pixels a frame", "tilt": "pixels a frame", "zoom": "% a frame", "roll": "degrees a frame"}
        parts = tuple(
            Part(name=name, value=float(np.mean([abs(getattr(e, name)) for e in self.errors])), unit=unit)
            for name, unit in units.items()
        )
        note = "against its facts" if self.told is not None else "against its lens"
        return Reading(value=value, curve=tuple(self.curve), parts=parts, note=note)


def build() -> CameraError:
    """Takes no options."""
    return CameraError()
