"""Samplers: plain functions `(denoise, process, x, times)` that bring x from times[0] down to times[-1].

x is a batch [B, ...] of any shape; times [N + 1] fall, and may end where no noise is left. Those that draw noise also
take `generator`, and are deterministic in it; bind it with `functools.partial` to have a `Sampler`.
"""

from collections.abc import Callable
from typing import TypeAlias

from torch import Tensor

from ..prediction import Denoiser
from ..process import Process
from .churn import churn
from .ddim import ddim
from .dpm_solver import dpm_solver
from .euler import euler
from .euler_maruyama import euler_maruyama
from .heun import heun
from .restart import Restart, restart
from .runge_kutta import runge_kutta
from .unipc import unipc

Sampler: TypeAlias = Callable[[Denoiser, Process, Tensor, Tensor], Tensor]

__all__ = [
    "Restart",
    "Sampler",
    "churn",
    "ddim",
    "dpm_solver",
    "euler",
    "euler_maruyama",
    "heun",
    "restart",
    "runge_kutta",
    "unipc",
]
