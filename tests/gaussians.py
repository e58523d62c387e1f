"""Data and processes on which the tests of diffusion stand."""

import torch
from torch import Tensor

from filmwright.ml.diffusion.family import (
    NoiseLevel,
    RectifiedFlow,
    SubVariancePreserving,
    VarianceExploding,
    VariancePreserving,
)
from filmwright.ml.diffusion.mixture import Mixture, mixture
from filmwright.ml.diffusion.process import Process

torch.set_num_threads(1)

# name -> the process, a time near data, a time near noise
PROCESSES: dict[str, tuple[Process, float, float]] = {
    "vp": (VariancePreserving(), 1e-3, 1.0),
    "sub-vp": (SubVariancePreserving(), 1e-2, 1.0),
    "ve": (VarianceExploding(), 1e-3, 1.0),
    "level": (NoiseLevel(), 2e-3, 80.0),
    "flow": (RectifiedFlow(), 1e-3, 0.999),
}


def number(value: float) -> Tensor:
    """A time in double precision."""
    return torch.tensor(value, dtype=torch.float64)


def rows(*values: object) -> Tensor:
    """A matrix, or more, in double precision."""
    return torch.tensor(values, dtype=torch.float64)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=seeded(seed), dtype=torch.float64)


def gaussian() -> Mixture:
    """One tilted Gaussian off the middle."""
    return mixture(rows(1.0), rows((0.7, -1.2)), rows(((0.5, 0.3), (0.3, 0.4))))


def three() -> Mixture:
    """Three Gaussians of unlike weight, place and shape."""
    return mixture(
        rows(0.5, 0.3, 0.2),
        rows((-1.5, 0.0), (1.0, 1.0), (1.0, -1.5)),
        rows(((0.1, 0.05), (0.05, 0.2)), ((0.3, -0.1), (-0.1, 0.1)), ((0.05, 0.0), (0.0, 0.05))),
    )
