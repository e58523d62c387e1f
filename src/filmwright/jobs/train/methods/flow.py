"""The whole network by flow matching: text, first frame and camera to video."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn

from filmwright.core.errors import BadFilm
from filmwright.ml.diffusion.family import RectifiedFlow
from filmwright.ml.diffusion.guidance import classifier_free, guided
from filmwright.ml.diffusion.prediction import Denoiser, convert, parts, target
from filmwright.ml.diffusion.process import add_noise
from filmwright.ml.diffusion.sampling import dpm_solver
from filmwright.ml.diffusion.schedules import logit_normal, shift_for, shifted, uniform
from filmwright.ml.nets.aligned import AlignedTransformer
from filmwright.ml.nets.camera import CHANNELS
from filmwright.ml.nets.mmdit import VideoTransformer
from filmwright.ml.nets.patch_pca import PatchPCA
from filmwright.ml.nets.rope import places
from filmwright.ml.pipeline import VideoPipeline

from ..batch import Batch, Conditions, placed
from ..corpus import NOTHING, Corpus
from ..draws import Pick
from ..parts import index, kind
from ..recipe import Network

Share = Annotated[float, Field(ge=0, le=1)]
PROCESS = RectifiedFlow()
MOST = 400.0  # times that an error of x0 counts near no noise, where it would count without end as one of velocity
STATIC = 1e-4  # a change of tokens, whose mean square is 1, that is none


class Flow:
    """Straight lines from data to noise: the loss is the squared error of the velocity, whatever is predicted."""

    def __init__(
        self,
        prediction: Literal["velocity", "x0"],
        time: tuple[float, float],
        shift: float | None,
        shares: tuple[float, float, float],
        motion_weight: float,
    ) -> None:
        self.prediction, self.time, self.shift, self.motion_weight = prediction, time, shift, motion_weight
        self.unsaid, self.given, self.camera = shares

    def network(self, asked: Network, corpus: Corpus, *, seed: int) -> nn.Module:
        """A fresh transformer, or a trained one to go on from. Raises BadFilm where that does not fit the data."""
        channels, text_channels = corpus.tokens.shape[-1], corpus.texts.states.shape[-1]
        if asked.start is not None:
            self.check(asked.start, (VideoTransformer.__name__,))
            try:
                started = VideoTransformer.from_pretrained(asked.start, low_cpu_mem_usage=False)
            except (OSError, ValueError) as err:
                raise BadFilm(f"there is no transformer to go on from in {asked.start}: {err}") from err
            if (started.config.token_channels, started.config.text_channels) != (channels, text_channels):
                raise BadFilm(f"the transformer in {asked.start} was made for another tokenizer; name its own.")
            return started.train()
        if not isinstance(corpus.tokenizer, PatchPCA):
            raise BadFilm("a transformer of this project has tokens of its own: leave 'tokenizer.start' out.")
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            try:
                fresh = VideoTransformer(
                    token_channels=channels,
                    text_channels=text_channels,
                    camera_channels=CHANNELS,
                    width=asked.width,
                    num_layers=asked.num_layers,
                    num_heads=asked.num_heads,
                    mlp_ratio=asked.mlp_ratio,
                    preconditioned=self.prediction == "x0",
                )
            except ValueError as err:
                raise BadFilm(f"'network': {err}") from err
        if self.prediction == "x0":
            fresh.deviations.copy_(corpus.tokenizer.deviations)
        return fresh.train()

    def check(self, start: Path, kinds: Sequence[str]) -> str:
        """The class of the transformer in a folder. Raises BadFilm for another class, or another prediction."""
        found = kind(start)
        if found not in kinds:
            raise BadFilm(
                f"there is no transformer to go on from in {start}: it holds {found or 'none'}, and this method goes "
                f"on from {' or '.join(kinds)}."
            )
        says = index(start.parent).get("prediction", self.prediction)
        if says != self.prediction:
            raise BadFilm(f"the transformer in {start} predicts {says}: 'method.prediction' must be {says!r}, too.")
        return found

    def batch(self, corpus: Corpus, picks: Sequence[Pick], device: torch.device) -> Batch:
        """Each pick's own chance decides wording, conditions, time and noise."""
        num_groups, rows, columns = corpus.grid
        chances = [pick.chance() for pick in picks]
        asked = torch.stack([torch.rand(4, generator=chance) for chance in chances])
        time = torch.cat([logit_normal(1, c, mean=self.time[0], std=self.time[1]) for c in chances])
        seeds = [int(torch.randint(2**62, (), generator=chance)) for chance in chances]
        wordings = [corpus.wordings[pick.clip] for pick in picks]
        said = [w[int(u * len(w))] for w, u in zip(wordings, asked[:, 0].tolist(), strict=True)]
        said = [NOTHING if u < self.unsaid else n for n, u in zip(said, asked[:, 1].tolist(), strict=True)]
        numbers = [pick.clip for pick in picks]
        tokens = placed(torch.from_numpy(corpus.tokens[numbers]), device).float()
        text, text_mask = corpus.texts.padded(said)
        motion = torch.from_numpy(corpus.motion[numbers]).repeat_interleave(rows * columns, 1)
        conditions = Conditions(
            places=places(num_groups, rows, columns).to(device).expand(len(picks), -1, -1),
            text=placed(text, device).float(),
            text_mask=placed(text_mask, device),
            given=placed((asked[:, 2:3] < self.given) & corpus.first, device),
            known=tokens,
            camera=placed(motion, device),
            camera_given=placed(asked[:, 3] < self.camera, device),
        )
        return Batch(
            conditions=conditions,
            tokens=tokens,
            noise=_noise(tokens, seeds),
            time=placed(shifted(time, self._shift(tokens)), device),
            clips=tuple(corpus.keys[n] for n in numbers),
            captions=tuple(corpus.captions[n] for n in said),
        )

    def losses(self, network: nn.Module, batch: Batch) -> Float[Tensor, " B"]:
        """The mean squared error of the tokens that are not given."""
        x = add_noise(PROCESS, batch.tokens, batch.noise, batch.time)
        predicted = _said(network, batch.conditions, x, batch.time)
        goal = target(PROCESS, self.prediction, batch.tokens, batch.noise, batch.time)
        counted = ~batch.conditions.given * self._importance(batch)
        errors = ((predicted - goal).square().mean(-1) * counted).sum(1) / counted.sum(1)
        return errors * _as_velocity(self.prediction, batch.time)

    @torch.no_grad()
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
        """DPM-Solver++(2M) with classifier-free guidance, on times that are shifted as in training."""
        conditional, unconditional = (self._denoiser(network, conditions) for conditions in (asked, unasked))
        both = guided(conditional, unconditional, lambda c, u: classifier_free(c, u, guidance_scale))
        noise = torch.randn(asked.known.shape, generator=generator).to(asked.known)
        times = shifted(uniform(1.0, 0.0, num_inference_steps), self._shift(noise)).to(noise)
        x0 = dpm_solver(conditional if guidance_scale == 1 else both, PROCESS, noise, times)
        return torch.where(asked.given[..., None], asked.known, x0)

    def save(self, asked: Network, corpus: Corpus, weights: Mapping[str, Tensor], folder: Path) -> None:
        """A pipeline that `VideoPipeline.trained` loads; the text encoder is not part of it."""
        network = self.network(asked, corpus, seed=0).eval()
        unknown = network.load_state_dict(dict(weights), strict=False).unexpected_keys
        assert not unknown, unknown
        assert isinstance(network, VideoTransformer | AlignedTransformer)
        assert isinstance(corpus.tokenizer, PatchPCA)
        fixed = {"use_dynamic_shifting": True} if self.shift is None else {"shift": self.shift}
        VideoPipeline(
            transformer=network,
            video_tokenizer=corpus.tokenizer,
            tokenizer=None,
            text_encoder=None,
            scheduler=FlowMatchEulerDiscreteScheduler(**fixed),
            prediction=self.prediction,
            fps=float(corpus.fps),
        ).save_pretrained(folder)

    def _denoiser(self, network: nn.Module, conditions: Conditions) -> Denoiser:
        def denoise(x: Tensor, t: Tensor) -> Tensor:
            return convert(PROCESS, _said(network, conditions, x, t), x, t, given=self.prediction, wanted="x0")

        return denoise

    def _shift(self, tokens: Float[Tensor, "B L C"]) -> float:
        return shift_for(tokens.shape[1]) if self.shift is None else self.shift

    def _importance(self, batch: Batch) -> Float[Tensor, "B L"]:
        """1, and more where tokens differ from those a group of frames before: by their share of the clip's change."""
        at = batch.conditions.places[..., 0]
        a_group = int((at[0] == 0).sum())
        if not self.motion_weight or a_group == at.shape[1]:
            return torch.ones_like(at)
        before = torch.cat([batch.tokens[:, a_group : 2 * a_group], batch.tokens[:, :-a_group]], 1)
        change = (batch.tokens - before).square().mean(-1)
        return 1 + self.motion_weight * change / change.mean(1, keepdim=True).clamp(min=STATIC)


def _said(network: nn.Module, c: Conditions, x: Float[Tensor, "B L C"], t: Float[Tensor, " B"]) -> Tensor:
    x = torch.where(c.given[..., None], c.known, x)
    said: Tensor = network(
        x, c.places, t, c.text, c.text_mask, given=c.given, camera=c.camera, camera_given=c.camera_given
    )
    return said.float()


def _as_velocity(prediction: Literal["velocity", "x0"], t: Float[Tensor, " B"]) -> Float[Tensor, " B"]:
    """What a squared error of the prediction counts as one of the velocity; `convert`'s factor, squared and bounded."""
    (a, b), (c, d) = parts(PROCESS, prediction, t), parts(PROCESS, "velocity", t)
    alpha, sigma = PROCESS.alpha(t), PROCESS.sigma(t)
    return ((alpha * d - sigma * c) / (alpha * b - sigma * a)).square().clamp(max=MOST)


def _noise(like: Float[Tensor, "B L C"], seeds: Sequence[int]) -> Float[Tensor, "B L C"]:
    """Noise drawn where it is needed, each sample by its own seed."""
    generator = torch.Generator(like.device)
    one = like.shape[1:]
    return torch.stack([torch.randn(one, generator=generator.manual_seed(seed), device=like.device) for seed in seeds])


def build(
    *,
    prediction: Literal["velocity", "x0"] = "velocity",
    time_mean: float = 0.0,
    time_std: Annotated[float, Field(gt=0)] = 1.0,
    shift: Annotated[float, Field(gt=0)] | None = None,
    caption_dropout: Share = 0.1,
    first_frame: Share = 0.5,
    camera: Share = 0.5,
    motion_weight: Annotated[float, Field(ge=0)] = 0.0,
) -> Flow:
    """`prediction` is what the network says; times are logit-normal and shifted by `shift`, None: as many tokens need.

    Shares of samples: with no caption, with the first frame given, with the camera given. `motion_weight` is how much
    more tokens count that change in time.
    """
    return Flow(prediction, (time_mean, time_std), shift, (caption_dropout, first_frame, camera), motion_weight)
