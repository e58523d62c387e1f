"""How likely a sample is, exactly: the change of variables along the probability flow ODE."""

from collections.abc import Callable
from math import log, pi
from typing import TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor

from .prediction import Denoiser, velocity
from .process import Process, standard_normal
from .sampling.runge_kutta import integrated

Field: TypeAlias = Callable[[Tensor], Tensor]  # x [B, ...] -> dx/dt [B, ...]
Divergence: TypeAlias = Callable[[Field, Tensor], tuple[Tensor, Tensor]]  # -> dx/dt [B, ...] and its divergence [B]


def log_likelihood(
    denoise: Denoiser,
    process: Process,
    x: Float[Tensor, "B *S"],
    times: Float[Tensor, " N"],
    *,
    divergence: Divergence | None = None,
    prior: Callable[[Tensor], Tensor] | None = None,
) -> tuple[Float[Tensor, " B"], Float[Tensor, "B *S"]]:
    """log p(x) in nats, of x as it is at times[0], and the noise that it comes from (Song et al. 2021, eq. 39).

    `times` rise, from little noise to much, and are walked with the classic Runge-Kutta method. `divergence` is `exact`
    (the default, one backward pass for each number in a sample) or `hutchinson(...)`. `prior` is log p of the noise at
    times[-1]; by default N(0, sigma^2), as which sampling draws it.
    """
    if times.ndim != 1 or len(times) < 2 or not (times.diff() > 0).all() or process.sigma(times[0]) <= 0:
        raise ValueError(f"times must be two or more that rise from where there is some noise, got {times.tolist()}.")
    measure = divergence or exact

    def both(state: Tensor, t: Tensor) -> Tensor:
        here = state[:, :-1].reshape(x.shape)
        slope, spreads = measure(lambda y: velocity(denoise, process, y, t), here)
        return torch.cat([slope.flatten(1), spreads[:, None]], 1)

    began = torch.cat([x.detach().flatten(1), x.new_zeros(len(x), 1)], 1)
    ended = integrated(both, began, times)
    noise = ended[:, :-1].reshape(x.shape)
    log_prior = prior or (lambda z: standard_log_prob(z, process.sigma(times[-1])))
    return log_prior(noise) + ended[:, -1], noise


def standard_log_prob(x: Float[Tensor, "B *S"], sigma: Float[Tensor, ""]) -> Float[Tensor, " B"]:
    """log N(x; 0, sigma^2), in nats."""
    flat = x.flatten(1)
    return -(flat / sigma).square().sum(1) / 2 - flat.shape[1] * (sigma.to(x).log() + log(2 * pi) / 2)


def exact(field: Field, x: Float[Tensor, "B *S"]) -> tuple[Float[Tensor, "B *S"], Float[Tensor, " B"]]:
    """The trace of the Jacobian, row by row."""
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        slope = field(x)
        flat = slope.flatten(1)
        trace = torch.zeros_like(flat[:, 0])
        for i in range(flat.shape[1]):
            (row,) = torch.autograd.grad(flat[:, i].sum(), x, retain_graph=True)
            trace = trace + row.flatten(1)[:, i]
    return slope.detach(), trace.detach()


def hutchinson(probes: Float[Tensor, "P B *S"]) -> Divergence:
    """An unbiased estimate by random probes, E[v J v] = trace J (Hutchinson 1990; Song et al. 2021, eq. 40).

    The same `probes` serve a whole path (Grathwohl et al. 2019, arXiv:1810.01367), so that it is a smooth ODE.
    """

    def estimate(field: Field, x: Tensor) -> tuple[Tensor, Tensor]:
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            slope = field(x)
            traces = []
            for probe in probes:
                (row,) = torch.autograd.grad((slope * probe).sum(), x, retain_graph=True)
                traces.append((row * probe).flatten(1).sum(1))
        return slope.detach(), torch.stack(traces).mean(0).detach()

    return estimate


def rademacher(like: Float[Tensor, "B *S"], num_probes: int, generator: torch.Generator) -> Float[Tensor, "P B *S"]:
    """Probes of +1 and -1, which have the least variance."""
    return torch.stack([standard_normal(like, generator).sign() for _ in range(num_probes)])
