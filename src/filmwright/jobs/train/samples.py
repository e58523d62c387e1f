"""What the model makes of held-out clips' conditions, and of prompts, while it is trained."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from filmwright.ml.nets.camera import CHANNELS
from filmwright.ml.nets.rope import places

from .batch import Conditions, on
from .corpus import NOTHING, Corpus, Texts
from .loop import Held, looking


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """A video with what was asked, and the clip whose conditions they were, if any."""

    rgb: UInt8[np.ndarray, "F H W 3"]
    caption: str
    asked: str  # what was given besides
    real: UInt8[np.ndarray, "F H W 3"] | None = None


@torch.no_grad()
def samples(held: Held) -> list[Sample]:
    """By the averaged weights: for held-out clips, then for the recipe's prompts; the same noise at every look."""
    corpus, watch, made = held.corpus, held.recipe.watch, []
    clips = corpus.held_out[: watch.num_samples].tolist()
    with looking(held):
        if clips:
            asked, unasked = conditions_of(corpus, clips, held.ranks.device)
            videos = decoded(corpus, _made(held, asked, unasked))
            real = decoded(corpus, torch.from_numpy(corpus.tokens[clips].astype(np.float32)))
            for clip, video, true, given in zip(clips, videos, real, asked.given.any(1).tolist(), strict=True):
                says = "text, camera and first frame" if given else "text and camera"
                made.append(Sample(rgb=video, caption=_caption(corpus, clip), asked=says, real=true))
        if watch.prompts:
            videos = decoded(corpus, _made(held, *prompted(corpus, held.ranks.device)))
            made += [Sample(rgb=v, caption=p, asked="text") for p, v in zip(watch.prompts, videos, strict=True)]
    return made


def conditions_of(corpus: Corpus, clips: Sequence[int], device: torch.device) -> tuple[Conditions, Conditions]:
    """What is known of clips: text and camera of all, the first frame of every other; and the same without text."""
    num_groups, rows, columns = corpus.grid
    said = corpus.texts.padded([corpus.wordings[n][0] for n in clips])
    known = torch.from_numpy(corpus.tokens[clips].astype(np.float32))
    asked = Conditions(
        places=places(num_groups, rows, columns).expand(len(clips), -1, -1),
        text=said[0].float(),
        text_mask=said[1],
        given=(torch.arange(len(clips)) % 2 == 1)[:, None] & corpus.first,
        known=known,
        camera=torch.from_numpy(corpus.motion[clips]).repeat_interleave(rows * columns, 1),
        camera_given=torch.ones(len(clips), dtype=torch.bool),
    )
    return _both(corpus.texts, asked, device)


def prompted(corpus: Corpus, device: torch.device) -> tuple[Conditions, Conditions]:
    """The recipe's prompts and nothing else; and nothing at all."""
    num_groups, rows, columns = corpus.grid
    num_prompts = len(corpus.prompts.starts) - 2  # besides the one that says nothing
    text, text_mask = corpus.prompts.padded(range(1, 1 + num_prompts))
    shape = (num_prompts, num_groups * rows * columns)
    asked = Conditions(
        places=places(num_groups, rows, columns).expand(num_prompts, -1, -1),
        text=text.float(),
        text_mask=text_mask,
        given=torch.zeros(shape, dtype=torch.bool),
        known=torch.zeros(*shape, corpus.tokens.shape[-1]),
        camera=torch.zeros(*shape, CHANNELS),
        camera_given=torch.zeros(num_prompts, dtype=torch.bool),
    )
    return _both(corpus.prompts, asked, device)


def decoded(corpus: Corpus, tokens: Float[Tensor, "B L C"]) -> UInt8[np.ndarray, "B F H W 3"]:
    """Tokens as pictures."""
    video = corpus.tokenizer.decode(tokens.float().cpu(), *corpus.grid[1:])
    return ((video.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 1, 3, 4, 2).numpy()


def _caption(corpus: Corpus, clip: int) -> str:
    return corpus.captions[corpus.wordings[clip][0]]


def _made(held: Held, asked: Conditions, unasked: Conditions) -> Float[Tensor, "B L C"]:
    watch = held.recipe.watch
    return held.method.sample(
        held.together,
        asked,
        unasked,
        num_inference_steps=watch.num_inference_steps,
        guidance_scale=watch.guidance_scale,
        generator=torch.Generator().manual_seed(held.recipe.seed),
    )


def _both(texts: Texts, asked: Conditions, device: torch.device) -> tuple[Conditions, Conditions]:
    """On the device, and beside it the same without text."""
    text, mask = texts.padded([NOTHING])
    num = len(asked.given)
    unasked = replace(asked, text=text.float().expand(num, -1, -1), text_mask=mask.expand(num, -1))
    return on(asked, device), on(unasked, device)
