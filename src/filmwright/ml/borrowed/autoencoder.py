"""An autoencoder of diffusers' that speaks tokens, as every tokenizer of video here does."""

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor


class Autoencoder:
    """Video in [-1, 1] <-> latents, centred and scaled, group by group, across first."""

    def __init__(
        self,
        vae: Any,
        mean: Float[Tensor, " C"],
        scale: Float[Tensor, " C"],
        *,
        frames: int,
        side: int,
        decoding: Mapping[str, Any],
    ) -> None:
        """`frames` and `side` are a latent's, in frames and pixels; `decoding` is what the decoder wants besides."""
        self.frames, self.side = frames, side
        self._vae, self._mean, self._scale, self._decoding = vae, mean, scale, decoding

    @torch.inference_mode()
    def encode(self, video: Float[Tensor, "B F 3 H W"]) -> Float[Tensor, "B L C"]:
        """The posterior's modes, of 1 + `frames` k frames with sides that are multiples of `side`."""
        num_frames, height, width = video.shape[1], *video.shape[3:]
        if (num_frames - 1) % self.frames or height % self.side or width % self.side:
            raise ValueError(
                f"a video of {num_frames} frames of {width}x{height} can't be encoded: it needs 1 + {self.frames}k "
                f"frames and sides that are multiples of {self.side}."
            )
        found = self._vae.encode(video.transpose(1, 2).to(self._mean)).latent_dist.mode()
        return ((found.flatten(2).transpose(1, 2) - self._mean) / self._scale).to(video)

    @torch.inference_mode()
    def decode(self, tokens: Float[Tensor, "B L C"], rows: int, columns: int) -> Float[Tensor, "B F 3 H W"]:
        """The video of tokens on a grid of so many rows and columns."""
        latents = (tokens.to(self._mean) * self._scale + self._mean).transpose(1, 2).unflatten(2, (-1, rows, columns))
        videos = [self._vae.decode(one, return_dict=False, **self._decoding)[0] for one in latents.split(1)]
        return torch.cat(videos).transpose(1, 2).to(tokens)
