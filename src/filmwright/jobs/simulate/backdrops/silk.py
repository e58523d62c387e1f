"""Silk in soft folds that ripple past."""

import numpy as np

from ..dice import Dice
from ..noise import Field, Waves, bent, waves
from ..palettes import KIN, PALETTES, between, dithered, mixed, scaled
from . import Canvas, Painted
from ._course import WAYS, Course, drawn_course, said

WEIGHTS = {"to the left": 3, "to the right": 3, "upward": 2, "downward": 2}
MARGIN = 0.2  # heights


class Silk:
    """Folds are long waves, bent; the cloth is lit as a sheen along its threads."""

    def paint(self, dice: Dice, canvas: Canvas) -> Painted:
        """Shading from the slope of the folds: soft light, a broad sheen, and a narrow one on the ridges."""
        color = dice.child("color").choice([*PALETTES])
        course = drawn_course(dice, WEIGHTS)
        size = dice.child("size").uniform(0.5, 0.95)
        x, y = WAYS[course.way]
        turn = np.arctan2(y, x) + np.pi / 2 + dice.child("turn").uniform(-0.5, 0.5)  # folds lie across their way
        bends = [
            Field(
                waves(dice.child("bend", i), coarse=1.6, fine=0.5, drift=course.velocity, boil=0.4 * course.haste),
                *canvas.places(),
            )
            for i in range(2)
        ]
        folds = _folds(dice.child("folds"), course, size, float(turn))
        field = Field(folds, *canvas.places(round(MARGIN * canvas.height)))
        ground, light = PALETTES[color]
        warm, _ = KIN[color]
        angle = turn + np.pi / 2 + dice.child("lamp").uniform(-0.6, 0.6)
        lamp = np.array([np.cos(angle), np.sin(angle)], np.float32)
        pale = between(light, (1.0, 1.0, 1.0), 0.45)
        colors = scaled(light, 0.7), scaled(between(light, warm, 0.6), 0.5), scaled(pale, 0.8)
        rgb = np.empty((canvas.num_frames, canvas.height, canvas.width, 3), np.uint8)
        for f, seconds in enumerate(canvas.seconds):
            right, down = (b.at(float(seconds)) * np.float32(0.05) for b in bends)
            slope = [bent(s, right, down) * np.float32(size * 0.055) for s in field.slopes(float(seconds))]
            steep = slope[0] ** 2 + slope[1] ** 2
            facing = (lamp[0] * slope[0] + lamp[1] * slope[1] + np.float32(1)) / np.sqrt(2 + 2 * steep)
            soft = (np.float32(0.5) + np.float32(0.5) * facing) ** 4
            sheen = np.maximum(facing, 0) ** 12
            rgb[f] = dithered(mixed([soft, sheen, sheen**5], colors, scaled(ground, 0.8)))
        facts = {"color": color, **course.facts}
        return Painted(rgb=rgb, says=said(course.pace, color, "silk"), moves=f"rippling {course.way}", facts=facts)


def _folds(dice: Dice, course: Course, size: float, turn: float) -> Waves:
    return waves(
        dice,
        coarse=size,
        fine=0.16 * size,
        roughness=1.35,
        spread=1.3,
        stretch=2.2,
        turn=turn,
        drift=course.velocity,
        boil=0.5 * course.haste,
        density=10,
    )


def build() -> Silk:
    """Takes no options."""
    return Silk()
