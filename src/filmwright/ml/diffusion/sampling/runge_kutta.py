"""The classic Runge-Kutta method: fourth order, four evaluations a step; the reference that others are measured by."""

from collections.abc import Callable
from itertools import pairwise

from jaxtyping import Float
from torch import Tensor

from ..prediction import Denoiser, velocity
from ..process import Process
from .grid import steps


def runge_kutta(
    denoise: Denoiser, process: Process, x: Float[Tensor, "B *S"], times: Float[Tensor, " N"]
) -> Float[Tensor, "B *S"]:
    """The probability flow ODE to fourth order (Kutta 1901); times must end before the noise does."""
    steps(times)
    return integrated(lambda x, t: velocity(denoise, process, x, t), x, times)


def integrated(
    field: Callable[[Tensor, Tensor], Tensor], x: Float[Tensor, "B *S"], times: Float[Tensor, " N"]
) -> Float[Tensor, "B *S"]:
    """x carried along dx/dt = field(x, t) from times[0] to times[-1], in either direction."""
    for t, later in pairwise(times.unbind()):
        step, middle = later - t, (t + later) / 2
        first = field(x, t)
        second = field(x + step / 2 * first, middle)
        third = field(x + step / 2 * second, middle)
        fourth = field(x + step * third, later)
        x = x + step / 6 * (first + 2 * second + 2 * third + fourth)
    return x
