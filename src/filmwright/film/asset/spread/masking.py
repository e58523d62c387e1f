"""How strong the mark may be at each place: as strong as nobody sees it and few bits are spent on it."""

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

GRID = 360  # pixels of the shorter side at which texture is judged
WINDOW = (5, 5)  # pixels there
USUAL = 0.41  # levels of 255 (standard deviation): less than one level, and cheap to encode
SMOOTH, ROUGH = 1.0, 3.0  # texture (levels) between which ground can bear more than the usual
TEXTURE, BUSY = 0.3, 8.0  # levels more for each level of texture beyond BUSY...
MOST = 5.0  # ...up to this
BLACK, DIM = 2.0, 18.0  # luma between which the mark fades out: screens in lit rooms show less than this as black


def strength(rgb: UInt8[np.ndarray, "H W 3"], level: float = 1.0) -> Float32[np.ndarray, "h w"]:
    """Standard deviation the mark may have, in levels of 255, on a grid of at most `GRID` that covers the picture.

    `level` is how much stronger or fainter than usual it should be. Texture hides the mark (Watson, "DCT quantization
    matrices visually optimized", 1993); the least textured place nearby decides, so that nothing spills from an edge
    onto the flat ground beside it.
    """
    height, width = rgb.shape[:2]
    scale = min(1.0, GRID / min(height, width))
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    luma = cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    square = cv2.sqrBoxFilter(luma, cv2.CV_32F, WINDOW)
    mean = cv2.boxFilter(luma, cv2.CV_32F, WINDOW)
    texture = cv2.sqrt(np.maximum(square - mean * mean, 0))
    texture = cv2.blur(cv2.erode(texture, np.ones(WINDOW, np.uint8)), (7, 7))
    rough = np.clip((texture - SMOOTH) / (ROUGH - SMOOTH), 0, 1)
    usual = USUAL + TEXTURE * np.maximum(texture - BUSY, 0)
    most = np.minimum(usual * min(level, 1) + USUAL * max(level - 1, 0) * rough, MOST)
    return most * np.clip((mean - BLACK) / (DIM - BLACK), 0, 1)


class Overlay:
    """Lays one pattern over pictures of its size; keeps its scratch memory: new memory costs more than the sums."""

    def __init__(self, pattern: Float32[np.ndarray, "H W"]) -> None:
        self.pattern = pattern
        self._wide = np.empty_like(pattern)
        self._step = np.empty(pattern.shape, np.uint8)
        self._steps = np.empty((*pattern.shape, 3), np.uint8)

    def lay(self, rgb: UInt8[np.ndarray, "H W 3"], out: UInt8[np.ndarray, "H W 3"], level: float = 1.0) -> None:
        """Write the picture with the pattern to `out`: the same in red, green and blue, so only the luma changes."""
        size = self.pattern.shape[::-1]
        cv2.resize(strength(rgb, level), size, dst=self._wide, interpolation=cv2.INTER_LINEAR)
        cv2.add(rgb, self._rounded(1), dst=out)
        cv2.subtract(out, self._rounded(-1), dst=out)

    def _rounded(self, sign: int) -> UInt8[np.ndarray, "H W 3"]:
        """What makes pixels lighter (1) or darker (-1), in whole levels: the other half saturates to zero."""
        cv2.multiply(self.pattern, self._wide, dst=self._step, scale=sign, dtype=cv2.CV_8U)
        cv2.cvtColor(self._step, cv2.COLOR_GRAY2RGB, dst=self._steps)
        return self._steps
