"""How sure a mean over several videos is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FEWEST = 5  # videos: below, a bootstrap says more about them than about others
RESAMPLES = 2000
SEED = 20_261_130
SURE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The mean, and the bounds that hold the true one in `SURE` of all cases; NaN below `FEWEST` videos."""

    mean: float
    low: float
    high: float
    num: int


def bootstrap(values: Sequence[float]) -> Interval:
    """Percentile bootstrap of the mean (Efron 1979), with a fixed seed: same values, same bounds."""
    data = np.asarray(values, float)
    if len(data) < FEWEST:
        return Interval(mean=float(data.mean()), low=float("nan"), high=float("nan"), num=len(data))
    picks = np.random.default_rng(SEED).integers(0, len(data), (RESAMPLES, len(data)))
    low, high = np.quantile(data[picks].mean(1), [(1 - SURE) / 2, (1 + SURE) / 2])
    return Interval(mean=float(data.mean()), low=float(low), high=float(high), num=len(data))
