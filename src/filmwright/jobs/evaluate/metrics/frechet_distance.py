"""How far many videos are from many others, as distributions of what the project's own classifier sees in them.

In % of variance, that of real clips: the squared Frechet distance of two Gaussians in the classifier's 128 features,
which see looks and motion; lower is better, and 0 within the interval is no difference that could be found. What small
sets add to it is taken off, so that it can fall below 0. Needs `FEWEST` videos on either side: of fewer, the number
says how few they are. The classifier knows the project's simulated world; of other videos it sees little.

Source: Heusel et al., "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium", NeurIPS
2017, equation 6, on features of video as Unterthiner et al., "Towards Accurate Generative Models of Video", 2018, took
them; its bias and interval by `halves`.
"""

from collections.abc import Sequence

from ..frechet import check_enough, frechet
from ..halves import by_halves
from ..judge.sampled import Sampled, samples_of
from ..judge.window import SAYS
from ..reading import Part, Reading, Scale
from ..subject import Subject

FEWEST = 200  # videos
UNIT = "% of variance"


class FrechetDistance:
    """The metric."""

    scale = Scale(unit=UNIT, better="lower", over="set")

    def start(self, subject: Subject) -> Sampled:
        """Raises Refused for what the classifier can't look at."""
        return Sampled(subject)

    def between(self, ours: Sequence[Reading], theirs: Sequence[Reading]) -> Reading:
        """Raises Refused below `FEWEST` videos."""
        check_enough(len(ours), len(theirs), fewest=FEWEST, of="videos")
        a, b = samples_of(ours), samples_of(theirs)
        share = 100 / a.shape[1]  # features have a mean variance of 1 over real clips
        found = by_halves(lambda i, j: share * frechet(a[i], b[j]), len(a), len(b))
        raw = Part(name="with what the sizes add", value=found.whole, unit=UNIT)
        note = f"{len(a)} videos against {len(b)}, {SAYS}"
        value = found.without_bias
        return Reading(value=value, interval=found.around(value), parts=(raw,), note=note)


def build() -> FrechetDistance:
    """Takes no options."""
    return FrechetDistance()
