"""Lights far out of focus: soft discs that drift and breathe."""

import numpy as np

from ..dice import Dice
from ..palettes import PALETTES, developed
from . import Canvas, Painted

WAYS = {"drifting upward": (0.0, -1.0), "drifting downward": (0.0, 1.0), "drifting to the left": (-1.0, 0.0)}
WAYS |= {"drifting to the right": (1.0, 0.0), "": (0.0, 0.0)}
PACES = {"slow": 0.08, "": 0.18, "fast": 0.36}  # heights of the picture a second


class Bokeh:
    """Discs on a dark ground; nearer ones are larger, fainter and drift faster."""

    def paint(self, dice: Dice, canvas: Canvas) -> Painted:
        """Discs with a bright rim, as a wide lens draws lights (no aberration, seven blades are a circle here)."""
        color = dice.child("color").choice([*PALETTES][:-1])
        way = dice.child("way").choice([*WAYS], weights=(3, 1, 2, 2, 1))
        pace = dice.child("pace").choice([*PACES]) if way else ""
        x, y = canvas.places()
        wide = canvas.width / canvas.height
        ground, light = (np.array(c, np.float32) for c in PALETTES[color])
        linear = np.empty((canvas.num_frames, canvas.height, canvas.width, 3), np.float32)
        linear[:] = ground * (1.4 - 0.8 * (y + 0.5))[..., None]
        for i in range(dice.child("count").integer(26, 48)):
            own = dice.child("disc", i)
            radius = own.uniform(0.03, 0.14)
            speed = PACES[pace] * (0.5 + 5 * radius)
            reach = np.array([wide + 2 * radius, 1 + 2 * radius])
            start = np.array([own.uniform(), own.uniform()]) * reach
            tone = light * np.float32(0.05 / (radius * 8) * own.uniform(0.5, 2.0))
            rate, phase = own.uniform(0.1, 0.5), own.uniform(0, 2 * np.pi)
            shimmer = np.array([own.uniform(0.7, 1.3) for _ in range(3)], np.float32)
            for f, t in enumerate(canvas.seconds):
                centre = (start + np.array(WAYS[way]) * speed * t) % reach - reach / 2
                away = np.hypot(x - np.float32(centre[0]), y - np.float32(centre[1])) / np.float32(radius)
                edge = np.float32(max(1.5 / (radius * canvas.height), 0.08))
                disc = np.clip((1 - away) / edge + 0.5, 0, 1) * (0.75 + 0.25 * np.minimum(away, 1) ** 6)
                breath = np.float32(1 + 0.25 * np.sin(2 * np.pi * rate * t + phase))
                linear[f] += disc[..., None] * tone * shimmer * breath
        says = " ".join(filter(None, [pace, color, "bokeh"]))
        facts = {"color": color, "way": way, "heights_a_second": PACES[pace] if way else 0.0}
        return Painted(rgb=developed(linear), says=says, moves=way, facts=facts)


def build() -> Bokeh:
    """Takes no options."""
    return Bokeh()
