"""A tokenizer that is fitted in seconds: the principal components of spacetime patches.

A clip of 1 + 4k frames is one group that shows the first frame all the time, and k groups of four frames: so a still
and the first frame of a clip are the same tokens, which is what an image to go on from needs.

Patches may overlap, under a window whose squares sum to 1 (Princen & Bradley 1986, Malvar's lapped transforms): what is
wrong with one patch fades out into its neighbours, and no seam is seen.
"""

from collections.abc import Iterable

import numpy as np
import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from jaxtyping import Float
from scipy.sparse.linalg import eigsh
from torch import Tensor
from torch.nn import functional as fn


class PatchPCA(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """Video in [-1, 1] <-> tokens of mean square 1; linear, so that nothing is invented and nothing drifts."""

    @register_to_config
    def __init__(self, channels: int = 128, frames: int = 4, side: int = 8, overlap: int = 0) -> None:
        super().__init__()
        if not 0 <= overlap <= side or overlap % 2:
            raise ValueError(f"patches of {side} pixels can overlap by an even number up to that, not by {overlap}.")
        self.frames, self.side, self.overlap, self.span = frames, side, overlap, side + overlap
        size = 3 * frames * self.span**2
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("basis", torch.zeros(size, channels))  # columns are orthonormal
        self.register_buffer("scale", torch.ones(channels))

    @property
    def deviations(self) -> Float[Tensor, " C"]:
        """The standard deviation of each channel of tokens, over what it was fitted on."""
        return self.scale / self.scale.square().mean().sqrt()

    def fit(self, clips: Iterable[Float[Tensor, "B F 3 H W"]]) -> "PatchPCA":
        """Learn mean, components and scales from clips; in float64, so that their order hardly matters.

        The scales are halfway between none and whitening: small components keep a smaller say, yet more than their own.
        """
        size, channels = self.basis.shape
        total, products, count = torch.zeros(size).double(), torch.zeros(size, size).double(), 0
        for video in clips:
            patches = self._patches(video).flatten(0, -2).double()
            total += patches.sum(0)
            products += patches.T @ patches
            count += len(patches)
        if count <= size:
            raise ValueError(f"{count} patches tell nothing of {size} numbers each; fit on more clips.")
        mean = total / count
        variances, vectors = _largest(products / count - torch.outer(mean, mean), channels)
        deviations = variances.clamp(min=1e-12).sqrt()
        scale = deviations.sqrt()
        scale = scale * (deviations / scale).square().mean().sqrt()
        for name, value in (("mean", mean), ("basis", vectors), ("scale", scale)):
            getattr(self, name).copy_(value)
        return self

    def encode(self, video: Float[Tensor, "B F 3 H W"]) -> Float[Tensor, "B L C"]:
        """Tokens of 1 + 4k frames, group by group, across first; height and width are multiples of the patch's side."""
        patches = self._patches(video)
        return ((patches - self.mean) @ self.basis / self.scale).flatten(1, 3)

    def decode(self, tokens: Float[Tensor, "B L C"], rows: int, columns: int) -> Float[Tensor, "B F 3 H W"]:
        """The video of tokens on a grid of so many rows and columns."""
        patches = (tokens * self.scale) @ self.basis.T + self.mean
        cells = patches.unflatten(1, (-1, rows * columns)).unflatten(-1, (3 * self.frames, -1))  # B T hw 3f s*s
        window = self._window(tokens)
        height, width = rows * self.side + self.overlap, columns * self.side + self.overlap
        groups = self._laid((cells * window).flatten(0, 1).flatten(2).mT, height, width)
        weights = self._laid(window.square().expand(1, rows * columns, 1, -1).flatten(2).mT, height, width)
        frames = (groups / weights).unflatten(0, (len(tokens), -1)).unflatten(2, (self.frames, 3))
        first = frames[:, 0].mean(1, keepdim=True)  # all of them show the same
        return torch.cat([first, frames[:, 1:].flatten(1, 2)], 1)

    def endings(self, tokens: Float[Tensor, "*L C"]) -> Float[Tensor, "*L C"]:
        """Groups of frames as tokens -> stills of their last frames: how a clip begins that goes on from there."""
        patches = ((tokens * self.scale) @ self.basis.T + self.mean).unflatten(-1, (self.frames, -1))
        stills = patches[..., -1:, :].expand_as(patches).flatten(-2)
        return (stills - self.mean) @ self.basis / self.scale

    def _patches(self, video: Float[Tensor, "B F 3 H W"]) -> Float[Tensor, "B T h w P"]:
        num_frames, height, width = video.shape[1], *video.shape[3:]
        if (num_frames - 1) % self.frames or height % self.side or width % self.side:
            raise ValueError(
                f"a video of {num_frames} frames of {width}x{height} does not part into patches: it needs "
                f"1 + {self.frames}k frames and sides that are multiples of {self.side}."
            )
        still = video[:, :1].expand(-1, self.frames, -1, -1, -1)
        groups = torch.cat([still, video[:, 1:]], 1).unflatten(1, (-1, self.frames))
        flat = groups.flatten(2, 3).flatten(0, 1)  # BT f3 H W
        around = fn.pad(flat, (self.overlap // 2,) * 4, mode="replicate")
        columns = fn.unfold(around, self.span, stride=self.side).mT  # BT hw f3ss
        cells = columns.unflatten(-1, (3 * self.frames, -1)) * self._window(video)
        grid = (len(video), groups.shape[1], height // self.side, width // self.side)
        return cells.flatten(2).unflatten(1, grid[2:]).unflatten(0, grid[:2])

    def _laid(self, columns: Float[Tensor, "N P L"], height: int, width: int) -> Float[Tensor, "N K H W"]:
        """Patches added up where they overlap, without what stands out of the picture."""
        whole = fn.fold(columns, (height, width), self.span, stride=self.side)
        edge = self.overlap // 2
        return whole[..., edge : height - edge, edge : width - edge]

    def _window(self, like: Tensor) -> Float[Tensor, " P"]:
        """The weight of each pixel of a patch: it rises and falls as a quarter of a sine where neighbours overlap."""
        rise = torch.sin(torch.pi / 2 * (torch.arange(self.overlap) + 0.5) / max(self.overlap, 1))
        line = torch.cat([rise, torch.ones(self.side - self.overlap), rise.flip(0)])
        return torch.outer(line, line).flatten().to(like)


def _largest(symmetric: Float[Tensor, "N N"], num: int) -> tuple[Float[Tensor, " K"], Float[Tensor, "N K"]]:
    """The largest eigenvalues in falling order, and their vectors; a few of many by Lanczos, which is much quicker."""
    if 8 * num < len(symmetric):
        values, vectors = eigsh(symmetric.numpy(), num, which="LA", v0=np.ones(len(symmetric)))
        found = torch.from_numpy(values), torch.from_numpy(vectors)
    else:
        found = torch.linalg.eigh(symmetric)
    order = found[0].argsort(descending=True)[:num]
    return found[0][order], found[1][:, order]
