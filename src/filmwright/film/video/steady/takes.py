"""Whether a new take begins between two frames."""

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from filmwright.core.frames import Frames

from .matching import Way, fetched

SMALL = 24  # pixels of a side of the copies that are compared
LEAST, UNLIKE = 10.0, 0.55  # levels, and share of the contrast, that differ across a cut
STEEPEST = 2.0  # times the contrast that light may gain or lose from one frame to the next


def is_cut(before: Frames, after: Frames, way: Way) -> bool:
    """Whether the next frame, followed along the flow and whatever its brightness and contrast, is another picture.

    On small copies, so that noise does not count; a flash, a pan and flicker are no cuts.
    """
    one, other = _small(before.rgb[0]), _small(fetched(after.rgb[0], way.flow))
    gain = np.clip((one * other).sum() / max(float((one * one).sum()), 1e-6), 1 / STEEPEST, STEEPEST)
    left, contrast = np.square(other - gain * one).mean(), np.square(other).mean()
    return bool(left > LEAST**2 and left > UNLIKE * contrast)


def _small(rgb: UInt8[np.ndarray, "H W 3"]) -> Float32[np.ndarray, "h w 3"]:
    """Less its mean colour."""
    size = (min(rgb.shape[1], SMALL), min(rgb.shape[0], SMALL))
    small = cv2.resize(rgb.astype(np.float32), size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], 3)
    return small - small.mean((0, 1))
