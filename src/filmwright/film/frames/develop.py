"""Scene-linear light becomes a picture: exposure, bloom, tone curve, grade, grain, eight bits."""

from functools import lru_cache
from typing import Any, no_type_check

import numpy as np
import warp as wp
from jaxtyping import Float, Float32, UInt8

from filmwright.core.errors import RenderFailed
from filmwright.core.shot import Look
from filmwright.core.tone import Curve, tone_curve

from .bloom import bilinear, spread
from .rays.device import ready

wp.set_module_options({"enable_backward": False, "cpu_compiler_flags": "-march=native"})

_TABLE = 4096  # entries of the sRGB table; linear between them, off by less than 0.01 of 255


def develop(
    radiance: Float32[np.ndarray, "H W 3"], look: Look, *, seed: int, frame: int, device: str = "cpu"
) -> UInt8[np.ndarray, "H W 3"]:
    """The sRGB picture of scene-linear Rec. 709 light; the same arguments give the same pixels on one device.

    Colours keep their hue: the curve acts on a pixel's strongest channel and the others follow in proportion, while
    light near white and beyond goes to white along a straight line. Grain is new in each `frame` and the same for
    the same `seed`; the dither of the last bit is a still pattern, which costs an encoder little.
    Raises RenderFailed if the light is not finite, BadFilm for an impossible look.
    """
    if not np.isfinite(radiance.sum(dtype=np.float64)):
        raise RenderFailed(f"frame {frame} has pixels that are not finite numbers; the scene's light or materials may.")
    curve, table = tone_curve(white=look.white, contrast=look.contrast), _srgb_table(device)
    light: Any = wp.array(np.ascontiguousarray(radiance), dtype=wp.vec3, device=device, copy=False)
    height, width = light.shape
    bloomed = spread(light) if look.bloom > 0 else wp.zeros((1, 1), dtype=wp.vec3, device=device)
    picture: Any = wp.empty((height, width, 3), dtype=wp.uint8, device=device)
    wp.launch(
        _develop,
        dim=(height, width),
        inputs=[light, bloomed, _gains(look, curve), table, _frame_seed(seed, frame), picture],
        device=device,
    )
    return picture.numpy()


def display(linear: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """Display-linear light, 0 to 1, as sRGB, 0 to 1 (IEC 61966-2-1)."""
    x = np.clip(linear, 0.0, 1.0)
    return np.where(x <= 0.0031308, 12.92 * x, 1.055 * np.maximum(x, 0.0031308) ** (1 / 2.4) - 0.055)


@no_type_check
@wp.struct
class _Gains:
    """A Look, as the kernel needs it."""

    exposure: wp.vec3  # with the tint
    power: float
    shoulder: float
    scale: float
    white: float
    saturation: float
    vignette: float
    bloom: float
    grain: float


def _gains(look: Look, curve: Curve) -> Any:
    gains = _Gains()
    gains.exposure = wp.vec3(*(2.0**look.exposure * t for t in look.tint))
    gains.power, gains.shoulder, gains.scale, gains.white = curve.power, curve.shoulder, curve.scale, curve.white
    gains.saturation, gains.vignette, gains.bloom, gains.grain = look.saturation, look.vignette, look.bloom, look.grain
    return gains


@lru_cache(maxsize=4)
def _srgb_table(device: str) -> Any:
    ready(device)
    table = 255.0 * display(np.linspace(0.0, 1.0, _TABLE))
    return wp.array(np.append(table, 255.0).astype(np.float32), dtype=float, device=device)


def _frame_seed(seed: int, frame: int) -> int:
    return (seed * 0x9E3779B1 + frame * 0x85EBCA77 + 0x165667B1) & 0x7FFFFFFF


@no_type_check
@wp.func
def _graded(light: wp.vec3, gains: _Gains) -> wp.vec3:
    """Exposed light to display-linear: saturation, then the curve on the strongest channel, whitened near white."""
    luma = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
    least = wp.min(light)
    saturation = gains.saturation
    if least < luma:  # no channel may fall below zero: that would turn the hue
        saturation = wp.min(saturation, luma / (luma - least))
    rgb = wp.vec3(luma) + (light - wp.vec3(luma)) * saturation
    peak = wp.max(wp.max(rgb), 1.0e-8)
    raised = wp.pow(wp.min(peak, gains.white), gains.power)
    tone = wp.min(raised / (gains.shoulder * raised + gains.scale), 1.0)
    over = wp.max(peak - 0.5, 0.0) / (gains.white + 0.5)
    whiten = over * over / (over * over + 1.0)
    return (rgb * ((1.0 - whiten) / peak) + wp.vec3(whiten)) * tone


@no_type_check
@wp.func
def _normal(random: wp.uint32) -> float:
    """Nearly a standard normal number: four random bytes, added (Irwin-Hall)."""
    byte = wp.uint32(255)
    total = (random & byte) + ((random >> wp.uint32(8)) & byte) + ((random >> wp.uint32(16)) & byte)
    return (float(total + (random >> wp.uint32(24))) - 510.0) / 147.8


@no_type_check
@wp.kernel
def _develop(  # noqa: ANN202
    radiance: wp.array2d(dtype=wp.vec3),
    bloomed: wp.array2d(dtype=wp.vec3),
    gains: _Gains,
    table: wp.array(dtype=float),
    seed: int,
    picture: wp.array3d(dtype=wp.uint8),
):
    row, column = wp.tid()
    height = radiance.shape[0]
    width = radiance.shape[1]
    light = wp.max(radiance[row, column], wp.vec3(0.0))
    if gains.bloom > 0.0:
        wide = bilinear(bloomed, (float(row) - 1.5) / 4.0, (float(column) - 1.5) / 4.0)
        light = light * (1.0 - gains.bloom) + wide * gains.bloom
    if gains.vignette > 0.0:
        x = (2.0 * float(column) + 1.0 - float(width)) / float(width)
        y = (2.0 * float(row) + 1.0 - float(height)) / float(height)
        off = 0.5 * (x * x + y * y)  # 1 in the corners
        light = light * (1.0 - gains.vignette * off * wp.sqrt(off))
    rgb = _graded(wp.cw_mul(light, gains.exposure), gains)
    noise = 255.0 * gains.grain
    if noise > 0.0:
        noise = noise * _normal(wp.rand_init(seed, row * width + column))
    # Interleaved gradient noise (Jimenez 2014): a still dither that hides the steps of eight bits.
    inner = 0.06711056 * float(column) + 0.00583715 * float(row)
    inner = 52.9829189 * (inner - wp.floor(inner))
    dither = inner - wp.floor(inner)
    for c in range(3):
        at = wp.clamp(rgb[c], 0.0, 1.0) * 4095.0
        i = int(at)
        coded = table[i] + (table[i + 1] - table[i]) * (at - float(i))
        # Grain is strongest in the mid-tones and gone in black and white, as on film.
        coded = coded + noise * wp.min(1.0, 4.0 * (coded / 255.0) * (1.0 - coded / 255.0))
        picture[row, column, c] = wp.uint8(wp.clamp(wp.floor(coded + dither), 0.0, 255.0))
