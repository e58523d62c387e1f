"""Karras' stochastic sampler: a little noise is added before each step of Heun's method."""

from math import inf, sqrt

import torch
from jaxtyping import Float
from torch import Tensor

from ..prediction import Denoiser
from ..process import Process, noise_to_signal, renoise, standard_normal
from .grid import steps
from .heun import heun_step


def churn(
    denoise: Denoiser,
    process: Process,
    x: Float[Tensor, "B *S"],
    times: Float[Tensor, " N"],
    *,
    generator: torch.Generator,
    s_churn: float = 40.0,
    s_min: float = 0.0,
    s_max: float = inf,
    s_noise: float = 1.0,
) -> Float[Tensor, "B *S"]:
    """Karras et al. 2022, algorithm 2, for every process: its noise levels are sigma / alpha.

    Where the level is between `s_min` and `s_max` it is raised by the factor 1 + min(s_churn / N, sqrt(2) - 1); a first
    step from pure noise has no level to raise. `s_noise` above 1 makes up for detail that a network loses.
    """
    grid = steps(times)
    gamma = min(s_churn / len(grid), sqrt(2) - 1)
    for t, later in grid:
        level = noise_to_signal(process, t)
        if gamma > 0 and s_min <= level <= s_max and level.isfinite():
            higher = process.time_at(level * (1 + gamma))
            x = renoise(process, x, t, higher, s_noise * standard_normal(x, generator))
            t = higher
        x = heun_step(denoise, process, x, t, later)
    return x
