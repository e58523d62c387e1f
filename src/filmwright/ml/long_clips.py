"""Clips of the bundled model that are longer than those it learned from: its windows, their noise, their beginnings."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor

from .diffusion.windows import blended, rescheduled, windows
from .nets.patch_pca import PatchPCA

Hearing: TypeAlias = Callable[[Tensor, Tensor, Tensor], Tensor]  # tokens, noise level, which are given -> velocity
LEAST = 3  # groups of a window: one to begin with, one that is shared, one that is new


def clip_windows(num_groups: int, size: int) -> list[range]:
    """Windows of `size` groups of frames, half of which overlap, and one more: that which a window begins with."""
    size = max(size, LEAST)
    return windows(num_groups, size, _overlap(size))


def clip_noise(noise: Float[Tensor, "B L C"], spans: Sequence[range], cells: int) -> Float[Tensor, "B L C"]:
    """The same noise in all windows but for its order; `cells` are the tokens of a group."""
    if len(spans) == 1:
        return noise
    size = len(spans[0])
    groups = rescheduled(noise.unflatten(1, (-1, cells)), size - 1, _overlap(size) - 1, axis=1, lead=1)
    return groups.flatten(1, 2)


def together(
    hear: Hearing,
    tokenizer: PatchPCA,
    spans: Sequence[range],
    noise: Float[Tensor, "B N C"],
    known: Float[Tensor, "B L C"],
) -> Hearing:
    """What a network that hears one window says of a clip of several. Use it for one run of a sampler: it remembers.

    Every clip begins with a still. So does a window: in the place of the group before its first new one stands a still
    of that group's last frame, as far as is `known`, noised like all else with the `noise` that the clip's own first
    still has; what becomes of that group itself is for the other windows to say.
    """
    cells = noise.shape[1]

    def whole(latents: Tensor, level: Tensor, given: Tensor) -> Tensor:
        nonlocal known

        def one(window: Tensor, span: range) -> Tensor:
            tokens, clean = window.flatten(1, 2), given[:, span.start * cells : span.stop * cells]
            if span.start:
                before = known[:, span.start * cells : (span.start + 1) * cells].float()
                still = (1 - level) * tokenizer.endings(before) + level * noise
                tokens = torch.cat([still.to(tokens), tokens[:, cells:]], 1)
            return hear(tokens, level, clean).unflatten(1, (-1, cells))

        velocity = blended(one, latents.unflatten(1, (-1, cells)), spans, axis=1, lead=1).flatten(1, 2)
        velocity = torch.where(given[..., None], 0.0, velocity)
        known = latents - level * velocity
        return velocity

    return whole


def _overlap(size: int) -> int:
    return 1 + size // 2
