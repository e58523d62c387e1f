"""What is learned from: clips as tokens, captions as states, cameras as numbers, mapped from the disk."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Bool, Float16, Float32, Int64
from torch import Tensor

from filmwright.core.errors import BadAsset
from filmwright.ml.nets.tokenizer import VideoTokenizer

from .recipe import Data

PADDED_TO = 32  # tokens of text: few lengths are few shapes to compile for
NOTHING = 0  # the caption that says nothing


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Texts:
    """Captions as the text encoder's states, one after the other."""

    states: Float16[np.ndarray, "M E"]
    starts: Int64[np.ndarray, " K"]  # of each text, and the end of the last

    def padded(self, numbers: Sequence[int]) -> tuple[Float16[Tensor, "B S E"], Bool[Tensor, "B S"]]:
        """The states of some texts, and which of them are no padding; as they are kept, to be moved quickly."""
        lengths = [int(self.starts[n + 1] - self.starts[n]) for n in numbers]
        longest = -(-max(lengths) // PADDED_TO) * PADDED_TO
        states = torch.zeros(len(numbers), longest, self.states.shape[1], dtype=torch.float16)
        for row, number, length in zip(states, numbers, lengths, strict=True):
            first = self.starts[number]
            row[:length] = torch.from_numpy(np.array(self.states[first : first + length]))
        return states, torch.arange(longest) < torch.tensor(lengths)[:, None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Corpus:
    """All clips of a training, encoded."""

    tokens: Float16[np.ndarray, "N L C"]
    motion: Float32[np.ndarray, "N T 6"]  # of the camera
    keys: tuple[str, ...]  # of each clip: its data set's folder and its key
    captions: tuple[str, ...]  # all texts there are; the first says nothing
    wordings: tuple[tuple[int, ...], ...]  # of each clip, numbers of captions
    texts: Texts
    prompts: Texts  # of the recipe's own, after the one that says nothing
    grid: tuple[int, int, int]  # groups of frames, rows and columns of tokens
    fps: Fraction
    tokenizer: VideoTokenizer
    learned: Int64[np.ndarray, " A"]  # numbers of the clips that are learned from
    held_out: Int64[np.ndarray, " H"]  # of those that are not

    @property
    def first(self) -> Bool[Tensor, " L"]:
        """The tokens of the first frame, to go on from; a still has nothing that goes on."""
        num_groups, rows, columns = self.grid
        return torch.arange(num_groups * rows * columns) < (rows * columns if num_groups > 1 else 0)


def parted(
    captions: Sequence[Sequence[str]], held_out: int, apart: Sequence[Sequence[str]] = ()
) -> tuple[Int64[np.ndarray, " A"], Int64[np.ndarray, " H"]]:
    """Clips that are learned from, and others evenly among them that are not.

    No caption of those that are learned from says all words of one of `apart`. Raises BadAsset where none are left.
    """
    num_clips = len(captions)
    if held_out >= num_clips:
        raise BadAsset(f"{held_out} clips of {num_clips} can't be held out: there would be none to learn from.")
    out = (np.arange(held_out) * num_clips // max(held_out, 1) + num_clips // max(2 * held_out, 1)).astype(np.int64)
    groups = [{word.lower() for word in words} for words in apart]
    said = (set(re.findall(r"\w+", " ".join(texts).lower())) for texts in captions)
    never = np.array([any(group <= words for group in groups) for words in said])
    learned = np.setdiff1d(np.flatnonzero(~never).astype(np.int64), out)
    if not len(learned):
        raise BadAsset("all clips say words that 'data.apart' keeps apart: there would be none to learn from.")
    return learned, out


def opened(clips: Path, texts: Path, prompts: Path, tokenizer: VideoTokenizer, *, data: Data) -> Corpus:
    """The corpus of folders of the cache."""
    told = json.loads((clips / "clips.json").read_text(encoding="utf-8"))
    numbers = {text: i for i, text in enumerate(captions_of(clips))}
    learned, rest = parted(told["captions"], data.held_out, data.apart)
    return Corpus(
        tokens=np.load(clips / "tokens.npy", mmap_mode="r"),
        motion=np.load(clips / "motion.npy"),
        keys=tuple(told["keys"]),
        captions=tuple(numbers),
        wordings=tuple(tuple(numbers[text] for text in texts) for texts in told["captions"]),
        texts=_texts(texts),
        prompts=_texts(prompts),
        grid=tuple(told["grid"]),
        fps=Fraction(told["fps"]),
        tokenizer=tokenizer,
        learned=learned,
        held_out=rest,
    )


def _texts(folder: Path) -> Texts:
    return Texts(states=np.load(folder / "states.npy", mmap_mode="r"), starts=np.load(folder / "starts.npy"))


def captions_of(clips: Path) -> list[str]:
    """Each text of a folder of encoded clips once, in order, after the one that says nothing."""
    told = json.loads((clips / "clips.json").read_text(encoding="utf-8"))
    return list(dict.fromkeys(["", *(text for texts in told["captions"] for text in texts)]))
