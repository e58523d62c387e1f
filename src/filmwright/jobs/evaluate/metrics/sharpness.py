"""How much fine detail the frames have.

In squared levels, the variance of the Laplacian of the luma; higher is better between videos of the same scene and
size, and says nothing between scenes. Noise and blocking count as detail: read it beside warp error.

Source: Pech-Pacheco, Cristobal, Chamorro-Martinez and Fernandez-Valdivia, "Diatom autofocusing in brightfield
microscopy: a comparative study", ICPR 2000 (LAPV).
"""

from ..moment import Moment
from ..reading import Reading, Scale, mean_of
from ..subject import Subject


class Sharpness:
    """The metric."""

    scale = Scale(unit="squared levels", better="higher")

    def start(self, subject: Subject) -> "Detail":  # noqa: ARG002
        """Any video will do."""
        return Detail()


class Detail:
    """One video."""

    def __init__(self) -> None:
        self.curve = list[float]()

    def see(self, moment: Moment) -> None:
        """Every frame stands for itself."""
        self.curve.append(moment.sharpness)

    def reading(self) -> Reading:
        """The mean over frames."""
        return Reading(value=mean_of(self.curve), curve=tuple(self.curve))


def build() -> Sharpness:
    """Takes no options."""
    return Sharpness()
