"""The process of models that were trained on numbered steps."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from .process import Process


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Discrete(Process):
    """DDPM's steps 0 to N - 1 as a variance preserving process over real time, equal to the table at whole steps.

    Between them log(sigma / alpha) is linear, as samplers on Karras' levels assume; before step 0, at t = -1, lies the
    data itself. Source of the table: Ho et al. 2020 (arXiv:2006.11239), eq. 4.
    """

    alphas_cumprod: Float[Tensor, " N"]  # the product of 1 - beta up to each step: alpha^2

    def __post_init__(self) -> None:
        table = self.alphas_cumprod
        if len(table) < 2 or not ((table > 0) & (table < 1)).all() or not (table.diff() < 0).all():
            raise ValueError("alphas_cumprod must fall from step to step and stay between 0 and 1, both left out.")

    def alpha(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return torch.rsqrt(1 + self._ratio(t) ** 2)

    def sigma(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return self._ratio(t) * self.alpha(t)

    def alpha_rate(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return -self._slope(t) * self._ratio(t) ** 2 * self.alpha(t) ** 3

    def sigma_rate(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        return self._slope(t) * self._ratio(t) * self.alpha(t) ** 3

    def time_at(self, noise_to_signal: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        table = self._table(noise_to_signal)
        sought = noise_to_signal.log()
        left = (torch.searchsorted(table, sought) - 1).clamp(0, len(table) - 2)
        time = left + (sought - table[left]) / (table[left + 1] - table[left])
        return torch.where(noise_to_signal > 0, time, -1.0)

    def _ratio(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        table = self._table(t)
        left = self._left(t)
        return torch.where(t > -1, (table[left] + (t - left) * self._slope(t)).exp(), 0.0)

    def _slope(self, t: Float[Tensor, "*T"]) -> Float[Tensor, "*T"]:
        table, left = self._table(t), self._left(t)
        return table[left + 1] - table[left]

    def _left(self, t: Float[Tensor, "*T"]) -> Tensor:
        return t.floor().long().clamp(0, len(self.alphas_cumprod) - 2)

    def _table(self, like: Float[Tensor, "*T"]) -> Float[Tensor, " N"]:
        """log(sigma / alpha) at each step."""
        kept = self.alphas_cumprod.double()
        return ((torch.log1p(-kept) - kept.log()) / 2).to(like)
