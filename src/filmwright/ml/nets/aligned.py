"""Align your Latents: an image transformer that makes videos, by layers between its own that alone are trained.

Blattmann et al. 2023 (arXiv:2304.08818). The image network takes each frame for a picture of its own; after each of
its blocks a layer lets every place look along time, and a learned share says how much of that is taken in (sec. 3.1).
At first the share is nothing: the network is the image network to the bit. `given` frames make of one network a
generator of keyframes (the first frames given) and an interpolator between them (the outer frames given; sec. 3.2).
"""

from typing import Any

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as fn

from .mmdit import VideoTransformer
from .rope import phases, turned


class AlignedTransformer(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """A frozen image transformer with temporal layers; its call is that of `VideoTransformer`, on whole grids."""

    @register_to_config
    def __init__(self, image: dict[str, Any], num_heads: int = 4) -> None:
        super().__init__()
        self.spatial = VideoTransformer(**image)
        self.spatial.requires_grad_(requires_grad=False)
        width, num_layers = self.spatial.config.width, self.spatial.config.num_layers
        if width % num_heads or width // num_heads % 2:
            raise ValueError(f"a width of {width} does not part into {num_heads} heads of an even number of channels.")
        self.temporal = nn.ModuleList(TemporalLayer(width, num_heads) for _ in range(num_layers))

    @classmethod
    def inflate(cls, image: VideoTransformer, *, num_heads: int = 4) -> "AlignedTransformer":
        """From a trained image transformer."""
        sizes = {name: size for name, size in image.config.items() if not name.startswith("_")}
        aligned = cls(image=sizes, num_heads=num_heads)
        aligned.spatial.load_state_dict(image.state_dict())
        return aligned

    @property
    def blocks(self) -> nn.ModuleList:
        """The image network's."""
        return self.spatial.blocks

    def forward(
        self,
        tokens: Float[Tensor, "B L C"],
        places: Float[Tensor, "B L 3"],
        time: Float[Tensor, " B"],
        text: Float[Tensor, "B S E"],
        text_mask: Bool[Tensor, "B S"],
        given: Bool[Tensor, "B L"] | None = None,
        camera: Float[Tensor, "B L K"] | None = None,
        camera_given: Bool[Tensor, " B"] | None = None,
    ) -> Float[Tensor, "B L C"]:
        """Frames come one after the other, each with as many tokens."""
        batch, when = len(tokens), _frames(places)
        num_frames = when.shape[1]

        def by_frame(x: Tensor | None) -> Any:
            return None if x is None else x.unflatten(1, (num_frames, -1)).flatten(0, 1)

        def along_time(number: int, frames: Tensor) -> Tensor:
            rows = frames.unflatten(0, (batch, num_frames)).transpose(1, 2).flatten(0, 1)
            seen = self.temporal[number](rows, when.float().repeat_interleave(len(rows) // batch, 0))
            return seen.unflatten(0, (batch, -1)).transpose(1, 2).flatten(0, 1)

        still = places * places.new_tensor([0, 1, 1])  # to the image network every frame is the only one
        out = self.spatial(
            by_frame(tokens),
            by_frame(still),
            time.repeat_interleave(num_frames),
            text.repeat_interleave(num_frames, 0),
            text_mask.repeat_interleave(num_frames, 0),
            given=by_frame(given),
            camera=by_frame(camera),
            camera_given=None if camera_given is None else camera_given.repeat_interleave(num_frames),
            between=along_time,
        )
        return out.unflatten(0, (batch, num_frames)).flatten(1, 2)


class TemporalLayer(nn.Module):
    """What one place looked like in the other frames, taken in by a learned share."""

    def __init__(self, width: int, num_heads: int) -> None:
        super().__init__()
        self.num_heads, self.head_width = num_heads, width // num_heads
        self.norm = nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.share = nn.Parameter(torch.zeros(1))  # 1 - alpha of the paper

    def forward(self, rows: Float[Tensor, "N T D"], when: Float[Tensor, "N T"]) -> Float[Tensor, "N T D"]:
        """Rows of one place over time."""
        turns = phases(when, self.head_width // 2)
        q, k, v = self.qkv(self.norm(rows)).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        seen = fn.scaled_dot_product_attention(turned(q, turns), turned(k, turns), v).transpose(1, 2).flatten(2)
        out: Tensor = rows + self.share * self.out(seen)
        return out


def _frames(places: Float[Tensor, "B L 3"]) -> Float[Tensor, "B T"]:
    """When each frame is; raises ValueError where frames are not equally many tokens in a row."""
    times = places[..., 0]
    per_frame = int((times[0] == times[0, 0]).sum())
    if times.shape[1] % per_frame:
        raise ValueError(f"{times.shape[1]} tokens are not whole frames of {per_frame}.")
    frames = times.unflatten(1, (-1, per_frame))
    if not (frames == frames[..., :1]).all():
        raise ValueError(f"tokens must come frame by frame, {per_frame} each.")
    return frames[..., 0]
