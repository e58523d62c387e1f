"""Where each point goes from one frame to the next, and what changes along the way."""

import cv2
import numpy as np
from jaxtyping import Bool, Float32, UInt8

SMALLEST = 32  # pixels of a side below which the estimate is worth nothing
SMALL, LARGE = 240, 720  # of the shorter side: below pictures are doubled for the estimate, above halved
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
    x, y = _grid(height, width)
    x, y = x + there[..., 0], y + there[..., 1]
    home = cv2.remap(back, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    gap, length = ((there + home) ** 2).sum(-1), (there**2).sum(-1) + (home**2).sum(-1)
    inside = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    return np.asarray(inside & (gap < ALPHA * length + BETA))


def carried(later: Float32[np.ndarray, "H W C"], flow: Float32[np.ndarray, "H W 2"]) -> Float32[np.ndarray, "H W C"]:
    """The next frame, fetched back along the flow, bilinearly and exactly: OpenCV's remap rounds to 1/32 pixel."""
    height, width = flow.shape[:2]
    x, y = _grid(height, width)
    x, y = np.clip(x + flow[..., 0], 0, width - 1), np.clip(y + flow[..., 1], 0, height - 1)
    x0, y0 = np.minimum(x.astype(np.int32), max(width - 2, 0)), np.minimum(y.astype(np.int32), max(height - 2, 0))
    right, below = min(1, width - 1), min(1, height - 1) * width
    fx, fy, at, flat = (x - x0)[..., None], (y - y0)[..., None], y0 * width + x0, later.reshape(height * width, -1)
    top = flat[at] * (1 - fx) + flat[at + right] * fx
    bottom = flat[at + below] * (1 - fx) + flat[at + below + right] * fx
    return np.asarray(top * (1 - fy) + bottom * fy, np.float32)


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


def _grid(height: int, width: int) -> tuple[Float32[np.ndarray, "H W"], Float32[np.ndarray, "H W"]]:
    """Column and row of each pixel."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return x, y
