"""A low sun behind bands of clouds, over the sea or alone."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from filmwright.core.scene import Vec3

from ..dice import Dice
from ..noise import Field, Waves, smooth, waves
from ..palettes import dithered, mixed, scaled
from . import Canvas, Painted
from ._course import drawn_course, said
from ._folded import Folded

WEIGHTS = {"to the left": 3, "to the right": 3, "": 3}
SKIES: dict[str, tuple[Vec3, Vec3, Vec3, Vec3]] = {  # linear: zenith, horizon, lit cloud, sun
    "golden": ((0.055, 0.060, 0.10), (1.00, 0.46, 0.09), (1.40, 0.70, 0.16), (3.0, 2.2, 1.0)),
    "amber": ((0.022, 0.030, 0.085), (0.95, 0.28, 0.035), (1.30, 0.42, 0.07), (3.0, 1.6, 0.45)),
    "crimson": ((0.020, 0.010, 0.045), (0.75, 0.08, 0.035), (1.00, 0.14, 0.07), (3.0, 1.0, 0.3)),
    "rose": ((0.035, 0.035, 0.14), (0.90, 0.26, 0.24), (1.15, 0.36, 0.36), (3.0, 1.7, 1.1)),
    "violet": ((0.014, 0.010, 0.080), (0.33, 0.08, 0.46), (0.58, 0.20, 0.68), (2.5, 1.3, 1.9)),
}
SHADE: Vec3 = (0.055, 0.035, 0.065)  # clouds where the sun doesn't reach
SINKING = 0.08  # heights a second, of a sun that is seen to sink, in the middle pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Sun:
    """Where it is, in heights."""

    x: float
    y: float
    radius: float
    sinking: float  # a second
    horizon: float

    def away(self, canvas: Canvas, seconds: float) -> Float32[np.ndarray, "H W"]:
        """From its middle."""
        x, y = canvas.places()
        return np.sqrt((x - np.float32(self.x)) ** 2 + (y - np.float32(self.y + self.sinking * seconds)) ** 2)


class Sunset:
    """The sky glows towards the sun, clouds catch its light from below, the sea breaks its picture up."""

    def paint(self, dice: Dice, canvas: Canvas) -> Painted:
        """The sky, and where there is a sea the same sky upside down with the waves' glitter on it."""
        color = dice.child("color").choice([*SKIES], weights=(3, 3, 2, 3, 2))
        course = drawn_course(dice, WEIGHTS, factor=0.8)
        place = dice.child("place").choice(["over the sea", ""], weights=(3, 2))
        sun = _sun(dice.child("sun"), canvas, sea=bool(place), sinking=0.0 if course.way else SINKING * course.haste)
        sheet = Folded(
            dice.child("clouds"),
            canvas,
            size=dice.child("size").uniform(0.3, 0.5),
            velocity=course.velocity,
            boil=0.25 * course.haste,
            fine=0.06,
            roughness=1.0,
            fold=0.6,
            stretch=dice.child("stretch").uniform(2.5, 4.0),
            edge=max(0.03, 1 / canvas.height),
        )
        cover = np.float32(dice.child("cover").uniform(-0.4, 0.4))
        cover += np.float32(0.0 if course.way else 0.7)  # a sun of which words say that it sinks is to be seen
        sea = _Sea(dice.child("sea"), canvas, sun, course.haste) if place else None
        rgb = np.empty((canvas.num_frames, canvas.height, canvas.width, 3), np.uint8)
        for f, t in enumerate(canvas.seconds):
            sky, cloud = _sky(SKIES[color], sheet, cover, sun, canvas, float(t))
            seen = sky + mixed([_disc(sun, cloud, canvas, float(t))], [SKIES[color][3]])
            rgb[f] = dithered(sea.before(seen, sky, SKIES[color][3], float(t)) if sea else seen)
        facts = {"color": color, "place": place, "sinking": sun.sinking, "horizon": sun.horizon, **course.facts}
        moves = f"with clouds drifting {course.way}" if course.way else "with the sun sinking"
        return Painted(rgb=rgb, says=said(course.pace, color, "sunset", place), moves=moves, facts=facts)


def _sun(dice: Dice, canvas: Canvas, *, sea: bool, sinking: float) -> Sun:
    horizon = dice.uniform(0.12, 0.3) if sea else 0.5
    above = dice.uniform(0.14, 0.32) if sea else dice.uniform(0.25, 0.55)
    return Sun(
        x=dice.uniform(-0.32, 0.32) * canvas.width / canvas.height,
        y=horizon - above,
        radius=dice.uniform(0.04, 0.075),
        sinking=sinking,
        horizon=horizon,
    )


def _sky(
    colors: tuple[Vec3, Vec3, Vec3, Vec3], sheet: Folded, cover: np.float32, sun: Sun, canvas: Canvas, seconds: float
) -> tuple[Float32[np.ndarray, "H W 3"], Float32[np.ndarray, "H W"]]:
    """The sky with its clouds, and how much of it they hide."""
    zenith, horizon, lit, white = colors
    _, y = canvas.places()
    away = sun.away(canvas, seconds)
    low = np.exp((y - np.float32(sun.horizon)) * np.float32(2.2)).clip(0, 1) + np.zeros_like(away)
    glow = np.exp(away * np.float32(-2.6))
    halo = np.exp(away * np.float32(-12)) * np.float32(0.6)
    sky = mixed([1 - low, low * np.float32(0.45) + glow * np.float32(0.75), halo], (zenith, horizon, white))
    density, edge = sheet.at(seconds) - cover, sheet.edge
    here, under = density[edge:-edge, edge:-edge], density[2 * edge :, edge:-edge]
    cloud = smooth(-0.2, 1.3, here) * np.float32(0.92)
    catch = smooth(-0.5, 0.7, here - under) * (np.float32(0.12) + glow + np.float32(0.3) * low)
    veil = mixed([catch, glow * np.exp(np.float32(-1.2) * here.clip(0))], (lit, lit), SHADE)
    return sky + (veil - sky) * cloud[..., None], cloud


def _disc(sun: Sun, cloud: Float32[np.ndarray, "H W"], canvas: Canvas, seconds: float) -> Float32[np.ndarray, "H W"]:
    """The sun itself, where no cloud is before it; its rim is softened by the air."""
    edge = np.float32(max(0.2 * sun.radius, 2 / canvas.height))
    return smooth(-0.5, 0.5, (np.float32(sun.radius) - sun.away(canvas, seconds)) / edge) * (1 - cloud) ** 2


class _Sea:
    """Water below the horizon: rows of waves that shorten towards it."""

    def __init__(self, dice: Dice, canvas: Canvas, sun: Sun, haste: float) -> None:
        self._canvas, self._sun = canvas, sun
        x, y = canvas.places()
        below = np.maximum(y - np.float32(sun.horizon), 0)
        self._mask = smooth(-0.5, 0.5, (y - np.float32(sun.horizon)) * np.float32(canvas.height / 1.5))[..., None]
        depth = np.log(below + np.float32(0.02)) * np.float32(0.5)  # as a picture of level ground shortens it
        self._near = smooth(0.0, 0.3, below)
        self._fields = [
            Field(_ripples(dice.child(i), long, haste), x, depth, pixel=1.0 / canvas.height)
            for i, long in enumerate((0.10, 0.26))
        ]
        rows = 2 * sun.horizon - y[:, 0]  # whose picture each row shows
        self._rows = np.clip(np.round((rows + 0.5) * canvas.height - 0.5), 0, canvas.height - 1).astype(int)

    def before(
        self, seen: Float32[np.ndarray, "H W 3"], mirrored: Float32[np.ndarray, "H W 3"], sun: Vec3, seconds: float
    ) -> Float32[np.ndarray, "H W 3"]:
        """What is seen with the sea before it; of the sun the waves leave nothing but glitter."""
        x, y = self._canvas.places()
        fine, wide = (field.at(seconds) for field in self._fields)
        ripple = fine + (wide - fine) * self._near
        below = (y - np.float32(self._sun.horizon)).clip(0)
        path = np.exp(-(((x - np.float32(self._sun.x)) / (np.float32(0.05) + np.float32(0.35) * below)) ** 2))
        set_ = 1 - smooth(
            -0.05, 0.15, np.float32(self._sun.y + self._sun.sinking * seconds - self._sun.horizon) + 0 * y
        )
        glitter = smooth(0.2, 1.6, ripple) * path * set_
        sheen = np.float32(0.42) + np.float32(0.16) * ripple.clip(-2, 2)
        water = mirrored[self._rows] * sheen[..., None] + mixed([glitter], [scaled(sun, 0.8)])
        return seen + (water - seen) * self._mask


def _ripples(dice: Dice, longest: float, haste: float) -> Waves:
    return waves(dice, coarse=longest, fine=longest / 4, stretch=3.0, drift=(0.0, 0.05 * haste), boil=2.5 * haste)


def build() -> Sunset:
    """Takes no options."""
    return Sunset()
