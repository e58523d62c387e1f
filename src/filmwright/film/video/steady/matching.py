"""Where each pixel of a frame is in the frames around it."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float32, Num, UInt8

from filmwright.core.frames import Frames

from ..flow import NOTHING, SMALLEST, consistent, estimated, grid, inside

SHARE, FEWEST = 0.05, 6.0  # of the shorter side, and pixels: what is wider than that is not looked at for motion
HOME = 0.5  # pixels by which a flow turned round may miss
SMOOTH, MISSED = 2.0, 1.0  # pixels of blur, and levels that a point may miss its own brightness by
ROUNDS = 4  # of the fixed point; each shrinks what is left by the flow's own steepness


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Way:
    """From the pixels of one frame to where their points are in another."""

    flow: Float32[np.ndarray, "H W 2"]  # pixels to the right and down
    seen: Bool[np.ndarray, "H W"]  # there too
    likely: Bool[np.ndarray, "H W"]  # inside the picture, and not known to be hidden: more than `seen` by an estimate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Link:
    """Between two frames in a row."""

    forward: Way
    backward: Way


def link(before: Frames, after: Frames) -> Link:
    """Along the exact flow where the first frame carries it; else estimated, there and back.

    What is too small to estimate is taken to stand still, and no point of it to be found again.
    """
    flow, visible = before.passes.flow, before.passes.visible
    if flow is not None and visible is not None:
        seen = visible[0] & inside(flow[0])
        there = Way(flow=flow[0], seen=seen, likely=seen)
        return Link(forward=there, backward=turned(there))
    one, other = _fine(before), _fine(after)
    if min(one.shape) < SMALLEST:
        nowhere, everywhere = np.zeros(one.shape, bool), np.ones(one.shape, bool)
        still = Way(flow=np.zeros((*one.shape, 2), np.float32), seen=nowhere, likely=everywhere)
        return Link(forward=still, backward=still)
    there_flow, back_flow = estimated(one, other), estimated(other, one)
    return Link(
        forward=Way(flow=there_flow, seen=_found(one, there_flow, back_flow), likely=inside(there_flow)),
        backward=Way(flow=back_flow, seen=_found(other, back_flow, there_flow), likely=inside(back_flow)),
    )


def turned(way: Way) -> Way:
    """The way back along an exact flow: b(q) = -f(q + b(q)), from a first guess that is carried along.

    Chen, Lu, Chen and Ruchala, "A simple fixed-point approach to invert a deformation field", Medical Physics 2008.
    """
    height, width = way.seen.shape
    known = way.seen & inside(way.flow)
    across, down = np.rint(grid(height, width) + way.flow)[known].astype(int).T
    sums = np.zeros((height, width, 3), np.float32)
    sums[down, across] = np.append(-way.flow[known], np.ones((len(down), 1), np.float32), 1)
    around = cv2.boxFilter(sums, -1, (5, 5), normalize=False)
    guess = np.where(sums[..., 2:] > 0, sums, around)
    back = guess[..., :2] / np.maximum(guess[..., 2:], 1)
    for _ in range(ROUNDS):
        back = -fetched(way.flow, back)
    missed = back + fetched(way.flow, back)
    home = np.einsum("hwc,hwc->hw", missed, missed) < HOME**2
    seen = home & _marked(way.seen, back) & inside(back)
    return Way(flow=back, seen=seen, likely=seen)


def chained(steps: Sequence[Way]) -> list[Way]:
    """Steps from frame to frame as ways from the first frame: one frame far, two frames far, and on."""
    ways = list(steps[:1])
    for step in steps[1:]:
        last = ways[-1]
        flow = last.flow + fetched(step.flow, last.flow)
        seen, likely = last.seen & _marked(step.seen, last.flow), last.likely & _marked(step.likely, last.flow)
        ways.append(Way(flow=flow, seen=seen & inside(flow), likely=likely & inside(flow)))
    return ways


def fetched(
    values: Num[np.ndarray, "H W *C"], flow: Float32[np.ndarray, "H W 2"], how: int = cv2.INTER_LINEAR
) -> Num[np.ndarray, "H W *C"]:
    """Another frame's values at the places that the flow leads to; past the edges they are mirrored."""
    at = grid(*flow.shape[:2]) + flow
    return cv2.remap(values, at, NOTHING, how, borderMode=cv2.BORDER_REFLECT_101)


def _found(
    picture: UInt8[np.ndarray, "H W"], there: Float32[np.ndarray, "H W 2"], back: Float32[np.ndarray, "H W 2"]
) -> Bool[np.ndarray, "H W"]:
    """Points that the flow back takes home, or near enough to a place that looks the same: on a wall, along an edge."""
    smooth = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), SMOOTH)
    missed = there + fetched(back, there)
    levels = sum(missed[..., i] * cv2.Sobel(smooth, -1, 1 - i, i, scale=1 / 8) for i in (0, 1))
    return consistent(there, back) | ((np.abs(levels) < MISSED) & inside(there))


def _marked(mask: Bool[np.ndarray, "H W"], flow: Float32[np.ndarray, "H W 2"]) -> Bool[np.ndarray, "H W"]:
    return np.asarray(fetched(mask.astype(np.uint8), flow, cv2.INTER_NEAREST) > 0)


def _fine(frame: Frames) -> UInt8[np.ndarray, "H W"]:
    """The luma without its broad lights: else the flow would take their flicker for motion, and explain it away."""
    luma = cv2.cvtColor(frame.rgb[0], cv2.COLOR_RGB2GRAY).astype(np.float32)
    broad = cv2.GaussianBlur(luma, (0, 0), max(SHARE * min(luma.shape), FEWEST))
    return np.clip(np.rint(128 + luma - broad), 0, 255).astype(np.uint8)
