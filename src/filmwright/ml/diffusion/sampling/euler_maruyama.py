"""The Euler-Maruyama method on SDEs: weak order one, strong order one where the noise does not depend on the state."""

from collections.abc import Callable
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

from ..prediction import Denoiser, asked, convert
from ..process import Process, standard_normal
from ..process import diffusion as forward_diffusion
from .grid import steps


def euler_maruyama(
    denoise: Denoiser,
    process: Process,
    x: Float[Tensor, "B *S"],
    times: Float[Tensor, " N"],
    *,
    generator: torch.Generator,
    diffusion: Callable[[Tensor], Tensor] | None = None,
) -> Float[Tensor, "B *S"]:
    """The SDE that runs backwards, dx = (velocity - g^2 score / 2) dt + g dw (Song et al. 2021, eq. 6).

    `diffusion` is g over time; None is the process's own, which gives Anderson's reverse of the forward SDE. Any other
    has the same marginals (Karras et al. 2022, eq. 6; Ma et al. 2024, arXiv:2401.08740, sec. 2), so a rectified flow
    that begins at pure noise, where its own g is infinite, takes one of these: `process.sigma` is usual.
    """
    chosen = diffusion or (lambda t: forward_diffusion(process, t))
    grid = steps(times)
    if not torch.isfinite(chosen(times[:-1])).all():
        raise ValueError(
            "g is infinite at the first time. Begin a little later, or name another: diffusion=process.sigma."
        )
    for t, later in grid:
        x = stepped(_backwards(denoise, process, x, t, chosen(t)), chosen(t), x, later - t, generator)
    return x


def simulated(
    drift: Callable[[Tensor, Tensor], Tensor],
    diffusion: Callable[[Tensor], Tensor],
    x: Float[Tensor, "B *S"],
    times: Float[Tensor, " N"],
    *,
    generator: torch.Generator,
) -> Float[Tensor, "B *S"]:
    """Any SDE dx = drift(x, t) dt + diffusion(t) dw, from times[0] to times[-1]."""
    for t, later in pairwise(times.unbind()):
        x = stepped(drift(x, t), diffusion(t), x, later - t, generator)
    return x


def stepped(
    slope: Float[Tensor, "B *S"],
    diffusion: Float[Tensor, ""],
    x: Float[Tensor, "B *S"],
    step: Float[Tensor, ""],
    generator: torch.Generator,
) -> Float[Tensor, "B *S"]:
    """x + slope step + g sqrt(|step|) z."""
    return x + slope * step + diffusion * step.abs().sqrt() * standard_normal(x, generator)


def _backwards(
    denoise: Denoiser, process: Process, x: Float[Tensor, "B *S"], t: Float[Tensor, ""], diffusion: Float[Tensor, ""]
) -> Float[Tensor, "B *S"]:
    x0 = asked(denoise, x, t)
    slope = convert(process, x0, x, t, given="x0", wanted="velocity")
    return slope - diffusion**2 / 2 * convert(process, x0, x, t, given="x0", wanted="score")
