"""The project's own classifier of simulated clips: what stands there, how it moves, in which light. It ships inside."""

from functools import lru_cache

import numpy as np
from jaxtyping import UInt8

from .network import PAIRS, SIDE, Seen, network

SHAPE = (2 * PAIRS, SIDE, SIDE, 3)


def look(rgb: UInt8[np.ndarray, "F H W 3"]) -> Seen:
    """What the classifier makes of sixteen frames of 64x64; metrics that ask one after the other share the answer."""
    return _look(np.ascontiguousarray(rgb).tobytes())


@lru_cache(maxsize=1)
def _look(pixels: bytes) -> Seen:
    return network()(np.frombuffer(pixels, np.uint8).reshape(SHAPE))
