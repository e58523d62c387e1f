"""Fog that drifts in two layers before a soft light."""

import numpy as np
from jaxtyping import Float32

from ..dice import Dice
from ..noise import smooth
from ..palettes import KIN, PALETTES, between, dithered, mixed, scaled
from . import Canvas, Painted
from ._course import drawn_course, said
from ._folded import Folded

WEIGHTS = {"upward": 3, "downward": 1, "to the left": 3, "to the right": 3, "": 1}
THICKNESS = {"thin": (-1.0, 3.4), "": (-2.0, 2.6), "thick": (-2.8, 2.2)}  # densities that are clear, and opaque


class Fog:
    """A far and a near layer; where the light stands behind them they glow."""

    def paint(self, dice: Dice, canvas: Canvas) -> Painted:
        """Density makes the fog bright: light is scattered towards us, and none of it comes through from behind."""
        color = dice.child("color").choice([*PALETTES])
        course = drawn_course(dice, WEIGHTS)
        thickness = dice.child("thickness").choice([*THICKNESS])
        size = dice.child("size").uniform(0.7, 1.25)
        far, near = (
            Folded(
                dice.child("layer", i),
                canvas,
                size=size * (0.8 + 0.4 * i),
                velocity=course.slower(0.6 + 0.4 * i),
                boil=0.5 * course.haste,
            )
            for i in range(2)
        )
        glow = _glow(dice.child("lamp"), canvas)
        ground, light = PALETTES[color]
        kin = dice.child("kin").choice(KIN[color])
        colors = scaled(between(light, kin, 0.7), 0.55), scaled(light, 0.85)
        low, high = THICKNESS[thickness]
        rgb = np.empty((canvas.num_frames, canvas.height, canvas.width, 3), np.uint8)
        for f, seconds in enumerate(canvas.seconds):
            back, front = (smooth(low, high, layer.at(float(seconds))) for layer in (far, near))
            linear = mixed([back * (1 - 0.5 * front) * glow, front * glow], colors, scaled(ground, 0.6))
            rgb[f] = dithered(linear)
        facts = {"color": color, "thickness": thickness, **course.facts}
        moves = f"drifting {course.way}" if course.way else ""
        return Painted(rgb=rgb, says=said(course.pace, thickness, color, "fog"), moves=moves, facts=facts)


def _glow(dice: Dice, canvas: Canvas) -> Float32[np.ndarray, "H W"]:
    x, y = canvas.places()
    wide = canvas.width / canvas.height
    away = (x - np.float32(dice.uniform(-0.5, 0.5) * wide)) ** 2 + (y - np.float32(dice.uniform(-0.6, 0.3))) ** 2
    return np.float32(0.3) + np.float32(1.0) * np.exp(-away / np.float32(dice.uniform(0.2, 0.5)))


def build() -> Fog:
    """Takes no options."""
    return Fog()
