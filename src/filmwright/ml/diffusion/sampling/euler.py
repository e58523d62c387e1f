"""Euler's method on the probability flow ODE: first order."""

from jaxtyping import Float
from torch import Tensor

from ..prediction import Denoiser, velocity
from ..process import Process
from .grid import steps


def euler(
    denoise: Denoiser, process: Process, x: Float[Tensor, "B *S"], times: Float[Tensor, " N"]
) -> Float[Tensor, "B *S"]:
    """One straight line a step, along dx/dt (Song et al. 2021, eq. 13; Liu et al. 2023, sec. 2.1)."""
    for t, later in steps(times):
        x = x + (later - t) * velocity(denoise, process, x, t)
    return x
