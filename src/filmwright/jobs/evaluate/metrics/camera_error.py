"""How far the camera's motion is from what it was told: measured against commanded.

In pixels a frame, the mean distance over the picture between where a similarity fitted to the estimated flow takes its
points and where the commanded motion does; lower is better. Commanded is a clip's lens (with its depth where the eye
travels, for then near things move more than far ones) or the four numbers of "motion" in its facts. Beside it stand the
mean errors in pan, tilt (pixels a frame), zoom (percent a frame) and roll (degrees a frame). What moves by itself is
left out where exact flow tells it; else, where it has most of the texture, the error is too large.

Source: the camera-control errors of CameraCtrl (He et al., ICLR 2025), in the picture's own pixels instead of metres
and radians, so that no reconstruction is needed; the fit as in camera motion.
"""

import numpy as np
from jaxtyping import Bool, Float

from ..commanded import Motion, as_similarity, flow_of, from_facts, in_words, travels
from ..moment import Moment
from ..reading import Part, Reading, Refused, Scale, mean_of
from ..similarity import fit, from_middle
from ..subject import Subject
from ..trackable import FEWEST, TEXTURE, check_size

STANDS = 0.5  # pixels between the exact flow and that of a world that stands still


class CameraError:
    """The metric."""

    scale = Scale(unit="pixels a frame", better="lower")

    def start(self, subject: Subject) -> "Followed":
        """Raises Refused where nothing was commanded, or where its depth would be needed and is not there."""
        told = None if subject.lens else from_facts(subject.facts)
        if subject.lens is None and told is None:
            raise Refused("needs a commanded motion: a clip's lens, or its facts' “motion” (pan, tilt, zoom, roll)")
        if subject.lens and travels(subject.lens) and "depth" not in subject.passes:
            raise Refused("needs passes: depth, because the camera travels")
        check_size(subject)
        return Followed(subject, told)


class Followed:
    """One video."""

    def __init__(self, subject: Subject, told: Motion | None) -> None:
        self.lens, self.told = subject.lens, told
        self.curve, self.errors = list[float](), list[Motion]()

    def see(self, moment: Moment) -> None:
        """Compare both motions from the frame before to this one."""
        if not moment.followed:
            self.curve.append(float("nan"))
            return
        before, picked = moment.before, moment.trackable
        assert before is not None
        points, found, asked = from_middle(picked), moment.forward[picked], self._asked(moment, picked)
        if before.passes.flow is not None and self.lens is not None:  # then what moves by itself is known
            stands = np.hypot(*(before.passes.flow[0][picked] - asked).T) < STANDS
            points, found, asked = points[stands], found[stands], asked[stands]
        if len(points) < FEWEST:
            self.curve.append(float("nan"))
            return
        measured, commanded = fit(points, found), fit(points, asked)
        self.curve.append(float(np.hypot(*(measured.move(points) - commanded.move(points)).T).mean()))
        is_so, should = in_words(measured), in_words(commanded)
        self.errors.append(
            Motion(
                pan=is_so.pan - should.pan,
                tilt=is_so.tilt - should.tilt,
                zoom=is_so.zoom - should.zoom,
                roll=is_so.roll - should.roll,
            )
        )

    def _asked(self, moment: Moment, picked: Bool[np.ndarray, "H W"]) -> Float[np.ndarray, "N 2"]:
        """Where the picked points should go."""
        if self.lens is None:
            points = from_middle(picked)
            return as_similarity(self.told or Motion()).move(points) - points
        assert moment.before is not None
        depth = moment.before.passes.depth
        return flow_of(self.lens, moment.index - 1, picked, None if depth is None else depth[0])

    def reading(self) -> Reading:
        """The mean distance, and the mean error of each of the four."""
        value = mean_of(self.curve, why=TEXTURE)
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
