"""The clips that `clips.py` made, as tensors, and what may be done to them without making their words wrong."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from clips import MOST
from jaxtyping import Float, Int64, UInt8
from torch import Tensor

from filmwright.jobs.evaluate.judge.attributes import of_thing, told

REACH = 3  # pixels that clips may be shifted by
SCALE, GAIN = 1.25, 1.12  # times that they may grow, and be brighter or darker
SIDES = (("left", "right"),)
TIMES = (("left", "right"), ("zoom in", "zoom out"), ("up", "down"), ("coming closer", "going away"))
ONE_WAY = ("rising", "falling")  # no word says what they are in reverse
THINGS = ("shape", "colour", "material")
NONE = "objects"  # the backdrop of a clip that has none
Classes = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batch:
    """Clips with what is known of them; a label of -1 says that nothing is told."""

    rgb: UInt8[Tensor, "B F 3 H W"]
    labels: Int64[Tensor, "B A"]
    things: Int64[Tensor, "B N K"]  # of each object, by `THINGS`
    places: Float[Tensor, "B N 2"]  # of each object in the middle of the clip (right, down), pixels; NaN for none
    subject: UInt8[Tensor, " B"]  # 1 where the first object is spoken of


class Clips:
    """Shards on disk, read into memory in order of their names."""

    def __init__(self, folder: Path, splits: Sequence[str], classes: Classes) -> None:
        self._classes = classes
        self._rgb, self._places = list[np.ndarray](), list[np.ndarray]()
        self.facts = list[dict[str, Any]]()

        for split in splits:
            for path in sorted(folder.glob(f"{split}-[0-9]*.npz")):
                self._add(path)

    def _add(self, path: Path) -> None:
        with np.load(path) as held:
            self._rgb += list(held["rgb"])
            self._places += list(held["places"])
            self.facts += [json.loads(str(text)) for text in held["facts"]]

    def plain(self) -> Iterator[tuple[UInt8[np.ndarray, "F H W 3"], dict[str, Any]]]:
        """Each as it was made."""
        yield from zip(self._rgb, self.facts, strict=True)

    def __len__(self) -> int:
        return len(self._rgb)

    def __getitem__(self, picked: Int64[Tensor, " B"]) -> Batch:
        at = picked.tolist()
        return Batch(
            rgb=torch.from_numpy(np.stack([self._rgb[i] for i in at])).permute(0, 1, 4, 2, 3),
            labels=torch.tensor(
                [_labels({"backdrop": NONE} | told(self.facts[i]), self._classes, self._classes) for i in at]
            ),
            things=torch.tensor([_things(self.facts[i], self._classes) for i in at]),
            places=torch.from_numpy(np.stack([self._places[i] for i in at])),
            subject=torch.tensor([_spoken_of(self.facts[i]) for i in at], dtype=torch.uint8),
        )


def _labels(words: Mapping[str, str], classes: Classes, names: Sequence[str]) -> list[int]:
    return [list(classes[name]).index(words[name]) if words.get(name) in classes[name] else -1 for name in names]


def _things(facts: Mapping[str, Any], classes: Classes) -> list[list[int]]:
    found = [of_thing(o["color"], o["material"], o["shape"]) for o in facts.get("objects", ())]
    return [_labels(one, classes, THINGS) for one in [*found, *[{}] * MOST][:MOST]]


def _spoken_of(facts: Mapping[str, Any]) -> bool:
    return "shape" in told(facts)


def mirrored(batch: Batch, classes: Classes, generator: torch.Generator) -> Batch:
    """Half of them; left becomes right."""
    width = torch.tensor([batch.rgb.shape[-1], 0.0])
    places = width + batch.places * torch.tensor([-1.0, 1.0])
    return _changed(batch, replace(batch, rgb=batch.rgb.flip(-1), places=places), _swaps(classes, SIDES), generator)


def reversed_in_time(batch: Batch, classes: Classes, generator: torch.Generator) -> Batch:
    """Half of them; what goes away comes closer."""
    return _changed(batch, replace(batch, rgb=batch.rgb.flip(1)), _swaps(classes, TIMES, ONE_WAY), generator)


def grown(batch: Batch, generator: torch.Generator) -> Batch:
    """Every other time all of them together, about the middle: what leaves the picture is cut off."""
    if torch.rand(1, generator=generator) < 0.5:
        return batch
    height, width = batch.rgb.shape[-2:]
    scale = SCALE ** float(torch.rand(1, generator=generator))
    size = [round(side * scale) for side in (height, width)]
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    frames = torch.nn.functional.interpolate(batch.rgb.flatten(0, 1).float(), size, mode="bilinear")
    cut = frames[..., top : top + height, left : left + width].round().to(torch.uint8)
    places = batch.places * torch.tensor([size[1] / width, size[0] / height]) - torch.tensor([left, top])
    return replace(batch, rgb=cut.unflatten(0, batch.rgb.shape[:2]), places=places)


def brightened(batch: Batch, generator: torch.Generator) -> Batch:
    """Each by a little of its own, darker too."""
    gain = GAIN ** (2 * torch.rand(len(batch.rgb), generator=generator) - 1)
    return replace(batch, rgb=(batch.rgb * gain.view(-1, 1, 1, 1, 1)).clamp(0, 255).to(torch.uint8))


def shifted(batch: Batch, generator: torch.Generator) -> Batch:
    """All of them together by a few pixels; what comes in is the mirror's."""
    right, down = torch.randint(0, 2 * REACH + 1, (2,), generator=generator).tolist()
    rgb = batch.rgb
    padded = torch.nn.functional.pad(rgb.flatten(1, 2).float(), (REACH,) * 4, mode="reflect").to(torch.uint8)
    height, width = rgb.shape[-2:]
    moved = padded[..., down : down + height, right : right + width].unflatten(1, rgb.shape[1:3])
    return replace(batch, rgb=moved, places=batch.places + REACH - torch.tensor([right, down]))


def _changed(batch: Batch, other: Batch, swaps: list[Tensor], generator: torch.Generator) -> Batch:
    chosen = torch.rand(len(batch.rgb), generator=generator) < 0.5
    said = torch.stack([swap[batch.labels[:, i]] for i, swap in enumerate(swaps)], 1)
    return replace(
        batch,
        rgb=torch.where(chosen.view(-1, 1, 1, 1, 1), other.rgb, batch.rgb),
        labels=torch.where(chosen[:, None], said, batch.labels),
        places=torch.where(chosen[:, None, None], other.places, batch.places),
    )


def _swaps(classes: Classes, pairs: Sequence[tuple[str, str]], never: Sequence[str] = ()) -> list[Tensor]:
    """For each attribute the new label of each; the last entry is that of -1, which stays."""
    return [torch.tensor([*(_swap(word, words, pairs, never) for word in words), -1]) for words in classes.values()]


def _swap(word: str, words: Sequence[str], pairs: Sequence[tuple[str, str]], never: Sequence[str]) -> int:
    if word in never:
        return -1
    for one, other in pairs:
        for ending, new in ((one, other), (other, one)):
            if word.endswith(ending) and (swapped := word.removesuffix(ending) + new) in words:
                return list(words).index(swapped)
    return list(words).index(word)
