"""UniPC: a predictor and a corrector of any order that share their evaluations, one a step."""

from dataclasses import dataclass
from math import factorial

import torch
from jaxtyping import Float
from torch import Tensor

from ..prediction import Denoiser, asked
from ..process import Process, half_log_snr
from .dpm_solver import exponential_step
from .grid import steps


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seen:
    """An evaluation that is remembered."""

    half_log_snr: Float[Tensor, ""]
    x0: Float[Tensor, "B *S"]


def unipc(
    denoise: Denoiser,
    process: Process,
    x: Float[Tensor, "B *S"],
    times: Float[Tensor, " N"],
    *,
    order: int = 2,
    corrector: bool = True,
    lower_order_final: bool = False,
) -> Float[Tensor, "B *S"]:
    """Zhao et al. 2023 (arXiv:2302.04867), on data predictions, with its second B(h) = e^h - 1.

    The predictor of order p has that order of convergence, with the corrector p + 1. Steps climb to `order` as
    evaluations are gathered; `lower_order_final` lets them fall again to 1 at the end, which is steadier when steps are
    few. A step that ends without noise is first order, and is not corrected: nothing is evaluated there.
    """
    if order < 1:
        raise ValueError(f"order must be 1 or more, got {order}.")
    grid = steps(times)
    seen = [_Seen(half_log_snr=half_log_snr(process, times[0]), x0=asked(denoise, x, times[0]))]
    for number, (t, later) in enumerate(grid):
        goal = half_log_snr(process, later)
        past = _usable(seen, goal, min(order, len(grid) - number) if lower_order_final else order)
        plain = exponential_step(process, x, seen[-1].x0, t, later)
        ahead = plain + _change(process, seen[-1], past, later)
        if number + 1 == len(grid):
            return ahead
        new = _Seen(half_log_snr=goal, x0=asked(denoise, ahead, later))
        x = plain + _change(process, seen[-1], [*past, new], later) if corrector else ahead
        seen = [*seen, new][-order:]
    raise AssertionError("a grid has a step")


def _usable(seen: list[_Seen], goal: Float[Tensor, ""], order: int) -> list[_Seen]:
    """The evaluations before the last, latest first, that tell how the prediction changes along a finite lambda."""
    before = [s for s in seen[-2::-1] if s.half_log_snr.isfinite()]
    return before[: order - 1] if goal.isfinite() else []


def _change(process: Process, now: _Seen, others: list[_Seen], later: Float[Tensor, ""]) -> Float[Tensor, "B *S"]:
    """What the change of the prediction adds: alpha B(h) times the sum of a_m D_m / r_m (eq. 3)."""
    if not others:
        return torch.zeros_like(now.x0)
    goal = half_log_snr(process, later)
    h = (goal - now.half_log_snr).double()
    ratios = torch.stack([_ratio(s.half_log_snr, now.half_log_snr, goal) for s in others])
    added = torch.zeros_like(now.x0)
    for weight, other in zip(_weights(ratios, h) / ratios, others, strict=True):
        added = added + weight * (other.x0 - now.x0)
    return process.alpha(later) * -torch.expm1(-h) * added


def _ratio(other: Float[Tensor, ""], now: Float[Tensor, ""], goal: Float[Tensor, ""]) -> Float[Tensor, ""]:
    """r: where the other lies, 0 now and 1 at the goal, which it is also from infinitely far."""
    return ((other - now) / (goal - now)).double() if other != goal else torch.ones_like(goal).double()


def _weights(ratios: Float[Tensor, " K"], h: Float[Tensor, ""]) -> Float[Tensor, " K"]:
    """The a_m that meet the order conditions R a = b (theorem 3.1); one alone meets them with 1/2, whatever h is."""
    if len(ratios) == 1:
        return torch.full_like(ratios, 0.5)
    phi = torch.expm1(-h)
    right = []
    for i in range(1, len(ratios) + 1):
        phi = phi / -h - 1 / factorial(i)  # (-h) phi_{i+1}(-h)
        right.append(phi * factorial(i) / torch.expm1(-h))
    powers = torch.stack([ratios**i for i in range(len(ratios))])
    return torch.linalg.solve(powers, torch.stack(right))
