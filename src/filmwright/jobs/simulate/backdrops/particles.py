"""Particles that float in the light, sharp and tiny far away, soft discs close by."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32

from ..dice import Dice
from ..palettes import KIN, PALETTES, between, dithered, mixed, scaled
from . import Canvas, Painted
from ._course import Course, drawn_course, said

WEIGHTS = {"upward": 4, "downward": 2, "to the left": 2, "to the right": 2}
KINDS = {"dust particles": 0.25, "particles": 0.55, "glittering particles": 1.0}  # how much they twinkle
COUNTS = {"sparse": 0.5, "": 1.0, "dense": 1.9}
DEPTHS = (  # count, radius in heights, nearness, light of the middle of one
    (150, 0.0018, 0.55, 2.4),
    (60, 0.0032, 0.8, 2.4),
    (22, 0.0060, 1.0, 1.2),
    (12, 0.0130, 1.3, 0.30),
    (8, 0.0230, 1.6, 0.16),
    (5, 0.0400, 2.0, 0.08),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cloud:
    """Particles at one distance."""

    radius: float  # heights
    starts: Float32[np.ndarray, "N 2"]  # shares of the reach
    speeds: Float32[np.ndarray, "N 2"]  # heights a second
    sways: Float32[np.ndarray, "N 4"]  # rates and phases of a slow sway to both sides
    lights: Float32[np.ndarray, " N"]
    twinkles: Float32[np.ndarray, "N 2"]  # rate, phase

    def places(self, seconds: float, wide: float) -> Float32[np.ndarray, "N 2"]:
        """Heights about the picture's middle; who leaves it on one side is out of sight before coming in again."""
        around = 0.04 + 2 * self.radius
        reach = np.array([wide + 2 * around, 1 + 2 * around], np.float32)
        sway = np.float32(0.02) * np.sin(self.sways[:, :2] * np.float32(seconds) + self.sways[:, 2:])
        return (self.starts * reach + self.speeds * np.float32(seconds)) % reach - reach / 2 + sway

    def shining(self, seconds: float, twinkle: float) -> Float32[np.ndarray, " N"]:
        """Light of each: it turns, and glints once a turn."""
        turn = np.sin(self.twinkles[:, 0] * np.float32(seconds) + self.twinkles[:, 1])
        return self.lights * (1 - np.float32(twinkle) + np.float32(1.6 * twinkle) * (0.5 + 0.5 * turn) ** 3)


class Particles:
    """Six distances; nearer ones are larger, fainter, fewer and faster."""

    def paint(self, dice: Dice, canvas: Canvas) -> Painted:
        """Each distance is a picture of points, blurred as its lens would."""
        color = dice.child("color").choice([*PALETTES][:-1])
        course = drawn_course(dice, WEIGHTS)
        kind, count = (dice.child(name).choice([*of]) for name, of in (("kind", KINDS), ("count", COUNTS)))
        wide = canvas.width / canvas.height
        clouds = [
            _cloud(dice.child("depth", i), course, round(number * COUNTS[count] * max(wide, 0.7)), *rest)
            for i, (number, *rest) in enumerate(DEPTHS)
        ]
        ground, light = PALETTES[color]
        warm, cool = KIN[color]
        colors = between(light, (1.0, 1.0, 1.0), 0.3), between(light, warm, 0.6), between(light, cool, 0.6)
        back = mixed([_glow(dice.child("glow"), canvas)], [scaled(light, 0.11)], scaled(ground, 0.7))
        rgb = np.empty((canvas.num_frames, canvas.height, canvas.width, 3), np.uint8)
        for f, seconds in enumerate(canvas.seconds):
            layers = [_points(cloud, float(seconds), KINDS[kind], canvas) for cloud in clouds]
            near_and_far = [one + other for one, other in zip(layers[:3], layers[3:], strict=True)]
            rgb[f] = dithered(back + mixed(near_and_far, colors))
        facts = {"color": color, "kind": kind, "count": count, **course.facts}
        moves = f"floating {course.way}"
        return Painted(rgb=rgb, says=said(course.pace, count, color, kind), moves=moves, facts=facts)


def _cloud(dice: Dice, course: Course, count: int, radius: float, nearness: float, light: float) -> Cloud:
    drawn = np.array([[dice.uniform() for _ in range(12)] for _ in range(max(count, 3))], np.float32)
    along = np.array(course.velocity, np.float32) * (nearness * (0.6 + 0.8 * drawn[:, 2:3]))
    across = (drawn[:, 3:5] - 0.5) * np.float32(0.05 * course.haste)
    return Cloud(
        radius=radius,
        starts=drawn[:, :2],
        speeds=along + across,
        sways=np.concatenate([0.5 + 1.5 * drawn[:, 5:7], 2 * np.pi * drawn[:, 7:9]], 1).astype(np.float32),
        lights=np.float32(light) * (0.2 + 1.6 * drawn[:, 9] ** 3),
        twinkles=np.stack([1 + 4 * drawn[:, 10], 2 * np.pi * drawn[:, 11]], 1).astype(np.float32),
    )


def _points(cloud: Cloud, seconds: float, twinkle: float, canvas: Canvas) -> Float32[np.ndarray, "H W"]:
    radius = max(cloud.radius * canvas.height, 0.6)  # pixels
    edge = int(3 * radius) + 3
    height, width = canvas.height + 2 * edge, canvas.width + 2 * edge
    places = cloud.places(seconds, canvas.width / canvas.height) * np.float32(canvas.height)
    x, y = places.T + np.array([[width / 2 - 0.5], [height / 2 - 0.5]], np.float32)
    seen = (x > 0) & (x < width - 1.01) & (y > 0) & (y < height - 1.01)
    x, y = x[seen], y[seen]
    left, top = x.astype(np.int32), y.astype(np.int32)
    x, y, at = x - left, y - top, top * width + left
    # as much light at any size of the picture: a point is brighter where a pixel is a smaller part of it
    light = cloud.shining(seconds, twinkle)[seen] * np.float32(np.pi * (cloud.radius * canvas.height) ** 2)
    shares = ((0, (1 - x) * (1 - y)), (1, x * (1 - y)), (width, (1 - x) * y), (width + 1, x * y))
    drawn = sum(np.bincount(at + step, light * share, height * width) for step, share in shares)
    picture = np.asarray(drawn, np.float32).reshape(height, width)
    if cloud.radius < 0.01:
        blurred = 2 * cv2.GaussianBlur(picture, (0, 0), radius)  # a Gaussian is half as high as a disc of its radius
    else:
        blurred = cv2.filter2D(picture, -1, _disc(radius))
    return np.maximum(blurred, 0)[edge:-edge, edge:-edge]


def _disc(radius: float) -> Float32[np.ndarray, "K K"]:
    half = int(radius + 2)
    place = np.arange(-half, half + 1, dtype=np.float32)
    away = np.hypot(place[None], place[:, None])
    inside = np.clip((radius - away) / max(0.25 * radius, 1.5) + 0.5, 0, 1)
    disc = inside * (0.7 + 0.3 * np.minimum(away / radius, 1) ** 4)
    return (disc / disc.sum()).astype(np.float32)


def _glow(dice: Dice, canvas: Canvas) -> Float32[np.ndarray, "H W"]:
    x, y = canvas.places()
    wide = canvas.width / canvas.height
    away = (x - np.float32(dice.uniform(-0.4, 0.4) * wide)) ** 2 + (y - np.float32(dice.uniform(-0.5, 0.4))) ** 2
    return np.exp(-away / np.float32(dice.uniform(0.15, 0.5)))


def build() -> Particles:
    """Takes no options."""
    return Particles()
