"""Wan (Wan Team 2025, arXiv:2503.20314): a rectified flow on latents that are read in patches of 2x2."""

from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as fn

from .autoencoder import Autoencoder
from .text import WAN_TOKENS

# layers of its blocks as ComfyUI, and Wan's first release, call them
COMFYUI = (
    (r"\.attn1\.", ".self_attn."),
    (r"\.attn2\.", ".cross_attn."),
    (r"\.to_(q|k|v)$", r".\1"),
    (r"\.to_out\.0$", ".o"),
    (r"\.add_(k|v)_proj$", r".\1_img"),
    (r"\.ffn\.net\.0\.proj$", ".ffn.0"),
    (r"\.ffn\.net\.2$", ".ffn.2"),
)


class Network(nn.Module):
    """The transformer, on the tokens of one grid."""

    def __init__(self, transformer: Any, grid: tuple[int, int, int], *, timed: bool) -> None:
        super().__init__()
        self.transformer, self.grid, self.patch = transformer, grid, tuple(transformer.config.patch_size)
        if any(size % by for size, by in zip(grid, self.patch, strict=True)):
            raise ValueError(f"{grid} groups, rows and columns of latents do not part into patches of {self.patch}.")
        self.hears = ("first_frame",) if timed else ()
        self.channels = (transformer.config.in_channels, transformer.config.text_dim)

    @property
    def blocks(self) -> nn.ModuleList:
        """Those of the transformer."""
        return self.transformer.blocks

    def forward(
        self,
        tokens: Float[Tensor, "B L C"],
        places: Float[Tensor, "B L 3"],  # noqa: ARG002 - the grid's
        time: Float[Tensor, " B"],
        text: Float[Tensor, "B S E"],
        text_mask: Bool[Tensor, "B S"],
        given: Bool[Tensor, "B L"] | None = None,
        **unheard: Tensor,  # noqa: ARG002 - the camera
    ) -> Float[Tensor, "B L C"]:
        """The velocity."""
        when = 1000 * time
        if given is not None and given.any():  # a time for each patch, as Wan 2.2 has it
            t, h, w = self.patch
            of_patch = given.unflatten(1, self.grid)[:, ::t, ::h, ::w].flatten(1)
            when = torch.where(of_patch, 0.0, when[:, None])
        words = fn.pad(text * text_mask[..., None], (0, 0, 0, WAN_TOKENS - text.shape[1]))  # it hears zeros, too
        said = self.transformer(tokens.transpose(1, 2).unflatten(2, self.grid), when, words, return_dict=False)[0]
        return said.flatten(2).transpose(1, 2)


def autoencoder(vae: Any) -> Autoencoder:
    """Its own, with the scale of its config."""
    mean, scale = (torch.tensor(vae.config[name]).to(vae.device) for name in ("latents_mean", "latents_std"))
    sizes = {"frames": vae.config.scale_factor_temporal, "side": vae.config.scale_factor_spatial}
    return Autoencoder(vae, mean, scale, **sizes, decoding={})
