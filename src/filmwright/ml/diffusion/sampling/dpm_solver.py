"""DPM-Solver++(2M): an exponential integrator with one evaluation a step, second order."""

from jaxtyping import Float
from torch import Tensor

from ..prediction import Denoiser, asked
from ..process import Process, half_log_snr
from .grid import steps


def dpm_solver(
    denoise: Denoiser,
    process: Process,
    x: Float[Tensor, "B *S"],
    times: Float[Tensor, " N"],
    *,
    lower_order_final: bool = False,
) -> Float[Tensor, "B *S"]:
    """Lu et al. 2022 (arXiv:2211.01095), algorithm 2: data predictions are extrapolated in lambda = log(alpha / sigma).

    The first step is first order, and so is one that ends without noise, where lambda is infinite; with
    `lower_order_final` the last is in any case, which is steadier when steps are few.
    """
    grid = steps(times)
    before: tuple[Tensor, Tensor] | None = None  # the last step along lambda, and its prediction
    for number, (t, later) in enumerate(grid, 1):
        x0 = ahead = asked(denoise, x, t)
        step = half_log_snr(process, later) - half_log_snr(process, t)
        first_order = process.sigma(later) == 0 or (lower_order_final and number == len(grid))
        if before is not None and not first_order:
            last, earlier = before
            ahead = x0 + step / last / 2 * (x0 - earlier)  # D of algorithm 2, whose r is last / step
        x = exponential_step(process, x, ahead, t, later)
        before = (step, x0)
    return x


def exponential_step(
    process: Process,
    x: Float[Tensor, "B *S"],
    x0: Float[Tensor, "B *S"],
    t: Float[Tensor, ""],
    later: Float[Tensor, ""],
) -> Float[Tensor, "B *S"]:
    """The ODE solved exactly for a data prediction that stays (DDIM).

    Written without logarithms, so that it holds from pure noise and down to none.
    """
    shrunk = process.sigma(later) / process.sigma(t)
    return shrunk * x + (process.alpha(later) - shrunk * process.alpha(t)) * x0
