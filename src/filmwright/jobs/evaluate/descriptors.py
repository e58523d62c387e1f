"""A picture in a few numbers that need no weights: its places, its sharpness, its colours and edges."""

import cv2
import numpy as np
from jaxtyping import Float, Float32, Num, UInt8

COLORS, EDGES = 16, 8  # bins of a colour channel, and of directions


def blocks(picture: Num[np.ndarray, "H W *C"], most: int) -> Num[np.ndarray, "h w *C"]:
    """A copy of at most `most` pixels a side, each the mean of its place."""
    height, width = picture.shape[:2]
    size = (min(width, most), min(height, most))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def cielab(rgb: UInt8[np.ndarray, "h w 3"]) -> Float32[np.ndarray, "h w 3"]:
    """L*, a*, b* of sRGB (IEC 61966-2-1) under D65, as CIE 15:2018 has them; OpenCV's are up to 0.2 off."""
    ratio = _LINEAR[rgb] @ _XYZ_BY_WHITE.T
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1).astype(np.float32)


_CODES = np.arange(256) / 255
_LINEAR = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4)
_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_XYZ_BY_WHITE = _XYZ / _XYZ.sum(1, keepdims=True)


def laplacian_variance(luma: UInt8[np.ndarray, "H W"]) -> float:
    """Squared levels."""
    return float(cv2.Laplacian(luma, cv2.CV_32F, ksize=1).var())


def histograms(
    lab: Float32[np.ndarray, "h w 3"], luma: UInt8[np.ndarray, "H W"]
) -> tuple[Float32[np.ndarray, " C"], Float32[np.ndarray, " E"]]:
    """Shares of colours (each channel of CIELAB by itself) and of directions of edges; each sums to 1, or is 0."""
    ranges = ((0.0, 100.0), (-100.0, 100.0), (-100.0, 100.0))
    channels = [_soft(lab[..., c].ravel(), low, high, COLORS) / 3 for c, (low, high) in enumerate(ranges)]
    small = blocks(luma, 256).astype(np.float32)
    dx, dy = cv2.Sobel(small, cv2.CV_32F, 1, 0), cv2.Sobel(small, cv2.CV_32F, 0, 1)
    turn = np.arctan2(dy, dx) % np.pi / np.pi * EDGES
    edges = np.bincount(turn.astype(int).ravel() % EDGES, np.hypot(dx, dy).ravel(), EDGES)
    return np.concatenate(channels).astype(np.float32), (edges / max(edges.sum(), 1e-9)).astype(np.float32)


def hellinger(p: Float[np.ndarray, " N"], q: Float[np.ndarray, " N"]) -> float:
    """Distance of two histograms: 0 is the same, 1 has nothing in common (Hellinger 1909)."""
    if not p.any() and not q.any():  # no edges in either
        return 0.0
    return float(np.sqrt(max(1 - float(np.sqrt(p * q).sum()), 0.0)))


def _soft(values: Float32[np.ndarray, " N"], low: float, high: float, num: int) -> Float32[np.ndarray, " B"]:
    """A histogram in which each value counts in its two nearest bins, so that a small change moves it a little."""
    at = np.clip((values - low) / (high - low) * (num - 1), 0, num - 1)
    left = np.minimum(at.astype(int), num - 2)
    share = at - left
    counts = np.bincount(left, 1 - share, num) + np.bincount(left + 1, share, num)
    return np.asarray(counts / len(values), np.float32)
