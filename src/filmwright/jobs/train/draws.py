"""Which clip is learned from when: a pure function of the seed and the sample's number.

So a run goes on without a memory of chance, and any number of processes shares the same samples.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Int64

_ORDER, _SAMPLE, _VALIDATION = range(3)  # streams of chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One sample: a clip, and a seed for all that is left to chance about it."""

    clip: int
    seed: int

    def chance(self) -> torch.Generator:
        """Its own chance, on the processor: the same whoever asks."""
        return torch.Generator().manual_seed(self.seed)


def picks(seed: int, step: int, step_size: int, learned: Int64[np.ndarray, " N"]) -> list[Pick]:
    """The samples of a step, counted from 0; every clip comes once before any comes again."""
    numbers = range(step * step_size, (step + 1) * step_size)
    return [
        Pick(clip=int(learned[_order(seed, n // len(learned), len(learned))[n % len(learned)]]), seed=_seed(seed, n))
        for n in numbers
    ]


def validation_picks(held_out: Int64[np.ndarray, " N"]) -> list[Pick]:
    """Held-out clips, each with the same chance at every look and in every run."""
    return [Pick(clip=int(clip), seed=_seed(int(clip), 0, _VALIDATION)) for clip in held_out]


@lru_cache(maxsize=4)
def _order(seed: int, epoch: int, count: int) -> Int64[np.ndarray, " N"]:
    return np.random.default_rng([_ORDER, seed, epoch]).permutation(count)


def _seed(seed: int, number: int, stream: int = _SAMPLE) -> int:
    return int(np.random.SeedSequence([stream, seed, number]).generate_state(1, np.uint64)[0] >> np.uint64(1))
