"""A course that follows what was measured, but bends as little as can be."""

from functools import lru_cache

import numpy as np
from jaxtyping import Float32

STIFF = 16.0  # weight of bends: of what sways with a period of 12 frames half is left, of quicker flicker less


@lru_cache
def weights(past: int, future: int) -> Float32[np.ndarray, " K"]:
    """What `past` frames that are decided (1 or 2), this one and `future` ones add to where this one should be.

    They are in order of time and sum to 1; what changes evenly stays as it is. The minimum of
    sum (s_k - d_k)^2 + STIFF sum (s_{k-1} - 2 s_k + s_{k+1})^2 over this frame and those ahead, those behind given:
    the smoother of Whittaker, "On a new method of graduation", 1923, as a filter of fixed lag.
    """
    count = past + 1 + future
    bends = np.array([np.roll([1, -2, 1] + [0] * (count - 3), i) for i in range(count - 2)]).reshape(-1, count)
    behind, free = bends[:, :past], bends[:, past:]
    cost = np.eye(1 + future) + STIFF * free.T @ free
    told = np.hstack([-STIFF * free.T @ behind, np.eye(1 + future)])
    return np.linalg.solve(cost, told)[0].astype(np.float32)
