"""The steps of a sampler."""

from itertools import pairwise

from jaxtyping import Float
from torch import Tensor


def steps(times: Float[Tensor, " N"]) -> list[tuple[Tensor, Tensor]]:
    """Each time with the next, checked: two times or more, each with less noise than the one before."""
    if times.ndim != 1 or len(times) < 2 or not (times.diff() < 0).all():
        raise ValueError(f"times must be two or more that fall from noise to data, got {times.tolist()}.")
    return list(pairwise(times.unbind()))
