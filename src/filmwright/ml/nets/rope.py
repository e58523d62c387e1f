"""Rotary positions (Su et al. 2021, arXiv:2104.09864) on three axes: time, down, across."""

import torch
from jaxtyping import Float
from torch import Tensor


def places(num_groups: int, rows: int, columns: int) -> Float[Tensor, "L 3"]:
    """Where the tokens of a grid lie: group of frames, row and column, across first."""
    axes = [torch.arange(n, dtype=torch.float32) for n in (num_groups, rows, columns)]
    return torch.stack(torch.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)


def angles(at: Float[Tensor, "B L 3"], head_width: int, theta: float = 100.0) -> Float[Tensor, "B L half"]:
    """How far each pair of a head's channels turns: a quarter of them with time, the others down and across.

    `theta` is the longest wavelength over 2 pi; grids here are tens of tokens long, texts thousands.
    """
    of_time = head_width // 8
    of_rows = (head_width // 2 - of_time) // 2
    widths = (of_time, of_rows, head_width // 2 - of_time - of_rows)
    parts = []
    for axis, width in enumerate(widths):
        parts.append(phases(at[..., axis], width, theta))
    return torch.cat(parts, -1)


def phases(at: Float[Tensor, "*L"], num_rates: int, theta: float = 100.0) -> Float[Tensor, "*L R"]:
    """The same on one axis, for so many pairs of channels."""
    rates = theta ** -(torch.arange(num_rates, device=at.device, dtype=at.dtype) / max(num_rates, 1))
    return at[..., None] * rates


def turned(heads: Float[Tensor, "B N L E"], by: Float[Tensor, "B L half"]) -> Float[Tensor, "B N L E"]:
    """Queries or keys, each pair of channels turned by its angle."""
    cos, sin = by.cos()[:, None].to(heads.dtype), by.sin()[:, None].to(heads.dtype)
    a, b = heads.chunk(2, -1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)
