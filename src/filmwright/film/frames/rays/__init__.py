"""The ray renderer on NVIDIA Warp: one set of kernels for CPU and CUDA."""

from .accumulator import WARM_UP, Accumulator
from .nouns import Raw, Sampling, Signals, Trail
from .tracer import Tracer

__all__ = ["WARM_UP", "Accumulator", "Raw", "Sampling", "Signals", "Tracer", "Trail"]
