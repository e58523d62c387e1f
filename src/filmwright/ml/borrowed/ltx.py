"""LTX-Video (HaCohen et al. 2024, arXiv:2501.00103): a rectified flow on strongly compressed latents."""

from fractions import Fraction
from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from .autoencoder import Autoencoder

COMFYUI = ()  # the same names


class Network(nn.Module):
    """The transformer, on the tokens of one grid."""

    hears = ("first_frame",)

    def __init__(self, transformer: Any, grid: tuple[int, int, int], *, fps: Fraction, patch: tuple[int, int]) -> None:
        super().__init__()
        self.transformer, self.grid = transformer, grid
        self.channels = (transformer.config.in_channels, transformer.config.caption_channels)
        self.scale = (float(patch[0] / fps), patch[1], patch[1])  # of a token, in seconds and pixels

    @property
    def blocks(self) -> nn.ModuleList:
        """Those of the transformer."""
        return self.transformer.transformer_blocks

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
        """The velocity; given tokens are of time zero, as in its own image to video."""
        when = 1000 * time[:, None]
        said = self.transformer(
            tokens,
            text,
            when if given is None else torch.where(given, 0.0, when),
            text_mask,
            **dict(zip(("num_frames", "height", "width"), self.grid, strict=True)),
            rope_interpolation_scale=self.scale,
            return_dict=False,
        )
        return said[0]


def autoencoder(vae: Any) -> Autoencoder:
    """Its own, with the scale that it carries; where its decoder wants a time, that of data."""
    scale = vae.latents_std / vae.config.scaling_factor
    timed = {"temb": torch.zeros(1, device=vae.device)} if vae.config.timestep_conditioning else {}
    sizes = {"frames": vae.temporal_compression_ratio, "side": vae.spatial_compression_ratio}
    return Autoencoder(vae, vae.latents_mean, scale, **sizes, decoding=timed)
