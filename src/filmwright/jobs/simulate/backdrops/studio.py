"""Seamless studio paper, with soft lights that move over it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from ..dice import Dice
from ..palettes import KIN, PALETTES, between, dithered, mixed, scaled
from . import Canvas, Painted
from ._course import Course, drawn_course, said

WEIGHTS = {"to the left": 1, "to the right": 1}
KEYS = {
    "dimly lit": (0.015, 0.28),
    "": (0.14, 1.2),
    "brightly lit": (0.65, 1.4),
}  # light from all sides, light of a lamp
LAMPS = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sweep:
    """Paper that hangs down, bends, and runs towards us: depth, height and slope of each row of the picture."""

    up: Float32[np.ndarray, "H 1"]  # heights of the picture above the floor
    near: Float32[np.ndarray, "H 1"]  # heights of the picture before the wall
    lying: Float32[np.ndarray, "H 1"]  # 0 on the wall, 1 on the floor: how far the paper faces up


class Studio:
    """The light of large lamps falls off with distance and slope, as on real paper."""

    def paint(self, dice: Dice, canvas: Canvas) -> Painted:
        """Lamps pass one after the other, each dark before it starts anew."""
        color = dice.child("color").choice([*PALETTES], weights=(2, 2, 2, 2, 2, 2, 2, 2, 3, 4))
        course = drawn_course(dice, WEIGHTS, factor=2.0)
        key = dice.child("key").choice([*KEYS])
        sweep = _sweep(dice.child("sweep"), canvas)
        around, strength = KEYS[key]
        own = dice.child("lamps")
        first, above, softness = own.uniform(0.35, 0.65), own.uniform(0.2, 0.9), own.uniform(0.12, 0.4)
        ground, light = PALETTES[color]
        paper, lamp = light, between(light, KIN[color][0], 0.35)
        edge = _vignette(canvas)
        rgb = np.empty((canvas.num_frames, canvas.height, canvas.width, 3), np.uint8)
        for f, t in enumerate(canvas.seconds):
            lit = [_lit(sweep, canvas, course, float(t), first + i / LAMPS, above, softness) for i in range(LAMPS)]
            shine = (lit[0] + lit[1] + lit[2]) * np.float32(strength)
            still = np.float32(around) * (np.float32(0.55) + np.float32(0.3) * sweep.lying) + 0 * shine
            rgb[f] = dithered(mixed([still * edge, shine * edge], (paper, lamp), scaled(ground, 0.25)))
        facts = {"color": color, "key": key, **course.facts}
        moves = f"with a soft light moving {course.way}"
        return Painted(rgb=rgb, says=said(course.pace, key, color, "studio backdrop"), moves=moves, facts=facts)


def _sweep(dice: Dice, canvas: Canvas) -> Sweep:
    _, y = canvas.places()
    top, bend = dice.uniform(0.12, 0.3), dice.uniform(0.12, 0.25)  # where the bend begins, and how tall it is
    lying = np.clip((y - np.float32(top)) / np.float32(bend), 0, 1)
    lying = lying * lying * (3 - 2 * lying)
    near = np.maximum(y - np.float32(top), 0) * np.float32(2.2)  # the floor is seen from low above: a row is deep
    return Sweep(up=np.maximum(np.float32(top + bend) - y, 0), near=near * lying, lying=lying)


def _lit(
    sweep: Sweep, canvas: Canvas, course: Course, seconds: float, share: float, above: float, softness: float
) -> Float32[np.ndarray, "H W"]:
    """Light of one lamp on the paper."""
    x, _ = canvas.places()
    reach = canvas.width / canvas.height + 3.2
    travelled = (share + course.velocity[0] * seconds / reach) % 1
    right = (travelled - 0.5) * reach
    burning = np.float32(np.sin(np.pi * travelled) ** 4)
    out = np.float32(softness + 0.25)  # heights before the wall
    across = (x - np.float32(right)) ** 2
    over, front = np.float32(above) - sweep.up, out - 0.3 * sweep.near
    square = across + over**2 + front**2 + np.float32(softness**2)
    facing = front * (1 - sweep.lying) + (over + np.float32(0.5)) * sweep.lying
    most = np.float32((out**2 + softness**2) ** 1.5 / out)  # makes it 1 on the wall, straight before the lamp
    light = np.maximum(facing, 0) * most / (square * np.sqrt(square))
    return burning * light / (1 + np.float32(0.4) * light)


def _vignette(canvas: Canvas) -> Float32[np.ndarray, "H W"]:
    x, y = canvas.places()
    away = (x * np.float32(canvas.height / canvas.width)) ** 2 + y**2
    return 1 - np.float32(0.45) * away


def build() -> Studio:
    """Takes no options."""
    return Studio()
