"""The kernel distance of two sets of features: it takes them for no Gaussians, and has no bias."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kernels:
    """The kernel between all samples, so that the distance of any parts of both sets is a sum."""

    ours: Float64[np.ndarray, "N N"]
    theirs: Float64[np.ndarray, "M M"]
    both: Float64[np.ndarray, "N M"]

    def distance(self, ours: Int64[np.ndarray, " n"], theirs: Int64[np.ndarray, " m"]) -> float:
        """Squared maximum mean discrepancy of the samples of these numbers, unbiased, so that it can fall below 0.

        Gretton et al., "A Kernel Two-Sample Test", JMLR 13 (2012), equation 3.
        """
        within = _apart(self.ours[np.ix_(ours, ours)]) + _apart(self.theirs[np.ix_(theirs, theirs)])
        return float(within - 2 * self.both[np.ix_(ours, theirs)].mean())


def kernels(ours: Float64[np.ndarray, "N D"], theirs: Float64[np.ndarray, "M D"]) -> Kernels:
    """Those of Binkowski et al., "Demystifying MMD GANs", ICLR 2018, section 4: (x.y / D + 1)^3."""
    return Kernels(ours=_cubic(ours, ours), theirs=_cubic(theirs, theirs), both=_cubic(ours, theirs))


def _cubic(x: Float64[np.ndarray, "N D"], y: Float64[np.ndarray, "M D"]) -> Float64[np.ndarray, "N M"]:
    return np.asarray((x @ y.T / x.shape[1] + 1) ** 3)


def _apart(kernel: Float64[np.ndarray, "n n"]) -> float:
    """The mean over pairs of different samples."""
    num = len(kernel)
    return float((kernel.sum() - np.trace(kernel)) / (num * (num - 1)))
