"""A causal 3D autoencoder: a frame's latents know that frame and earlier ones alone, so a still is a clip of one frame.

Yu et al. 2024 (MAGVIT-2, arXiv:2310.05737) for causal convolutions in time, Wan 2025 (arXiv:2503.20314) for the norm of
each place by itself, which keeps causality; 8 times smaller in space and 4 times in time, the first frame by itself.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as fn


class Posterior(NamedTuple):
    """A Gaussian for each latent."""

    mean: Float[Tensor, "B C T h w"]
    log_variance: Float[Tensor, "B C T h w"]

    def sample(self, generator: torch.Generator) -> Float[Tensor, "B C T h w"]:
        """A draw, deterministic in the generator."""
        noise = torch.randn(self.mean.shape, generator=generator, device=generator.device).to(self.mean)
        return self.mean + (self.log_variance / 2).exp() * noise

    def divergence(self) -> Float[Tensor, ""]:
        """Its mean KL divergence from a standard normal, in nats a latent (Kingma & Welling 2014, appendix B)."""
        return (self.mean.square() + self.log_variance.exp() - 1 - self.log_variance).mean() / 2


class CausalVAE(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """Video in [-1, 1] <-> latents; `encode` and `decode` speak tokens, as every tokenizer of video here does."""

    side, frames = 8, 4  # pixels and frames to a latent

    @register_to_config
    def __init__(self, channels: int = 16, widths: Sequence[int] = (32, 64, 96, 128)) -> None:
        super().__init__()
        first, *_, last = widths
        self.encoder = nn.Sequential(
            CausalConv(3, first, 3),
            *(
                layer
                for a, b, time in zip(widths[:-1], widths[1:], _IN_TIME, strict=True)
                for layer in _down(a, b, time)
            ),
            *_middle(last),
            CausalConv(last, 2 * channels, 3),
        )
        backwards = widths[::-1]
        self.decoder = nn.Sequential(
            CausalConv(channels, last, 3),
            *_middle(last),
            *(
                layer
                for a, b, time in zip(backwards[:-1], backwards[1:], _IN_TIME[::-1], strict=True)
                for layer in _up(a, b, time)
            ),
            Norm(first),
            nn.SiLU(),
            CausalConv(first, 3, 3),
        )
        self.register_buffer("mean", torch.zeros(channels))  # of the latents, for tokens of mean square 1
        self.register_buffer("scale", torch.ones(channels))

    def posterior(self, video: Float[Tensor, "B F 3 H W"]) -> Posterior:
        """The distribution of a video's latents; 1 + 4k frames, sides that are multiples of 8."""
        num_frames, height, width = video.shape[1], *video.shape[3:]
        if (num_frames - 1) % self.frames or height % self.side or width % self.side:
            raise ValueError(
                f"a video of {num_frames} frames of {width}x{height} can't be encoded: it needs 1 + {self.frames}k "
                f"frames and sides that are multiples of {self.side}."
            )
        mean, log_variance = self.encoder(video.transpose(1, 2)).chunk(2, 1)
        return Posterior(mean, log_variance.clamp(-30, 20))

    def reconstruct(self, latents: Float[Tensor, "B C T h w"]) -> Float[Tensor, "B F 3 H W"]:
        """The video of latents."""
        video: Tensor = self.decoder(latents).transpose(1, 2)
        return video

    def encode(self, video: Float[Tensor, "B F 3 H W"]) -> Float[Tensor, "B L C"]:
        """Tokens: the posterior's means, centred and scaled, group by group, across first."""
        tokens = self.posterior(video).mean.flatten(2).transpose(1, 2)
        return (tokens - self.mean) / self.scale

    def decode(self, tokens: Float[Tensor, "B L C"], rows: int, columns: int) -> Float[Tensor, "B F 3 H W"]:
        """The video of tokens on a grid of so many rows and columns."""
        latents = (tokens * self.scale + self.mean).transpose(1, 2)
        return self.reconstruct(latents.unflatten(2, (-1, rows, columns)))


_IN_TIME = (False, True, True)  # which of the three halvings halve time too


class CausalConv(nn.Conv3d):
    """A convolution that sees this frame and earlier ones; before the first frame stands the first."""

    def __init__(self, width_in: int, width_out: int, size: int, *, stride: tuple[int, int, int] = (1, 1, 1)) -> None:
        super().__init__(width_in, width_out, size, stride, padding=(0, size // 2, size // 2))

    def forward(self, x: Float[Tensor, "B C F H W"]) -> Float[Tensor, "B D G h w"]:
        """The same frames, or every second."""
        early = x[:, :, :1].expand(-1, -1, self.kernel_size[0] - 1, -1, -1)
        return super().forward(torch.cat([early, x], 2))


class Norm(nn.RMSNorm):
    """RMS over the channels of each place."""

    def forward(self, x: Float[Tensor, "B C *P"]) -> Float[Tensor, "B C *P"]:
        """As it came."""
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class Residual(nn.Module):
    """Two convolutions beside a short cut."""

    def __init__(self, width_in: int, width_out: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            Norm(width_in),
            nn.SiLU(),
            CausalConv(width_in, width_out, 3),
            Norm(width_out),
            nn.SiLU(),
            CausalConv(width_out, width_out, 3),
        )
        self.past = nn.Identity() if width_in == width_out else nn.Conv3d(width_in, width_out, 1)

    def forward(self, x: Float[Tensor, "B C F H W"]) -> Float[Tensor, "B D F H W"]:
        """As large as it came."""
        out: Tensor = self.past(x) + self.body(x)
        return out


class Attention(nn.Module):
    """Each frame's places attend to each other."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm, self.qkv, self.out = Norm(width), nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x: Float[Tensor, "B C F H W"]) -> Float[Tensor, "B C F H W"]:
        """As it came."""
        frames = self.norm(x).permute(0, 2, 3, 4, 1).flatten(2, 3)  # B F HW C
        seen = self.out(fn.scaled_dot_product_attention(*self.qkv(frames).chunk(3, -1)))
        out: Tensor = x + seen.unflatten(2, x.shape[3:]).permute(0, 4, 1, 2, 3)
        return out


class Larger(nn.Module):
    """Twice the size by repetition, and twice the frames but for the first, which stays one."""

    def __init__(self, width_in: int, width_out: int, *, time: bool) -> None:
        super().__init__()
        self.time = time
        self.conv = CausalConv(width_in, width_out, 3)

    def forward(self, x: Float[Tensor, "B C F H W"]) -> Float[Tensor, "B D G I J"]:
        """[2F - 1 or F, 2H, 2W]."""
        x = x.repeat_interleave(2, 3).repeat_interleave(2, 4)
        if self.time:
            x = x.repeat_interleave(2, 2)[:, :, 1:]
        out: Tensor = self.conv(x)
        return out


def _down(width_in: int, width_out: int, time: bool) -> tuple[nn.Module, nn.Module]:
    return Residual(width_in, width_in), CausalConv(width_in, width_out, 3, stride=(1 + time, 2, 2))


def _up(width_in: int, width_out: int, time: bool) -> tuple[nn.Module, nn.Module]:
    return Residual(width_in, width_in), Larger(width_in, width_out, time=time)


def _middle(width: int) -> tuple[nn.Module, ...]:
    return Residual(width, width), Attention(width), Residual(width, width), Norm(width), nn.SiLU()
