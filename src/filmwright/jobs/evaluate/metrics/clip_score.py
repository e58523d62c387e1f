"""How well the frames fit the caption, as CLIP sees both.

From 0 to 100; higher is better: 100 times the cosine between picture and caption, 0 where it is negative, the mean over
eight frames evenly spread. A number of one network says nothing beside that of another: the note says which it was.
Weights are the user's own, in the folder that `filmwright evaluate` names where they are missing.

Source: Hessel, Holtzman, Forbes, Le Bras and Choi, "CLIPScore: A Reference-free Evaluation Metric for Image
Captioning", EMNLP 2021, equation 1 with w = 100 in place of 2.5, and the caption as it is, without "A photo depicts".
"""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import PositiveInt

from ..moment import Moment
from ..reading import Part, Reading, Refused, Scale, mean_of
from ..subject import Subject
from ..weights import Weights, check_installed, check_weights, sha256, weights_folder

if TYPE_CHECKING:
    from ..clip_network import Clip

ORIGIN, LICENCE = "CLIP ViT-B/32 (openai/clip-vit-base-patch32) or any CLIP in the layout of transformers", "MIT"
LAYOUT = ("config.json", "preprocessor_config.json", "tokenizer_config.json", "vocab.json", "merges.txt")
STORED = ("model.safetensors", "pytorch_model.bin")  # the weights themselves, in either form
KNOWN = {
    "a63082132ba4f97a80bea76823f544493bffa8082296d62d71581a4feff1576f": "openai/clip-vit-base-patch32",
    "f1a17cdbe0f36fec524f5cafb1c261ea3bbbc13e346e0f74fc9eb0460dedd0d3": "openai/clip-vit-large-patch14",
    "a2bf730a0c7debf160f7a6b50b3aaf3703e7e88ac73de7a314903141db026dcb": "openai/clip-vit-large-patch14",
}


class ClipScore:
    """The metric."""

    scale = Scale(unit="of 100", better="higher")

    def __init__(self, folder: Path | None, num_frames: int) -> None:
        self.folder, self.num_frames = folder or weights_folder() / "clip", num_frames

    def start(self, subject: Subject) -> "Fit":
        """Raises Refused without a caption, torch, transformers or weights."""
        stored = next((name for name in STORED if (self.folder / name).exists()), STORED[0])
        files = [Weights(path=name, origin=ORIGIN, licence=LICENCE) for name in (*LAYOUT, stored)]
        check_weights(files, self.folder)
        check_installed("torch", "transformers", extra="metrics")
        if not subject.captions:
            raise Refused(
                "needs a caption: in a text file of the same name, or as “caption” in a JSON file of the same name"
            )
        hashed = sha256(self.folder / stored)
        who = KNOWN.get(hashed, f"{self.folder.resolve().name} {hashed[:12]}")
        return Fit(self._clip, subject.captions[0], subject.protocol.num_frames, self.num_frames, who)

    @cached_property
    def _clip(self) -> "Clip":
        """Loaded once for all videos."""
        from ..clip_network import Clip

        try:
            return Clip(self.folder)
        except (OSError, ValueError) as err:
            raise Refused(f"needs whole weights: {self.folder} can't be read as CLIP ({_first_line(err)})") from err


class Fit:
    """One video and its caption."""

    def __init__(self, clip: "Clip", caption: str, num: int, num_frames: int, who: str) -> None:
        self.clip, self.words, self.scores = clip, clip.words(caption), list[float]()
        self.chosen = {(2 * i + 1) * num // (2 * num_frames) for i in range(num_frames)}
        cut = f", caption cut at {clip.longest} tokens" if clip.cut(caption) else ""
        self.note = f"by {who}, {len(self.chosen)} frames{cut}"

    def see(self, moment: Moment) -> None:
        """Only the chosen frames count."""
        if moment.index in self.chosen:
            cosine = float(np.dot(self.clip.picture(moment.rgb), self.words))
            self.scores.append(100 * max(cosine, 0.0))

    def reading(self) -> Reading:
        """The mean, and the frame that fits worst."""
        value = mean_of(self.scores)
        worst = Part(name="worst frame", value=min(self.scores), unit="of 100")
        return Reading(value=value, parts=(worst,), note=self.note)


def _first_line(err: Exception) -> str:
    return str(err).strip().split("\n")[0]


def build(*, folder: Path | None = None, num_frames: PositiveInt = 8) -> ClipScore:
    """`folder` holds a CLIP in the layout of transformers; None is clip/ in the folder of weights."""
    return ClipScore(folder, num_frames)
