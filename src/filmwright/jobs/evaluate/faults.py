"""Faults as generated films have them, planted at three strengths, to see whether a metric notices."""

from collections.abc import Callable

import cv2
import numpy as np
from jaxtyping import UInt8

STRENGTHS = (1, 2, 3)  # 0 is the film without the fault
SPARE = 12  # frames that a film must have beyond those that are kept: dropped ones are made up from them


def plant(
    fault: str, film: UInt8[np.ndarray, "N H W 3"], strength: int, *, num_frames: int
) -> UInt8[np.ndarray, "F H W 3"]:
    """The first `num_frames` of a film with a fault of `FAULTS` in it; nothing is written into. Repeatable."""
    if len(film) < num_frames + SPARE:
        raise ValueError(f"the film needs {num_frames + SPARE} frames, got {len(film)}")
    if strength == 0:
        return film[:num_frames].copy()
    return _levels(FAULTS[fault](film, strength, num_frames))


def _flicker(film: np.ndarray, strength: int, num: int) -> np.ndarray:
    """Every other frame brighter, the others darker."""
    step = (2, 4, 8)[strength - 1]
    return film[:num] + step * np.where(np.arange(num) % 2, 1, -1)[:, None, None, None]


def _freeze(film: np.ndarray, strength: int, num: int) -> np.ndarray:
    """A stretch in the middle in which the picture stands; then it goes on where it would be."""
    at, length = np.arange(num), (2, 4, 8)[strength - 1]
    start = num // 2 - length // 2
    at[start : start + length] = start - 1
    return film[at]


def _swapped(film: np.ndarray, strength: int, num: int) -> np.ndarray:
    """Neighbours that changed places."""
    at = np.arange(num)
    for pair in np.linspace(3, num - 5, (1, 2, 4)[strength - 1]).astype(int):
        at[pair], at[pair + 1] = pair + 1, pair
    return film[at]


def _cast(film: np.ndarray, strength: int, num: int) -> np.ndarray:
    """A colour cast that comes evenly: warmer towards the end."""
    end = np.array([1.0, 0.2, -1.0]) * (6, 12, 24)[strength - 1]
    return film[:num] + end * np.linspace(0, 1, num)[:, None, None, None]


def _blur(film: np.ndarray, strength: int, num: int) -> np.ndarray:
    """A lens that loses its focus towards the end."""
    most = (0.8, 1.6, 3.2)[strength - 1]
    return np.stack([_softened(picture, most * i / (num - 1)) for i, picture in enumerate(film[:num])])


def _softened(picture: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(picture, (0, 0), sigma) if sigma > 0.05 else picture


def _noise(film: np.ndarray, strength: int, num: int) -> np.ndarray:
    """Fresh grain in each frame."""
    grain = np.random.default_rng(7).standard_normal(film[:num].shape, np.float32)
    return film[:num] + grain * (3, 6, 12)[strength - 1]


def _dropped(film: np.ndarray, strength: int, num: int) -> np.ndarray:
    """Runs of frames that are left out: the film jumps on."""
    at = np.arange(num)
    for place in (num // 4, num // 2, 3 * num // 4):
        at[place:] += (1, 2, 4)[strength - 1]
    return film[at]


def _jitter(film: np.ndarray, strength: int, num: int) -> np.ndarray:
    """A camera that shakes: each frame shifted by some pixels."""
    height, width = film.shape[1:3]
    shake = np.random.default_rng(8).uniform(-1, 1, (num, 2)) * (0.75, 1.5, 3.0)[strength - 1]
    out = []
    for picture, (right, down) in zip(film[:num], shake, strict=True):
        matrix = np.array([[1, 0, right], [0, 1, down]])
        out.append(cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101))
    return np.stack(out)


def _blocking(film: np.ndarray, strength: int, num: int) -> np.ndarray:
    """8x8 blocks that lose what is in them, as from an encoder without bits."""
    share = (0.25, 0.5, 1.0)[strength - 1]
    height, width = film.shape[1:3]
    coarse = [
        cv2.resize(
            cv2.resize(p, (-(-width // 8), -(-height // 8)), interpolation=cv2.INTER_AREA),
            (width, height),
            interpolation=cv2.INTER_NEAREST,
        )
        for p in film[:num]
    ]
    return film[:num] * (1 - share) + np.stack(coarse) * share


def _cut(film: np.ndarray, strength: int, num: int) -> np.ndarray:
    """Other shots inside: upside down or mirrored, in other colours."""
    out, own = film[:num].copy(), film[:num]
    others = (255 - own[:, ::-1, :, ::-1], own[:, ::-1, ::-1, [1, 2, 0]], 255 - own[:, :, ::-1])
    for k in range(strength):  # the last goes on to the end
        start = (k + 1) * num // (strength + 1)
        out[start:] = others[k][start:]
    return out


def _levels(film: np.ndarray) -> UInt8[np.ndarray, "F H W 3"]:
    return np.clip(np.rint(film), 0, 255).astype(np.uint8)


FAULTS: dict[str, Callable[[np.ndarray, int, int], np.ndarray]] = {
    "flicker": _flicker,
    "freeze": _freeze,
    "swapped frames": _swapped,
    "colour cast": _cast,
    "blur": _blur,
    "noise": _noise,
    "dropped frames": _dropped,
    "jitter": _jitter,
    "blocking": _blocking,
    "cut": _cut,
}
