"""Restart: the last stretch of the ODE is walked several times, each from fresh noise, so that errors are forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from ..prediction import Denoiser
from ..process import Process, renoise, standard_normal
from .grid import steps
from .heun import heun


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Restart:
    """Where to go back: from the end of `times` to their begin, `num_times` times."""

    times: Float[Tensor, " N"]  # falling; they end at one of the sampler's own times
    num_times: int = 1


def restart(
    denoise: Denoiser,
    process: Process,
    x: Float[Tensor, "B *S"],
    times: Float[Tensor, " N"],
    *,
    restarts: Sequence[Restart],
    generator: torch.Generator,
) -> Float[Tensor, "B *S"]:
    """Xu et al. 2023 (arXiv:2306.14878), algorithm 1: Heun's method down, noise up (eq. 4), and down again (eq. 5)."""
    grid = steps(times)
    for one in restarts:
        steps(one.times)
        if one.times[-1] not in times[1:]:
            raise ValueError(f"a restart ends at {one.times[-1]:.6g}, which is none of the times after the first.")
    for t, later in grid:
        x = heun(denoise, process, x, torch.stack([t, later]))
        for one in (r for r in restarts if r.times[-1] == later):
            for _ in range(one.num_times):
                x = renoise(process, x, later, one.times[0], standard_normal(x, generator))
                x = heun(denoise, process, x, one.times)
    return x
