"""Any video pipeline of diffusers (Wan, LTX, CogVideoX and others) by name or folder: text, image or video to video."""

import json
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from fractions import Fraction
from functools import cached_property
from inspect import signature
from pathlib import Path
from typing import Any, Literal

import torch
from diffusers import DiffusionPipeline
from diffusers.utils import logging as diffusers_logging
from huggingface_hub.errors import HFValidationError
from PIL import Image
from transformers.utils import logging as transformers_logging

from filmwright.core.errors import BadAsset, BadFilm, FilmWarning, MissingExtra, RenderFailed
from filmwright.core.frames import Frames
from filmwright.core.generation import Generation
from filmwright.core.manifest import Ingredient
from filmwright.core.progress import Report, Step, silent
from filmwright.film.frames.fitting import Grid, check, filling, fit, pieces
from filmwright.film.frames.pipelines import Task, family_of, pipeline_for
from filmwright.film.frames.weights import Device, adapt, adapters, code, device_of, index, ingredient
from filmwright.ml.stretched import layout_of, stretched

Offload = Literal["none", "model", "sequential"]
Precision = Literal["auto", "float32", "bfloat16", "float16"]
STEPS, GUIDANCE = 50, 5.0  # of pipelines that don't say


class Borrowed:
    """A pipeline of diffusers, read when it is needed."""

    def __init__(
        self,
        name: str,
        folder: Path,
        device: Device,
        dtype: Precision,
        offload: Offload,
        lora: Path | None,
        *,
        tiling: bool,
        slicing: bool,
    ) -> None:
        self._name, self._folder, self._device = name, folder, device_of(device)
        self._dtype = _dtype(dtype, self._device)
        self._lora = lora
        self._offload, self._tiling, self._slicing = offload, tiling, slicing
        self._index = index(folder)
        self._open: DiffusionPipeline | None = None

    @cached_property
    def model(self) -> Ingredient:
        """The folder's weights."""
        return ingredient(self._folder, self._name, self._lora)

    @property
    def fingerprint(self) -> str:
        """Weights, options and code."""
        options = f"{self._device.type} {self._dtype} tiling={self._tiling}"
        return f"diffusers {self.model.sha256[:16]} {options} {code()}"

    def check(self, asked: Generation) -> None:
        """By the model's index alone: whether there is a pipeline for text, image or video out of this folder."""
        check(asked)
        if asked.image is not None and asked.video is not None:
            raise BadFilm("these pipelines start from an image or from a video, not from both: leave one out.")
        pipeline_for(self._index, _task(asked), self._name)
        if asked.video is not None and self._by_pairs():
            raise BadFilm(
                f"{self._name} does not start from a video: it takes latent frames by pairs, as CogVideoX 1.5, and "
                "gives more back than it was given. Leave --video out, or give another model."
            )

    def fitted(self, asked: Generation) -> Generation:
        """On the grid of its autoencoder and patches; what is left open is as the pipeline's call has it."""
        self.check(asked)
        return fit(asked, self._grid(self._pipe(_task(asked))))

    def generate(self, asked: Generation, report: Report = silent) -> Iterator[Frames]:
        """The clip, in pieces; what is longer than a call's own length is made of overlapping windows."""
        asked = self.fitted(asked)
        pipe = self._pipe(_task(asked))
        assert asked.fps is not None
        with self._length(pipe, asked):
            try:
                told = self._told(pipe, asked, report)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", DeprecationWarning)  # of one library for another, not for us
                    made = pipe(**told).frames[0]
            except torch.OutOfMemoryError as err:
                raise RenderFailed(
                    f"{self._name} needs more memory than {self._device.type} has. Ask for a smaller or shorter clip, "
                    "or for the options offload=model, tiling=true, dtype=bfloat16."
                ) from err
            except (ValueError, RuntimeError) as err:
                raise BadFilm(f"{type(pipe).__name__} can't make this clip: {err}") from err
        if len(made) != asked.num_frames:
            raise RenderFailed(
                f"{type(pipe).__name__} made {len(made)} frames, not the {asked.num_frames} asked of it."
            )
        yield from pieces(made, asked.fps)

    def _by_pairs(self) -> bool:
        path = self._folder / "transformer" / "config.json"
        config = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        return (config.get("patch_size_t") or 1) > 1

    def _told(self, pipe: DiffusionPipeline, asked: Generation, report: Report) -> dict[str, Any]:
        """The arguments of the call, as far as it takes them."""
        assert asked.num_inference_steps is not None
        image = None if asked.image is None else filling(asked.image, asked.height or 1, asked.width or 1)
        video = None if asked.video is None else [Image.fromarray(rgb) for rgb in asked.video]
        steps = asked.num_inference_steps if video is None else max(int(asked.num_inference_steps * asked.strength), 1)

        def told(_pipe: object, step: int, _time: object, tensors: dict[str, object]) -> dict[str, object]:
            report(Step("generate", step + 1, steps, "steps"))
            return tensors

        every: dict[str, Any] = {
            "prompt": asked.prompt,
            "negative_prompt": asked.negative_prompt or None,
            "image": None if image is None else Image.fromarray(image),
            "num_frames": asked.num_frames,
            "height": asked.height,
            "width": asked.width,
            "frame_rate": float(asked.fps or 0),
            "num_inference_steps": asked.num_inference_steps,
            "guidance_scale": asked.guidance_scale,
            "generator": torch.Generator().manual_seed(asked.seed),
            "output_type": "np",
            "callback_on_step_end": told,
        }
        takes = signature(pipe.__call__).parameters
        if video is not None and "denoise_strength" in takes:  # LTX: its `strength` is how far a condition holds
            every |= {"latents": _latents(pipe, video, asked), "denoise_strength": asked.strength}
        elif video is not None:
            every |= {"video": video, "strength": asked.strength}
        return {name: value for name, value in every.items() if name in takes and value is not None}

    def _length(self, pipe: DiffusionPipeline, asked: Generation) -> AbstractContextManager[None]:
        """What has to be done that a clip may be so long."""
        grid = self._grid(pipe)
        assert asked.num_frames is not None
        if asked.num_frames <= grid.num_frames:
            return nullcontext()
        if layout_of(pipe) is None:
            says = f"{asked.num_frames} frames are asked of {self._name}, which is at its best up to {grid.num_frames}."
            warnings.warn(says, FilmWarning, stacklevel=2)
            return nullcontext()
        places, size = (1 + (n - 1) // grid.group for n in (asked.num_frames, grid.num_frames))
        return stretched(pipe, places, size, same_noise=asked.video is None)

    def _pipe(self, task: Task) -> DiffusionPipeline:
        """The pipeline for the task; the last one stays open."""
        kind = pipeline_for(self._index, task, self._name)
        if not isinstance(self._open, kind):
            self._open = None  # its memory may be needed
            self._open = self._made_ready(self._read(kind))
        return self._open

    def _read(self, kind: type[DiffusionPipeline]) -> DiffusionPipeline:
        for library in (diffusers_logging, transformers_logging):
            library.set_verbosity_error()
            library.disable_progress_bar()
        wan = family_of(kind.__name__).stem == "Wan"  # its autoencoder's colours need all of float32
        dtype = {"vae": torch.float32, "default": self._dtype} if wan else self._dtype
        try:
            return kind.from_pretrained(self._folder, dtype=dtype, local_files_only=True, use_safetensors=True)
        except (OSError, ValueError, TypeError) as err:
            raise BadAsset(f"{self._name} can't be read as {kind.__name__}: {err}") from err
        except ImportError as err:
            raise MissingExtra(f"{self._name} needs a library that is not installed: {err}") from err

    def _made_ready(self, pipe: DiffusionPipeline) -> DiffusionPipeline:
        pipe.set_progress_bar_config(disable=True)
        if self._lora is not None:
            adapt(pipe, self._lora)
        vae = getattr(pipe, "vae", None)
        for wanted, name in ((self._tiling, "enable_tiling"), (self._slicing, "enable_slicing")):
            if wanted and not hasattr(vae, name):
                raise BadFilm(f"the autoencoder of {self._name} knows no {name.removeprefix('enable_')}: leave it out.")
            if wanted:
                getattr(vae, name)()
        if self._offload == "model":
            pipe.enable_model_cpu_offload(device=self._device)
        elif self._offload == "sequential":
            pipe.enable_sequential_cpu_offload(device=self._device)
        else:
            pipe.to(self._device)
        return pipe

    def _grid(self, pipe: DiffusionPipeline) -> Grid:
        config = pipe.transformer.config
        spatial = _first_of(pipe, "vae_scale_factor_spatial", "vae_spatial_compression_ratio", otherwise=8)
        group = _first_of(pipe, "vae_scale_factor_temporal", "vae_temporal_compression_ratio", otherwise=4)
        own = {name: each.default for name, each in signature(pipe.__call__).parameters.items()}
        patch = config.get("patch_size", 1)
        patch = patch[-1] if isinstance(patch, (list, tuple)) else patch
        family = family_of(type(pipe).__name__)
        return Grid(
            side=spatial * patch,
            group=group,
            height=own.get("height") or config.get("sample_height", 60) * spatial,
            width=own.get("width") or config.get("sample_width", 90) * spatial,
            num_frames=own.get("num_frames") or config.get("sample_frames", 0) or LENGTHS.get(family.stem, 49),
            fps=Fraction(own["frame_rate"]) if own.get("frame_rate") else family.fps,
            num_inference_steps=own.get("num_inference_steps") or STEPS,
            guidance_scale=GUIDANCE if own.get("guidance_scale") is None else float(own["guidance_scale"]),
        )


LENGTHS = {"Wan": 81}  # frames, where a call from a video does not say


def _task(asked: Generation) -> Task:
    return "image" if asked.image is not None else "video" if asked.video is not None else "text"


def _latents(pipe: DiffusionPipeline, video: list[Image.Image], asked: Generation) -> torch.Tensor:
    """A video as LTX's latents, to be noised by its pipeline."""
    pixels = pipe.video_processor.preprocess_video(video, height=asked.height, width=asked.width)
    with torch.no_grad():
        latents = pipe.vae.encode(pixels.to(pipe._execution_device, pipe.vae.dtype)).latent_dist.mode()
    return pipe._normalize_latents(latents, pipe.vae.latents_mean, pipe.vae.latents_std)


def _first_of(pipe: DiffusionPipeline, *names: str, otherwise: int) -> int:
    return next((int(found) for name in names if (found := getattr(pipe, name, None))), otherwise)


def _dtype(name: Precision, device: torch.device) -> torch.dtype:
    if name == "auto":
        name = "float32" if device.type == "cpu" else "bfloat16"
    found: torch.dtype = getattr(torch, name)
    return found


def build(
    *,
    model: str = "",
    device: Device = "auto",
    dtype: Precision = "auto",
    offload: Offload = "none",
    lora: Path | None = None,
    tiling: bool = False,
    slicing: bool = False,
    fetch: bool = False,
) -> Borrowed:
    """`model` is a folder, or a name whose files are in the cache; only with `fetch` are they fetched.

    `dtype` auto is float32 on a processor and bfloat16 elsewhere; `offload` keeps on the device what is at work (model:
    a network, sequential: a layer); `lora` are adapters, a file or a folder; `tiling` and `slicing` are the
    autoencoder's. Raises BadAsset for no such model.
    """
    if not model:
        raise BadFilm(
            "generator 'diffusers' needs a model: its folder, or its name as in Wan-AI/Wan2.2-TI2V-5B-Diffusers."
        )
    if offload != "none" and device_of(device).type == "cpu":
        raise BadFilm(f"offload={offload} is for a graphics card, and this works on the processor: leave it out.")
    folder, name = Path(model).expanduser(), model
    if folder.is_dir():
        name = folder.resolve().name  # where it lies is nobody's business
    else:
        folder = _cached(model, fetch=fetch)
    return Borrowed(name, folder, device, dtype, offload, adapters(lora), tiling=tiling, slicing=slicing)


def _cached(name: str, *, fetch: bool) -> Path:
    try:
        return Path(DiffusionPipeline.download(name, local_files_only=not fetch, use_safetensors=True))
    except HFValidationError as err:
        raise BadAsset(f"there is no folder {name}, and a model's name looks like owner/name.") from err
    except (OSError, ValueError) as err:
        why = f"it could not be fetched ({err})" if fetch else "it is not on this machine"
        how = "Is that its name, and is there a connection?" if fetch else "Fetch it with --fetch, or give a folder."
        raise BadAsset(f"there is no model {name}: {why}. {how}") from err
