"""Guidance: a conditional and an unconditional prediction of x_0 become one that follows the condition more."""

from collections.abc import Callable
from math import inf
from typing import TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor

from .prediction import Denoiser
from .process import Process, noise_to_signal

Guide: TypeAlias = Callable[[Tensor, Tensor], Tensor]  # conditional, unconditional x_0 -> the guided one


def classifier_free(
    conditional: Float[Tensor, "B *S"], unconditional: Float[Tensor, "B *S"], guidance_scale: float
) -> Float[Tensor, "B *S"]:
    """Ho and Salimans 2022 (arXiv:2207.12598), eq. 6, with guidance_scale = 1 + w: 1 is the conditional alone.

    The same in every prediction, because all are one linear function of each other at a given x_t and t.
    """
    return unconditional + guidance_scale * (conditional - unconditional)


def adaptive_projected(
    guidance_scale: float, *, parallel: float = 0.0, momentum: float = -0.5, norm_threshold: float = 15.0
) -> Guide:
    """APG (Sadat et al. 2024, arXiv:2410.02416, algorithm 1): strong guidance without its burnt colours.

    The difference of both predictions is averaged over the steps with `momentum` and made no longer than
    `norm_threshold` (inf: no limit); its part along the conditional prediction counts `parallel` times. The guide
    remembers its steps: make a new one for each run of a sampler. parallel = 1, momentum = 0 and no limit is
    `classifier_free`.
    """
    average: Tensor | None = None

    def guide(conditional: Tensor, unconditional: Tensor) -> Tensor:
        nonlocal average
        difference = conditional - unconditional
        average = difference if average is None else difference + momentum * average
        along, across = projected(shortened(average, norm_threshold), conditional)
        return conditional + (guidance_scale - 1) * (across + parallel * along)

    return guide


def shortened(x: Float[Tensor, "B *S"], longest: float) -> Float[Tensor, "B *S"]:
    """Samples whose norm is no more than `longest`."""
    norms = x.flatten(1).norm(dim=1).reshape(-1, *[1] * (x.ndim - 1))
    return x * (longest / norms).clamp(max=1) if longest < inf else x


def projected(
    x: Float[Tensor, "B *S"], onto: Float[Tensor, "B *S"]
) -> tuple[Float[Tensor, "B *S"], Float[Tensor, "B *S"]]:
    """Each sample's parts along and across another; in double precision, for small angles."""
    given, direction = x.flatten(1).double(), torch.nn.functional.normalize(onto.flatten(1).double(), dim=1)
    along = ((given * direction).sum(1, keepdim=True) * direction).reshape(x.shape).to(x)
    return along, x - along


def guided(conditional: Denoiser, unconditional: Denoiser, guide: Guide) -> Denoiser:
    """Two denoisers as one."""

    def denoise(x: Tensor, t: Tensor) -> Tensor:
        return guide(conditional(x, t), unconditional(x, t))

    return denoise


def within(
    inside: Denoiser, outside: Denoiser, process: Process, *, lowest: float = 0.0, highest: float = inf
) -> Denoiser:
    """One denoiser between two noise levels sigma / alpha, another outside of them; a batch has one time.

    Guidance inside and the conditional denoiser alone outside looks better and costs less (Kynkäänniemi et al. 2024,
    arXiv:2404.07724).
    """

    def denoise(x: Tensor, t: Tensor) -> Tensor:
        level = noise_to_signal(process, t[0])
        return inside(x, t) if lowest < level <= highest else outside(x, t)

    return denoise
