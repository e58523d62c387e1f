"""Low-rank adaptation of a trained network: this project's, Wan's or LTX's; for diffusers, and for ComfyUI."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from peft import LoraConfig, inject_adapter_in_model
from pydantic import Field
from safetensors.torch import save_file
from torch import Tensor, nn

from filmwright.core.errors import BadFilm
from filmwright.ml import borrowed
from filmwright.ml.nets.mmdit import VideoTransformer

from ..corpus import Corpus
from ..parts import index
from ..recipe import Network
from .flow import Flow, Share

KINDS = (VideoTransformer.__name__, *borrowed.NETWORKS)
FILE, FOR_COMFYUI = "pytorch_lora_weights.safetensors", "comfyui.safetensors"
ADAPTER = "default"  # as peft calls it


class Lora(Flow):
    """Flow matching of W + (alpha / rank) B A, in which A and B alone learn (Hu et al. 2021, arXiv:2106.09685)."""

    def __init__(self, *flow: Any, rank: int, alpha: int | None, targets: tuple[str, ...]) -> None:
        super().__init__(*flow)
        self.rank, self.alpha, self.targets = rank, rank if alpha is None else alpha, targets

    def network(self, asked: Network, corpus: Corpus, *, seed: int) -> nn.Module:
        """A trained network, frozen, with adapters that change nothing at first.

        Raises BadFilm where there is none, or it does not fit the data or what is asked.
        """
        if asked.start is None:
            raise BadFilm("'lora' adapts a trained network: name it, or its whole pipeline, with 'network.start'.")
        kind = self.check(asked.start, KINDS)
        own = kind not in borrowed.NETWORKS
        network = super().network(asked, corpus, seed=seed) if own else self._borrowed(kind, asked.start, corpus)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            layers = _chosen(network, self.targets)
            config = LoraConfig(r=self.rank, lora_alpha=self.alpha, target_modules=layers)
            adapted: nn.Module = inject_adapter_in_model(config, network, ADAPTER)
        return adapted.train()

    def save(self, asked: Network, corpus: Corpus, weights: Mapping[str, Tensor], folder: Path) -> None:  # noqa: ARG002
        """The adapters under diffusers' names, and under ComfyUI's where it knows the network.

        B is kept times alpha / rank, and no alpha is: diffusers would refuse the keys in which ComfyUI looks for it,
        ComfyUI does not read the metadata in which diffusers does, and without any both take W + B A.
        """
        assert asked.start is not None
        kept = {}
        for name, weight in weights.items():
            layer, which = name.removeprefix("transformer.").removesuffix(f".{ADAPTER}.weight").rsplit(".", 1)
            kept[layer, which] = weight * (self.alpha / self.rank) if which == "lora_B" else weight
        folder.mkdir(parents=True, exist_ok=True)
        _write(kept, "transformer", (), folder / FILE)
        kind = self.check(asked.start, KINDS)
        if kind in borrowed.COMFYUI:
            _write(kept, "diffusion_model", borrowed.COMFYUI[kind], folder / FOR_COMFYUI)

    def _borrowed(self, kind: str, start: Path, corpus: Corpus) -> nn.Module:
        told, tokenizer = index(start.parent), corpus.tokenizer
        if (told.get("transformer_2") or [None])[0] is not None:
            raise BadFilm(f"the pipeline in {start.parent} has two transformers, which can't be adapted together.")
        if self.prediction != "velocity":
            raise BadFilm(f"the {kind} in {start} predicts velocity: 'method.prediction' must be 'velocity', too.")
        try:
            network = borrowed.network(
                kind,
                start,
                grid=corpus.grid,
                fps=corpus.fps,
                patch=(tokenizer.frames, tokenizer.side),
                timed=bool(told.get("expand_timesteps")),
            )
        except (OSError, ValueError) as err:
            raise BadFilm(f"the transformer in {start} can't be adapted: {err}") from err
        if network.channels != (corpus.tokens.shape[-1], corpus.texts.states.shape[-1]):
            raise BadFilm(f"the transformer in {start} is for other latents or texts: name its own pipeline's folder.")
        for condition, share in (("first_frame", self.given), ("camera", self.camera)):
            if share and condition not in network.hears:
                raise BadFilm(f"the {kind} in {start} can't hear it: 'method.{condition}' must be 0.")
        return network


def _chosen(network: Any, targets: tuple[str, ...]) -> list[str]:
    """The names of the linear layers in its blocks that end as asked; all of them, where nothing is."""
    inside = {id(layer) for layer in network.blocks.modules() if isinstance(layer, nn.Linear)}
    names = [name for name, layer in network.named_modules() if id(layer) in inside]
    found = [name for name in names if not targets or f".{name}".endswith(tuple(f".{end}" for end in targets))]
    if not found:
        endings = sorted({re.split(r"blocks\.\d+\.", name)[-1] for name in names})
        raise BadFilm(f"no layer ends in {' or '.join(targets)}: 'method.targets' may have {', '.join(endings)}.")
    return found


def _write(kept: Mapping[tuple[str, str], Tensor], within: str, names: borrowed.Names, path: Path) -> None:
    told = {}
    for (layer, which), weight in kept.items():
        for pattern, theirs in names:
            layer = re.sub(pattern, theirs, layer)
        told[f"{within}.{layer}.{which}.weight"] = weight.contiguous()
    save_file(told, path, metadata={"format": "pt"})


def build(
    *,
    rank: Annotated[int, Field(ge=1)] = 16,
    alpha: Annotated[int, Field(ge=1)] | None = None,
    targets: tuple[str, ...] = (),
    prediction: Literal["velocity", "x0"] = "velocity",
    time_mean: float = 0.0,
    time_std: Annotated[float, Field(gt=0)] = 1.0,
    shift: Annotated[float, Field(gt=0)] | None = None,
    caption_dropout: Share = 0.1,
    first_frame: Share = 0.5,
    camera: Share = 0.5,
    motion_weight: Annotated[float, Field(ge=0)] = 0.0,
) -> Lora:
    """`targets` are the ends of the names of layers, none is every linear layer of the blocks; `alpha` None is `rank`.

    The others are those of `flow`.
    """
    shares = (caption_dropout, first_frame, camera)
    flow = (prediction, (time_mean, time_std), shift, shares, motion_weight)
    return Lora(*flow, rank=rank, alpha=alpha, targets=targets)
