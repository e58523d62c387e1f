"""The ray renderer on NVIDIA Warp: one set of kernels for CPU and CUDA."""

from .nouns import Raw, Sampling, Signals
from .tracer import Tracer

__all__ = ["Raw", "Sampling", "Signals", "Tracer"]
