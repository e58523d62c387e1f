"""The members of the family that are given by a formula."""

from dataclasses import dataclass
from math import log

import torch
from jaxtyping import Float
from torch import Tensor

from .process import Process


@dataclass(frozen=True, slots=True, kw_only=True)
class _LinearBeta:
    """beta(t) = beta_min + t (beta_max - beta_min) for t from 0 to 1 (Song et al. 2021, eq. 32)."""

    beta_min: float = 0.1
    beta_max: float = 20.0

    def beta(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        """The rate at which data is forgotten."""
        return self.beta_min + t * (self.beta_max - self.beta_min)

    def forgotten(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        """The integral of beta from 0 to t."""
        return self.beta_min * t + (self.beta_max - self.beta_min) * t * t / 2

    def alpha(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return (-self.forgotten(t) / 2).exp()

    def alpha_rate(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return -self.beta(t) / 2 * self.alpha(t)

    def time_forgotten(self, integral: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        """The time at which the integral of beta is this."""
        slope = self.beta_max - self.beta_min
        return 2 * integral / (self.beta_min + (self.beta_min**2 + 2 * slope * integral).sqrt())


@dataclass(frozen=True, slots=True, kw_only=True)
class VariancePreserving(_LinearBeta, Process):
    """DDPM in continuous time: alpha^2 + sigma^2 = 1 (Song et al. 2021, eq. 11 and 33)."""

    def sigma(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return (-torch.expm1(-self.forgotten(t))).sqrt()

    def sigma_rate(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return self.beta(t) * (-self.forgotten(t)).exp() / (2 * self.sigma(t))

    def time_at(self, noise_to_signal: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return self.time_forgotten(torch.log1p(noise_to_signal**2))


@dataclass(frozen=True, slots=True, kw_only=True)
class SubVariancePreserving(_LinearBeta, Process):
    """The same drift with less noise: sigma = 1 - alpha^2 (Song et al. 2021, eq. 12 and 29)."""

    def sigma(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return -torch.expm1(-self.forgotten(t))

    def sigma_rate(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return self.beta(t) * (-self.forgotten(t)).exp()

    def time_at(self, noise_to_signal: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        inverse_alpha = (noise_to_signal + (noise_to_signal**2 + 4).sqrt()) / 2  # of 1 - alpha^2 = ratio alpha
        return self.time_forgotten(2 * inverse_alpha.log())


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceExploding(Process):
    """Noise that grows geometrically over data that stays, for t from 0 to 1 (Song et al. 2021, eq. 9 and 30)."""

    sigma_min: float = 0.01
    sigma_max: float = 50.0

    def alpha(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return torch.ones_like(t)

    def sigma(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return self.sigma_min * (t * self._growth).exp()

    def alpha_rate(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return torch.zeros_like(t)

    def sigma_rate(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return self._growth * self.sigma(t)

    def time_at(self, noise_to_signal: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return (noise_to_signal / self.sigma_min).log() / self._growth

    @property
    def _growth(self) -> float:
        return log(self.sigma_max / self.sigma_min)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseLevel(Process):
    """Variance exploding whose time is the noise level itself, sigma(t) = t (Karras et al. 2022, sec. 3)."""

    def alpha(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return torch.ones_like(t)

    def sigma(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return t

    def alpha_rate(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return torch.zeros_like(t)

    def sigma_rate(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return torch.ones_like(t)

    def time_at(self, noise_to_signal: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return noise_to_signal


@dataclass(frozen=True, slots=True, kw_only=True)
class RectifiedFlow(Process):
    """Straight lines from data at t = 0 to noise at t = 1 (Liu et al. 2023, arXiv:2209.03003, sec. 2.1).

    The optimal transport paths of flow matching, whose time runs the other way (Lipman et al. 2023, arXiv:2210.02747,
    sec. 4.1, example II, with sigma_min = 0).
    """

    def alpha(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return 1 - t

    def sigma(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return t

    def alpha_rate(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return -torch.ones_like(t)

    def sigma_rate(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return torch.ones_like(t)

    def time_at(self, noise_to_signal: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return 1 / (1 + 1 / noise_to_signal)  # right at 0 and at infinity, too
