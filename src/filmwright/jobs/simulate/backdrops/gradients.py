"""Soft gradients of related colours that flow into each other."""

import numpy as np

from ..dice import Dice
from ..noise import Field, Waves, waves
from ..palettes import KIN, PALETTES, between, dithered, mixed, scaled
from . import Canvas, Painted
from ._course import WAYS, Course, drawn_course, said

WEIGHTS = {"upward": 2, "downward": 2, "to the left": 2, "to the right": 2, "": 2}
DEPTHS = {"pale": (0.4, 0.28), "": (0.15, 0.0), "deep": (0.0, 0.0)}  # light where it is darkest; white in all of it
LEADS = (np.float32(0.5), np.float32(0), np.float32(0), np.float32(-0.2))  # the colour that is named leads


class Gradients:
    """Three lights of one family of colours; where each of them shows is a wide smooth field of its own."""

    def paint(self, dice: Dice, canvas: Canvas) -> Painted:
        """The shares are a softmax of the fields: they add up to one, and no edge is ever seen."""
        color = dice.child("color").choice([*PALETTES])
        course = drawn_course(dice, WEIGHTS, factor=1.4)
        depth = dice.child("depth").choice([*DEPTHS])
        fields = [Field(wave, *canvas.places()) for wave in _waves(dice, course)]
        ground, light = PALETTES[color]
        warm, cool = KIN[color]
        dark, white = DEPTHS[depth]
        tones = (scaled(light, 1.3), scaled(warm, 1.0), scaled(cool, 0.9), between(ground, light, dark))
        colors = [between(tone, (1.2, 1.2, 1.2), white) for tone in tones]
        contrast = np.float32(dice.child("contrast").uniform(1.6, 2.6))
        rgb = np.empty((canvas.num_frames, canvas.height, canvas.width, 3), np.uint8)
        for i, seconds in enumerate(canvas.seconds):
            shares = [np.exp(contrast * (f.at(float(seconds)) + lead)) for f, lead in zip(fields, LEADS, strict=True)]
            whole = 1 / (shares[0] + shares[1] + shares[2] + shares[3])
            rgb[i] = dithered(mixed([share * whole for share in shares], colors))
        facts = {"color": color, "depth": depth, **course.facts}
        moves = f"flowing {course.way}" if course.way else ""
        return Painted(rgb=rgb, says=said(course.pace, depth, color, "gradient"), moves=moves, facts=facts)


def _waves(dice: Dice, course: Course) -> list[Waves]:
    size, tilt = dice.child("size").uniform(1.0, 1.8), dice.child("turn").uniform(-0.35, 0.35)
    x, y = WAYS.get(course.way, (1.0, 0.0))
    return [
        waves(
            dice.child("field", i),
            coarse=1.7 * size,
            fine=0.7 * size,
            roughness=1.5,
            stretch=1.5,
            spread=2.0,
            turn=float(np.arctan2(y, x) + np.pi / 2 + tilt),  # bands lie across their way, so that it is seen
            drift=course.velocity,
            boil=(0.25 if course.way else 1.6) * course.haste,
        )
        for i in range(len(LEADS))
    ]


def build() -> Gradients:
    """Takes no options."""
    return Gradients()
