"""How sure a mean over several videos is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import nan, sqrt
from statistics import NormalDist

import numpy as np

FEWEST = 5  # videos: below, a bootstrap says more about them than about others
RESAMPLES = 2000
SEED = 20_261_130
SURE = 0.95
DEVIATIONS = NormalDist().inv_cdf((1 + SURE) / 2)  # of a normal distribution, on either side


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The mean, and the bounds that hold the true one in `SURE` of all cases; NaN below `FEWEST` videos."""

    mean: float
    low: float
    high: float
    num: int

    @property
    def percent(self) -> "Interval":
        """Of a share from 0 to 1."""
        return replace(self, mean=100 * self.mean, low=100 * self.low, high=100 * self.high)


def bootstrap(values: Sequence[float]) -> Interval:
    """Percentile bootstrap of the mean (Efron 1979), with a fixed seed: same values, same bounds."""
    data = np.asarray(values, float)
    if len(data) < FEWEST:
        return Interval(mean=float(data.mean()), low=float("nan"), high=float("nan"), num=len(data))
    picks = np.random.default_rng(SEED).integers(0, len(data), (RESAMPLES, len(data)))
    low, high = np.quantile(data[picks].mean(1), [(1 - SURE) / 2, (1 + SURE) / 2])
    return Interval(mean=float(data.mean()), low=float(low), high=float(high), num=len(data))


def wilson(right: int, num: int) -> Interval:
    """A share of yes and no, as 0 to 1, and bounds that hold for few and for shares near 0 and 1; NaN of none.

    Wilson, "Probable inference, the law of succession, and statistical inference", J. Am. Stat. Assoc. 22 (1927).
    """
    if not num:
        return Interval(mean=nan, low=nan, high=nan, num=0)
    share, z = right / num, DEVIATIONS**2 / num
    middle = (share + z / 2) / (1 + z)
    half = sqrt(z * (share * (1 - share) + z / 4)) / (1 + z)
    return Interval(mean=share, low=max(middle - half, 0.0), high=min(middle + half, 1.0), num=num)
