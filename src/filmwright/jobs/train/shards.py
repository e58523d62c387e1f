"""Tensors that are spread over processes."""

from torch import Tensor
from torch.distributed.tensor import DTensor


def local(tensor: Tensor) -> Tensor:
    """The part of a tensor that this process holds: all of it, where it is not spread."""
    return tensor.to_local() if isinstance(tensor, DTensor) else tensor


def whole(tensor: Tensor) -> Tensor:
    """All of a tensor, on every process."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def number(tensor: Tensor) -> float:
    """A tensor of one number as such."""
    return float(whole(tensor.detach()))
