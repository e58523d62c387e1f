"""How a shot is exposed and toned, from the picture's own light.

The studio is lit so that a white card has radiance 1. That is the incident reading, and keeps a white product
white and a black one dark; the product's own histogram is the reflected reading, and shows a black one's form and
a white one's shading. The exposure stands between the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log2

import numpy as np
from jaxtyping import Bool, Float, Float32, Int32

from filmwright.core.shot import Look
from filmwright.core.tone import MIDDLE, tone_curve

from .brief import MoodName
from .moods import LIGHTING, Grade
from .oklab import LUMINANCE

_ADAPTED = 0.55  # 1 keeps products as far apart in tone as they are, 0 makes all mid-grey
_SHADED = 0.75  # mean light of a surface in the studio, as a share of the white card's
_BRIGHT = 0.9  # display-linear: the product's 95th percentile stays below
_GLINT = 0.97  # display-linear: the product's 99.5th percentile, glints left out
_WHITE = (1.6, 12.0)  # exposed linear light that may be display white
_MOST = 8.0  # stops that a film may be brightened or darkened: a picture without light stays dark
_TRIM = 0.5  # stops that one shot may differ from its film
_TONES = (0.035, 0.6)  # display-linear log-mean that a trimmed product stays between


@dataclass(frozen=True, slots=True, kw_only=True)
class _Light:
    """The light of a picture, in radiance."""

    middle: float  # log-mean of the product
    bright: float  # its 95th percentile
    glint: float  # its 99.5th
    set: float  # 90th percentile of everything else


def meter(
    radiance: Float32[np.ndarray, "F H W 3"], ids: Int32[np.ndarray, "F H W"], product: Sequence[int], mood: MoodName
) -> Look:
    """The look of a film, from scene-linear pictures of its staged product.

    `product` are the node indices of the product (an object id is the index + 1); where none is in the
    picture, the whole picture is metered.
    """
    grade = LIGHTING[mood].grade
    light = _read(radiance, ids, product)
    albedo = min(light.middle / _SHADED, 1.0)
    target = min(grade.key * (albedo / MIDDLE) ** _ADAPTED, 0.6)
    white = 4.0
    for _ in range(8):
        curve = tone_curve(white=white, contrast=grade.contrast)
        gain = curve.inverse(target) / light.middle
        gain = min(gain, curve.inverse(_BRIGHT) / light.bright, curve.inverse(grade.backdrop) / light.set)
        white = _white(gain * max(light.glint, light.set))
    return _look(grade, exposure=min(max(log2(gain), -_MOST), _MOST), white=white)


def trim(
    look: Look, radiance: Float32[np.ndarray, "F H W 3"], ids: Int32[np.ndarray, "F H W"], product: Sequence[int]
) -> Look:
    """The film's look, changed by half a stop at most where this shot's product would sink or burn out."""
    light = _read(radiance, ids, product)
    gain = 2.0**look.exposure
    curve = tone_curve(white=look.white, contrast=look.contrast)
    tone = float(curve(np.array(light.middle * gain)))
    change = log2(curve.inverse(min(max(tone, _TONES[0]), _TONES[1])) / (light.middle * gain))
    room = log2(curve.inverse(_BRIGHT) / (light.bright * gain))  # below 0 where the product burns out already
    change = min(change, max(room, 0.0)) if room >= 0 else min(change, room)
    change = min(max(change, -_TRIM), _TRIM)
    white = max(look.white, _white(light.glint * gain * 2.0**change))
    return replace(look, exposure=look.exposure + change, white=white)


def _white(glint: float) -> float:
    """White a little above the brightest that must keep its drawing."""
    return float(np.clip(glint / _GLINT * 1.1, *_WHITE))


def _read(radiance: Float[np.ndarray, "F H W 3"], ids: Int32[np.ndarray, "F H W"], product: Sequence[int]) -> _Light:
    mine = np.isin(ids, np.asarray(product, dtype=np.int64) + 1)
    if not mine.any():
        mine = np.ones_like(mine)
    luminance = np.maximum(radiance.astype(float) @ LUMINANCE, 1e-5)
    strongest = np.maximum(radiance.max(axis=-1).astype(float), 1e-5)
    return _Light(
        middle=_log_mean(luminance[mine]),
        bright=float(np.quantile(strongest[mine], 0.95)),
        glint=float(np.quantile(strongest[mine], 0.995)),
        set=_rest((luminance + strongest) / 2, mine),
    )


def _log_mean(light: Float[np.ndarray, " P"]) -> float:
    """Geometric mean without the darkest and brightest twentieth, which are creases and glints."""
    low, high = np.quantile(light, (0.05, 0.95))
    kept = light[(light >= low) & (light <= high)]
    return float(np.exp(np.log(kept).mean()))


def _rest(light: Float[np.ndarray, "F H W"], mine: Bool[np.ndarray, "F H W"]) -> float:
    return float(np.quantile(light[~mine], 0.9)) if (~mine).any() else 1e-5


def _look(grade: Grade, *, exposure: float, white: float) -> Look:
    return Look(
        exposure=exposure,
        white=white,
        contrast=grade.contrast,
        saturation=grade.saturation,
        tint=grade.tint,
        vignette=grade.vignette,
        bloom=grade.bloom,
        grain=grade.grain,
    )
