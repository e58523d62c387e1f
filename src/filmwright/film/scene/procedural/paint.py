"""Textures by arithmetic: colours, coverage, grain, and normals from heights."""

import numpy as np
from jaxtyping import Float, Float32, UInt8

from filmwright.core.scene import Texture, Vec3


def coverage(distance: Float[np.ndarray, "H W"], texel: float) -> Float32[np.ndarray, "H W"]:
    """How much of each texel lies inside an outline, from its signed distance; `texel` is its width in millimetres."""
    return np.clip(distance.astype(np.float32) / np.float32(texel) + np.float32(0.5), 0.0, 1.0)


def two_color_texture(under: Vec3, over: Vec3, share: Float[np.ndarray, "H W"]) -> Texture:
    """Two linear colours mixed by `share`, as an sRGB texture (IEC 61966-2-1)."""
    steps = np.linspace(0.0, 1.0, 256)[:, None]
    linear = np.array(under) * (1 - steps) + np.array(over) * steps
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    table = _bytes(encoded[None])[0]
    return Texture(pixels=table[_bytes(share[..., None])[..., 0]], wrap_v="clamp")


def surface_texture(roughness: Float[np.ndarray, "H W"], metallic: Float[np.ndarray, "H W"]) -> Texture:
    """Roughness in green, metallic in blue (glTF 2.0, 3.9.2); to be multiplied by factors of 1."""
    return Texture(pixels=_bytes(np.stack([np.ones_like(roughness), roughness, metallic], -1)), wrap_v="clamp")


def normal_texture(height: Float[np.ndarray, "H W"], texel: float, *, around: bool = False) -> Texture:
    """Tangent-space normals of a height field in millimetres, row 0 on top, green up; `around` joins left and right."""
    wide = np.pad(height.astype(np.float32), ((1, 1), (0, 0)), mode="edge")
    wide = np.pad(wide, ((0, 0), (1, 1)), mode="wrap" if around else "edge")
    normal = np.ones((*height.shape, 3), np.float32)
    normal[..., 0] = (wide[1:-1, :-2] - wide[1:-1, 2:]) / np.float32(2 * texel)
    normal[..., 1] = (wide[2:, 1:-1] - wide[:-2, 1:-1]) / np.float32(2 * texel)
    normal /= np.sqrt(np.einsum("hwc,hwc->hw", normal, normal))[..., None]
    return Texture(pixels=_bytes(normal * np.float32(0.5) + np.float32(0.5)), wrap_v="clamp")


def grain(height: int, width: int, *, cell: tuple[float, float], rng: np.random.Generator) -> Float[np.ndarray, "H W"]:
    """Smooth noise of mean 0 and deviation 1 whose grains are about `cell` (rows, columns) texels; it tiles."""
    rows, columns = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    fall = np.exp(-0.5 * ((rows * cell[0] * np.pi) ** 2 + (columns * cell[1] * np.pi) ** 2))
    noise = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((height, width))) * fall, s=(height, width))
    return (noise - noise.mean()) / noise.std()


def _bytes(values: Float[np.ndarray, "H W C"]) -> UInt8[np.ndarray, "H W C"]:
    return (np.clip(values, 0.0, 1.0) * 255 + 0.5).astype(np.uint8)
