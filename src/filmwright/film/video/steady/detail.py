"""Noise that comes and goes on surfaces, averaged out along the flow without touching what is sharp."""

from collections.abc import Sequence

import cv2
import numpy as np
from jaxtyping import Bool, Float32

QUIET = 0.7  # levels by which a still surface may change: rounding, and what encoders leave
UNSURE = 0.5  # pixels by which the flow, and where edges were sampled, may be off
PATCH, PLACE = 5, 3.0  # pixels across that are compared; radius in which noise is measured
REGION, ALONE = 0.08, 3.0  # of the shorter side: the radius of a region; times its noise that a place may have
SURE, LOST = 1.5, 4.0  # times the noise: below a neighbour counts in full, above not at all
LOUD = 10.0  # levels of noise from which on it is taken for a pattern that the pixels can't hold: a far chequered floor
MOST = 3.0  # standard deviations that are taken off

Change = tuple[Float32[np.ndarray, "H W 3"], Bool[np.ndarray, "H W"]]
"""What a neighbour, laid on a frame and given its light, has more than it; and where they show the same."""


def noise(before: Sequence[Change], after: Sequence[Change]) -> Float32[np.ndarray, "H W"]:
    """Variance of the frame's noise, levels^2, from its neighbours in order of their distance.

    What is a frame's own stands out against both sides alike; so the covariance of the change to the one and to the
    other side is its variance, while what moves on or comes to stay adds nothing. The lesser of what the pairs say.
    """
    pairs = []
    for (one, seen), (two, other) in zip(before, after, strict=False):
        both = (seen & other).astype(np.float32)
        pairs.append(_place(_product(one, two) * both) / np.maximum(_place(both), 1e-3))
    level = np.maximum(np.minimum.reduce(pairs), 0)
    region = cv2.GaussianBlur(np.sqrt(np.sqrt(level)), (0, 0), max(REGION * min(level.shape), PLACE))
    return np.minimum(level, ALONE * region**4)


def correction(
    own: Float32[np.ndarray, "H W 3"], changes: Sequence[Change], level: Float32[np.ndarray, "H W"]
) -> Float32[np.ndarray, "H W 3"]:
    """What to add to a frame with noise of variance `level` to have the mean with those neighbours that agree.

    Noise that edges and a flow that is a little off would explain is left alone (Wiener's weight).
    """
    steep = np.maximum(_place(_steepness(own)) - 4 * level, 0)  # white noise has steps of 4 times its variance
    share = np.clip(1 - (QUIET**2 + UNSURE**2 * steep) / np.maximum(level, 1e-6), 0, 1)
    share *= np.clip(2 - level / LOUD**2, 0, 1)
    total, count = np.zeros_like(own), np.ones(own.shape[:2], np.float32)
    for change, seen in changes:
        energy = cv2.blur(_product(change, change), (PATCH, PATCH)) / 2
        agrees = np.clip((LOST - energy / np.maximum(level, 1e-6)) / (LOST - SURE), 0, 1) * seen
        total += change * agrees[..., None]
        count += agrees
    most = (MOST * np.sqrt(level))[..., None]
    return np.clip(total * (share / count)[..., None], -most, most)


def _steepness(picture: Float32[np.ndarray, "H W 3"]) -> Float32[np.ndarray, "H W"]:
    """Squared step from each pixel to those right of it and below."""
    right, below = (cv2.copyMakeBorder(picture, 0, y, 0, x, cv2.BORDER_REPLICATE)[y:, x:] for x, y in ((1, 0), (0, 1)))
    return _product(right - picture, right - picture) + _product(below - picture, below - picture)


def _product(one: Float32[np.ndarray, "H W 3"], two: Float32[np.ndarray, "H W 3"]) -> Float32[np.ndarray, "H W"]:
    """Mean over the channels."""
    return np.einsum("hwc,hwc->hw", one, two) / np.float32(3)


def _place(values: Float32[np.ndarray, "H W"]) -> Float32[np.ndarray, "H W"]:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), PLACE))
