"""Small data sets and recipes for the tests of training."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w
import torch

from filmwright.core.clip import Clip, Lens
from filmwright.core.frames import Frames, Passes
from filmwright.core.progress import Report, Step, silent
from filmwright.jobs.simulate.data import begin
from filmwright.jobs.simulate.recipe import read_recipe
from filmwright.jobs.simulate.shards import shards_of
from filmwright.jobs.simulate.writers import writers
from filmwright.jobs.train.corpus import Corpus
from filmwright.jobs.train.curves import read_curves
from filmwright.jobs.train.encode import encoded
from filmwright.jobs.train.methods import methods
from filmwright.jobs.train.recipe import TrainingRecipe, load_recipe

COLORS = {"red": (220, 40, 30), "green": (40, 200, 60), "blue": (40, 60, 220), "white": (240, 240, 240)}
FRAMES, SIDE = 5, 16
TABLE = {
    "name": "tiny",
    "data": {"folders": ["clips"], "held_out": 2},
    "tokenizer": {"channels": 12, "frames": 2, "side": 4},
    "network": {"width": 32, "num_layers": 2, "num_heads": 2},
    "optimiser": {"lr": 3e-3, "warmup": 2},
    "budget": {"batch": 4, "steps": 8},
    "machine": {"device": "cpu", "threads": 1},
    "watch": {"checkpoint_every": 4, "validate_every": 4, "sample_every": 1000, "num_samples": 0, "trackers": []},
}


def clip(index: int) -> Clip:
    """A square of some colour that moves left or right before a grey wall 4 m away, filmed from a slow dolly."""
    color, way = list(COLORS)[index % 4], (1, -1)[index // 4 % 2]
    rgb = np.full((FRAMES, SIDE, SIDE, 3), 90, np.uint8)
    for t in range(FRAMES):
        left = 5 + way * t + index // 8
        rgb[t, 5:11, left : left + 6] = COLORS[color]
    poses = np.repeat(np.eye(4)[None], FRAMES, 0)
    poses[:, 2, 3] = np.linspace(0, 0.8, FRAMES)
    says = f"{color} square goes {'right' if way > 0 else 'left'}"
    return Clip(
        key=f"{index:06d}",
        frames=Frames(rgb=rgb, fps=Fraction(8), passes=Passes(depth=np.full(rgb.shape[:3], 4.0, np.float32))),
        lens=Lens(intrinsics=np.repeat(np.eye(3)[None], FRAMES, 0), world_from_camera=poses),
        captions=(f"A {says}.", says),
    )


def data_set(folder: Path, num_clips: int = 12) -> Path:
    """Clips on disk as `filmwright simulate` leaves them."""
    size = {"num_frames": FRAMES, "height": SIDE, "width": SIDE, "fps": 8, "shard": 6}
    recipe = read_recipe({"num_clips": num_clips} | size, where=folder / "recipe.toml")
    writer = writers.open("webdataset")
    begin(recipe, folder)
    for shard in shards_of(recipe):
        writer.write(map(clip, shard.clips), folder, shard.name)
    return folder


def table(**parts: dict) -> dict:
    """The small recipe's tables with some keys changed."""
    changed = {name: TABLE.get(name, {}) | keys if isinstance(keys, dict) else keys for name, keys in parts.items()}
    return TABLE | changed


def write_recipe(where: Path, **parts: dict) -> Path:
    """The small recipe with some keys changed, as TOML in a folder."""
    path = where / "train.toml"
    told = {
        k: {n: x for n, x in v.items() if x is not None} if isinstance(v, dict) else v
        for k, v in table(**parts).items()
    }
    path.write_text(tomli_w.dumps(told), encoding="utf-8")
    return path


def recipe(where: Path, **parts: dict) -> TrainingRecipe:
    """The same, read back: data sets are looked for in the folder."""
    return load_recipe(write_recipe(where, **parts))


def corpus_of(where: Path, **parts: dict) -> Corpus:
    """What the small recipe learns from."""
    return encoded(recipe(where, **parts), where / "cache", torch.device("cpu"), silent)


def talkative(where: Path, **parts: dict) -> Path:
    """A pipeline whose transformer, though not trained, says something."""
    asked, corpus, flow = recipe(where, **parts), corpus_of(where, **parts), methods.open("flow")
    network = flow.network(asked.network, corpus, seed=5)
    chance = torch.Generator().manual_seed(6)
    weights = {n: p + 0.1 * torch.randn(p.shape, generator=chance) for n, p in network.named_parameters()}
    flow.save(asked.network, corpus, weights, where / "talkative")
    return where / "talkative"


class Interrupted(Exception):
    """As a kill, yet within a process."""


def interrupt_at(step: int) -> Report:
    """Reports until that step."""

    def report(told: Step) -> None:
        if told.what == "train" and told.done == step:
            raise Interrupted

    return report


def lines(out: Path) -> list[dict[str, Any]]:
    """The curves of a run without clocks."""
    return [{k: v for k, v in line.items() if k != "seconds"} for line in read_curves(out / "curves.jsonl")]
