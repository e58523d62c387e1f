"""Colours of backdrops by name, and the curve from light to picture that all of them share."""

import numpy as np
from jaxtyping import Float32, UInt8

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


def developed(linear: Float32[np.ndarray, "*S 3"]) -> UInt8[np.ndarray, "*S 3"]:
    """Light to sRGB: highlights bend softly into white (Reinhard et al. 2002, extended to a white of 2)."""
    bright = linear * (1 + linear / 4) / (1 + linear)
    encoded = np.where(bright <= 0.0031308, 12.92 * bright, 1.055 * np.maximum(bright, 1e-9) ** (1 / 2.4) - 0.055)
    return np.round(np.clip(encoded, 0, 1) * 255).astype(np.uint8)
