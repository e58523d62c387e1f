"""What every process here is: data drowned in Gaussian noise, as an SDE, as marginals and as a flow.

A process is two curves over time, `alpha` and `sigma`: x_t = alpha(t) x_0 + sigma(t) epsilon, epsilon standard normal.
They determine a linear SDE, dx = f(t) x dt + g(t) dw (Song et al. 2021, arXiv:2011.13456, eq. 5), by f = alpha' / alpha
and g^2 = 2 sigma (sigma' - f sigma) (Kingma et al. 2021, arXiv:2107.00630; Lu et al. 2022, arXiv:2206.00927, sec. 2),
and the ODE with the same marginals, whose velocity is alpha' x_0 + sigma' epsilon. Time grows with noise.
"""

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor


class Process(ABC):
    """One member of the family; a time is a tensor of any shape, and so is what comes back."""

    @abstractmethod
    def alpha(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        """How much of the data is left."""

    @abstractmethod
    def sigma(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        """The standard deviation of the noise."""

    @abstractmethod
    def alpha_rate(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        """d alpha / dt."""

    @abstractmethod
    def sigma_rate(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        """d sigma / dt; infinite where a variance that grows linearly begins at 0."""

    @abstractmethod
    def time_at(self, noise_to_signal: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        """The time at which sigma / alpha is this."""


def noise_to_signal(process: Process, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
    """sigma / alpha, the noise level of Karras et al. 2022 (arXiv:2206.00364); infinite where no data is left."""
    return process.sigma(t) / process.alpha(t)


def half_log_snr(process: Process, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
    """lambda = log(alpha / sigma), the time of exponential integrators (Lu et al. 2022, sec. 3)."""
    return process.alpha(t).log() - process.sigma(t).log()


def drift(process: Process, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
    """f of dx = f x dt + g dw; infinite where no data is left."""
    return process.alpha_rate(t) / process.alpha(t)


def diffusion(process: Process, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
    """g of dx = f x dt + g dw; infinite where no data is left."""
    sigma = process.sigma(t)
    return (2 * sigma * (process.sigma_rate(t) - drift(process, t) * sigma)).clamp(min=0).sqrt()


def add_noise(
    process: Process, x0: Float[Tensor, "*B"], noise: Float[Tensor, "*B"], t: Float[Tensor, "*T"]
) -> Float[Tensor, "*B"]:
    """A draw of p(x_t | x_0), given its noise; t has the first axes of x0, or none."""
    return spread(process.alpha(t), x0) * x0 + spread(process.sigma(t), x0) * noise


def renoise(
    process: Process,
    x: Float[Tensor, "*B"],
    t: Float[Tensor, ""],
    later: Float[Tensor, ""],
    noise: Float[Tensor, "*B"],
) -> Float[Tensor, "*B"]:
    """A draw of p(x_later | x_t), the SDE's own transition: what is lost is replaced by noise."""
    kept = process.alpha(later) / process.alpha(t)
    added = (process.sigma(later) ** 2 - (kept * process.sigma(t)) ** 2).clamp(min=0).sqrt()
    return spread(kept, x) * x + spread(added, x) * noise


def spread(coefficient: Float[Tensor, "*T"], x: Float[Tensor, "*B"]) -> Tensor:
    """A coefficient for each of the first axes of x, in the type of x and with axes of one for the rest."""
    if coefficient.shape != x.shape[: coefficient.ndim]:
        raise ValueError(f"times of shape {list(coefficient.shape)} do not fit the first axes of {list(x.shape)}.")
    return coefficient.to(x).reshape(*coefficient.shape, *[1] * (x.ndim - coefficient.ndim))


def standard_normal(like: Float[Tensor, "*B"], generator: torch.Generator) -> Float[Tensor, "*B"]:
    """Noise in the shape and type of `like`, drawn where the generator lives: the same numbers on every device."""
    return torch.randn(like.shape, generator=generator, device=generator.device, dtype=like.dtype).to(like.device)
