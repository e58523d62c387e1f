"""The video transformer: text and spacetime tokens in two streams that attend to each other as one.

Esser et al. 2024 (Stable Diffusion 3, arXiv:2403.03206) for the two streams and the normalised queries and keys,
Peebles & Xie 2023 (arXiv:2212.09748) for adaLN, Chen et al. 2023 (PixArt, arXiv:2310.00426) for one modulation that all
blocks share and shift by a table of their own, Brooks et al. 2024 (Sora) for tokens of any length, size and duration,
Karras et al. 2022 (EDM, arXiv:2206.00364, section 5) for what is said on top of the best linear guess.
"""

import math
from collections.abc import Callable

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.loaders import PeftAdapterMixin
from diffusers.models.modeling_utils import ModelMixin
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as fn

from .rope import angles, turned

FREQUENCIES = 128  # of the sinusoids that tell the time
RATES = math.pi / 16 * 2 ** (torch.arange(8) / 2)  # radians a token, of those that tell where it lies
OPEN = 0.3  # of the residual branches at the start: through a closed one an optimiser of unit steps learns noise


class VideoTransformer(ModelMixin, ConfigMixin, PeftAdapterMixin):  # type: ignore[misc]
    """Noisy tokens, their places, the time and the text -> what the process predicts, a vector for each token.

    A `preconditioned` one predicts the data: it says how far off the best linear guess is, channel by channel, as a
    share of what must be expected given the channel's standard deviation, `deviations`.
    """

    @register_to_config
    def __init__(
        self,
        token_channels: int = 128,
        text_channels: int = 384,
        camera_channels: int = 6,
        width: int = 256,
        num_layers: int = 8,
        num_heads: int = 4,
        mlp_ratio: float = 4.0,
        theta: float = 100.0,
        preconditioned: bool = False,
    ) -> None:
        super().__init__()
        if width % num_heads or width // num_heads % 8:
            raise ValueError(f"a width of {width} does not part into {num_heads} heads of a multiple of 8 channels.")
        self.theta = theta
        if preconditioned:
            self.register_buffer("deviations", torch.ones(token_channels))
        self.tokens_in = nn.Linear(token_channels, width)
        self.places_in = nn.Linear(6 * len(RATES), width)
        self.camera_in = nn.Linear(camera_channels, width)
        self.given = nn.Parameter(torch.zeros(width))
        self.text_in = nn.Linear(text_channels, width)
        self.pooled_in = nn.Linear(text_channels, width)
        self.time_in = nn.Sequential(nn.Linear(2 * FREQUENCIES, width), nn.SiLU(), nn.Linear(width, width))
        self.modulation = nn.Linear(width, 12 * width)
        hidden = round(width * mlp_ratio)
        self.blocks = nn.ModuleList(
            Block(width, num_heads, hidden, last=i == num_layers - 1) for i in range(num_layers)
        )
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.modulation_out = nn.Linear(width, 2 * width)
        self.tokens_out = nn.Linear(width, token_channels)
        self._initialise()

    def _initialise(self) -> None:
        """The output begins at zero, the residual branches ajar, the same at all times; no camera is heard at first."""
        for layer in (self.modulation, self.modulation_out, self.tokens_out, self.camera_in):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        for stream in self.modules():
            if isinstance(stream, Stream):
                with torch.no_grad():
                    stream.table[[2, 5]] = OPEN

    def forward(
        self,
        tokens: Float[Tensor, "B L C"],
        places: Float[Tensor, "B L 3"],
        time: Float[Tensor, " B"],
        text: Float[Tensor, "B S E"],
        text_mask: Bool[Tensor, "B S"],
        given: Bool[Tensor, "B L"] | None = None,
        camera: Float[Tensor, "B L K"] | None = None,
        token_mask: Bool[Tensor, "B L"] | None = None,
        camera_given: Bool[Tensor, " B"] | None = None,
        between: Callable[[int, Tensor], Tensor] | None = None,
    ) -> Float[Tensor, "B L C"]:
        """`time` is 0 for data and 1 for noise; `given` tokens are clean, whatever the time: an image to go on from.

        `camera` is how it moves in each token's frames; where `camera_given` is False nothing is said of it, which is
        not a camera that stands still. `token_mask` is False for what only pads a batch of clips of
        several sizes, `text_mask` for what pads the texts; `between` is what becomes of the tokens after each block.
        """
        video = self.tokens_in(tokens) + self.places_in(whereabouts(places).to(tokens))
        if camera is not None:
            heard = self.camera_in(camera)
            video = video + (heard if camera_given is None else heard * camera_given[:, None, None])
        if given is not None:
            video = video + given[..., None] * self.given
        words = self.text_in(text)
        said = (text * text_mask[..., None]).sum(1) / text_mask.sum(1, keepdim=True).clamp(min=1)
        said = self.pooled_in(said)
        noisy, clean = (fn.silu(self.time_in(sinusoids(t).to(said)) + said) for t in (time, torch.zeros_like(time)))
        by_token = _either(given, self.modulation_out(noisy), self.modulation_out(clean))
        of_noisy, of_clean = (self.modulation(e).unflatten(-1, (2, 6, -1)) for e in (noisy, clean))
        of_video = _either(given, of_noisy[:, 0], of_clean[:, 0])
        mask = _attended(tokens, token_mask, text_mask)
        turns = angles(places.float(), self.config.width // self.config.num_heads, self.theta)
        for number, block in enumerate(self.blocks):
            video, words = block(video, words, of_video, of_noisy[:, None, 1], turns, mask)
            video = video if between is None else between(number, video)
        shift, scale = by_token.chunk(2, -1)
        out: Tensor = self.tokens_out(self.norm(video) * (1 + scale) + shift)
        return self._data(out, tokens, time, given) if self.config.preconditioned else out

    def _data(
        self,
        told: Float[Tensor, "B L C"],
        tokens: Float[Tensor, "B L C"],
        time: Float[Tensor, " B"],
        given: Bool[Tensor, "B L"] | None,
    ) -> Float[Tensor, "B L C"]:
        """The data in noisy tokens, (1 - t) data + t noise: Wiener's estimate, and what is told beyond it."""
        noise = time.float()[:, None, None]
        if given is not None:
            noise = noise * ~given[..., None]
        signal = (1 - noise) * self.deviations
        power = signal.square() + noise.square()
        return self.deviations * (signal / power * tokens + noise / power.sqrt() * told.float())


class Block(nn.Module):
    """One layer of both streams; after the last nobody asks what became of the text."""

    def __init__(self, width: int, num_heads: int, hidden: int, *, last: bool) -> None:
        super().__init__()
        self.num_heads, self.last = num_heads, last
        self.video = Stream(width, num_heads, hidden)
        self.text = Stream(width, num_heads, hidden, heard_only=last)

    def forward(
        self,
        video: Float[Tensor, "B L D"],
        words: Float[Tensor, "B S D"],
        of_video: Float[Tensor, "B M 6 D"],
        of_text: Float[Tensor, "B 1 6 D"],
        turns: Float[Tensor, "B L half"],
        mask: Bool[Tensor, "B 1 1 LS"],
    ) -> tuple[Float[Tensor, "B L D"], Float[Tensor, "B S D"]]:
        """Both streams, a layer on."""
        of_video, of_text = of_video + self.video.table, of_text + self.text.table
        q, k, v = self.video.heads(video, of_video)
        q, k = turned(q, turns), turned(k, turns)
        q_text, k_text, v_text = self.text.heads(words, of_text)
        q, k, v = (torch.cat(pair, 2) for pair in ((q, q_text), (k, k_text), (v, v_text)))
        seen = fn.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).flatten(2)
        video = self.video.taken(video, seen[:, : video.shape[1]], of_video)
        return video, words if self.last else self.text.taken(words, seen[:, video.shape[1] :], of_text)


class Stream(nn.Module):
    """The weights of one kind of token in a block; modulations are shift, scale and gate, before attention and MLP."""

    def __init__(self, width: int, num_heads: int, hidden: int, *, heard_only: bool = False) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.qkv = nn.Linear(width, 3 * width)
        self.q_norm, self.k_norm = (nn.RMSNorm(width // num_heads) for _ in range(2))
        self.table = nn.Parameter(torch.zeros(6, width))
        if not heard_only:
            self.out = nn.Linear(width, width)
            self.mlp = nn.Sequential(nn.Linear(width, hidden), nn.GELU("tanh"), nn.Linear(hidden, width))

    def heads(self, x: Float[Tensor, "B N D"], by: Float[Tensor, "B M 6 D"]) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values, [B heads N D/heads] each."""
        qkv = self.qkv(self.norm(x) * (1 + by[:, :, 1]) + by[:, :, 0])
        q, k, v = qkv.unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        q, k = (x.to(self.q_norm.weight.dtype) for x in (q, k))  # of autocast: a norm of two types has no fast kernel
        return self.q_norm(q).to(v.dtype), self.k_norm(k).to(v.dtype), v

    def taken(
        self, x: Float[Tensor, "B N D"], seen: Float[Tensor, "B N D"], by: Float[Tensor, "B M 6 D"]
    ) -> Float[Tensor, "B N D"]:
        """What was attended to is taken in, and thought over."""
        x = x + by[:, :, 2] * self.out(seen)
        return x + by[:, :, 5] * self.mlp(self.norm(x) * (1 + by[:, :, 4]) + by[:, :, 3])


def sinusoids(time: Float[Tensor, " B"]) -> Float[Tensor, "B W"]:
    """Times of 0 to 1 as waves of many lengths (Vaswani et al. 2017), as DiT has them for 1,000 steps."""
    rates = torch.exp(-math.log(10_000) * torch.arange(FREQUENCIES, device=time.device) / FREQUENCIES)
    phases = time.float()[:, None] * 1000 * rates
    return torch.cat([phases.cos(), phases.sin()], -1)


def whereabouts(places: Float[Tensor, "B L 3"]) -> Float[Tensor, "B L W"]:
    """Places as waves: what is up and what is the middle, which turned heads can't tell."""
    turns = (places.float()[..., None] * RATES.to(places.device)).flatten(-2)
    return torch.cat([turns.sin(), turns.cos()], -1)


def _either(given: Tensor | None, noisy: Float[Tensor, "B *D"], clean: Float[Tensor, "B *D"]) -> Tensor:
    """[B 1 *D], or [B L *D] where some tokens are given: those have the modulation of time 0."""
    if given is None:
        return noisy[:, None]
    return torch.where(given.reshape(*given.shape, *[1] * (noisy.ndim - 1)), clean[:, None], noisy[:, None])


def _attended(tokens: Tensor, token_mask: Tensor | None, text_mask: Tensor) -> Bool[Tensor, "B 1 1 LS"]:
    if token_mask is None:
        token_mask = torch.ones(tokens.shape[:2], dtype=torch.bool, device=tokens.device)
    return torch.cat([token_mask, text_mask], 1)[:, None, None]
