"""DDIM: the exact solution of a step for a prediction that stays, with as much new noise as wanted."""

import torch
from jaxtyping import Float
from torch import Tensor

from ..prediction import Denoiser, asked, convert
from ..process import Process, standard_normal
from .grid import steps


def ddim(
    denoise: Denoiser,
    process: Process,
    x: Float[Tensor, "B *S"],
    times: Float[Tensor, " N"],
    *,
    eta: float = 0.0,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "B *S"]:
    """Song et al. 2021 (arXiv:2010.02502), eq. 12 and 16: eta = 0 draws no noise, eta = 1 is DDPM's sampling."""
    if eta and generator is None:
        raise ValueError(f"ddim with eta={eta} draws noise and needs a generator.")
    for t, later in steps(times):
        x0 = asked(denoise, x, t)
        epsilon = convert(process, x0, x, t, given="x0", wanted="epsilon")
        fresh = eta * _ancestral(process, t, later)
        x = process.alpha(later) * x0 + (process.sigma(later) ** 2 - fresh**2).clamp(min=0).sqrt() * epsilon
        if generator is not None and eta:
            x = x + fresh * standard_normal(x, generator)
    return x


def _ancestral(process: Process, t: Float[Tensor, ""], later: Float[Tensor, ""]) -> Float[Tensor, ""]:
    """The standard deviation of p(x_later | x_t, x_0) (eq. 16)."""
    kept = process.alpha(t) / process.alpha(later)
    lost = process.sigma(t) ** 2 - (kept * process.sigma(later)) ** 2
    return process.sigma(later) / process.sigma(t) * lost.clamp(min=0).sqrt()
