"""Display values <-> linear light, by table; sRGB as in IEC 61966-2-1."""

import numpy as np
from jaxtyping import Float32, UInt8

_CODES = np.arange(256) / 255
LINEAR = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4).astype(np.float32)
"""Linear light, 0 to 1, of each display value."""

_STEPS = 1 << 16  # fine enough that black's steep slope (12.92) loses less than a tenth of a display value
_LEVELS = np.linspace(0.0, 1.0, _STEPS)
_DISPLAY = (255 * np.where(_LEVELS <= 0.0031308, 12.92 * _LEVELS, 1.055 * _LEVELS ** (1 / 2.4) - 0.055)).astype(
    np.float32
)
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Weights of linear R, G, B in luminance (ITU-R BT.709)."""


def to_linear(rgb: UInt8[np.ndarray, "*shape"]) -> Float32[np.ndarray, "*shape"]:
    """Linear light, 0 to 1."""
    return LINEAR[rgb]


def to_display(linear: Float32[np.ndarray, "*shape"]) -> Float32[np.ndarray, "*shape"]:
    """Display values, 0.0 to 255.0, not rounded."""
    index = np.clip(linear, 0.0, 1.0) * np.float32(_STEPS - 1) + np.float32(0.5)
    return _DISPLAY[index.astype(np.uint16)]


def dithered(display: Float32[np.ndarray, "H W C"], seed: int) -> UInt8[np.ndarray, "H W C"]:
    """Display values rounded up or down by chance, so that slow gradients do not band.

    Whole values stay as they are. The same `seed` gives the same pixels.
    """
    chance = np.random.default_rng(seed).random(display.shape[:2], np.float32)[..., None]
    return np.floor(np.clip(display, 0, 255) + chance * np.float32(0.999)).astype(np.uint8)
