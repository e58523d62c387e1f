"""Clouds in the sky, lit by the sun from one side."""

import numpy as np

from filmwright.core.scene import Vec3

from ..dice import Dice
from ..noise import smooth
from ..palettes import between, dithered, mixed
from . import Canvas, Painted
from ._course import drawn_course, said
from ._folded import Folded

WEIGHTS = {"to the left": 3, "to the right": 3, "upward": 1, "downward": 1}
SKIES: dict[str, tuple[Vec3, Vec3, Vec3, Vec3]] = {  # linear: zenith, horizon, cloud in its own shade, cloud in the sun
    "white": ((0.035, 0.15, 0.52), (0.20, 0.42, 0.78), (0.36, 0.43, 0.56), (1.45, 1.40, 1.32)),
    "silver": ((0.10, 0.12, 0.15), (0.26, 0.28, 0.31), (0.09, 0.10, 0.12), (0.95, 0.96, 0.98)),
    "golden": ((0.10, 0.13, 0.26), (0.62, 0.34, 0.13), (0.24, 0.12, 0.09), (1.90, 1.10, 0.42)),
    "rose": ((0.14, 0.08, 0.22), (0.62, 0.24, 0.34), (0.22, 0.09, 0.20), (1.70, 0.66, 0.70)),
    "violet": ((0.035, 0.025, 0.12), (0.26, 0.11, 0.42), (0.07, 0.04, 0.15), (0.62, 0.30, 0.95)),
}
COVER = {"scattered": 0.55, "": 0.0, "dense": -0.6}  # density where clouds begin
TOWARDS = 0.05  # heights of the picture between a place and what shades it


class Clouds:
    """A sheet of clouds; what lies between a place and the sun shades it."""

    def paint(self, dice: Dice, canvas: Canvas) -> Painted:
        """The shade is the difference of density to the place a step towards the sun, as a cloud's relief is lit."""
        color = dice.child("color").choice([*SKIES], weights=(3, 2, 2, 2, 1))
        course = drawn_course(dice, WEIGHTS)
        cover = dice.child("cover").choice([*COVER])
        size = dice.child("size").uniform(0.55, 1.0)
        sheet = Folded(
            dice.child("sheet"),
            canvas,
            size=size,
            velocity=course.velocity,
            boil=0.35 * course.haste,
            fine=0.03,
            roughness=1.05,
            fold=0.6,
            bend=0.028,
            stretch=dice.child("stretch").uniform(1.0, 1.5),
            edge=TOWARDS,
            density=64,
        )
        angle = dice.child("sun").uniform(0.15, 0.85) * np.pi
        towards = [round(TOWARDS * canvas.height * float(part)) for part in (np.cos(angle), -np.sin(angle))]
        _, y = canvas.places()
        zenith, horizon, shade, sun = SKIES[color]
        low = smooth(-0.7, 0.7, y) + np.zeros((1, canvas.width), np.float32)
        rgb = np.empty((canvas.num_frames, canvas.height, canvas.width, 3), np.uint8)
        for f, seconds in enumerate(canvas.seconds):
            density = sheet.at(float(seconds)) - np.float32(COVER[cover])
            here, there = (_cut(density, sheet.edge, *step) for step in ((0, 0), towards))
            cloud = smooth(-0.35, 0.75, here)
            lit = smooth(-0.75, 0.85, (here - there) * np.float32(0.9) + np.float32(0.25) - 0.16 * here)
            sky = mixed([1 - low, low], (zenith, horizon))
            veil = mixed([1 - lit, lit], (between(shade, horizon, 0.25), sun))
            rgb[f] = dithered(sky + (veil - sky) * cloud[..., None])
        facts = {"color": color, "cover": cover, **course.facts}
        words = said(course.pace, cover, color, "clouds in the sky")
        return Painted(rgb=rgb, says=words, moves=f"drifting {course.way}", facts=facts)


def _cut(field: np.ndarray, edge: int, right: int, down: int) -> np.ndarray:
    height, width = field.shape
    return field[edge + down : height - edge + down, edge + right : width - edge + right]


def build() -> Clouds:
    """Takes no options."""
    return Clouds()
