"""A sky that moves: its light at any moment, between the pictures of its loop.

All that is made of a sky is linear in its pixels. So each picture's difference from the mean is blurred once, and a
moment costs no more than a sum; where all pictures are alike, the sum is the still sky to the bit.
"""

from dataclasses import replace
from functools import lru_cache

import numpy as np
from jaxtyping import Float32

from filmwright.core.errors import BadAsset
from filmwright.core.scene import Environment

from .prefilter import HEIGHT, LEVELS, directions, harmonics, lowered, seen, soft_sky

Light = tuple[Float32[np.ndarray, "H W 3"], Float32[np.ndarray, "L h w 3"], Float32[np.ndarray, "9 3"]]


class MovingSky:
    """An environment with pictures, ready to be asked for any moment."""

    def __init__(self, environment: Environment) -> None:
        assert environment.pictures is not None
        if not environment.period > 0 or not len(environment.pictures):
            raise BadAsset("a moving environment needs pictures and a period above 0 seconds.")
        if not np.isfinite(environment.pictures).all() or environment.pictures.min() < 0:
            raise BadAsset("the moving environment has values that are negative or not finite.")
        self._period = environment.period
        self._pictures, self._strength = environment.pictures, np.float32(environment.strength)
        off = [np.asarray(picture - environment.pixels, np.float32) for picture in environment.pictures]
        self._soft = soft_sky(environment) + _blurred(off) * np.float32(environment.strength)
        still = harmonics(environment)
        self._harmonics = np.stack(
            [still + harmonics(replace(environment, pixels=each, pictures=None)) for each in off]
        )

    def at(self, seconds: float) -> Light:
        """The sky's pixels, soft sky and harmonics, as `sky_tables`, `soft_sky` and `harmonics` have them."""
        num = len(self._pictures)
        place = seconds / self._period % 1.0 * num
        first, part = int(place) % num, np.float32(place % 1.0)
        second = (first + 1) % num
        one, other = (np.asarray(self._pictures[i], np.float32) * self._strength for i in (first, second))
        soft, irradiance = (each[first] + (each[second] - each[first]) * part for each in (self._soft, self._harmonics))
        return one + (other - one) * part, soft, irradiance


def _blurred(pictures: list[np.ndarray]) -> Float32[np.ndarray, "K L H W 3"]:
    """Pictures blurred as `soft_sky` does it; before the rotation."""
    way = directions(HEIGHT, 2 * HEIGHT).reshape(-1, 3)
    small = np.stack([seen(lowered(each, HEIGHT), way).reshape(HEIGHT, 2 * HEIGHT, 3) for each in pictures])
    rings = np.fft.rfft(small, axis=2)
    levels = [small]
    for level in range(1, LEVELS):
        spread = np.einsum("frs,ksfc->krfc", _lobe(level / (LEVELS - 1)), rings, optimize=True)
        levels.append(np.fft.irfft(spread, 2 * HEIGHT, axis=2))
    return np.stack(levels, 1).astype(np.float32)


@lru_cache(maxsize=LEVELS)
def _lobe(roughness: float) -> Float32[np.ndarray, "F R S"]:
    """How much a GGX lobe about a direction of row R takes of row S, by the frequency F around the ring.

    A lobe is round, so on a ring it is a convolution, and that a product of frequencies.
    """
    way = directions(HEIGHT, 2 * HEIGHT)
    cosine = np.einsum("rx,swx->rsw", way[:, 0], way)  # between what is looked along and what is seen
    half2 = (1 + cosine) / 2  # the square of the half vector's cosine
    alpha2 = roughness**4
    weight = np.maximum(cosine, 0) / (half2 * (alpha2 - 1) + 1) ** 2 * np.hypot(way[..., 0], way[..., 1])[None]
    weight /= weight.sum((1, 2), keepdims=True)
    return np.ascontiguousarray(np.fft.rfft(weight, axis=2).real.transpose(2, 0, 1).astype(np.float32))
