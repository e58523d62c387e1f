"""What stands behind a title, and which ink and shade make it easy to read there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8

from filmwright.core.scene import Vec3

from .light import LINEAR, LUMA, to_linear

CONTRAST = 4.5  # the least of WCAG 2.2, criterion 1.4.3
BUSY_CONTRAST = 7.0  # what a restless background asks for: criterion 1.4.6
WHITE, BLACK = (0.98, 0.98, 0.975), (0.07, 0.07, 0.08)  # sRGB; paper and ink, not the screen's extremes
STRONGEST = 0.88  # share of the picture that a shade may take away


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
    """How a title is made legible: sRGB ink, and a shade laid softly behind it (linear RGB, share 0 to 1)."""

    ink: Vec3
    shade: Vec3
    strength: float


def look_behind(rgb: UInt8[np.ndarray, "h w 3"]) -> Behind:
    """Measure one picture's cut-out behind a title."""
    step = max(1, round((rgb.shape[0] * rgb.shape[1] / 20_000) ** 0.5))
    linear = to_linear(rgb[::step, ::step])
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


def treat(behind: Behind, preferred: Vec3) -> Treatment:
    """The ink that needs the least help: the preferred one where it reads by itself, else paper white or near-black."""
    needed = BUSY_CONTRAST if behind.busy > 0.35 else CONTRAST
    first = _with_ink(preferred, behind, needed)
    if first.strength == 0.0:
        return first
    return min((_with_ink(ink, behind, needed) for ink in (WHITE, BLACK)), key=lambda t: t.strength)


def _with_ink(ink: Vec3, behind: Behind, needed: float) -> Treatment:
    """The shade that `ink` needs: enough of it that even the worst spots contrast by `needed`."""
    level = luminance(ink)
    light = level > 0.18
    worst = behind.bright if light else behind.dark
    limit = (level + 0.05) / needed - 0.05 if light else (level + 0.05) * needed - 0.05
    if worst <= limit if light else worst >= limit:
        return Treatment(ink=ink, shade=(0.0, 0.0, 0.0), strength=0.0)
    goal = max(0.3 * limit, 0.0) if light else min(limit + 0.5 * (1 - limit), 1.0)
    shade = _toned(behind.color, goal)
    share = (worst - limit) / (worst - goal) if abs(worst - goal) > 1e-6 else 1.0
    return Treatment(ink=ink, shade=shade, strength=float(np.clip(share, 0.0, STRONGEST)))


def _toned(color: Vec3, goal: float) -> Vec3:
    """A muted relative of the picture's own colour with luminance `goal`: a shade, not a grey box."""
    rgb = np.array(color) + 0.02
    rgb = 0.5 * rgb / (rgb @ LUMA) + 0.5
    red, green, blue = np.clip(rgb * goal, 0.0, 1.0).tolist()
    return red, green, blue


def soft_mask(
    lines: Sequence[tuple[float, float, float, float]], *, width: int, height: int, reach: float
) -> Float32[np.ndarray, "H W"]:
    """A cloud about lines of ink (pixels): 1 behind them, falling off smoothly over `reach` pixels."""
    clear = np.ones((height, width), np.float32)
    xs, ys = np.arange(width, dtype=np.float32) + 0.5, np.arange(height, dtype=np.float32) + 0.5
    for left, top, right, bottom in lines:
        across, down = _profile(xs, left, right, 1.6 * reach), _profile(ys, top, bottom, reach)
        clear *= 1 - down[:, None] * across[None, :]
    return 1 - clear


def _profile(at: Float32[np.ndarray, " N"], start: float, end: float, reach: float) -> Float32[np.ndarray, " N"]:
    """1 between start and end, a raised cosine to 0 over `reach` outside."""
    away = np.maximum(np.maximum(start - at, at - end), 0) / max(reach, 1e-6)
    return (0.5 + 0.5 * np.cos(np.pi * np.minimum(away, 1))).astype(np.float32)
