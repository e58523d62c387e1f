"""How strong the mark may be at each place: as strong as nobody sees it and few bits are spent on it."""

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

GRID = 360  # pixels of the shorter side at which texture is judged
WINDOW = (5, 5)  # pixels there
FLAT = 0.41  # levels of 255 (standard deviation) on flat ground: less than one level, and cheap to encode
TEXTURE, BUSY = 0.3, 8.0  # levels more for each level of texture beyond BUSY...
MOST = 5.0  # ...up to this
BLACK, DIM = 8.0, 40.0  # luma between which the mark fades out: one level more is plain to see in the dark


def strength(rgb: UInt8[np.ndarray, "H W 3"]) -> Float32[np.ndarray, "h w"]:
    """Standard deviation the mark may have, in levels of 255, on a grid of at most `GRID` that covers the picture.

    Texture hides the mark (Watson, "DCT quantization matrices visually optimized", 1993); the least textured place
    nearby decides, so that nothing spills from an edge onto the flat ground beside it.
    """
    height, width = rgb.shape[:2]
    scale = min(1.0, GRID / min(height, width))
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    luma = cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    square = cv2.sqrBoxFilter(luma, cv2.CV_32F, WINDOW)
    mean = cv2.boxFilter(luma, cv2.CV_32F, WINDOW)
    texture = cv2.sqrt(np.maximum(square - mean * mean, 0))
    texture = cv2.blur(cv2.erode(texture, np.ones(WINDOW, np.uint8)), (7, 7))
    most = np.minimum(FLAT + TEXTURE * np.maximum(texture - BUSY, 0), MOST)
    return most * np.clip((mean - BLACK) / (DIM - BLACK), 0, 1)


def add(
    rgb: UInt8[np.ndarray, "H W 3"], pattern: Float32[np.ndarray, "H W"], most: Float32[np.ndarray, "h w"]
) -> UInt8[np.ndarray, "H W 3"]:
    """The picture with the pattern at that strength, the same in red, green and blue: only the luma changes."""
    wide = cv2.resize(most, pattern.shape[::-1], interpolation=cv2.INTER_LINEAR)
    lighter = cv2.multiply(pattern, wide, dtype=cv2.CV_8U)  # saturates: what is below zero is the next line's
    darker = cv2.multiply(pattern, wide, scale=-1, dtype=cv2.CV_8U)
    marked = cv2.add(rgb, cv2.cvtColor(lighter, cv2.COLOR_GRAY2RGB))
    return cv2.subtract(marked, cv2.cvtColor(darker, cv2.COLOR_GRAY2RGB))
