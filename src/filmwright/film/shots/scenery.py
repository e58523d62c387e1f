"""Generated clips become a sky: all around, soft, without an end in time and without a seam.

Tiles of them by turns are laid over one another's edges, each at another moment of its loop, so that nothing is seen
twice in a picture; none is turned or mirrored, for words that say where things drift hold all around.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, Float16, UInt8

from .oklab import LUMINANCE, linear

WIDTH, HEIGHT = 1024, 512  # pixels of the sky
TILE = 36.0  # degrees that a tile is high: more than most shots show at once
HIGHEST, LOWEST = 76.0, -60.0  # degrees above the horizon that tiles cover
SOFT = 0.5  # degrees, standard deviation of the blur: a backdrop is out of focus
DISSOLVE = 0.4  # of a clip's length in which its end becomes its beginning
EDGE = 0.3  # of a tile's side in which it becomes the next
STRIDE = 0.618034  # of the loop from a tile to the next: the golden ratio is far from every fraction
MOST_PICTURES = 48  # of the loop, which all workers hold
CONTRAST = 2.4  # the light that one place in twenty is above, as a share of the mean


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scenery:
    """What moves around a product, in linear light whose mean luminance is 1."""

    pictures: Float16[np.ndarray, "K H W 3"]  # as core.scene.Environment has them
    color: Float[np.ndarray, "3"]  # the mean
    luminance: float  # of the clips themselves, linear
    period: float  # seconds


def scenery(clips: UInt8[np.ndarray, "N F H W 3"], *, seconds: float) -> Scenery:
    """The surroundings that clips of the same words make, each played in so many `seconds`."""
    light = linear(np.stack([_small(clip) for clip in clips]).astype(np.float32) / 255)
    graded = _graded(np.stack([_even(clip) for clip in light]))
    loops = np.stack([looped(clip) for clip in graded])
    return Scenery(
        pictures=_around(loops),
        color=loops.mean((0, 1, 2, 3)),
        luminance=float((light @ LUMINANCE).mean()),
        period=seconds * loops.shape[1] / light.shape[1],
    )


def looped(light: Float[np.ndarray, "F H W 3"]) -> Float[np.ndarray, "K H W 3"]:
    """The clip without an end: its last pictures dissolve into its first.

    Differences from the mean add up as those of strangers do, so that the dissolve keeps its contrast half way: Heitz
    and Neyret, "High-Performance By-Example Noise using a Histogram-Preserving Blending Operator" (2018), section 3.
    """
    overlap = round(len(light) * DISSOLVE)
    num, mean = len(light) - overlap, light.mean(0)
    share = _smooth((np.arange(overlap) + 0.5) / max(overlap, 1))[:, None, None, None]
    off = (light[num:] - mean) * (1 - share) + (light[:overlap] - mean) * share
    begin = np.maximum(mean + off / np.sqrt(share**2 + (1 - share) ** 2), 0)
    return np.concatenate([begin, light[overlap:num]])


def _small(clip: UInt8[np.ndarray, "F H W 3"]) -> UInt8[np.ndarray, "f h w 3"]:
    """As many pictures as a loop may have, as fine as the sky's pixels."""
    most = round(MOST_PICTURES / (1 - DISSOLVE))
    if len(clip) > most:
        clip = clip[np.linspace(0, len(clip) - 1, most).round().astype(int)]
    height, width = clip.shape[1:3]
    rows = round(TILE / 180 * HEIGHT)
    columns = min(max(round(rows * width / height), 2), WIDTH)
    way = cv2.INTER_AREA if rows < height else cv2.INTER_CUBIC
    return np.stack([cv2.resize(picture, (columns, rows), interpolation=way) for picture in clip])


def _even(light: Float[np.ndarray, "F H W 3"]) -> Float[np.ndarray, "F H W 3"]:
    """Without what is always lighter or darker on one side, which tiles would show again and again."""
    shine = (light @ LUMINANCE).mean(0).astype(np.float32)
    wide = cv2.GaussianBlur(shine, (0, 0), light.shape[2] / 4, sigmaY=light.shape[1] / 4)
    gain = np.clip(wide.mean() / np.maximum(wide, 1e-4), 0.7, 1.4)
    return light * gain[None, ..., None]


def _graded(light: Float[np.ndarray, "N F H W 3"]) -> Float[np.ndarray, "N F H W 3"]:
    """Mean luminance 1, and contrast that leaves the product the brightest thing: a power of the light, if need be."""
    y = np.maximum(light @ LUMINANCE, 1e-4)
    low, power = 0.2, 1.0
    if _spread(y) > CONTRAST:
        for _ in range(16):
            middle = (low + power) / 2
            low, power = (middle, power) if _spread(y**middle) < CONTRAST else (low, middle)
    graded = y**power
    return light * (graded / y / graded.mean())[..., None]


def _spread(y: Float[np.ndarray, "N F H W"]) -> float:
    return float(np.quantile(y, 0.95) / y.mean())


def _around(loops: Float[np.ndarray, "N K H W 3"]) -> Float16[np.ndarray, "K R C 3"]:
    """Tiles of the loops all over the equirectangular sky, blended as `looped` blends; even light beyond them."""
    count, num, height, width = loops.shape[:4]
    color = loops.mean((0, 1, 2, 3)).astype(np.float32)
    window = np.outer(_ramps(height), _ramps(width)).astype(np.float32)
    off = np.empty(loops.shape, np.float32)
    for at in np.ndindex(count, num):  # columns of the sky run to the left
        soft = cv2.GaussianBlur(loops[at].astype(np.float32), (0, 0), SOFT / 180 * HEIGHT)
        off[at] = (soft[:, ::-1] - color) * window[..., None]
    out, power = np.zeros((num, HEIGHT, WIDTH, 3), np.float32), np.full((HEIGHT, WIDTH), 1e-6, np.float32)
    for number, (clip, top, left) in enumerate(_places(count, height, width)):
        columns = (left + np.arange(width)) % WIDTH
        out[:, top : top + height, columns] += np.roll(off[clip], -round(number * STRIDE * num), axis=0)
        power[top : top + height, columns] += window**2
    elevation = 90 - (np.arange(HEIGHT) + 0.5) / HEIGHT * 180
    inside = _smooth((elevation - LOWEST) / 12) * _smooth((HIGHEST - elevation) / 12)
    out *= (inside[:, None] / np.sqrt(power))[..., None].astype(np.float32)
    return np.maximum(out + color, 0).astype(np.float16)


def _places(count: int, height: int, width: int) -> list[tuple[int, int, int]]:
    """Which of the clips each tile shows, the row and column of its corner; in rows, as bricks lie, the first about +Y.

    Of three clips no two tiles that touch show the same.
    """
    highest, lowest = ((90 - degrees) / 180 * HEIGHT for degrees in (HIGHEST, LOWEST))
    tall = max(round((lowest - highest - height) / (height * (1 - EDGE))), 1)
    around = max(round(WIDTH / (width * (1 - EDGE)) / count), 1) * count
    rows = np.linspace(highest, lowest - height, tall + 1).round().astype(int)
    return [
        ((i + 2 * at) % count, int(row), round(WIDTH / 4 - width / 2 + (i + 0.5 * (at % 2)) * WIDTH / around))
        for at, row in enumerate(rows)
        for i in range(around)
    ]


def _ramps(num: int) -> Float[np.ndarray, " S"]:
    """The weight of a tile along its side."""
    x = (np.arange(num) + 0.5) / num
    return _smooth(np.minimum(x, 1 - x) / EDGE)


def _smooth(x: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3 - 2 * x)
