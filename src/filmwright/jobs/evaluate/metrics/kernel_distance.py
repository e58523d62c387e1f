"""How far many videos are from many others, without taking what the classifier sees in them for Gaussian.

In thousandths, the squared maximum mean discrepancy under a cubic kernel of the project's own classifier's 128
features (KID); lower is better, and 0 within the interval is no difference that could be found. It has no bias, so it
can fall below 0. Needs `FEWEST` videos on either side. The classifier knows the project's simulated world; of other
videos it sees little.

Source: Binkowski, Sutherland, Arbel and Gretton, "Demystifying MMD GANs", ICLR 2018, section 4, over all samples at
once instead of the mean of subsets; its interval by `halves`.
"""

from collections.abc import Sequence

from ..frechet import check_enough
from ..halves import by_halves
from ..judge.sampled import Sampled, samples_of
from ..judge.window import SAYS
from ..kernel import kernels
from ..reading import Reading, Scale
from ..subject import Subject

FEWEST = 100  # videos


class KernelDistance:
    """The metric."""

    scale = Scale(unit="thousandths", better="lower", over="set")

    def start(self, subject: Subject) -> Sampled:
        """Raises Refused for what the classifier can't look at."""
        return Sampled(subject)

    def between(self, ours: Sequence[Reading], theirs: Sequence[Reading]) -> Reading:
        """Raises Refused below `FEWEST` videos."""
        check_enough(len(ours), len(theirs), fewest=FEWEST, of="videos")
        a, b = samples_of(ours), samples_of(theirs)
        of_all = kernels(a, b)
        found = by_halves(lambda i, j: 1000 * of_all.distance(i, j), len(a), len(b))
        note = f"{len(a)} videos against {len(b)}, {SAYS}"
        return Reading(value=found.whole, interval=found.around(found.whole), note=note)


def build() -> KernelDistance:
    """Takes no options."""
    return KernelDistance()
