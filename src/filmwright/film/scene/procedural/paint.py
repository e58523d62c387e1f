"""Textures by arithmetic: colours, coverage, grain, and normals from heights."""

import numpy as np
from jaxtyping import Float, Float32, UInt8

from filmwright.core.scene import Texture, Vec3


def coverage(distance: Float[np.ndarray, "H W"] | Float32[np.ndarray, "H W"], texel: float) -> Float[np.ndarray, "H W"]:
    """How much of each texel lies inside an outline, from its signed distance; `texel` is its width in millimetres."""
    return np.clip(np.asarray(distance, float) / texel + 0.5, 0.0, 1.0)


def color_texture(linear: Float[np.ndarray, "H W 3"]) -> Texture:
    """Linear colours as an sRGB texture (IEC 61966-2-1)."""
    clipped = np.clip(linear, 0.0, 1.0)
    encoded = np.where(clipped <= 0.0031308, 12.92 * clipped, 1.055 * clipped ** (1 / 2.4) - 0.055)
    return Texture(pixels=_bytes(encoded), wrap_v="clamp")


def surface_texture(roughness: Float[np.ndarray, "H W"], metallic: Float[np.ndarray, "H W"]) -> Texture:
    """Roughness in green, metallic in blue (glTF 2.0, 3.9.2); to be multiplied by factors of 1."""
    return Texture(pixels=_bytes(np.stack([np.ones_like(roughness), roughness, metallic], -1)), wrap_v="clamp")


def normal_texture(height: Float[np.ndarray, "H W"], texel: float, *, around: bool = False) -> Texture:
    """Tangent-space normals of a height field in millimetres, row 0 on top, green up; `around` joins left and right."""
    wide = np.pad(height, ((1, 1), (0, 0)), mode="edge")
    wide = np.pad(wide, ((0, 0), (1, 1)), mode="wrap" if around else "edge")
    dx = (wide[1:-1, 2:] - wide[1:-1, :-2]) / (2 * texel)
    dup = (wide[:-2, 1:-1] - wide[2:, 1:-1]) / (2 * texel)
    normal = np.stack([-dx, -dup, np.ones_like(dx)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return Texture(pixels=_bytes(normal * 0.5 + 0.5), wrap_v="clamp")


def mix(under: Float[np.ndarray, "H W 3"], over: Vec3, share: Float[np.ndarray, "H W"]) -> Float[np.ndarray, "H W 3"]:
    """One flat colour laid over others."""
    return under + (np.array(over) - under) * share[..., None]


def grain(height: int, width: int, *, cell: tuple[float, float], rng: np.random.Generator) -> Float[np.ndarray, "H W"]:
    """Smooth noise of mean 0 and deviation 1 whose grains are about `cell` (rows, columns) texels; it tiles."""
    rows, columns = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    fall = np.exp(-0.5 * ((rows * cell[0] * np.pi) ** 2 + (columns * cell[1] * np.pi) ** 2))
    noise = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((height, width))) * fall, s=(height, width))
    return (noise - noise.mean()) / noise.std()


def _bytes(values: Float[np.ndarray, "H W C"]) -> UInt8[np.ndarray, "H W C"]:
    return np.round(np.clip(values, 0.0, 1.0) * 255).astype(np.uint8)
