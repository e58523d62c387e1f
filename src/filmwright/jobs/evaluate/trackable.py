"""Whether motion in a video can be estimated, and where."""

import cv2
import numpy as np
from jaxtyping import Bool, UInt8

from filmwright.film.video.flow import SMALLEST

from .reading import Refused
from .subject import Subject

STEEPEST = 2.0  # levels a pixel that brightness must change by in every direction
AROUND = 7  # pixels across in which it must
FEWEST = 12  # points by which a whole picture's motion may be told
TEXTURE = "needs texture to follow, in two frames that belong together"


def check_size(subject: Subject) -> None:
    """Raise Refused for pictures that are too small for it."""
    protocol = subject.protocol
    if min(protocol.width, protocol.height) < SMALLEST:
        raise Refused(f"needs pictures of {SMALLEST}x{SMALLEST} or more to estimate motion, got {protocol.size}")


def textured(luma: UInt8[np.ndarray, "H W"]) -> Bool[np.ndarray, "H W"]:
    """Where there is something to follow: flow on an even wall is a guess, and mostly says that it stands.

    Shi and Tomasi, "Good features to track", CVPR 1994: the smaller eigenvalue of the gradients' second moments.
    """
    # OpenCV's Sobel gradient is 8 times the slope, divided by 4 times the block and summed over the block's area
    smaller = cv2.cornerMinEigenVal(luma.astype(np.float32), AROUND) / 4
    return np.asarray(smaller > STEEPEST**2)
