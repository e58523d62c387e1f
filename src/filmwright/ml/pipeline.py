"""The bundled model as a diffusers pipeline: text, an image, a video -> a video."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import DiffusionPipeline, FlowMatchEulerDiscreteScheduler
from diffusers.loaders import LTXVideoLoraLoaderMixin
from diffusers.utils import BaseOutput
from diffusers.utils.torch_utils import randn_tensor
from jaxtyping import Bool, Float
from PIL import Image
from torch import Tensor
from transformers import BertModel, PreTrainedTokenizerBase

from .diffusion.guidance import classifier_free
from .long_clips import Hearing, clip_noise, clip_windows, together
from .nets.aligned import AlignedTransformer
from .nets.minilm import load_minilm, token_states
from .nets.mmdit import VideoTransformer
from .nets.patch_pca import PatchPCA
from .nets.rope import places

LEAST = 1e-3  # the noise level below which a prediction of the data says nothing more of the velocity


@dataclass
class VideoOutput(BaseOutput):  # type: ignore[misc]
    """What a call gives back: `frames`, one video for each prompt, as `output_type` asks."""

    frames: Any


class VideoPipeline(DiffusionPipeline, LTXVideoLoraLoaderMixin):  # type: ignore[misc]
    """Text, and an image or a video to start from, -> video; the call is the one that users of diffusers know.

    The scheduler may be any of diffusers' for flows; `prediction` is what the transformer says: velocity, or x0.
    `load_lora_weights` and its like are diffusers', as they are for any pipeline of one transformer.
    """

    model_cpu_offload_seq = "text_encoder->transformer->video_tokenizer"
    _callback_tensor_inputs = ("latents",)

    def __init__(
        self,
        transformer: VideoTransformer | AlignedTransformer,
        video_tokenizer: PatchPCA,
        tokenizer: PreTrainedTokenizerBase | None,
        text_encoder: BertModel | None,
        scheduler: FlowMatchEulerDiscreteScheduler,
        prediction: str = "velocity",
        fps: float = 16.0,
    ) -> None:
        super().__init__()
        if prediction not in ("velocity", "x0"):
            raise ValueError(f"prediction is 'velocity' or 'x0', not {prediction!r}.")
        self.register_modules(
            transformer=transformer,
            video_tokenizer=video_tokenizer,
            tokenizer=tokenizer,
            text_encoder=text_encoder,
            scheduler=scheduler,
        )
        self.register_to_config(prediction=prediction, fps=fps)

    @classmethod
    def trained(cls, folder: Path, *, minilm: Path | None = None) -> "VideoPipeline":
        """The model that `filmwright train` wrote, with the text encoder of its package or of the folder `minilm`.

        Raises MissingExtra where there is no text encoder, BadAsset where it is another.
        """
        tokenizer, text_encoder = load_minilm(minilm)
        told = {"tokenizer": tokenizer, "text_encoder": text_encoder, "low_cpu_mem_usage": False}
        pipe: VideoPipeline = cls.from_pretrained(folder, **told)
        return pipe

    @torch.no_grad()
    def __call__(
        self,
        prompt: str | Sequence[str],
        negative_prompt: str | Sequence[str] = "",
        image: Image.Image | Float[Tensor, "B 3 H W"] | None = None,
        video: Sequence[Image.Image] | Float[Tensor, "B F 3 H W"] | None = None,
        strength: float = 0.8,
        height: int = 64,
        width: int = 64,
        num_frames: int = 17,
        num_inference_steps: int = 20,
        guidance_scale: float = 3.0,
        num_videos_per_prompt: int = 1,
        window: int | None = None,
        camera: Float[Tensor, "B T K"] | None = None,
        generator: torch.Generator | list[torch.Generator] | None = None,
        latents: Float[Tensor, "B L C"] | None = None,
        output_type: str = "np",
        return_dict: bool = True,
        callback_on_step_end: Callable[[DiffusionPipeline, int, int, dict[str, Any]], dict[str, Any]] | None = None,
        callback_on_step_end_tensor_inputs: Sequence[str] = ("latents",),
    ) -> VideoOutput | tuple[Any]:
        """Make a video for each prompt.

        `image` is the first frame, a picture or a tensor in [-1, 1] for each prompt. `video`, pictures or a tensor
        likewise, is noised as far as `strength` (0 to 1) says and made anew from there (SDEdit, arXiv:2108.01073).
        Of a clip longer than `window` frames, overlapping windows of so many are denoised together. `camera` is how the
        camera moves, for each group of frames; `output_type` is "pil" (lists of pictures), "np" ([B F H W 3] in
        [0, 1]), "pt" ([B F 3 H W] in [0, 1]) or "latent" (tokens). Raises ValueError where sizes or counts do not fit.
        """
        side, group = self.video_tokenizer.side, self.video_tokenizer.frames
        if height % side or width % side or (num_frames - 1) % group or num_frames < 1:
            raise ValueError(
                f"{num_frames} frames of {width}x{height} can't be made: sides must be multiples of {side} and the "
                f"number of frames 1 + a multiple of {group}."
            )
        unknown = set(callback_on_step_end_tensor_inputs) - set(self._callback_tensor_inputs)
        if unknown or output_type not in _OUTPUTS:
            raise ValueError(
                f"callbacks may ask for {', '.join(self._callback_tensor_inputs)}, output_type is one of "
                f"{', '.join(_OUTPUTS)}; got {', '.join(sorted(unknown)) or output_type}."
            )
        prompts = [prompt] if isinstance(prompt, str) else list(prompt)
        prompts = [each for each in prompts for _ in range(num_videos_per_prompt)]
        rows, columns, num_groups = height // side, width // side, 1 + (num_frames - 1) // group
        cells = rows * columns
        spans = self._windows(num_groups, window, camera)
        at = places(len(spans[0]), rows, columns).to(self.device).expand(len(prompts), -1, -1)
        shape = (len(prompts), num_groups * cells, self.video_tokenizer.config.channels)
        if latents is None:
            noise = randn_tensor(shape, generator=generator, device=self.device, dtype=self.transformer.dtype)
            latents = clip_noise(noise, spans, cells)
        elif latents.shape != shape:
            raise ValueError(f"latents of shape {list(latents.shape)} do not fit; it must be {list(shape)}.")
        given, first = self._first(image, shape, height, width)
        by_token = None if camera is None else camera.to(latents).repeat_interleave(cells, 1)
        hear = self._hearing(prompts, negative_prompt, guidance_scale, at, by_token)
        self._set_timesteps(num_inference_steps, at.shape[1])
        start, known, timesteps = latents[:, :cells], torch.zeros_like(latents), self.scheduler.timesteps
        if video is not None:
            known, timesteps = self._begun(video, shape, (num_frames, height, width), strength, num_inference_steps)
            level = timesteps[0] / self.scheduler.config.num_train_timesteps
            latents = (1 - level) * known + level * latents
        latents = torch.where(given[..., None], first, latents)
        if len(spans) > 1:
            hear = together(hear, self.video_tokenizer, spans, start, known)
        with self.progress_bar(total=len(timesteps)) as bar:
            for i, t in enumerate(timesteps):
                level = t / self.scheduler.config.num_train_timesteps
                velocity = torch.where(given[..., None], 0.0, hear(latents, level, given))
                latents = self.scheduler.step(velocity, t, latents, return_dict=False)[0]
                if callback_on_step_end is not None:
                    latents = callback_on_step_end(self, i, t, {"latents": latents}).get("latents", latents)
                bar.update()
        self.maybe_free_model_hooks()
        made = latents if output_type == "latent" else self.video_tokenizer.decode(latents.float(), rows, columns)
        frames = _OUTPUTS[output_type](made)
        return VideoOutput(frames=frames) if return_dict else (frames,)

    def _hearing(
        self,
        prompts: list[str],
        negative_prompt: str | Sequence[str],
        guidance_scale: float,
        at: Float[Tensor, "B L 3"],
        camera: Float[Tensor, "B L K"] | None,
    ) -> Hearing:
        """Tokens, their noise level and which of them are given -> the velocity that follows the prompts."""
        negative = [negative_prompt] * len(prompts) if isinstance(negative_prompt, str) else list(negative_prompt)
        if len(negative) != len(prompts):
            raise ValueError(f"{len(prompts)} prompts need one negative prompt or as many, not {len(negative)}.")
        texts = [*prompts, *negative] if guidance_scale != 1 else prompts
        times = len(texts) // len(prompts)
        states, mask = token_states(self.tokenizer, self.text_encoder, texts)
        at = at.repeat(times, 1, 1)
        camera = None if camera is None else camera.repeat(times, 1, 1)

        def hear(latents: Tensor, level: Tensor, given: Tensor) -> Tensor:
            tokens, clean = latents.repeat(times, 1, 1), given.repeat(times, 1)
            time = level.to(tokens).expand(len(tokens))
            told = self.transformer(tokens, at, time, states.to(tokens), mask, given=clean, camera=camera)
            if self.config.prediction == "x0":
                told = (tokens - told) / level.clamp(min=LEAST)
            if times == 1:
                return told
            conditional, unconditional = told.chunk(2)
            return classifier_free(conditional, unconditional, guidance_scale)

        return hear

    def _windows(self, num_groups: int, window: int | None, camera: Tensor | None) -> list[range]:
        """The groups of frames that are denoised at a time."""
        if window is None or num_groups <= (size := 1 + (window - 1) // self.video_tokenizer.frames):
            return [range(num_groups)]
        if camera is not None:
            raise ValueError(f"how the camera moves can be told for up to {window} frames, which is one window.")
        return clip_windows(num_groups, size)

    def _begun(
        self,
        video: Sequence[Image.Image] | Tensor,
        shape: tuple[int, int, int],
        size: tuple[int, int, int],
        strength: float,
        num_inference_steps: int,
    ) -> tuple[Float[Tensor, "B L C"], Float[Tensor, " N"]]:
        """A video's tokens, and the steps that are left to go from them."""
        if not 0 < strength <= 1:
            raise ValueError(f"strength is more than 0 and at most 1, not {strength:g}.")
        if not isinstance(video, Tensor):
            video = torch.stack([_pixels(picture, *size[1:]) for picture in video], 1)
        if (video.shape[1], *video.shape[-2:]) != size or len(video) not in (1, shape[0]):
            frames, height, width = size
            raise ValueError(f"a video of shape {list(video.shape)} does not fit {frames} frames of {width}x{height}.")
        tokens = self.video_tokenizer.encode(video.to(self.device, self.video_tokenizer.dtype))
        begin = max(num_inference_steps - max(round(num_inference_steps * strength), 1), 0) * self.scheduler.order
        self.scheduler.set_begin_index(begin)
        return tokens.to(self.transformer.dtype).expand(shape), self.scheduler.timesteps[begin:]

    def _first(
        self, image: Image.Image | Tensor | None, shape: tuple[int, int, int], height: int, width: int
    ) -> tuple[Bool[Tensor, "B L"], Float[Tensor, "B L C"]]:
        """Which tokens an image gives, and they."""
        given = torch.zeros(shape[:2], dtype=torch.bool, device=self.device)
        tokens = torch.zeros(shape, device=self.device, dtype=self.transformer.dtype)
        if image is None:
            return given, tokens
        if isinstance(image, Image.Image):
            image = _pixels(image, height, width)
        if image.shape[-2:] != (height, width) or len(image) not in (1, len(given)):
            raise ValueError(f"an image of shape {list(image.shape)} does not fit {len(given)} of {width}x{height}.")
        found = self.video_tokenizer.encode(image[:, None].to(self.device, self.video_tokenizer.dtype))
        given[:, : found.shape[1]] = True
        tokens[:, : found.shape[1]] = found.to(tokens)
        return given, tokens

    def _set_timesteps(self, num_inference_steps: int, num_tokens: int) -> None:
        """Equal steps before they are shifted, where the scheduler lets us say; its own are wasted on the last."""
        told: dict[str, Any] = {"num_inference_steps": num_inference_steps}
        if "sigmas" in signature(self.scheduler.set_timesteps).parameters:
            told["sigmas"] = np.linspace(1.0, 1 / num_inference_steps, num_inference_steps).tolist()
        if self.scheduler.config.get("use_dynamic_shifting"):
            config = self.scheduler.config
            slope = (config.max_shift - config.base_shift) / (config.max_image_seq_len - config.base_image_seq_len)
            told["mu"] = config.base_shift + slope * (num_tokens - config.base_image_seq_len)
        self.scheduler.set_timesteps(device=self.device, **told)


def _pixels(image: Image.Image, height: int, width: int) -> Float[Tensor, "1 3 H W"]:
    """A picture that fills the frame, its middle, in [-1, 1]."""
    scale = max(height / image.height, width / image.width)
    wide = image.convert("RGB").resize(
        (max(round(image.width * scale), width), max(round(image.height * scale), height)), Image.Resampling.LANCZOS
    )
    left, top = (wide.width - width) // 2, (wide.height - height) // 2
    pixels = np.asarray(wide.crop((left, top, left + width, top + height)), np.float32)
    return torch.from_numpy(pixels / 127.5 - 1).permute(2, 0, 1)[None]


def _shown(video: Float[Tensor, "B F 3 H W"]) -> Float[Tensor, "B F 3 H W"]:
    return ((video + 1) / 2).clamp(0, 1)


def _arrays(video: Float[Tensor, "B F 3 H W"]) -> Float[np.ndarray, "B F H W 3"]:
    return _shown(video).permute(0, 1, 3, 4, 2).cpu().numpy()


def _pictures(video: Float[Tensor, "B F 3 H W"]) -> list[list[Image.Image]]:
    codes = (_arrays(video) * 255).round().astype(np.uint8)
    return [[Image.fromarray(frame) for frame in clip] for clip in codes]


_OUTPUTS: dict[str, Callable[[Tensor], Any]] = {"np": _arrays, "pt": _shown, "pil": _pictures, "latent": lambda x: x}
