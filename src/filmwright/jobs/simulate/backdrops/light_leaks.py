"""Light leaks: warm flares that sweep over dark film."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from ..dice import Dice
from ..noise import Field, waves
from ..palettes import KIN, PALETTES, between, dithered, mixed, scaled
from . import Canvas, Painted
from ._course import WAYS, drawn_course, said

WEIGHTS = {"to the left": 3, "to the right": 3, "upward": 1, "downward": 1}
COLORS = {"amber": 4, "golden": 3, "crimson": 3, "rose": 3, "violet": 2, "blue": 1, "teal": 1, "green": 1}
LEAKS = 2  # of each of three colours


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Leak:
    """One flare: a soft band, nearly across its way."""

    start: tuple[float, float]  # shares of the reach
    radii: tuple[float, float]  # heights, along the picture's x and y before it is turned
    turn: float  # radians
    speed: float  # times the course's
    light: float
    breath: tuple[float, float]  # rate and phase

    def at(self, seconds: float, velocity: tuple[float, float], canvas: Canvas) -> Float32[np.ndarray, "H W"]:
        """Its light; it ends for good at its radius, so that nothing is seen of it when it starts anew."""
        x, y = canvas.places()
        cos, sin = (float(f(self.turn)) for f in (np.cos, np.sin))
        halves = np.hypot(self.radii[0] * cos, self.radii[1] * sin), np.hypot(self.radii[0] * sin, self.radii[1] * cos)
        centre = []
        for share, side, half, v in zip(self.start, (canvas.width / canvas.height, 1), halves, velocity, strict=True):
            reach = side + 2 * half if v else side  # it stays in sight but along its way
            centre.append((share * reach + self.speed * v * seconds) % reach - reach / 2)
        right, down = x - np.float32(centre[0]), y - np.float32(centre[1])
        along = (right * np.float32(cos) + down * np.float32(sin)) * np.float32(1 / self.radii[0])
        across = (down * np.float32(cos) - right * np.float32(sin)) * np.float32(1 / self.radii[1])
        inside = np.maximum(1 - along * along - across * across, 0)
        return (
            inside**2 * inside * np.float32(self.light * (1 + 0.3 * np.sin(self.breath[0] * seconds + self.breath[1])))
        )


class LightLeaks:
    """Flares of three related colours add up; a veil of uneven light lies over them."""

    def paint(self, dice: Dice, canvas: Canvas) -> Painted:
        """Light that came in at the edges of the film: brighter there than in the middle."""
        color = dice.child("color").choice([*COLORS], weights=[*COLORS.values()])
        course = drawn_course(dice, WEIGHTS, factor=2.0)
        x, y = WAYS[course.way]
        turn = np.arctan2(y, x) + np.pi / 2
        leaks = [[_leak(dice.child("leak", c, i), turn) for i in range(LEAKS)] for c in range(3)]
        veil = waves(
            dice.child("veil"), coarse=1.2, fine=0.35, roughness=1.2, drift=course.velocity, boil=0.5 * course.haste
        )
        field = Field(veil, *canvas.places())
        ground, light = PALETTES[color]
        warm, cool = KIN[color]
        colors = scaled(light, 1.5), scaled(warm, 1.4), scaled(between(light, cool, 0.8), 1.0)
        rgb = np.empty((canvas.num_frames, canvas.height, canvas.width, 3), np.uint8)
        for f, seconds in enumerate(canvas.seconds):
            uneven = np.exp(np.float32(0.45) * field.at(float(seconds)))
            layers = [sum(leak.at(float(seconds), course.velocity, canvas) for leak in few) * uneven for few in leaks]
            film = 1 + np.float32(0.35) * (layers[0] + layers[1] + layers[2])  # takes less of more light
            rgb[f] = dithered(mixed([np.asarray(layer) / film for layer in layers], colors, scaled(ground, 0.7)))
        facts = {"color": color, **course.facts}
        return Painted(
            rgb=rgb, says=said(course.pace, color, "light leaks"), moves=f"sweeping {course.way}", facts=facts
        )


def _leak(dice: Dice, turn: float) -> Leak:
    wide = dice.uniform(0.15, 0.5) if dice.uniform() < 0.5 else dice.uniform(0.5, 0.9)
    return Leak(
        start=(dice.uniform(), dice.uniform()),
        radii=(dice.uniform(1.6, 2.6), wide),
        turn=turn + dice.uniform(-0.35, 0.35),
        speed=dice.uniform(0.6, 1.4),
        light=dice.uniform(0.3, 0.85),
        breath=(dice.uniform(0.5, 2.5), dice.uniform(0, 6.28)),
    )


def build() -> LightLeaks:
    """Takes no options."""
    return LightLeaks()
