"""The moving average of the weights: what is shown and exported."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from .shards import local


class Average:
    """Exponential, of all that is trained; it begins quickly, so that a short run is not an average of its start."""

    def __init__(self, network: nn.Module, most: float) -> None:
        self._live = {name: p for name, p in network.named_parameters() if p.requires_grad}
        self.weights = {name: p.detach().clone() for name, p in self._live.items()}
        self.most = most

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take in the weights after the step of this number, the first being 1."""
        kept = min(self.most, step / (step + 9))
        torch._foreach_lerp_(
            [local(w) for w in self.weights.values()], [local(p) for p in self._live.values()], 1 - kept
        )

    @contextmanager
    def shown(self) -> Iterator[None]:
        """The network has the averaged weights inside the block, and its own after it, to the bit."""
        own = {name: local(p).detach().clone() for name, p in self._live.items()}
        try:
            self._put({name: local(w) for name, w in self.weights.items()})
            yield
        finally:
            self._put(own)

    @torch.no_grad()
    def _put(self, weights: dict[str, Tensor]) -> None:
        for name, weight in weights.items():
            local(self._live[name]).copy_(weight)
