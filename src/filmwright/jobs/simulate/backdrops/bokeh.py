"""Lights far out of focus: soft discs that drift and breathe."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from ..dice import Dice
from ..palettes import PALETTES, dithered
from . import Canvas, Painted
from ._course import Course, drawn_course, said

WEIGHTS = {"upward": 3, "downward": 1, "to the left": 2, "to the right": 2, "": 1}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Disc:
    """One light."""

    start: tuple[float, float]  # shares of the reach
    radius: float  # heights
    velocity: tuple[float, float]  # heights a second
    tone: Float32[np.ndarray, " 3"]
    rate: float  # breaths a second
    phase: float

    def add(self, linear: Float32[np.ndarray, "H W 3"], canvas: Canvas, seconds: float) -> None:
        """Add its light to the picture, in its own window of it."""
        x, y = self._middle(canvas, seconds)
        edge = max(1.5 / canvas.height, 0.08 * self.radius)
        half = (self.radius + edge) * canvas.height
        left, top = max(int(x - half), 0), max(int(y - half), 0)
        right, bottom = int(x + half) + 2, int(y + half) + 2
        window = linear[top : max(bottom, 0), left : max(right, 0)]
        across = (np.arange(left, left + window.shape[1], dtype=np.float32) - np.float32(x)) ** 2
        down = (np.arange(top, top + window.shape[0], dtype=np.float32) - np.float32(y)) ** 2
        away = np.sqrt(across[None] + down[:, None]) * np.float32(1 / (self.radius * canvas.height))
        rim = np.minimum(away, 1)
        rim *= rim
        disc = np.clip((1 - away) * np.float32(self.radius / edge) + np.float32(0.5), 0, 1)
        disc *= np.float32(0.75) + np.float32(0.25) * rim * rim * rim
        breath = np.float32(1 + 0.25 * np.sin(2 * np.pi * self.rate * seconds + self.phase))
        for channel in range(3):
            window[..., channel] += disc * (self.tone[channel] * breath)

    def _middle(self, canvas: Canvas, seconds: float) -> tuple[float, float]:
        """Pixels; a disc that has left on one side comes in again on the other, both out of sight."""
        sides = canvas.width / canvas.height, 1.0
        x, y = (
            (share * reach + v * seconds) % reach - self.radius
            for share, reach, v in zip(self.start, (s + 2 * self.radius for s in sides), self.velocity, strict=True)
        )
        return x * canvas.height - 0.5, y * canvas.height - 0.5


class Bokeh:
    """Discs on a dark ground; nearer ones are larger, fainter and drift faster."""

    def paint(self, dice: Dice, canvas: Canvas) -> Painted:
        """Discs with a bright rim, as a wide lens draws lights (no aberration, seven blades are a circle here)."""
        color = dice.child("color").choice([*PALETTES][:-1])
        course = drawn_course(dice, WEIGHTS)
        pace = course.pace if course.way else ""
        count = dice.child("count").integer(26, 48)
        discs = [_disc(dice.child("disc", i), course, PALETTES[color][1]) for i in range(count)]
        _, y = canvas.places()
        ground = np.array(PALETTES[color][0], np.float32) * (1.4 - 0.8 * (y + 0.5))[..., None]
        rgb = np.empty((canvas.num_frames, canvas.height, canvas.width, 3), np.uint8)
        for f, seconds in enumerate(canvas.seconds):
            linear = np.repeat(ground, canvas.width, axis=1)
            for disc in discs:
                disc.add(linear, canvas, float(seconds))
            rgb[f] = dithered(linear)
        moves = f"drifting {course.way}" if course.way else ""
        facts = {"color": color, **course.facts}
        return Painted(rgb=rgb, says=said(pace, color, "bokeh"), moves=moves, facts=facts)


def _disc(own: Dice, course: Course, light: tuple[float, float, float]) -> Disc:
    radius = own.uniform(0.03, 0.14)
    start = own.uniform(), own.uniform()
    tone = np.array(light, np.float32) * np.float32(0.05 / (radius * 8) * own.uniform(0.5, 2.0))
    rate, phase = own.uniform(0.1, 0.5), own.uniform(0, 2 * np.pi)
    shimmer = np.array([own.uniform(0.7, 1.3) for _ in range(3)], np.float32)
    velocity = course.slower(0.5 + 5 * radius)
    return Disc(start=start, radius=radius, velocity=velocity, tone=tone * shimmer, rate=rate, phase=phase)


def build() -> Bokeh:
    """Takes no options."""
    return Bokeh()
