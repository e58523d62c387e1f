"""How like two pictures are."""

import cv2
import numpy as np
from jaxtyping import Float32, Num, UInt8

LEAST = 1e-6  # squared levels: pictures that are the same come to 108 dB


def grey(rgb: UInt8[np.ndarray, "H W 3"]) -> UInt8[np.ndarray, "H W"]:
    """Luma (ITU-R BT.601), 0 to 255."""
    return cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY)


def squared_error(a: Num[np.ndarray, "*S"], b: Num[np.ndarray, "*S"]) -> float:
    """Mean squared difference, in squared levels."""
    return float(np.mean((a.astype(np.float32) - b.astype(np.float32)) ** 2))


def decibels(error: float) -> float:
    """PSNR of a mean squared error of 8-bit pictures: 10 log10(255^2 / error)."""
    return float(10 * np.log10(255**2 / max(error, LEAST)))


def ssim(a: Float32[np.ndarray, "H W"], b: Float32[np.ndarray, "H W"]) -> float:
    """Structural similarity of two lumas (0 to 255), with the paper's window of 11 by 11, sigma 1.5.

    Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment", IEEE Trans. Image Processing 13 (2004), eq. 13.
    """
    first, second = (0.01 * 255) ** 2, (0.03 * 255) ** 2

    def mean(x: Float32[np.ndarray, "H W"]) -> Float32[np.ndarray, "H W"]:
        return cv2.GaussianBlur(x, (11, 11), 1.5)

    ma, mb = mean(a), mean(b)
    va, vb, both = mean(a * a) - ma * ma, mean(b * b) - mb * mb, mean(a * b) - ma * mb
    likeness = (2 * ma * mb + first) * (2 * both + second) / ((ma**2 + mb**2 + first) * (va + vb + second))
    return float(likeness.mean())
