"""What is learned, and how. One file here is one method of training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from filmwright.core.plugins import Slot

if TYPE_CHECKING:  # methods are listed where PyTorch is not installed, too
    import torch
    from jaxtyping import Float
    from torch import Tensor, nn

    from ..batch import Batch, Conditions
    from ..corpus import Corpus
    from ..draws import Pick
    from ..recipe import Network


@runtime_checkable
class Method(Protocol):
    """Decides network, samples and loss; the loop around it is the same for all."""

    def network(self, asked: Network, corpus: Corpus, *, seed: int) -> nn.Module:
        """The network, in float32 on the processor: what has no gradient is not trained. Its `blocks` are alike."""
        ...

    def batch(self, corpus: Corpus, picks: Sequence[Pick], device: torch.device) -> Batch:
        """The samples of some picks: the same picks, the same samples, whatever others are beside them."""
        ...

    def losses(self, network: nn.Module, batch: Batch) -> Float[Tensor, " B"]:
        """The loss of each sample; their mean is what is learned."""
        ...

    def sample(
        self,
        network: nn.Module,
        asked: Conditions,
        unasked: Conditions,
        *,
        num_inference_steps: int,
        guidance_scale: float,
        generator: torch.Generator,
    ) -> Float[Tensor, "B L C"]:
        """New tokens that follow the conditions; `unasked` are the same without what guidance should strengthen."""
        ...

    def save(self, asked: Network, corpus: Corpus, weights: Mapping[str, Tensor], folder: Path) -> None:
        """Write what was learned, by its names in the network, into a folder, as diffusers saves it."""
        ...


methods: Slot[Method] = Slot(__name__, "method", extras=dict.fromkeys(("flow", "lora", "temporal"), "model"))
