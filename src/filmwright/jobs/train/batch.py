"""What a network is asked, and what it should have said: tensors of one batch."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Conditions:
    """All that is said of a clip besides its noisy tokens."""

    places: Float[Tensor, "B L 3"]
    text: Float[Tensor, "B S E"]
    text_mask: Bool[Tensor, "B S"]
    given: Bool[Tensor, "B L"]  # tokens that are clean: the first frame, or none
    known: Float[Tensor, "B L C"]  # what they are; the others do not matter
    camera: Float[Tensor, "B L 6"]
    camera_given: Bool[Tensor, " B"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batch:
    """Samples to learn from."""

    conditions: Conditions
    tokens: Float[Tensor, "B L C"]
    noise: Float[Tensor, "B L C"]
    time: Float[Tensor, " B"]
    clips: tuple[str, ...]  # their names
    captions: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.tokens)


def named_tensors(held: Any) -> Iterator[tuple[str, Tensor]]:
    """The tensors of a batch by their names."""
    for field in fields(held):
        value = getattr(held, field.name)
        if isinstance(value, Tensor):
            yield field.name, value
        elif is_dataclass(value):
            yield from named_tensors(value)


def placed(tensor: Tensor, device: torch.device) -> Tensor:
    """A tensor on a device; through pinned memory to a graphics card, so that nobody waits."""
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)


def on(conditions: Conditions, device: torch.device) -> Conditions:
    """The same conditions on a device."""
    return Conditions(**{name: tensor.to(device) for name, tensor in named_tensors(conditions)})
