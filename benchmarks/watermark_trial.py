"""One clip, one watermark: what it costs, and what is left of it after each attack."""

import io
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
from attacks import ATTACKS, apply, encode, luma, pictures
from peers.client import Peers

from filmwright.core.frames import Frames
from filmwright.film.asset.marks import Mark, marks
from filmwright.jobs.evaluate.likeness import decibels, grey, squared_error, ssim

OURS = "tiled"
PAYLOAD = 0x6F3A_91C4_D527_0B8E
NUM_BITS = 64
FILM_CRF = 18  # the marked film itself, before anything happens to it
CRFS = (18, 23, 28)  # at which the bits that the mark costs are counted
Pictures = Callable[[], Iterator[np.ndarray]]  # RGB; each call starts from the first


@dataclass(frozen=True, kw_only=True)
class Task:
    """What to try, and on how much of it."""

    clip: Path
    method: str
    attacks: tuple[str, ...]
    frames: int  # of the clip, at most
    peer_frames: int  # the same, for the slow peers
    peer_reads: int  # of those, how many a peer reads
    side: int = 0  # pixels that the shorter side is brought to first; 0 leaves it
    deep: bool = True  # search deep where the usual search reads nothing


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a reader made of the attacked film."""

    attack: str
    whole: bool  # the message, all bits; peers vote over their frames
    wrong: bool = False  # ours: another message than the one that was embedded
    present: bool = False  # ours
    frames: int = 0  # that were needed, or looked at in vain
    score: float = 0.0  # ours: standard deviations
    deep: bool = False  # ours: found by the deep search only
    accuracy: float = 0.5  # peers: mean share of right bits in a frame; half where it is too small for the method


@dataclass(frozen=True, kw_only=True)
class Trial:
    """All of it for one clip and one method."""

    clip: str
    method: str
    width: int
    height: int
    num_frames: int
    psnr_rgb: float  # decibels of all colours, over all frames
    psnr: float  # of the luma alone
    psnr_worst: float  # of the luma of the worst frame
    ssim: float  # of the luma, mean over the frames
    more_bits: dict[int, float]  # CRF -> share of the unmarked clip's size that the mark adds
    found: tuple[Found, ...]


def tried(task: Task) -> Trial:
    """Mark a clip, measure it, attack it, read it."""
    cv2.setNumThreads(1)
    frames = task.frames if task.method == OURS else task.peer_frames

    def clean() -> Iterator[np.ndarray]:
        return (_sized(rgb, task.side) for rgb in islice(pictures(str(task.clip)), frames))

    if task.method == OURS:
        mark = marks.open(OURS)
        marked: Pictures = lambda: (p.rgb[0] for p in mark.embed(pieces(clean()), PAYLOAD))  # noqa: E731
        return _measured(task, clean, marked, lambda film, name: _read(mark, task, film, name))
    with Peers() as peers:
        held = _held(peers, task.method, clean)
        return _measured(task, clean, lambda: iter(held), lambda film, name: _asked(peers, task, film, name))


def _measured(task: Task, clean: Pictures, marked: Pictures, read: Callable[[bytes, str], Found]) -> Trial:
    film, size = encode(marked(), FILM_CRF), next(clean()).shape
    return Trial(
        clip=task.clip.stem,
        method=task.method,
        width=size[1],
        height=size[0],
        **_likeness(clean(), marked()),
        more_bits={crf: _bytes(encode(marked(), crf)) / _bytes(encode(clean(), crf)) - 1 for crf in CRFS},
        found=tuple(read(apply(attack, film), attack.name) for attack in ATTACKS if attack.name in task.attacks),
    )


def _sized(rgb: np.ndarray, side: int) -> np.ndarray:
    scale = side / min(rgb.shape[:2]) if side else 1
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return rgb if scale == 1 else cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=way)


def _read(mark: Mark, task: Task, film: bytes, attack: str) -> Found:
    """Ours: the usual search, and the deep one if that reads nothing."""
    for deep in (False, True) if task.deep else (False,):
        with closing(luma(film)) as planes:
            reading = mark.read(planes, deep=deep)
        if reading.payload is not None:
            break
    return Found(
        attack=attack,
        whole=reading.payload == PAYLOAD,
        wrong=reading.payload not in (None, PAYLOAD),
        present=reading.present,
        frames=reading.num_frames,
        score=reading.score,
        deep=deep and reading.payload is not None,
    )


def _asked(peers: Peers, task: Task, film: bytes, attack: str) -> Found:
    """Theirs: bits of single frames, evenly sampled, and their majority."""
    every = list(pictures(film))
    picked = [every[i] for i in np.linspace(0, len(every) - 1, min(task.peer_reads, len(every))).round().astype(int)]
    answers, _ = peers.read(task.method, np.stack(picked), NUM_BITS)
    seen = [np.array(bits) for bits in answers if bits is not None]
    right = [float(np.mean(bits == BITS)) for bits in seen] + [0.5] * (len(answers) - len(seen))
    whole = bool(seen) and bool(np.all((np.mean(seen, 0) > 0.5) == BITS))
    return Found(attack=attack, whole=whole, frames=len(picked), accuracy=float(np.mean(right)))


BITS = np.array([PAYLOAD >> i & 1 for i in reversed(range(NUM_BITS))])


def pieces(rgbs: Iterator[np.ndarray]) -> Iterator[Frames]:
    """Single pictures as a mark takes them."""
    fps = Fraction(24)
    return (Frames(rgb=rgb[None], fps=fps, start=i / fps) for i, rgb in enumerate(rgbs))


def _held(peers: Peers, method: str, clean: Pictures) -> list[np.ndarray]:
    """Peers are slow: their marked pictures are made once and kept."""
    return [peers.embed(method, rgb[None], BITS.tolist())[0][0] for rgb in clean()]


def _likeness(clean: Iterator[np.ndarray], marked: Iterator[np.ndarray]) -> dict[str, float]:
    """How much of a trial's pictures the mark left alone, before any encoding."""
    errors, colours, alike = [], [], []
    for a, b in zip(clean, marked, strict=True):
        colours.append(squared_error(a, b))
        a, b = (grey(rgb).astype(np.float32) for rgb in (a, b))
        errors.append(squared_error(a, b))
        alike.append(ssim(a, b))
    return {
        "num_frames": len(errors),
        "psnr_rgb": decibels(float(np.mean(colours))),
        "psnr": decibels(float(np.mean(errors))),
        "psnr_worst": decibels(max(errors)),
        "ssim": float(np.mean(alike)),
    }


def _bytes(film: bytes) -> int:
    """Size of the pictures alone."""
    with av.open(io.BytesIO(film)) as container:
        return sum(packet.size for packet in container.demux(video=0))
