"""Passes as pictures that people can read."""

import cv2
import numpy as np
from jaxtyping import Bool, Float32, Int32, UInt8

from filmwright.core.frames import Passes

FULL = 0.02  # of the picture's height: the flow a frame that has its full colour


def shown(passes: Passes, frame: int) -> dict[str, UInt8[np.ndarray, "H W 3"]]:
    """Depth, normals, ids and flow of one frame, by name; nothing where there are none."""
    if passes.depth is None or passes.normals is None or passes.ids is None:
        return {}
    pictures = {
        "depth": _depth(passes.depth[frame], *_range(passes.depth)),
        "normals": _normals(passes.normals[frame]),
        "ids": _ids(passes.ids[frame]),
    }
    if passes.flow is not None and passes.visible is not None:
        pictures["flow"] = _flow(passes.flow[frame], passes.visible[frame])
    return pictures


def _range(depth: Float32[np.ndarray, "F H W"]) -> tuple[float, float]:
    """Near and far of a clip, the farthest hundredth left out: a ground runs to the horizon."""
    near = depth[np.isfinite(depth)]
    return (float(near.min()), float(np.quantile(near, 0.9))) if near.size else (0.0, 1.0)


def _depth(depth: Float32[np.ndarray, "H W"], near: float, far: float) -> UInt8[np.ndarray, "H W 3"]:
    """Near is bright, by inverse depth; black where nothing is hit."""
    with np.errstate(divide="ignore"):
        share = (1 / depth - 1 / far) / max(1 / near - 1 / far, 1e-9)
    level = np.where(np.isfinite(depth), 40 + 215 * np.clip(share, 0, 1), 0).astype(np.uint8)
    return np.repeat(level[..., None], 3, -1)


def _normals(normals: Float32[np.ndarray, "H W 3"]) -> UInt8[np.ndarray, "H W 3"]:
    return np.round(np.clip(normals, -1, 1) * 127 + 128).astype(np.uint8)


def _ids(ids: Int32[np.ndarray, "H W"]) -> UInt8[np.ndarray, "H W 3"]:
    """A hue for each id, by the golden ratio; 0 is dark grey."""
    hue = np.round(ids * 0.618034 % 1 * 179).astype(np.uint8)
    paint = np.stack([hue, np.full_like(hue, 150), np.full_like(hue, 235)], -1)
    rgb = cv2.cvtColor(paint, cv2.COLOR_HSV2RGB)
    return np.where((ids > 0)[..., None], rgb, np.uint8(40))


def _flow(flow: Float32[np.ndarray, "H W 2"], visible: Bool[np.ndarray, "H W"]) -> UInt8[np.ndarray, "H W 3"]:
    """Direction as hue and speed as saturation, on white; black where the point is hidden in the next frame."""
    fast = np.hypot(flow[..., 0], flow[..., 1]) / (FULL * len(flow))
    hue = (np.arctan2(flow[..., 1], flow[..., 0]) / (2 * np.pi) % 1 * 179).astype(np.uint8)
    saturation = (255 * np.clip(fast, 0, 1)).astype(np.uint8)
    rgb = cv2.cvtColor(np.stack([hue, saturation, np.full_like(hue, 255)], -1), cv2.COLOR_HSV2RGB)
    return np.where(visible[..., None], rgb, np.uint8(0))
