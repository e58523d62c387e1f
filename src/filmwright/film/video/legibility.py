"""What stands behind a title, and which ink and shade make it easy to read there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8

from filmwright.core.scene import Vec3

from .light import LINEAR, LUMA, to_linear

CONTRAST = 4.5  # the least of WCAG 2.2, criterion 1.4.3
BUSY_CONTRAST = 7.0  # what a restless background asks for: criterion 1.4.6
ACROSS = 1.6  # how much further a shade reaches to the sides than up and down
WHITE, BLACK = (0.98, 0.98, 0.975), (0.07, 0.07, 0.08)  # sRGB; paper and ink, not the screen's extremes


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """The picture behind a title over its time, in linear light."""

    dark: float  # luminance that 4% lie below
    bright: float  # luminance that 4% lie above
    middle: float  # median luminance
    color: Vec3  # mean linear RGB
    busy: float  # mean contrast of neighbouring spots, about 0 (plain) to 1 (restless)


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """How a title is made legible: its sRGB ink, and how the picture behind it is burnt in or held back.

    `strength` is the k of luminance / (1 + k luminance), which dims highlights below light ink and leaves shadows as
    they are; below dark ink (`lift`) the same is done to the way up to white. 0 leaves the picture alone.
    """

    ink: Vec3
    strength: float = 0.0
    lift: bool = False


def look_behind(rgb: UInt8[np.ndarray, "h w 3"], *, grain: int = 2) -> Behind:
    """Measure one picture's cut-out behind a title, in spots of `grain` pixels: about as wide as the letters' strokes.

    What is finer, as a render's noise, does not hide a letter.
    """
    grain = max(1, min(grain, *rgb.shape[:2]))
    rows, columns = rgb.shape[0] // grain, rgb.shape[1] // grain
    spots = to_linear(rgb[: rows * grain, : columns * grain]).reshape(rows, grain, columns, grain, 3)
    linear = spots.mean((1, 3))
    luminance = linear @ LUMA
    dark, middle, bright = np.percentile(luminance, (4, 50, 96))
    tone = np.cbrt(luminance)  # about as bright as it looks
    steps = np.concatenate([np.abs(np.diff(tone, axis=0)).ravel(), np.abs(np.diff(tone, axis=1)).ravel()])
    red, green, blue = (float(c) for c in linear.reshape(-1, 3).mean(0))
    return Behind(
        dark=float(dark),
        bright=float(bright),
        middle=float(middle),
        color=(red, green, blue),
        busy=float(min(1.0, 12 * steps.mean() if steps.size else 0.0)),
    )


def over_time(looks: Sequence[Behind]) -> Behind:
    """The worst of several moments."""
    red, green, blue = np.mean([look.color for look in looks], axis=0).tolist()
    return Behind(
        dark=min(look.dark for look in looks),
        bright=max(look.bright for look in looks),
        middle=float(np.median([look.middle for look in looks])),
        color=(red, green, blue),
        busy=max(look.busy for look in looks),
    )


def luminance(ink: Vec3) -> float:
    """Relative luminance of an sRGB colour."""
    codes = np.clip(np.rint(np.array(ink) * 255), 0, 255).astype(np.uint8)
    return float(LINEAR[codes] @ LUMA)


def contrast(a: float, b: float) -> float:
    """WCAG 2.2's contrast ratio of two relative luminances, 1 to 21."""
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


def treat(behinds: Sequence[Behind], preferred: Vec3) -> list[Treatment]:
    """One ink for titles that stand together: the one that changes the pictures behind them least.

    The preferred ink is taken where it reads by itself behind all of them; else paper white or near-black.
    """
    needed = [BUSY_CONTRAST if behind.busy > 0.35 else CONTRAST for behind in behinds]
    ways = [[_with_ink(ink, b, n) for b, n in zip(behinds, needed, strict=True)] for ink in (preferred, WHITE, BLACK)]
    if all(treatment.strength == 0.0 for treatment in ways[0]):
        return ways[0]
    return min(ways[1:], key=lambda way: sum(_harm(t, b) for t, b in zip(way, behinds, strict=True)))


def shaded(
    linear: Float32[np.ndarray, "h w 3"], treatment: Treatment, amount: Float32[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w 3"]:
    """The picture behind a title, burnt in or held back by `amount` (0 to 1) of the treatment; hues stay."""
    level = linear @ LUMA
    k = np.float32(treatment.strength) * amount
    if not treatment.lift:
        return linear / (1 + k * level)[..., None]
    share = 1 / (1 + k * np.maximum(1 - level, 0))  # of the way up to white that is left
    return 1 - (1 - linear) * share[..., None]


def _with_ink(ink: Vec3, behind: Behind, needed: float) -> Treatment:
    """The treatment that `ink` needs, so that even the worst spots contrast by `needed`."""
    level = luminance(ink)
    lift = level <= 0.18
    if lift:
        worst, limit = 1 - behind.dark, 1 - min((level + 0.05) * needed - 0.05, 0.9)
    else:
        worst, limit = behind.bright, max((level + 0.05) / needed - 0.05, 0.01)
    return Treatment(ink=ink, strength=max(0.0, 1 / limit - 1 / max(worst, 1e-6)), lift=lift)


def _harm(treatment: Treatment, behind: Behind) -> float:
    """How much the picture is seen to change; lifted shadows look like fog, so they count thrice."""
    before = np.array([behind.dark, behind.middle, behind.bright], np.float32)
    after = shaded(before.repeat(3).reshape(3, 1, 3), treatment, np.ones((3, 1), np.float32)) @ LUMA
    change = float(np.abs(np.cbrt(after[:, 0]) - np.cbrt(before)).mean())
    return change * (3 if treatment.lift else 1)


def soft_mask(
    lines: Sequence[tuple[float, float, float, float]], *, width: int, height: int, reach: float
) -> Float32[np.ndarray, "H W"]:
    """A cloud about lines of ink (pixels): 1 behind them, falling off smoothly over `reach` pixels."""
    clear = np.ones((height, width), np.float32)
    xs, ys = np.arange(width, dtype=np.float32) + 0.5, np.arange(height, dtype=np.float32) + 0.5
    for left, top, right, bottom in lines:
        across = np.maximum(np.maximum(left - xs, xs - right), 0) / max(ACROSS * reach, 1e-6)
        down = np.maximum(np.maximum(top - ys, ys - bottom), 0) / max(reach, 1e-6)
        away = np.minimum(np.sqrt(across[None, :] ** 2 + down[:, None] ** 2), 1)
        clear *= 1 - (0.5 + 0.5 * np.cos(np.float32(np.pi) * away)) ** np.float32(1.4)
    return 1 - clear
