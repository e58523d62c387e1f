"""Textures made ready for the kernels: one pool of texels with all mip levels of all pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64, Int32, Shaped, UInt32

from filmwright.core.content import content_hash
from filmwright.core.errors import BadAsset
from filmwright.core.scene import Material, Texture

WRAPS = {"repeat": 0, "clamp": 1, "mirror": 2}
SLOTS = ("base_color", "metallic_roughness", "normal", "occlusion", "emission", "transmission")
SRGB_SLOTS = ("base_color", "emission")
KEPT = 4 * 1024 * 1024  # numbers of a picture at most whose levels are kept for the next scene


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pool:
    """Every texture's mip levels, RGBA in 32 bits with R lowest; `slots[m]` are material m's textures, -1 for none."""

    texels: UInt32[np.ndarray, " T"]
    levels: Int32[np.ndarray, " L"]  # where each level starts
    first_level: tuple[int, ...]
    num_levels: tuple[int, ...]
    pictures: tuple[Texture, ...]
    srgb: tuple[bool, ...]
    slots: tuple[dict[str, int], ...]


def pool(materials: tuple[Material, ...]) -> Pool:
    """Gather the materials' textures, each pixel array once for each use, with their mip levels."""
    texels: list[np.ndarray] = []
    levels: list[int] = []
    spans: dict[tuple[int, bool], tuple[int, int]] = {}
    entries: dict[tuple[int, bool], int] = {}
    first: list[int] = []
    num: list[int] = []
    pictures: list[Texture] = []
    srgb: list[bool] = []
    slots, end = [], 0
    for material in materials:
        slot = {}
        for name in SLOTS:
            texture: Texture | None = getattr(material, f"{name}_texture")
            slot[name] = -1
            if texture is None:
                continue
            encoded = name in SRGB_SLOTS
            if (id(texture), encoded) not in entries:
                span = (id(texture.pixels), encoded)
                if span not in spans:
                    pyramid = _levels(texture.pixels, srgb=encoded)
                    spans[span] = (len(levels), len(pyramid))
                    for level in pyramid:
                        levels.append(end)
                        texels.append(level.view(np.uint32).ravel())
                        end += texels[-1].size
                entries[id(texture), encoded] = len(pictures)
                first.append(spans[span][0])
                num.append(spans[span][1])
                pictures.append(texture)
                srgb.append(encoded)
            slot[name] = entries[id(texture), encoded]
        slots.append(slot)
    return Pool(
        texels=np.concatenate(texels) if texels else np.zeros(1, np.uint32),
        levels=np.array(levels or [0], np.int32),
        first_level=tuple(first),
        num_levels=tuple(num),
        pictures=tuple(pictures),
        srgb=tuple(srgb),
        slots=tuple(slots),
    )


def rgba(pixels: Shaped[np.ndarray, "H W C"]) -> Shaped[np.ndarray, "H W 4"]:
    """A picture with four channels: grey is spread, missing alpha is opaque.

    Raises BadAsset for anything but uint8 with 1 to 4 channels.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or not 1 <= pixels.shape[2] <= 4 or pixels.size == 0:
        raise BadAsset(f"a texture must be uint8 [H, W, 1 to 4], got {pixels.dtype} {list(pixels.shape)}; convert it")
    out = np.full((*pixels.shape[:2], 4), 255, np.uint8)
    channels = pixels.shape[2]
    out[..., :3] = pixels[..., :1] if channels < 3 else pixels[..., :3]
    if channels in (2, 4):
        out[..., 3] = pixels[..., -1]
    return out


def reduced(material: Material, most: int) -> Material:
    """The material with textures of at most `most` texels a side: the level of their pyramid that is no larger."""
    small: dict[str, Any] = {}
    for name in SLOTS:
        texture: Texture | None = getattr(material, f"{name}_texture")
        if texture is not None and max(texture.pixels.shape[:2]) > most:
            levels = mip_levels(rgba(texture.pixels), srgb=name in SRGB_SLOTS)
            fits = next(level for level in levels if max(level.shape[:2]) <= most)
            small[f"{name}_texture"] = replace(texture, pixels=fits)
    return replace(material, **small)


def _levels(pixels: Shaped[np.ndarray, "H W C"], *, srgb: bool) -> Sequence[Shaped[np.ndarray, "h w 4"]]:
    """The levels of a picture; a small one's are kept, for many scenes of a data set share it."""
    if pixels.size > KEPT:
        return mip_levels(rgba(pixels), srgb=srgb)
    return _kept(_Picture(digest=content_hash(pixels), pixels=pixels), srgb)


@dataclass(frozen=True)
class _Picture:
    """A picture that is known by its content."""

    digest: str
    pixels: Shaped[np.ndarray, "H W C"] = field(compare=False)


@lru_cache(maxsize=16)
def _kept(picture: _Picture, srgb: bool) -> tuple[Shaped[np.ndarray, "h w 4"], ...]:
    return tuple(mip_levels(rgba(picture.pixels), srgb=srgb))


def mip_levels(picture: Shaped[np.ndarray, "H W 4"], *, srgb: bool) -> list[Shaped[np.ndarray, "h w 4"]]:
    """The picture at full size, half, quarter and so on to one texel, averaged in linear light (Williams 1983)."""
    curve = curves()[:256] if srgb else curves()[256:]
    out = [np.ascontiguousarray(picture)]
    linear: np.ndarray = np.empty(picture.shape, np.float32)
    linear[..., :3] = curve[picture[..., :3]]
    linear[..., 3] = picture[..., 3] * np.float32(1 / 255)
    while linear.shape[0] > 1 or linear.shape[1] > 1:
        linear = _half(_half(linear, 0), 1)
        level = np.empty(linear.shape, np.uint8)
        level[..., :3] = _encode(linear[..., :3], srgb=srgb)
        level[..., 3] = linear[..., 3] * 255 + 0.5
        out.append(level)
    return out


def _half(picture: Float32[np.ndarray, "H W 4"], axis: int) -> Float32[np.ndarray, "h w 4"]:
    """Half as many texels along an axis; of an odd number the last takes part in its neighbour's place."""
    size = picture.shape[axis]
    if size == 1:
        return picture
    even = np.take(picture, range(0, size - 1, 2), axis) if axis else picture[0 : size - 1 : 2]
    odd = np.take(picture, range(1, size, 2), axis) if axis else picture[1:size:2]
    return (even + odd) * np.float32(0.5)


def _encode(linear: Float32[np.ndarray, "H W 3"], *, srgb: bool) -> Shaped[np.ndarray, "H W 3"]:
    if not srgb:
        return (linear * 255 + 0.5).astype(np.uint8)
    # a table is exact to a code value where the curve is steepest and much faster than the power
    steps = np.linspace(0, 1, 4096)
    table = np.where(steps <= 0.0031308, steps * 12.92, 1.055 * steps ** (1 / 2.4) - 0.055) * 255 + 0.5
    return table.astype(np.uint8)[(linear * 4095 + 0.5).astype(np.int32)]


def curves() -> Float32[np.ndarray, "512"]:
    """Decoded values of the 256 codes: of sRGB (IEC 61966-2-1) first, then linear ones."""
    code = np.arange(256) / 255
    decoded: Float64[np.ndarray, "256"] = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    return np.concatenate([decoded, code]).astype(np.float32)
