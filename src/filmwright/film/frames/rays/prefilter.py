"""The sky, blurred: what rough surfaces see of it, with no noise.

Ramamoorthi and Hanrahan, "An Efficient Representation for Irradiance Environment Maps" (2001); Krivanek and Colbert,
"Real-time Shading with Filtered Importance Sampling" (2008).
"""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from jaxtyping import Float32, Float64

from filmwright.core.content import content_hash
from filmwright.core.scene import Environment

LEVELS = 6  # roughness 0, 0.2, ... 1
HEIGHT = 64
SAMPLES = 64


def harmonics(environment: Environment | None) -> Float32[np.ndarray, "9 3"]:
    """Coefficients of irradiance over pi in the first nine spherical harmonics' polynomials."""
    if environment is None:
        return np.zeros((9, 3), np.float32)
    pixels = lowered(np.asarray(environment.pixels, np.float64) * environment.strength, 64)
    height, width = pixels.shape[:2]
    d = directions(height, width, environment.rotation)
    solid = np.sin((np.arange(height) + 0.5) / height * np.pi)[:, None] * (np.pi / height) * (2 * np.pi / width)
    basis = polynomials(d)
    # band factors of the cosine lobe over pi: 1, 2/3, 1/4
    band = np.array([1, 2 / 3, 2 / 3, 2 / 3, 0.25, 0.25, 0.25, 0.25, 0.25])
    scale = np.array([0.282095, 0.488603, 0.488603, 0.488603, 1.092548, 1.092548, 0.315392, 1.092548, 0.546274])
    coefficients = np.einsum("khw,hwc,hw->kc", basis, pixels, solid * np.ones((height, width)))
    return (coefficients * (band * scale**2)[:, None]).astype(np.float32)


def polynomials(d: Float64[np.ndarray, "H W 3"]) -> Float64[np.ndarray, "9 H W"]:
    """The spherical harmonics' polynomials, without their factors."""
    x, y, z = d[..., 0], d[..., 1], d[..., 2]
    return np.stack([np.ones_like(x), x, y, z, x * y, y * z, 3 * z * z - 1, x * z, x * x - y * y])


def directions(height: int, width: int, rotation: float = 0.0) -> Float64[np.ndarray, "H W 3"]:
    """The directions of an equirectangular picture's pixels."""
    theta = (np.arange(height) + 0.5)[:, None] / height * np.pi
    phi = (np.arange(width) + 0.5)[None] / width * 2 * np.pi + rotation
    return np.stack(np.broadcast_arrays(np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)), -1)


def soft_sky(environment: Environment | None) -> Float32[np.ndarray, "L H W 3"]:
    """The environment blurred by GGX lobes of rising roughness, before its rotation."""
    if environment is None:
        return np.zeros((LEVELS, 1, 1, 3), np.float32)
    pixels = np.asarray(environment.pixels, np.float32)
    return _soft(_Sky(digest=content_hash(pixels), pixels=pixels)) * np.float32(environment.strength)


@dataclass(frozen=True)
class _Sky:
    """A picture that is known by its content."""

    digest: str
    pixels: Float32[np.ndarray, "H W 3"] = field(compare=False)


@lru_cache(maxsize=8)
def _soft(sky: _Sky) -> Float32[np.ndarray, "L H W 3"]:
    """Blurred once, for many scenes stand under the same sky."""
    pyramid = [lowered(sky.pixels, 512)]
    while pyramid[-1].shape[0] % 2 == 0 and pyramid[-1].shape[1] % 2 == 0 and pyramid[-1].shape[0] > 4:
        pyramid.append(_halved(pyramid[-1]))
    columns = 1 if (sky.pixels == sky.pixels[:, :1]).all() else 2 * HEIGHT  # one stands for all of an even sky
    n = directions(HEIGHT, columns).reshape(-1, 3)
    levels = [_blurred(pyramid, n, max(level / (LEVELS - 1), 0.05)) for level in range(LEVELS)]
    return np.stack(levels).reshape(LEVELS, HEIGHT, columns, 3).repeat(2 * HEIGHT // columns, 2)


def _blurred(pyramid: list[np.ndarray], n: np.ndarray, roughness: float) -> np.ndarray:
    alpha2 = roughness**4
    i = np.arange(SAMPLES)
    u, phi = (i + 0.5) / SAMPLES, 2 * np.pi * ((i * 0.6180339887498949) % 1.0)
    cosine = np.sqrt((1 - u) / (1 + (alpha2 - 1) * u))
    sine = np.sqrt(1 - cosine**2)
    density = alpha2 / (np.pi * (cosine**2 * (alpha2 - 1) + 1) ** 2) / 4  # of l, where n = v
    texel = 4 * np.pi / (pyramid[0].shape[0] * pyramid[0].shape[1])
    lod = np.clip(0.5 * np.log2(1 / (SAMPLES * density) / texel) + 1, 0, len(pyramid) - 1)
    helper = np.where(np.abs(n[:, 2:]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]])
    t = np.cross(helper, n)
    t /= np.linalg.norm(t, axis=1, keepdims=True)
    b = np.cross(n, t)
    total, weight = np.zeros_like(n), 0.0
    for k in range(SAMPLES):
        h = (t * np.cos(phi[k]) + b * np.sin(phi[k])) * sine[k] + n * cosine[k]
        toward = 2 * cosine[k] * h - n
        nl = 2 * cosine[k] ** 2 - 1
        if nl > 0:
            total += nl * seen(pyramid[round(lod[k])], toward)
            weight += nl
    return (total / weight).astype(np.float32)


def seen(pixels: np.ndarray, d: np.ndarray) -> np.ndarray:
    """An equirectangular picture in directions d, bilinear, before any rotation."""
    height, width = pixels.shape[:2]
    x = (np.arctan2(d[:, 1], d[:, 0]) / (2 * np.pi)) % 1.0 * width - 0.5
    y = np.arccos(np.clip(d[:, 2], -1, 1)) / np.pi * height - 0.5
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = (x - x0)[:, None], (y - y0)[:, None]
    low, high = np.clip(y0, 0, height - 1), np.clip(y0 + 1, 0, height - 1)
    left, right = x0 % width, (x0 + 1) % width
    top = pixels[low, left] * (1 - fx) + pixels[low, right] * fx
    out: np.ndarray = top * (1 - fy) + (pixels[high, left] * (1 - fx) + pixels[high, right] * fx) * fy
    return out


def lowered(pixels: np.ndarray, rows: int) -> np.ndarray:
    """The picture halved until it has no more than so many rows, as far as its sides can be halved."""
    while pixels.shape[0] > rows and pixels.shape[0] % 2 == 0 and pixels.shape[1] % 2 == 0:
        pixels = _halved(pixels)
    return pixels


def _halved(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
    out: np.ndarray = pixels.reshape(height, 2, width, 2, 3).mean((1, 3))
    return out
