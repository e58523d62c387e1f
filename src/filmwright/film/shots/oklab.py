"""Colour as the eye spaces it: Oklab, and the way to and from linear Rec. 709 and sRGB."""

import numpy as np
from jaxtyping import Float

# Björn Ottosson, "A perceptual color space for image processing" (2020).
_LMS_FROM_RGB = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB_FROM_LMS = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_RGB_FROM_LMS = np.linalg.inv(_LMS_FROM_RGB)
_LMS_FROM_LAB = np.linalg.inv(_LAB_FROM_LMS)
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])  # ITU-R BT.709


def oklab(linear: Float[np.ndarray, "... 3"]) -> Float[np.ndarray, "... 3"]:
    """Linear Rec. 709 to Oklab: lightness 0 to 1, then the green-red and blue-yellow axes."""
    return np.cbrt(np.maximum(linear, 0.0) @ _LMS_FROM_RGB.T) @ _LAB_FROM_LMS.T


def from_oklab(lab: Float[np.ndarray, "... 3"]) -> Float[np.ndarray, "... 3"]:
    """Oklab to linear Rec. 709; colours outside the gamut come out below 0 or above 1."""
    return ((lab @ _LMS_FROM_LAB.T) ** 3) @ _RGB_FROM_LMS.T


def in_gamut(lightness: float, chroma: float, hue: float) -> Float[np.ndarray, "3"]:
    """The linear colour of that lightness and hue (radians), its chroma lowered until Rec. 709 holds it."""
    low, high = 0.0, chroma
    if _holds(lightness, chroma, hue):
        low = chroma
    else:
        for _ in range(24):
            middle = (low + high) / 2
            low, high = (middle, high) if _holds(lightness, middle, hue) else (low, middle)
    return np.clip(from_oklab(_polar(lightness, low, hue)), 0.0, 1.0)


def _polar(lightness: float, chroma: float, hue: float) -> Float[np.ndarray, "3"]:
    return np.array([lightness, chroma * np.cos(hue), chroma * np.sin(hue)])


def _holds(lightness: float, chroma: float, hue: float) -> bool:
    lab = np.array([lightness, chroma * np.cos(hue), chroma * np.sin(hue)])
    rgb = ((lab @ _LMS_FROM_LAB.T) ** 3) @ _RGB_FROM_LMS.T  # asked for so often that a call would count
    return bool((rgb >= -1e-4).all() and (rgb <= 1 + 1e-4).all())


def srgb(linear: Float[np.ndarray, "... 3"]) -> Float[np.ndarray, "... 3"]:
    """Linear 0 to 1 to sRGB 0 to 1 (IEC 61966-2-1)."""
    linear = np.clip(linear, 0.0, 1.0)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def linear(encoded: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """sRGB 0 to 1 to linear 0 to 1 (IEC 61966-2-1)."""
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
