"""Light that waves on water focus into a bright web on the floor of a pool."""

import cv2
import numpy as np
from jaxtyping import Float32

from ..dice import Dice
from ..noise import Field, waves
from ..palettes import KIN, PALETTES, between, dithered, mixed, scaled
from . import Canvas, Painted
from ._course import drawn_course, said

WEIGHTS = {"upward": 2, "downward": 2, "to the left": 2, "to the right": 2, "": 3}
COLORS = {"teal": 5, "blue": 5, "green": 2, "violet": 2, "silver": 2, "golden": 1, "rose": 1, "amber": 1, "crimson": 1}
MARGIN = 0.16  # heights around the picture, from where light still falls into it
FINER = 2  # rays a pixel along each axis


class Caustics:
    """Rays of the sun, bent by the slope of the water, gathered where they land."""

    def paint(self, dice: Dice, canvas: Canvas) -> Painted:
        """What is bright is where rays meet: nothing is drawn, it is counted."""
        color = dice.child("color").choice([*COLORS], weights=[*COLORS.values()])
        course = drawn_course(dice, WEIGHTS)
        size = dice.child("size").uniform(0.32, 0.6)
        water = waves(
            dice.child("water"),
            coarse=size,
            fine=0.24 * size,
            roughness=1.5,
            drift=course.velocity,
            boil=1.6 * course.haste,
            density=24,
            stretch=dice.child("stretch").uniform(1.0, 1.5),
            turn=dice.child("turn").uniform(0, np.pi),
        )
        margin = round(MARGIN * canvas.height)
        surface = Field(water, *canvas.places(margin))
        focus = np.float32(dice.child("focus").uniform(0.0034, 0.005) * size**2 / 0.2)
        ground, light = PALETTES[color]
        tint = dice.child("tint").choice(KIN[color])
        colors = between(light, tint, 0.7), between(light, (1.0, 1.0, 1.0), 0.35), scaled(light, 0.1)
        depth = _depth(dice.child("depth"), canvas)
        rgb = np.empty((canvas.num_frames, canvas.height, canvas.width, 3), np.uint8)
        for f, seconds in enumerate(canvas.seconds):
            web = _landed(surface, float(seconds), focus, canvas, margin)
            bright = np.maximum(web - np.float32(1.15), 0)
            bright = bright / (1 + np.float32(0.2) * bright)  # where many rays meet the eye is not blinded
            layers = [web * depth * np.float32(0.2), bright * depth * np.float32(0.55), depth]
            rgb[f] = dithered(mixed(layers, colors, scaled(ground, 0.5)))
        facts = {"color": color, **course.facts}
        moves = f"drifting {course.way}" if course.way else ""
        return Painted(rgb=rgb, says=said(course.pace, color, "water caustics"), moves=moves, facts=facts)


def _landed(surface: Field, seconds: float, focus: np.float32, canvas: Canvas, margin: int) -> np.ndarray:
    """Light on the floor, 1 where the water is flat."""
    right, down = (slope * (focus * np.float32(canvas.height)) for slope in surface.slopes(seconds))
    tall, wide = right.shape
    size = (wide * FINER, tall * FINER)
    rows, columns = ((np.arange(n * FINER, dtype=np.float32) + 0.5) / FINER - 0.5 for n in (tall, wide))
    x = np.clip(cv2.resize(right, size, interpolation=cv2.INTER_LINEAR) + columns[None], 0, wide - 1.001)
    y = np.clip(cv2.resize(down, size, interpolation=cv2.INTER_LINEAR) + rows[:, None], 0, tall - 1.001)
    left, top = x.astype(np.int32), y.astype(np.int32)
    x, y, at = x - left, y - top, (top * wide + left).ravel()
    whole = np.zeros(tall * wide)
    for step, share in ((0, (1 - x) * (1 - y)), (1, x * (1 - y)), (wide, (1 - x) * y), (wide + 1, x * y)):
        whole += np.bincount(at + step, share.ravel(), whole.size)
    light = whole.reshape(tall, wide).astype(np.float32) / FINER**2
    blurred = cv2.GaussianBlur(light, (0, 0), max(0.0035 * canvas.height, 0.55))
    return np.asarray(blurred[margin : margin + canvas.height, margin : margin + canvas.width], np.float32)


def _depth(dice: Dice, canvas: Canvas) -> Float32[np.ndarray, "H W"]:
    """How much of the light the water leaves: the floor falls away to one side."""
    x, y = canvas.places()
    angle = dice.uniform(0, 2 * np.pi)
    along = x * np.float32(np.cos(angle) * canvas.height / canvas.width) + y * np.float32(np.sin(angle))
    return np.exp(np.float32(dice.uniform(0.4, 1.6)) * (along - np.float32(0.25)))


def build() -> Caustics:
    """Takes no options."""
    return Caustics()
