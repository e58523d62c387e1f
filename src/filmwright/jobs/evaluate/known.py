"""Clips whose answers are known in closed form: a texture without end that slides, grows and turns as told."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from jaxtyping import Float, Float32, UInt8

from filmwright.core.frames import Frames, Passes

from .similarity import Similarity, from_middle

WAVES = 20  # of the texture
SHORTEST, LONGEST = 8.0, 40.0  # pixels of a wave


def moving(
    motion: Similarity,
    *,
    num_frames: int,
    width: int = 96,
    height: int = 72,
    fps: Fraction = Fraction(24),
    seed: int = 0,
    contrast: float = 22.0,
) -> Iterator[Frames]:
    """Frames one at a time, each moved on from the one before; with the exact flow, and visible where it stays inside.

    The texture is a sum of waves evaluated where each pixel's centre comes from, so that no motion blurs it.
    """
    points = from_middle(np.ones((height, width), bool))
    ahead = motion.move(points)
    flow = (ahead - points).reshape(1, height, width, 2).astype(np.float32)
    inside = (np.abs(ahead) <= [width / 2 - 0.5, height / 2 - 0.5]).all(1).reshape(1, height, width)
    passes = Passes(flow=flow, visible=inside)
    at, paint = points, _Texture(seed, contrast)
    for i in range(num_frames):
        rgb = paint(at).reshape(1, height, width, 3)
        yield Frames(rgb=rgb, fps=fps, start=i / fps, passes=passes)
        at = _undone(motion, at)


def _undone(motion: Similarity, points: Float[np.ndarray, "N 2"]) -> Float[np.ndarray, "N 2"]:
    """Where points came from."""
    c, s = np.cos(motion.turn) / motion.size, np.sin(motion.turn) / motion.size
    x, y = points[:, 0] - motion.right, points[:, 1] - motion.down
    return np.stack([c * x + s * y, c * y - s * x], 1)


class _Texture:
    """A sum of waves of every direction, its channels different mixtures of them."""

    def __init__(self, seed: int, contrast: float) -> None:
        rng = np.random.default_rng(seed)
        length = np.exp(rng.uniform(np.log(SHORTEST), np.log(LONGEST), WAVES))
        turn = rng.uniform(0, 2 * np.pi, WAVES)
        self.waves = (2 * np.pi / length * np.stack([np.cos(turn), np.sin(turn)])).astype(np.float32)
        self.phase = rng.uniform(0, 2 * np.pi, WAVES).astype(np.float32)
        mixture = rng.normal(size=(WAVES, 3)) + 1.5 * rng.normal(size=(WAVES, 1))
        self.mixture = (contrast * mixture / np.linalg.norm(mixture, axis=0) * np.sqrt(2)).astype(np.float32)
        self.middle = np.float32(rng.uniform(105, 150, 3))

    def __call__(self, points: Float[np.ndarray, "N 2"]) -> UInt8[np.ndarray, "N 3"]:
        out: Float32[np.ndarray, "N 3"] = np.sin(points.astype(np.float32) @ self.waves + self.phase) @ self.mixture
        return np.clip(np.rint(out + self.middle), 0, 255).astype(np.uint8)
