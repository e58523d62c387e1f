"""How the light of one frame differs from another's, place by place: a smooth gain and offset of each channel."""

import cv2
import numpy as np
from jaxtyping import Bool, Float32

SMALL = 32  # pixels of the shorter side of the copies on which it is found
REACH = 0.08  # of the shorter side: the radius of a place
WHOLE = 0.02  # weight of the whole picture in what is found for a place
SPREAD = 2.5  # standard deviations of a place's levels that its gain is trusted for
FLAT = 16.0  # levels^2 of contrast below which there is an offset rather than a gain
STEEPEST = 0.5  # largest gain or loss
WHITE = 254  # levels from which on a channel is cut off, and tells nothing of gains
ROUNDS, FLOOR = 3, 0.5  # of reweighting; levels of disagreement that are always believed


def difference(
    own: Float32[np.ndarray, "H W 3"], other: Float32[np.ndarray, "H W 3"], shown: Bool[np.ndarray, "H W"]
) -> Float32[np.ndarray, "H W 3"]:
    """What to add to a frame to give it the light of another that was laid on it, where it is `shown` there.

    In each place `other - own = gain ((own + other) / 2 - middle) + change`, by least squares reweighted with Geman and
    McClure's function, so that what moved otherwise does not count. The mean of both as regressor takes no side:
    against one of them, its noise would pass for contrast that was lost. Details are scaled by the gain, never mixed
    with the other's, and levels far from all that the place shows are taken for its nearest.
    """
    height, width = shown.shape
    scale = max(min(height, width) / SMALL, 1)
    size = (max(round(width / scale), 1), max(round(height / scale), 1))
    valid = (shown & (np.maximum(own, other).max(2) < WHITE)).astype(np.float32)[..., None]
    one, two, share = (
        cv2.resize(values, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1)
        for values in (own * valid, other * valid, valid)
    )
    one, two = one / np.maximum(share, 1e-6), two / np.maximum(share, 1e-6)
    found = _fitted((one + two) / 2, two - one, share)
    gain, middle, spread, change = (cv2.resize(field, (width, height)) for field in found)
    return (gain * np.clip(own - middle, -spread, spread) + change) / (1 - gain / 2)


def _fitted(
    mean: Float32[np.ndarray, "h w 3"], change: Float32[np.ndarray, "h w 3"], share: Float32[np.ndarray, "h w 1"]
) -> tuple[np.ndarray, ...]:
    """Of each place the gain, the middle and spread of its levels, and the change of that middle; all [h, w, 3]."""
    moments = np.concatenate([np.ones_like(share), mean, change, mean * mean, mean * change], 2)
    trust = share
    for _ in range(ROUNDS):
        sums = _around(trust * moments)
        m, c, mm, mc = np.split(sums[..., 1:] / sums[..., :1], 4, 2)
        contrast = np.maximum(mm - m * m, 0)
        gain = np.clip((mc - m * c) / (contrast + FLAT), -STEEPEST, STEEPEST)
        wrong = np.square(change - gain * (mean - m) - c).mean(2, keepdims=True)
        usual = np.median(wrong[share > 0]) if share.any() else 0.0
        trust = share / np.square(1 + wrong / (4 * usual + FLOOR**2))
    return gain, m, SPREAD * np.sqrt(contrast), c


def _around(values: Float32[np.ndarray, "h w C"]) -> Float32[np.ndarray, "h w C"]:
    """The sum over each place, with a little of the whole picture's."""
    height, width, channels = values.shape
    blurred = cv2.GaussianBlur(values, (0, 0), max(REACH * min(height, width), 0.5)).reshape(values.shape)
    return blurred + WHOLE * values.reshape(-1, channels).mean(0) + np.float32(1e-6)
