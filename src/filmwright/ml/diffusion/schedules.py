"""Where samplers step and where training looks: grids of time, shifts, and the betas of discrete models."""

from math import exp, pi

import torch
from jaxtyping import Float
from torch import Tensor

from .process import Process, half_log_snr, noise_to_signal


def uniform(begin: float, end: float, num_inference_steps: int) -> Float[Tensor, " N"]:
    """Equal steps of time."""
    return torch.linspace(begin, end, num_inference_steps + 1, dtype=torch.float64)


def karras(
    process: Process, begin: float, end: float, num_inference_steps: int, *, rho: float = 7.0
) -> Float[Tensor, " N"]:
    """Equal steps of (sigma / alpha)^(1 / rho) (Karras et al. 2022, eq. 5), as times of any process."""
    levels = noise_to_signal(process, torch.tensor([begin, end], dtype=torch.float64))
    _finite(levels, begin, end)
    roots = levels ** (1 / rho)
    return _ends(process.time_at((_between(roots, num_inference_steps)) ** rho), begin, end)


def log_snr(process: Process, begin: float, end: float, num_inference_steps: int) -> Float[Tensor, " N"]:
    """Equal steps of lambda = log(alpha / sigma) (Lu et al. 2022, arXiv:2211.01095, appendix D)."""
    halves = half_log_snr(process, torch.tensor([begin, end], dtype=torch.float64))
    _finite(halves, begin, end)
    return _ends(process.time_at((-_between(halves, num_inference_steps)).exp()), begin, end)


def shifted(times: Float[Tensor, " N"], shift: float) -> Float[Tensor, " N"]:
    """A rectified flow's times with more of them at high noise (Esser et al. 2024, arXiv:2403.03206, eq. 23).

    It multiplies sigma / alpha by `shift`, as pictures with shift^2 times the pixels need.
    """
    return shift * times / (1 + (shift - 1) * times)


def shift_for(
    num_tokens: int, *, few: int = 256, many: int = 4096, at_few: float = 0.5, at_many: float = 1.15
) -> float:
    """The shift for a sequence of this length: its logarithm is linear in the number of tokens, as FLUX has it."""
    return exp(at_few + (at_many - at_few) * (num_tokens - few) / (many - few))


def logit_normal(count: int, generator: torch.Generator, *, mean: float = 0.0, std: float = 1.0) -> Float[Tensor, " N"]:
    """Times for training a rectified flow, most of them in the middle (Esser et al. 2024, eq. 19)."""
    return torch.sigmoid(mean + std * torch.randn(count, generator=generator, device=generator.device))


def linear_betas(num_train_timesteps: int = 1000, *, begin: float = 1e-4, end: float = 0.02) -> Float[Tensor, " N"]:
    """DDPM's (Ho et al. 2020, sec. 4)."""
    return torch.linspace(begin, end, num_train_timesteps, dtype=torch.float64)


def scaled_linear_betas(
    num_train_timesteps: int = 1000, *, begin: float = 0.00085, end: float = 0.012
) -> Float[Tensor, " N"]:
    """Linear in the square root, as latent diffusion has them (Rombach et al. 2022, its code)."""
    return torch.linspace(begin**0.5, end**0.5, num_train_timesteps, dtype=torch.float64) ** 2


def cosine_betas(num_train_timesteps: int = 1000, *, offset: float = 0.008, most: float = 0.999) -> Float[Tensor, " N"]:
    """From a cosine of alpha^2 (Nichol and Dhariwal 2021, arXiv:2102.09672, eq. 17)."""
    steps = torch.arange(num_train_timesteps + 1, dtype=torch.float64) / num_train_timesteps
    kept = torch.cos((steps + offset) / (1 + offset) * pi / 2) ** 2
    return (1 - kept[1:] / kept[:-1]).clamp(max=most)


def alphas_cumprod(betas: Float[Tensor, " N"]) -> Float[Tensor, " N"]:
    """alpha^2 after each step: what `Discrete` is made of."""
    return torch.cumprod(1 - betas, 0)


def _between(ends: Float[Tensor, "2"], num_inference_steps: int) -> Float[Tensor, " N"]:
    return ends[0] + (ends[1] - ends[0]) * torch.linspace(0, 1, num_inference_steps + 1, dtype=ends.dtype)


def _finite(levels: Float[Tensor, "2"], begin: float, end: float) -> None:
    if not levels.isfinite().all():
        raise ValueError(
            f"from t={begin} to t={end} the noise level is not finite at an end. Begin or end a little inside."
        )


def _ends(times: Float[Tensor, " N"], begin: float, end: float) -> Float[Tensor, " N"]:
    """The same with both ends as they were named, not as rounding left them."""
    return torch.cat([times.new_tensor([begin]), times[1:-1], times.new_tensor([end])])
