"""Data sets -> a corpus: encoded once, and kept under the hash of what it was made from."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from filmwright.core.clip import Clip
from filmwright.core.content import content_hash, file_hash
from filmwright.core.errors import BadAsset, BadFilm
from filmwright.core.progress import Report, Step
from filmwright.jobs.simulate import read
from filmwright.jobs.simulate.data import DATA, recipe_of
from filmwright.ml import borrowed
from filmwright.ml.borrowed.text import text_encoder
from filmwright.ml.nets.camera import CHANNELS, camera_motion
from filmwright.ml.nets.minilm import SHA256, load_minilm, token_states
from filmwright.ml.nets.patch_pca import PatchPCA
from filmwright.ml.nets.tokenizer import VideoTokenizer

from .cache import kept
from .corpus import Corpus, Texts, captions_of, opened
from .parts import INDEX, fingerprint, kind
from .recipe import Data, Tokenizer, TrainingRecipe

VERSION = 1  # of what is kept; another one is encoded anew
TOGETHER = 16  # texts that are encoded, or clips that are fitted on, at a time
WEIGHTS = "diffusion_pytorch_model.safetensors"


def encoded(recipe: TrainingRecipe, cache: Path, device: torch.device, report: Report) -> Corpus:
    """The corpus of a recipe, from the cache where it is there; only networks of others are encoded on the device.

    Raises BadFilm where clips and tokenizer do not fit, BadAsset where a data set is broken or not finished.
    """
    data, tokenizer = recipe.data, recipe.tokenizer
    identity = [VERSION, data.num_frames, *(_identity(folder) for folder in data.folders)]
    fitted = tokenizer.start or kept(
        cache,
        "tokenizer",
        [identity, tokenizer.model_dump(exclude={"start"})],
        lambda room: _fit(data, tokenizer, room, report),
    )
    if not (fitted / WEIGHTS).is_file():
        raise BadFilm(f"there is no tokenizer in {fitted}: it has no {WEIGHTS}.")
    named = [identity, file_hash(fitted / WEIGHTS), file_hash(fitted / "config.json")]
    speaking = _speaking(fitted, device)
    clips = kept(cache, "clips", named, lambda room: _encode(data, speaking, room, report))
    whose = _borrowed(data.text_encoder) or SHA256

    def heard(captions: list[str]) -> Path:
        return kept(
            cache,
            "texts",
            [VERSION, whose, captions],
            lambda room: _save(texts(captions, _hearing(data.text_encoder, device), report), room),
        )

    states, prompts = heard(captions_of(clips)), heard(["", *recipe.watch.prompts])
    return opened(clips, states, prompts, speaking, data=data)


Hear = Callable[[Sequence[str]], tuple[Float[Tensor, "B S E"], Bool[Tensor, "B S"]]]


def _speaking(folder: Path, device: torch.device) -> VideoTokenizer:
    if (name := kind(folder)) in borrowed.AUTOENCODERS:
        return borrowed.autoencoder(name, folder, device)
    return PatchPCA.from_pretrained(folder, low_cpu_mem_usage=False)


def _borrowed(folder: Path | None) -> str:
    """The hash of another pipeline's text encoder, where one is asked for; else ""."""
    return fingerprint(folder / "text_encoder") if folder is not None and (folder / INDEX).is_file() else ""


def _hearing(folder: Path | None, device: torch.device) -> Hear:
    if folder is not None and (folder / INDEX).is_file():
        return text_encoder(folder, device)
    return partial(token_states, *load_minilm(folder))


def texts(captions: Sequence[str], hear: Hear, report: Report) -> Texts:
    """Captions as states, without what pads them."""
    found: list[Any] = [None] * len(captions)
    order = sorted(range(len(captions)), key=lambda i: (len(captions[i]), i))  # alike in length: little padding
    for first in range(0, len(order), TOGETHER):
        some = order[first : first + TOGETHER]
        states, mask = hear([captions[i] for i in some])
        for i, row, seen in zip(some, states, mask, strict=True):
            found[i] = row[seen].numpy().astype(np.float16)
        report(Step("encode captions", first + len(some), len(order), "captions"))
    starts = np.cumsum([0, *(len(states) for states in found)], dtype=np.int64)
    return Texts(states=np.concatenate(found), starts=starts)


def pixels(rgb: np.ndarray) -> Float[Tensor, "1 F 3 H W"]:
    """Pictures as networks see them: in [-1, 1]."""
    return torch.from_numpy(rgb).permute(0, 3, 1, 2)[None].float() / 127.5 - 1


def _identity(folder: Path) -> list[Any]:
    """What a data set is: two with the same one hold the same clips."""
    num_clips = recipe_of(folder).num_clips
    if not (folder / DATA).is_file():
        raise BadAsset(f"{folder} is no whole data set: it has no {DATA}. Run `filmwright simulate` again.")
    return [(folder / DATA).read_text(encoding="utf-8"), num_clips]


def _clips(data: Data, report: Report, what: str) -> Iterator[tuple[str, Clip]]:
    """All clips with their names; a data set that is not finished is refused."""
    total, done = sum(recipe_of(folder).num_clips for folder in data.folders), 0
    for folder in data.folders:
        wanted, found = recipe_of(folder).num_clips, 0
        for clip in read(folder):
            yield f"{folder.name}/{clip.key}", clip
            found, done = found + 1, done + 1
            report(Step(what, done, total, "clips"))
        if found != wanted:
            raise BadAsset(f"{folder} has {found} of its {wanted} clips. Run `filmwright simulate` again to go on.")


def _video(clip: Clip, data: Data, frames: int) -> np.ndarray:
    """The frames that are learned from."""
    there = len(clip.frames.rgb)
    wanted = data.num_frames or there - (there - 1) % frames
    if wanted > there or (wanted - 1) % frames:
        raise BadFilm(
            f"clips of {there} frames can't be learned as {wanted}: 'data.num_frames' must be 1 + {frames}k, and no "
            f"more than there are."
        )
    return clip.frames.rgb[:wanted]


def _fit(data: Data, asked: Tokenizer, room: Path, report: Report) -> None:
    each = -(-asked.num_clips // len(data.folders))  # clips are in no order: the first tell as much as any

    def videos() -> Iterator[Float[Tensor, "1 F 3 H W"]]:
        for folder in data.folders:
            wanted, clips = min(each, recipe_of(folder).num_clips), read(folder)
            for i in range(wanted):
                clip = next(clips, None)
                if clip is None or int(clip.key) != i:
                    raise BadAsset(f"{folder} lacks its clip {i}. Run `filmwright simulate` again to go on.")
                yield pixels(_video(clip, data, asked.frames))
                report(Step("fit the tokenizer", i + 1, wanted, "clips"))

    try:
        tokenizer = PatchPCA(channels=asked.channels, frames=asked.frames, side=asked.side, overlap=asked.overlap)
        tokenizer.fit(videos())
    except ValueError as err:
        raise BadFilm(f"the tokenizer can't be fitted: {err}") from err
    tokenizer.save_pretrained(room)


@torch.inference_mode()
def _encode(data: Data, tokenizer: VideoTokenizer, room: Path, report: Report) -> None:
    num_clips = sum(recipe_of(folder).num_clips for folder in data.folders)
    tokens = motion = None
    shape, fps, keys, captions = None, None, [], []
    for i, (key, clip) in enumerate(_clips(data, report, "encode clips")):
        rgb = _video(clip, data, tokenizer.frames)
        if shape not in (None, rgb.shape) or fps not in (None, clip.frames.fps):
            raise BadAsset(f"{key} is {_said(rgb.shape, clip.frames.fps)}, others are {_said(shape, fps)}.")
        shape, fps = rgb.shape, clip.frames.fps
        try:
            said = tokenizer.encode(pixels(rgb))[0]
        except ValueError as err:
            raise BadFilm(f"{key} can't be made tokens: {err}") from err
        moved = camera_motion(
            clip.lens.world_from_camera[: len(rgb)], frames=tokenizer.frames, distance=looked_at(clip)
        )
        if tokens is None or motion is None:
            tokens = np.lib.format.open_memmap(
                room / "tokens.npy", mode="w+", dtype=np.float16, shape=(num_clips, *said.shape)
            )
            motion = np.zeros((num_clips, len(moved), CHANNELS), np.float32)
        tokens[i], motion[i] = said.numpy(), moved
        keys.append(key)
        captions.append(list(clip.captions) or [""])
    if tokens is None or motion is None or shape is None:
        raise BadAsset("there are no clips to learn from.")
    tokens.flush()
    np.save(room / "motion.npy", motion)
    grid = (motion.shape[1], shape[1] // tokenizer.side, shape[2] // tokenizer.side)
    told = {"keys": keys, "captions": captions, "grid": grid, "fps": str(fps)}
    (room / "clips.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def looked_at(clip: Clip) -> float:
    """Metres to what the camera looks at: the median depth in the middle of the first frame; 1 where there is none."""
    if clip.frames.passes.depth is None:
        return 1.0
    height, width = clip.frames.rgb.shape[1:3]
    depth = clip.frames.passes.depth[0, height // 4 : height - height // 4, width // 4 : width - width // 4]
    known = depth[np.isfinite(depth)]
    return float(np.median(known)) if known.size else 1.0


def _said(shape: Any, fps: Any) -> str:
    return f"{shape[0]} frames of {shape[2]}x{shape[1]} at {fps} a second"


def _save(found: Texts, room: Path) -> None:
    np.save(room / "states.npy", found.states)
    np.save(room / "starts.npy", found.starts)


def identity_of(data: Data, tokenizer: Tokenizer) -> str:
    """The content hash of what a run learns from."""
    how = tokenizer.model_dump(mode="json") | {"start": fingerprint(tokenizer.start)}
    heard = [whose] if (whose := _borrowed(data.text_encoder)) else []
    return content_hash([*map(_identity, data.folders)], data.num_frames, data.held_out, data.apart, how, *heard)
