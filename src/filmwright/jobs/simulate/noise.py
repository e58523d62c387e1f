"""Smooth random fields over a picture and time: sums of plane waves, endless, without a grid and without a repeat.

Spectral synthesis (Shinozuka and Deodatis 1991): many cosines of drawn direction, length and phase add up to a Gaussian
field. Its motion is exact: a wave that drifts by `v` turns its phase by `k . v` a second.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, Float64

from .dice import Dice

GOLDEN = 0.6180339887498949  # its multiples fill the circle of directions evenly, however many there are


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Waves:
    """A field of mean 0 and variance 1 as the cosines it is the sum of."""

    vectors: Float64[np.ndarray, "K 2"]  # radians a height of the picture, x to the right and y down
    rates: Float64[np.ndarray, " K"]  # radians a second
    phases: Float64[np.ndarray, " K"]
    sizes: Float64[np.ndarray, " K"]


def waves(
    dice: Dice,
    *,
    coarse: float,
    fine: float,
    roughness: float = 1.0,
    density: int = 14,
    stretch: float = 1.0,
    turn: float = 0.0,
    spread: float = np.pi,
    drift: tuple[float, float] = (0.0, 0.0),
    boil: float = 0.0,
) -> Waves:
    """Waves from `coarse` to `fine` heights long, `density` of them an octave, each octave `2**-roughness` as high.

    What is seen is `stretch` times as long along the angle `turn` (radians) as across; the waves go within `spread`
    about `turn` + 90 degrees. The field drifts by heights a second, and changes by `boil` radians a second.
    """
    count = max(8, round(density * np.log2(coarse / fine)))
    drawn = np.array([[dice.uniform() for _ in range(4)] for _ in range(count)])
    steps = (np.arange(count) + drawn[:, 0]) / count
    lengths = coarse * (fine / coarse) ** steps
    angles = ((np.arange(count) * GOLDEN + drawn[:, 1] * 0.5) % 1 - 0.5) * spread
    along, across = np.sin(angles) / stretch, np.cos(angles)
    cos, sin = np.cos(turn), np.sin(turn)
    vectors = np.stack([cos * along - sin * across, sin * along + cos * across], 1) * (2 * np.pi / lengths)[:, None]
    sizes = lengths**roughness
    rates = vectors @ np.array(drift) + boil * (drawn[:, 2] * 2 - 1) * (coarse / lengths) ** 0.5
    sizes = sizes * np.sqrt(2 / (sizes**2).sum())
    return Waves(vectors=vectors, rates=rates, phases=drawn[:, 3] * 2 * np.pi, sizes=sizes)


class Field:
    """Waves laid out on the places of a picture: what does not change from frame to frame is worked out once.

    In double precision, so that the order in which a machine adds does not show in 8 bits.
    """

    def __init__(
        self, of: Waves, x: Float32[np.ndarray, "1 W"], y: Float32[np.ndarray, "H 1"], *, pixel: float | None = None
    ) -> None:
        """`pixel`: its size in the units of x and y; waves shorter than 2 to 4 pixels fade, as a lens loses them."""
        self._of = of
        pixel = float(x[0, 1] - x[0, 0]) if pixel is None else pixel
        wide = 2 * np.pi / np.hypot(*of.vectors.T) / pixel
        self._sizes = of.sizes * np.clip((wide - 2) / 2, 0, 1)
        angles = of.vectors[:, :1] * x.astype(np.float64)
        self._across = np.concatenate([np.cos(angles), np.sin(angles)])
        self._down = np.exp(1j * y.astype(np.float64) * of.vectors[:, 1])

    def at(self, seconds: float) -> Float32[np.ndarray, "H W"]:
        """The field at one time."""
        return self._summed(self._sizes * np.exp(1j * (self._of.phases - self._of.rates * seconds)))

    def slopes(self, seconds: float) -> tuple[Float32[np.ndarray, "H W"], Float32[np.ndarray, "H W"]]:
        """How it rises along x and along y, a height of the picture."""
        now = 1j * self._sizes * np.exp(1j * (self._of.phases - self._of.rates * seconds))
        return self._summed(now * self._of.vectors[:, 0]), self._summed(now * self._of.vectors[:, 1])

    def _summed(self, now: np.ndarray) -> Float32[np.ndarray, "H W"]:
        turned = self._down * now
        return (np.concatenate([turned.real, -turned.imag], 1) @ self._across).astype(np.float32)


def bent(
    picture: Float32[np.ndarray, "h w"], right: Float32[np.ndarray, "H W"], down: Float32[np.ndarray, "H W"]
) -> Float32[np.ndarray, "H W"]:
    """What lies so many heights right and down of each place; `picture` has the same margin on all sides."""
    height, width = right.shape
    rows = np.arange(height, dtype=np.float32)[:, None] + (picture.shape[0] - height) // 2
    columns = np.arange(width, dtype=np.float32)[None] + (picture.shape[1] - width) // 2
    across, along = columns + right * np.float32(height), rows + down * np.float32(height)
    return cv2.remap(picture, across, along, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)


def smooth(low: float, high: float, value: Float32[np.ndarray, "*S"]) -> Float32[np.ndarray, "*S"]:
    """From 0 below `low` to 1 above `high`, without an edge."""
    part = np.clip((value - np.float32(low)) * np.float32(1 / (high - low)), 0, 1)
    return part * part * (3 - 2 * part)
