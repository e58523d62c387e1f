"""Heun's method on the probability flow ODE: second order, two evaluations a step."""

from jaxtyping import Float
from torch import Tensor

from ..prediction import Denoiser, velocity
from ..process import Process
from .grid import steps


def heun(
    denoise: Denoiser, process: Process, x: Float[Tensor, "B *S"], times: Float[Tensor, " N"]
) -> Float[Tensor, "B *S"]:
    """The mean of the slopes at both ends of each step (Karras et al. 2022, algorithm 1)."""
    for t, later in steps(times):
        x = heun_step(denoise, process, x, t, later)
    return x


def heun_step(
    denoise: Denoiser, process: Process, x: Float[Tensor, "B *S"], t: Float[Tensor, ""], later: Float[Tensor, ""]
) -> Float[Tensor, "B *S"]:
    """One step; Euler's where it ends without noise, for there the slope is not defined."""
    slope = velocity(denoise, process, x, t)
    ahead = x + (later - t) * slope
    if process.sigma(later) == 0:
        return ahead
    return x + (later - t) * (slope + velocity(denoise, process, ahead, later)) / 2
