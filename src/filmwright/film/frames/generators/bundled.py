"""The project's own video model, or one trained with `filmwright train`: small, quick, nothing to download."""

import json
from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from filmwright.core.errors import BadAsset
from filmwright.core.frames import Frames
from filmwright.core.generation import Generation
from filmwright.core.manifest import Ingredient
from filmwright.core.progress import Report, Step, silent
from filmwright.film.frames.fitting import Grid, check, fit, pieces
from filmwright.film.frames.weights import Device, adapt, adapters, code, device_of, index, ingredient
from filmwright.ml.pipeline import VideoPipeline

BUNDLED = Path(__file__).parents[3] / "ml" / "bundled"  # the weights that come with the package
CARD = "training.json"  # how it was trained, beside the weights
STEPS, GUIDANCE = 12, 2.0


class Bundled:
    """A `VideoPipeline` from a folder."""

    def __init__(self, folder: Path, device: Device, lora: Path | None, minilm: Path | None) -> None:
        self._folder, self._device, self._lora, self._minilm = folder, device_of(device), lora, minilm

    @cached_property
    def model(self) -> Ingredient:
        """The folder's weights."""
        return ingredient(self._folder, "filmwright" if self._folder == BUNDLED else self._folder.name, self._lora)

    @property
    def fingerprint(self) -> str:
        """Weights, device and code."""
        return f"bundled {self.model.sha256[:16]} {self._device.type} {code()}"

    def check(self, asked: Generation) -> None:
        """Whatever can be made at all, can be made from text, an image and a video."""
        check(asked)

    def fitted(self, asked: Generation) -> Generation:
        """On the tokenizer's grid; sizes and lengths that were not asked for are those of its training."""
        check(asked)
        return fit(asked, self._grid)

    def generate(self, asked: Generation, report: Report = silent) -> Iterator[Frames]:
        """The clip, in pieces; what is longer than the clips of its training is made of overlapping windows."""
        asked = self.fitted(asked)
        assert asked.num_inference_steps is not None
        assert asked.fps is not None
        steps = max(round(asked.num_inference_steps * asked.strength), 1) if asked.video is not None else None
        total = steps or asked.num_inference_steps

        def told(_pipe: object, step: int, _time: object, tensors: dict[str, object]) -> dict[str, object]:
            report(Step("generate", step + 1, total, "steps"))
            return tensors

        arguments: dict[str, Any] = {
            "negative_prompt": asked.negative_prompt,
            "image": None if asked.image is None else Image.fromarray(asked.image),
            "video": None if asked.video is None else [Image.fromarray(rgb) for rgb in asked.video],
            "strength": asked.strength,
            "height": asked.height,
            "width": asked.width,
            "num_frames": asked.num_frames,
            "window": self._grid.num_frames,
            "num_inference_steps": asked.num_inference_steps,
            "guidance_scale": asked.guidance_scale,
            "generator": torch.Generator().manual_seed(asked.seed),
            "callback_on_step_end": told,
            "return_dict": False,
        }
        (made,) = self._pipe(asked.prompt, **arguments)
        yield from pieces(made[0], asked.fps)

    @cached_property
    def _pipe(self) -> VideoPipeline:
        pipe = VideoPipeline.trained(self._folder, minilm=self._minilm).to(self._device)
        if self._lora is not None:
            adapt(pipe, self._lora)
        pipe.set_progress_bar_config(disable=True)
        return pipe

    @cached_property
    def _grid(self) -> Grid:
        tokenizer, card = self._pipe.video_tokenizer, self._card
        return Grid(
            side=tokenizer.side,
            group=tokenizer.frames,
            height=int(card.get("height", 64)),
            width=int(card.get("width", 64)),
            num_frames=int(card.get("num_frames", 17)),
            fps=Fraction(str(card.get("fps", self._pipe.config.fps))),
            num_inference_steps=STEPS,
            guidance_scale=GUIDANCE,
            shaped=False,
        )

    @property
    def _card(self) -> dict[str, Any]:
        path = self._folder / CARD
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        return found


def build(
    *, model: Path | None = None, device: Device = "auto", lora: Path | None = None, minilm: Path | None = None
) -> Bundled:
    """The model in the folder `model`, else the package's own; `lora` are adapters for it, a file or a folder; `minilm`
    is where the text encoder's weights are, if not in their package.

    Raises BadAsset where there is no such model.
    """
    folder = model or BUNDLED
    if model is None and not folder.is_dir():
        raise BadAsset(
            "the model that comes with this package is not there. Install the package again, or train one: "
            "filmwright train recipes/bundled.toml; then give its "
            "folder: --model runs/bundled/model (of make and shots: --backdrop-model)"
        )
    if not folder.is_dir():
        raise BadAsset(f"there is no folder {folder}. Give the folder of a model, as `filmwright train` writes it.")
    name = index(folder)["_class_name"]
    if name != VideoPipeline.__name__:
        raise BadAsset(f"{folder} holds a {name}, which is not this project's own. Use --generator diffusers for it.")
    return Bundled(folder, device, adapters(lora), minilm)
