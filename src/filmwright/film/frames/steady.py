"""Denoised frames that hold still: each is averaged with what the next ones show of the same surface points."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, no_type_check

import numpy as np
import warp as wp
from jaxtyping import Float32

from .rays import Raw
from .rays.device import ready

wp.set_module_options({"enable_backward": False, "cpu_compiler_flags": "-march=native"})

AHEAD = 4  # frames looked ahead


def steadied(
    raws: Iterable[Raw], *, ahead: int = AHEAD, device: str = "cpu"
) -> Iterator[tuple[Raw, Float32[np.ndarray, "H W 3"]]]:
    """Each frame with its steadied light; the last ones have fewer to look at.

    A point is followed along the exact flow for as long as it stays visible. What later frames show there is kept
    within what this frame shows around it, give or take a few hundredths: so noise that a denoiser left averages out,
    while reflections and shadows, which move otherwise than their surface, do not smear. All frames need flow.
    """
    window: deque[Raw] = deque()
    for raw in raws:
        window.append(raw)
        if len(window) > ahead:
            yield window[0], average(list(window), device=device)
            window.popleft()
    while window:
        yield window[0], average(list(window), device=device)
        window.popleft()


def average(window: list[Raw], *, device: str = "cpu") -> Float32[np.ndarray, "H W 3"]:
    """The first frame's light, averaged with the others' along the flow."""
    ready(device)
    own = _colors(window[0], device)
    dim = own.shape
    low, high = (wp.empty(dim, dtype=wp.vec3, device=device) for _ in range(2))
    wp.launch(_bounds, dim=dim, inputs=[own, low, high], device=device)
    place: Any = wp.zeros(dim, dtype=wp.vec3, device=device)  # x, y where the point went; z 1 once it is lost
    total: Any = wp.empty(dim, dtype=wp.vec4, device=device)
    wp.launch(_begin, dim=dim, inputs=[own, place, total], device=device)
    for now, later in pairwise(window):
        if now.flow is None or now.visible is None:
            raise ValueError(f"frame {now.frame} was traced without flow; frames can't be steadied without")
        flow: Any = wp.array(now.flow, dtype=wp.vec2, device=device, copy=False)
        visible: Any = wp.array(now.visible, dtype=wp.bool, device=device, copy=False)
        inputs = [flow, visible, _colors(later, device), low, high, place, total]
        wp.launch(_follow, dim=dim, inputs=inputs, device=device)
    sums = total.numpy()
    return np.ascontiguousarray(sums[..., :3] / sums[..., 3:])


def _colors(raw: Raw, device: str) -> Any:
    assert raw.radiance is not None
    return wp.array(np.ascontiguousarray(raw.radiance), dtype=wp.vec3, device=device, copy=False)


@no_type_check
@wp.kernel
def _begin(  # noqa: ANN202
    own: wp.array2d(dtype=wp.vec3), place: wp.array2d(dtype=wp.vec3), total: wp.array2d(dtype=wp.vec4)
):
    row, column = wp.tid()
    c = own[row, column]
    place[row, column] = wp.vec3(float(column), float(row), 0.0)
    total[row, column] = wp.vec4(c[0], c[1], c[2], 1.0)


@no_type_check
@wp.kernel
def _bounds(  # noqa: ANN202
    own: wp.array2d(dtype=wp.vec3), low: wp.array2d(dtype=wp.vec3), high: wp.array2d(dtype=wp.vec3)
):
    """What a point may look like: the span of its 3x3 neighbours, a little wider than that."""
    row, column = wp.tid()
    least = own[row, column]
    most = own[row, column]
    for dy in range(-1, 2):
        for dx in range(-1, 2):
            y = wp.clamp(row + dy, 0, own.shape[0] - 1)
            x = wp.clamp(column + dx, 0, own.shape[1] - 1)
            least = wp.min(least, own[y, x])
            most = wp.max(most, own[y, x])
    slack = 0.04 * (most + least) * 0.5
    low[row, column] = least - slack
    high[row, column] = most + slack


@no_type_check
@wp.func
def _cubic(t: float) -> wp.vec4:
    """Catmull-Rom weights, which keep detail where bilinear ones would blur it frame by frame."""
    t2 = t * t
    t3 = t2 * t
    return 0.5 * wp.vec4(-t3 + 2.0 * t2 - t, 3.0 * t3 - 5.0 * t2 + 2.0, -3.0 * t3 + 4.0 * t2 + t, t3 - t2)


@no_type_check
@wp.kernel
def _follow(  # noqa: ANN202
    flow: wp.array2d(dtype=wp.vec2),
    visible: wp.array2d(dtype=wp.bool),
    later: wp.array2d(dtype=wp.vec3),
    low: wp.array2d(dtype=wp.vec3),
    high: wp.array2d(dtype=wp.vec3),
    place: wp.array2d(dtype=wp.vec3),
    total: wp.array2d(dtype=wp.vec4),
):
    """One frame on: move the point, and add what is seen there."""
    row, column = wp.tid()
    at = place[row, column]
    if at[2] > 0.0:
        return
    near_y = wp.clamp(int(at[1] + 0.5), 0, flow.shape[0] - 1)
    near_x = wp.clamp(int(at[0] + 0.5), 0, flow.shape[1] - 1)
    if not visible[near_y, near_x]:
        place[row, column] = wp.vec3(at[0], at[1], 1.0)
        return
    x = at[0] + flow[near_y, near_x][0]
    y = at[1] + flow[near_y, near_x][1]
    place[row, column] = wp.vec3(x, y, 0.0)
    wx = _cubic(x - wp.floor(x))
    wy = _cubic(y - wp.floor(y))
    seen = wp.vec3(0.0)
    for i in range(4):
        for j in range(4):
            v = wp.clamp(int(wp.floor(y)) - 1 + i, 0, later.shape[0] - 1)
            u = wp.clamp(int(wp.floor(x)) - 1 + j, 0, later.shape[1] - 1)
            seen += later[v, u] * (wy[i] * wx[j])
    seen = wp.min(wp.max(seen, low[row, column]), high[row, column])
    total[row, column] = total[row, column] + wp.vec4(seen[0], seen[1], seen[2], 1.0)
