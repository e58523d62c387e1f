"""Colours of backdrops by name, and the curve from light to picture that all of them share."""

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from jaxtyping import Float32, UInt8, UInt16

from filmwright.core.scene import Vec3

PALETTES: dict[str, tuple[Vec3, Vec3]] = {  # linear: the dark ground, the light on it
    "golden": ((0.030, 0.015, 0.004), (1.00, 0.58, 0.16)),
    "amber": ((0.035, 0.010, 0.002), (1.00, 0.34, 0.05)),
    "crimson": ((0.030, 0.003, 0.006), (0.90, 0.05, 0.09)),
    "rose": ((0.045, 0.014, 0.022), (1.00, 0.34, 0.46)),
    "violet": ((0.016, 0.006, 0.036), (0.46, 0.16, 0.95)),
    "blue": ((0.003, 0.010, 0.034), (0.10, 0.34, 1.00)),
    "teal": ((0.002, 0.022, 0.026), (0.06, 0.72, 0.74)),
    "green": ((0.004, 0.022, 0.008), (0.18, 0.75, 0.22)),
    "silver": ((0.024, 0.025, 0.027), (0.80, 0.82, 0.86)),
    "white": ((0.45, 0.45, 0.46), (0.95, 0.94, 0.92)),
}
KIN: dict[str, tuple[Vec3, Vec3]] = {  # linear: two lights that go with it, a warmer and a cooler one
    "golden": ((1.00, 0.38, 0.07), (0.95, 0.72, 0.38)),
    "amber": ((0.95, 0.16, 0.03), (1.00, 0.52, 0.14)),
    "crimson": ((0.95, 0.08, 0.03), (0.75, 0.03, 0.18)),
    "rose": ((1.00, 0.42, 0.30), (0.80, 0.26, 0.62)),
    "violet": ((0.78, 0.16, 0.80), (0.20, 0.18, 1.00)),
    "blue": ((0.24, 0.22, 1.00), (0.05, 0.55, 0.95)),
    "teal": ((0.08, 0.75, 0.50), (0.06, 0.50, 0.85)),
    "green": ((0.45, 0.75, 0.14), (0.06, 0.70, 0.42)),
    "silver": ((0.86, 0.82, 0.76), (0.66, 0.76, 0.90)),
    "white": ((0.98, 0.93, 0.86), (0.84, 0.91, 0.98)),
}
STEPS = 32768  # of the curve's table between black and 1: a 20th of a level where the curve is steepest
WHITE = 2.0  # all light above it is white
FINE = 8  # bits: parts of a level that the table knows


def mixed(
    layers: Sequence[Float32[np.ndarray, "H W"]], colors: Sequence[Vec3], ground: Vec3 = (0.0, 0.0, 0.0)
) -> Float32[np.ndarray, "H W 3"]:
    """Lights of up to four layers, each in its colour, added up on a ground."""
    matrix = np.column_stack([*colors, ground]).astype(np.float32)
    return cv2.transform(cv2.merge([*layers]), matrix)


def between(one: Vec3, other: Vec3, share: float) -> Vec3:
    """A colour on the way from one to the other."""
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return red, green, blue


def scaled(color: Vec3, factor: float) -> Vec3:
    """The same colour, darker or brighter."""
    red, green, blue = (part * factor for part in color)
    return red, green, blue


def developed(linear: Float32[np.ndarray, "*S 3"]) -> UInt8[np.ndarray, "*S 3"]:
    """Light to sRGB: highlights bend softly into white (Reinhard et al. 2002, extended to a white of 2)."""
    return ((_levels(linear) + np.uint16(2**FINE // 2)) >> FINE).astype(np.uint8)


def dithered(linear: Float32[np.ndarray, "H W 3"]) -> UInt8[np.ndarray, "H W 3"]:
    """The same curve; half a level of standing grain hides the steps that a soft slope would show in 8 bits.

    The grain is interleaved gradient noise (Jimenez 2014): even at any scale, and the same in every frame.
    """
    levels = _levels(linear) + _grain(*linear.shape[:2])
    return (levels >> FINE).astype(np.uint8)


@lru_cache(maxsize=4)
def _grain(height: int, width: int) -> UInt16[np.ndarray, "H W 1"]:
    place = 0.06711056 * np.arange(width)[None] + 0.00583715 * np.arange(height)[:, None]
    return (52.9829189 * (place % 1) % 1 * 2**FINE).astype(np.uint16)[..., None]


def _levels(linear: Float32[np.ndarray, "*S 3"]) -> UInt16[np.ndarray, "*S 3"]:
    """Levels of 8 bits, with FINE bits below them."""
    steps = np.minimum(np.maximum(linear, 0) * np.float32(STEPS) + np.float32(0.5), np.float32(WHITE * STEPS))
    return np.take(_CURVE, steps.astype(np.int32))


def _curve() -> UInt16[np.ndarray, " N"]:
    linear = np.arange(int(WHITE * STEPS) + 1) / STEPS
    bright = linear * (1 + linear / WHITE**2) / (1 + linear)
    encoded = np.where(bright <= 0.0031308, 12.92 * bright, 1.055 * np.maximum(bright, 1e-9) ** (1 / 2.4) - 0.055)
    return np.round(np.clip(encoded, 0, 1) * 255 * 2**FINE).astype(np.uint16)


_CURVE = _curve()
