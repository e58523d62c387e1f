"""A video of the user's as pictures in memory: what something new is to be made from."""

import warnings
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from filmwright.core.errors import BadAsset, FilmWarning

from .reading import decode, probe

LONGEST = 1280  # pixels: larger pictures are made smaller
MOST = 257  # frames, where nobody says how many


def footage(
    path: Path, *, fps: Fraction | None = None, num_frames: int | None = None, seconds: float | None = None
) -> tuple[UInt8[np.ndarray, "F H W 3"], Fraction]:
    """The first pictures of a video at a frame rate, its own where none is asked for, and that rate.

    Each is the one that is shown at its time. A FilmWarning tells of footage that is left out because nobody said how
    much is wanted. Raises BadAsset for a file that is no video or ends before.
    """
    facts = probe(path)
    rate = fps or facts.fps
    there = int(facts.seconds * rate)
    wanted = num_frames or (max(round(seconds * rate), 1) if seconds else min(there, MOST))
    if there < wanted:
        raise BadAsset(
            f"{path} has {there} frames at {float(rate):g} a second, and {wanted} are asked for: ask for fewer."
        )
    if num_frames is seconds is None and there > MOST:
        says = f"the first {MOST} frames of {path.name} are used, of {there}; say how many with --frames or --seconds."
        warnings.warn(says, FilmWarning, stacklevel=2)
    wanted_at = [int(i * facts.fps / rate) for i in range(wanted)]
    kept: list[UInt8[np.ndarray, "H W 3"]] = []
    pictures = (rgb for piece in decode(path) for rgb in piece.rgb)
    for index, rgb in enumerate(pictures):
        while len(kept) < wanted and wanted_at[len(kept)] == index:
            kept.append(_smaller(rgb))
        if len(kept) == wanted:
            break
    return np.stack(kept), rate


def _smaller(rgb: UInt8[np.ndarray, "H W 3"]) -> UInt8[np.ndarray, "H W 3"]:
    height, width = rgb.shape[:2]
    scale = LONGEST / max(height, width)
    if scale >= 1:
        return rgb
    small = cv2.resize(rgb, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)
