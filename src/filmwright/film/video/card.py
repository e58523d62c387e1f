"""One title on its picture: where it lies, how it moves, how it is drawn at any moment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float32, UInt8

from filmwright.core.shot import Title

from .layout import Letter, Setting, paint_letter, reference
from .legibility import ACROSS, Behind, Treatment, look_behind, luminance, shaded, soft_mask
from .light import dithered, to_display, to_linear
from .styles import MOTIONS, Motion, set_title


@dataclass(frozen=True, slots=True, kw_only=True)
class _Region:
    """Whole pixels of a picture."""

    left: int
    top: int
    right: int
    bottom: int

    def of(self, rgb: UInt8[np.ndarray, "H W 3"]) -> UInt8[np.ndarray, "h w 3"]:
        return rgb[self.top : self.bottom, self.left : self.right]


class Card:
    """One title in one size of picture: looks at what is behind it, then draws itself at any time."""

    def __init__(self, title: Title, width: int, height: int, mood: str, fonts: Sequence[Path]) -> None:
        self.start, self.end = float(title.start), float(title.end)
        self.treatment: Treatment | None = None  # to be set before it is drawn
        self._setting: Setting = set_title(title, width, height, mood, fonts)
        self._motion = _fitted(MOTIONS[mood], self.end - self.start)
        em = self._setting.size
        self._reach = 1.4 * em + 0.09 * reference(width, height)
        self._near = _region(self._setting, 0.3 * em, width, height)
        self._wide = _region(self._setting, self._reach, width, height, across=ACROSS)
        self._tight = _region(self._setting, 0.6 * em, width, height)  # room for the letters' motion
        self._still: Float32[np.ndarray, "h w"] | None = None  # the letters at rest
        self._cloud: Float32[np.ndarray, "h w"] | None = None

    def look(self, rgb: UInt8[np.ndarray, "H W 3"]) -> Behind:
        """What is behind the title in one picture."""
        return look_behind(self._near.of(rgb), grain=max(2, round(0.08 * self._setting.size)))

    def drawn(self, rgb: UInt8[np.ndarray, "H W 3"], now: float) -> UInt8[np.ndarray, "H W 3"]:
        """The picture with the title as it stands at `now`."""
        assert self.treatment is not None
        presence = self._presence(now)
        if presence <= 0:
            return rgb
        linear = to_linear(self._region.of(rgb))
        shade = np.float32(presence) * self._shade() if self.treatment.strength > 0 else None
        if shade is not None:
            linear = shaded(linear, self.treatment, shade)
        ink = to_linear(np.rint(np.array(self.treatment.ink) * 255).astype(np.uint8))
        linear += (ink - linear) * self._letters(now)[..., None]
        display = to_display(linear)
        if shade is not None:  # dithered where it is shaded, and nowhere else
            display = np.where(shade[..., None] > 0.002, display, np.rint(display))
            display = dithered(display, round(now * 1000))
        out = rgb.copy()
        self._region.of(out)[:] = np.rint(display)
        return out

    @property
    def _region(self) -> _Region:
        """The part of the picture that changes."""
        assert self.treatment is not None
        return self._wide if self.treatment.strength > 0 else self._tight

    def _presence(self, now: float) -> float:
        """How much of the shade is there: it comes with the first letter and leaves with the last."""
        since, left = (now - self.start) / self._motion.come, (self.end - now) / self._motion.go
        return _smooth(since) * _smooth(left)

    def _letters(self, now: float) -> Float32[np.ndarray, "h w"]:
        """Coverage of the region by the letters at `now`."""
        motion = self._motion
        gone = self._felt(_smooth((self.end - now) / motion.go))
        if now - self.start >= motion.stagger + motion.settle:
            if self._still is None:
                self._still = self._painted([(letter, 1.0, 0.0, 0.0) for letter in self._setting.letters])
            return self._still * np.float32(gone)
        em = self._setting.size
        states = []
        for letter in self._setting.letters:
            since = now - self.start - motion.stagger * letter.order
            calm = 1 - _arrive(since / motion.settle)
            shown = self._felt(_smooth(since / motion.come))
            states.append((letter, shown, letter.spread * motion.spread * em * calm, motion.rise * em * calm))
        return self._painted(states) * np.float32(gone)

    def _felt(self, share: float) -> float:
        """The share of light at which ink seems to be there by `share`: letters are mixed in linear light."""
        assert self.treatment is not None
        return share**2.2 if luminance(self.treatment.ink) > 0.18 else 1 - (1 - share) ** 2.2

    def _painted(self, states: Sequence[tuple[Letter, float, float, float]]) -> Float32[np.ndarray, "h w"]:
        region = self._region
        mask = np.zeros((region.bottom - region.top, region.right - region.left), np.float32)
        for letter, shown, dx, dy in states:
            if shown > 0:
                paint_letter(mask, letter, left=region.left, top=region.top, dx=dx, dy=dy, shown=shown)
        return np.minimum(mask, 1, out=mask)

    def _shade(self) -> Float32[np.ndarray, "h w"]:
        if self._cloud is None:
            region = self._region
            lines = [
                (a - region.left, b - region.top, c - region.left, d - region.top) for a, b, c, d in self._setting.lines
            ]
            height, width = region.bottom - region.top, region.right - region.left
            self._cloud = soft_mask(lines, width=width, height=height, reach=self._reach)
        return self._cloud


def _region(setting: Setting, margin: float, width: int, height: int, *, across: float = 1.0) -> _Region:
    left, top, right, bottom = setting.bounds
    return _Region(
        left=max(int(left - across * margin), 0),
        top=max(int(top - margin), 0),
        right=min(int(right + across * margin) + 1, width),
        bottom=min(int(bottom + margin) + 1, height),
    )


def _fitted(motion: Motion, seconds: float) -> Motion:
    """The motion, hurried where the title is too short for it."""
    hurry = min(1.0, seconds / (1.6 * (motion.come + motion.stagger + motion.go)))
    return replace(
        motion,
        come=motion.come * hurry,
        stagger=motion.stagger * hurry,
        go=motion.go * hurry,
        settle=motion.settle * hurry,
    )


def _smooth(t: float) -> float:
    """0 to 1 with no corner at either end."""
    t = min(max(t, 0.0), 1.0)
    return t * t * (3 - 2 * t)


def _arrive(t: float) -> float:
    """0 to 1, quick at first and ever slower: an exponential's ease without its end."""
    t = min(max(t, 0.0), 1.0)
    return 1 - (1 - t) ** 4
