"""Where each point goes from one frame to the next, and what changes along the way."""

from functools import lru_cache

import cv2
import numpy as np
from jaxtyping import Bool, Float32, Int16, UInt8

SMALLEST = 32  # pixels of a side below which the estimate is worth nothing
SMALL, LARGE = 240, 720  # of the shorter side: below pictures are doubled for the estimate, above halved
NOTHING = np.empty(0, np.float32)  # in place of a second map
ALPHA, BETA = 0.01, 0.5  # of Sundaram, Brox and Keutzer


def estimated(before: UInt8[np.ndarray, "H W"], after: UInt8[np.ndarray, "H W"]) -> Float32[np.ndarray, "H W 2"]:
    """Pixels (right, down) from one frame to the next by dense inverse search.

    Kroeger, Timofte, Dai and Van Gool, "Fast Optical Flow using Dense Inverse Search", ECCV 2016; OpenCV's medium
    preset. On a texture that slides by whole pixels it is 0.01 pixels off. Its patches have a fixed size, so small
    pictures are doubled and very large ones halved first.
    """
    height, width = before.shape
    scale = 2.0 if min(height, width) < SMALL else 1.0
    while min(height, width) * scale > LARGE:
        scale /= 2
    if scale != 1:
        size, way = (round(width * scale), round(height * scale)), cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        before, after = (cv2.resize(picture, size, interpolation=way) for picture in (before, after))
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    found = search.calc(before, after, np.zeros((*before.shape, 2), np.float32))  # zero: no guess to start from
    if scale != 1:
        way = cv2.INTER_AREA if scale > 1 else cv2.INTER_LINEAR
        back = np.array([width / before.shape[1], height / before.shape[0]], np.float32)
        found = cv2.resize(found, (width, height), interpolation=way) * back
    return np.asarray(found, np.float32)


def consistent(there: Float32[np.ndarray, "H W 2"], back: Float32[np.ndarray, "H W 2"]) -> Bool[np.ndarray, "H W"]:
    """Which points are seen in both frames: those that the flow back takes home again, and that stay in the picture.

    Sundaram, Brox and Keutzer, "Dense point trajectories by GPU-accelerated large displacement optical flow", ECCV
    2010, equation 5.
    """
    height, width = there.shape[:2]
    at = grid(height, width) + there
    home = cv2.remap(back, at, NOTHING, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    gap, length = _squared(there + home), _squared(there) + _squared(home)
    return np.asarray(inside(there) & (gap < ALPHA * length + BETA))


def inside(flow: Float32[np.ndarray, "H W 2"]) -> Bool[np.ndarray, "H W"]:
    """Which points stay in the picture."""
    height, width = flow.shape[:2]
    at = grid(height, width) + flow
    return np.asarray(cv2.inRange(at, (0.0, 0.0), (width - 1.0, height - 1.0)) > 0)


def carried(later: Float32[np.ndarray, "H W C"], flow: Float32[np.ndarray, "H W 2"]) -> Float32[np.ndarray, "H W C"]:
    """The next frame, fetched back along the flow, bilinearly and exactly: OpenCV's remap rounds to 1/32 pixel."""
    height, width = flow.shape[:2]
    at = np.clip(grid(height, width) + flow, 0, np.array([width - 1, height - 1], np.float32))
    corner = np.minimum(at.astype(np.int16), np.array([max(width - 2, 0), max(height - 2, 0)], np.int16))
    across, along = np.moveaxis(at - corner, -1, 0)[..., None]
    right, below = np.array([min(1, width - 1), 0], np.int16), np.array([0, min(1, height - 1)], np.int16)

    def fetched(places: Int16[np.ndarray, "H W 2"]) -> Float32[np.ndarray, "H W C"]:
        return cv2.remap(later, places, NOTHING, cv2.INTER_NEAREST).reshape(later.shape)

    lines = []
    for start in (corner, corner + below):
        one = fetched(start)
        lines.append(one + (fetched(start + right) - one) * across)
    top, bottom = lines
    return np.asarray(top + (bottom - top) * along, np.float32)


def change_along(
    before: Float32[np.ndarray, "H W C"],
    after: Float32[np.ndarray, "H W C"],
    flow: Float32[np.ndarray, "H W 2"],
    visible: Bool[np.ndarray, "H W"],
) -> float:
    """Mean change of a surface point from one frame to the next, where it is seen in both; NaN where none is."""
    if not visible.any():
        return float("nan")
    return float(np.abs(carried(after, flow) - before)[visible].mean())


@lru_cache(maxsize=2)
def grid(height: int, width: int) -> Float32[np.ndarray, "H W 2"]:
    """Column and row of each pixel."""
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.stack([columns, rows], -1)


def _squared(vectors: Float32[np.ndarray, "H W 2"]) -> Float32[np.ndarray, "H W"]:
    """Squared lengths."""
    return np.asarray(np.einsum("hwc,hwc->hw", vectors, vectors))
