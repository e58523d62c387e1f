"""How a whole picture moves: slides, grows and turns, whatever single things in it do."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

ROUNDS = 12
TUKEY = 4.685 * 1.4826  # times the median absolute residual: 95% efficient on Gaussian errors
FINEST = 0.02  # pixels: residuals below are no outliers
POINTS = 2500  # of the picture, evenly spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Similarity:
    """Points go from p to size * turned(p) + (right, down); p is measured in pixels from the picture's middle."""

    right: float = 0.0  # pixels
    down: float = 0.0  # pixels
    size: float = 1.0
    turn: float = 0.0  # radians, clockwise as one sees it

    def move(self, points: Float[np.ndarray, "N 2"]) -> Float[np.ndarray, "N 2"]:
        """Where points go."""
        c, s = self.size * np.cos(self.turn), self.size * np.sin(self.turn)
        x, y = points[:, 0], points[:, 1]
        return np.stack([c * x - s * y + self.right, s * x + c * y + self.down], 1)


def fit(points: Float[np.ndarray, "N 2"], flow: Float[np.ndarray, "N 2"]) -> Similarity:
    """The similarity that most points follow: least squares, reweighted by Tukey's biweight from a median start.

    Holland and Welsch, "Robust regression using iteratively reweighted least-squares", 1977. Raises ValueError for
    fewer than two points.
    """
    if len(points) < 2:
        raise ValueError(f"two points are needed, got {len(points)}")
    x, y = points[:, 0], points[:, 1]
    zero, one = np.zeros_like(x), np.ones_like(x)
    rows = np.concatenate([np.stack([one, zero, x, -y], 1), np.stack([zero, one, y, x], 1)])
    aim = np.concatenate([flow[:, 0], flow[:, 1]])
    found = np.array([np.median(flow[:, 0]), np.median(flow[:, 1]), 0.0, 0.0])
    for _ in range(ROUNDS):
        miss = np.hypot(*(aim - rows @ found).reshape(2, -1))
        reach = TUKEY * max(float(np.median(miss)), FINEST)
        weight = np.tile(np.where(miss < reach, (1 - (miss / reach) ** 2) ** 2, 0.0), 2)
        found, before = np.linalg.lstsq(rows * np.sqrt(weight)[:, None], aim * np.sqrt(weight), rcond=None)[0], found
        if np.abs(found - before).max() < 1e-9:
            break
    right, down, p, q = found
    return Similarity(
        right=float(right), down=float(down), size=float(np.hypot(1 + p, q)), turn=float(np.arctan2(q, 1 + p))
    )


def grid(visible: Bool[np.ndarray, "H W"]) -> Bool[np.ndarray, "H W"]:
    """Which of the visible pixels stand for the picture: evenly spread, `POINTS` at most."""
    height, width = visible.shape
    step = max(int(np.ceil(np.sqrt(height * width / POINTS))), 1)
    picked = np.zeros((height, width), bool)
    picked[step // 2 :: step, step // 2 :: step] = True
    return picked & visible


def from_middle(picked: Bool[np.ndarray, "H W"]) -> Float[np.ndarray, "N 2"]:
    """Picked pixels' centres (right, down), in pixels from the picture's middle."""
    rows, columns = np.nonzero(picked)
    height, width = picked.shape
    return np.stack([columns + 0.5 - width / 2, rows + 0.5 - height / 2], 1)
