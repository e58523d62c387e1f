"""A small moving clip that is quick to make, and what the tests of marks do to it."""

from fractions import Fraction

import cv2
import numpy as np

from filmwright.core.frames import Frames

FPS = Fraction(24)
PAYLOAD = 0x0123_4567_89AB_CDEF


def clip(num=24, *, width=640, height=360, seed=1, piece=5):
    """Soft shapes that slide, and in the lower half a texture that slides faster."""
    rng = np.random.default_rng(seed)
    soft = cv2.GaussianBlur(rng.normal(0, 1, (height, width + 2 * num, 3)).astype(np.float32), (0, 0), 24)
    fine = cv2.GaussianBlur(rng.normal(0, 1, (height, width + 5 * num, 1)).astype(np.float32), (0, 0), 1.2)[..., None]
    soft, fine = soft / (soft.std() + 1e-3) * 35 + 120, fine / (fine.std() + 1e-3) * 14
    fine[: height // 2] = 0
    for start in range(0, num, piece):
        pictures = [
            np.clip(soft[:, 2 * i : 2 * i + width] + fine[:, 5 * i : 5 * i + width], 0, 255).astype(np.uint8)
            for i in range(start, min(start + piece, num))
        ]
        yield Frames(rgb=np.stack(pictures), fps=FPS, start=start / FPS)


def grey(pieces, change=lambda rgb: rgb):
    """The luma of changed pictures, one at a time."""
    for frames in pieces:
        for rgb in frames.rgb:
            yield cv2.cvtColor(change(np.ascontiguousarray(rgb)), cv2.COLOR_RGB2GRAY)


def decibels(a, b):
    """PSNR of the luma of two runs of frames."""
    errors = [float(np.mean((x.astype(float) - y) ** 2)) for x, y in zip(grey(a), grey(b), strict=True)]
    return 10 * np.log10(255**2 / max(np.mean(errors), 1e-6))
