"""Depth of field after the fact: a finished sharp frame, seen through a lens that is open."""

from functools import lru_cache
from math import tan
from typing import Any, no_type_check

import numpy as np
import warp as wp
from jaxtyping import Float32

from filmwright.core.camera import Camera

from .rays.device import ready

wp.set_module_options({"enable_backward": False, "cpu_compiler_flags": "-march=native"})

_SHARP = 0.6  # pixels of blur radius that nobody sees
_TILE = 8  # half-resolution pixels a tile
_TAPS = 96  # of the widest blur


def focused(
    radiance: Float32[np.ndarray, "H W 3"],
    depth: Float32[np.ndarray, "H W"],
    camera: Camera,
    *,
    device: str = "cpu",
) -> Float32[np.ndarray, "H W 3"]:
    """The frame as a lens of `camera.aperture` focused at `camera.focus` would show it; `depth` is in metres.

    A gather on half the resolution in two layers, what stands before a pixel and the rest (after Jimenez, SIGGRAPH
    2014): sharp things stay sharp before a soft background, soft things in front spread over what is behind them.
    What a real lens sees behind a blurred edge is not in the picture and is filled from beside it.
    """
    height, width = depth.shape
    scale = camera.aperture * height / 2 / tan(camera.fov_y / 2)  # pixels times metres
    limit = 0.05 * height
    if min(scale / camera.focus, limit) <= _SHARP and scale / max(float(depth.min()), 1e-6) <= _SHARP:
        return radiance
    ready(device)
    light: Any = wp.array(np.ascontiguousarray(radiance), dtype=wp.vec3, device=device, copy=False)
    circle = np.clip(scale * (1.0 / camera.focus - 1.0 / np.maximum(depth, 1e-6)), -limit, limit).astype(np.float32)
    if float(np.abs(circle).max()) <= _SHARP:
        return radiance
    circles: Any = wp.array(circle, dtype=float, device=device)
    half = ((height + 1) // 2, (width + 1) // 2)
    small: Any = wp.empty(half, dtype=wp.vec4, device=device)
    wp.launch(_shrink, dim=half, inputs=[light, circles, small], device=device)
    tiles = (-(-half[0] // _TILE), -(-half[1] // _TILE))
    blur: Any = wp.empty(tiles, dtype=wp.vec3, device=device)
    wp.launch(_largest, dim=tiles, inputs=[small, blur], device=device)
    reach: Any = wp.empty(tiles, dtype=wp.vec2, device=device)
    wp.launch(_reaching, dim=tiles, inputs=[blur, reach], device=device)
    soft: Any = wp.empty(half, dtype=wp.vec4, device=device)
    wp.launch(_gather, dim=half, inputs=[small, reach, _spiral(device), soft], device=device)
    out: Any = wp.empty((height, width), dtype=wp.vec3, device=device)
    wp.launch(_compose, dim=(height, width), inputs=[light, circles, soft, out], device=device)
    return out.numpy()


@lru_cache(maxsize=4)
def _spiral(device: str) -> Any:
    """Points that fill a disc evenly, whatever their number (Vogel 1979): x, y and distance for a step of 1."""
    i = np.arange(_TAPS)
    r, angle = np.sqrt(i + 0.5), i * np.pi * (3 - np.sqrt(5))
    return wp.array(np.stack([r * np.cos(angle), r * np.sin(angle), r], 1), dtype=wp.vec3, device=device)


@no_type_check
@wp.kernel
def _shrink(  # noqa: ANN202
    light: wp.array2d(dtype=wp.vec3), circle: wp.array2d(dtype=float), small: wp.array2d(dtype=wp.vec4)
):
    """Each 2x2 block: the light of its softest pixels, and their signed blur radius in small pixels.

    Pixels much sharper than the softest stay out, so that a sharp edge does not bleed into the blur beside it.
    """
    row, column = wp.tid()
    y1 = wp.min(2 * row + 1, light.shape[0] - 1)
    x1 = wp.min(2 * column + 1, light.shape[1] - 1)
    a = circle[2 * row, 2 * column]
    b = circle[2 * row, x1]
    c = circle[y1, 2 * column]
    d = circle[y1, x1]
    softest = a
    if wp.abs(b) > wp.abs(softest):
        softest = b
    if wp.abs(c) > wp.abs(softest):
        softest = c
    if wp.abs(d) > wp.abs(softest):
        softest = d
    wa = wp.max(1.0 - wp.abs(a - softest), 0.0001)
    wb = wp.max(1.0 - wp.abs(b - softest), 0.0001)
    wc = wp.max(1.0 - wp.abs(c - softest), 0.0001)
    wd = wp.max(1.0 - wp.abs(d - softest), 0.0001)
    total = light[2 * row, 2 * column] * wa + light[2 * row, x1] * wb + light[y1, 2 * column] * wc + light[y1, x1] * wd
    total = total / (wa + wb + wc + wd)
    small[row, column] = wp.vec4(total[0], total[1], total[2], 0.5 * softest)


@no_type_check
@wp.kernel
def _largest(small: wp.array2d(dtype=wp.vec4), blur: wp.array2d(dtype=wp.vec3)):  # noqa: ANN202
    """The largest blur radius in a tile, its darkest and its brightest light."""
    row, column = wp.tid()
    found = wp.vec3(0.0, 1.0e30, 0.0)
    for y in range(row * 8, wp.min(row * 8 + 8, small.shape[0])):
        for x in range(column * 8, wp.min(column * 8 + 8, small.shape[1])):
            s = small[y, x]
            light = s[0] + s[1] + s[2]
            found = wp.vec3(wp.max(found[0], wp.abs(s[3])), wp.min(found[1], light), wp.max(found[2], light))
    blur[row, column] = found


@no_type_check
@wp.kernel
def _reaching(blur: wp.array2d(dtype=wp.vec3), reach: wp.array2d(dtype=wp.vec2)):  # noqa: ANN202
    """The largest blur radius of any tile whose blur can get to this one, and the contrast of all of these, 0 to 1."""
    row, column = wp.tid()
    found = wp.vec3(0.0, 1.0e30, 0.0)
    for dy in range(-4, 5):
        for dx in range(-4, 5):
            y = row + dy
            x = column + dx
            if y >= 0 and x >= 0 and y < blur.shape[0] and x < blur.shape[1]:
                b = blur[y, x]
                if b[0] > 8.0 * float(wp.max(wp.max(wp.abs(dx), wp.abs(dy)) - 1, 0)):
                    found = wp.vec3(wp.max(found[0], b[0]), wp.min(found[1], b[1]), wp.max(found[2], b[2]))
    reach[row, column] = wp.vec2(found[0], wp.max(found[2] - found[1], 0.0) / wp.max(found[2], 0.01))


@no_type_check
@wp.kernel
def _gather(  # noqa: ANN202
    small: wp.array2d(dtype=wp.vec4),
    reach: wp.array2d(dtype=wp.vec2),
    spiral: wp.array(dtype=wp.vec3),
    soft: wp.array2d(dtype=wp.vec4),
):
    """The blurred light, and in w how much of it stands in front of what is here."""
    row, column = wp.tid()
    own = small[row, column]
    near = reach[row / 8, column / 8]
    radius = near[0]
    if radius < 0.3:
        soft[row, column] = wp.vec4(own[0], own[1], own[2], 0.0)
        return
    radius = radius + 0.5
    num = wp.clamp(int(3.0 * radius * radius), 16, spiral.shape[0])
    num = wp.clamp(int(near[1] * 3.0 * float(num)), 16, num)  # an even wall needs few taps
    here = wp.max(wp.abs(own[3]), 0.5)
    rest = wp.vec4(own[0], own[1], own[2], 1.0) * (1.0 / (here * here))
    front = wp.vec4(0.0)
    step = radius / wp.sqrt(float(num))
    for i in range(num):
        place = spiral[i] * step
        y = wp.clamp(int(float(row) + 0.5 + place[1]), 0, small.shape[0] - 1)
        x = wp.clamp(int(float(column) + 0.5 + place[0]), 0, small.shape[1] - 1)
        s = small[y, x]
        disc = wp.max(wp.abs(s[3]), 0.5)
        if s[3] < own[3] - 1.0:  # in front of what is here: its whole disc shows
            w = step * step * wp.clamp(disc - place[2] + 0.5, 0.0, 1.0) / (disc * disc)
            front += wp.vec4(s[0], s[1], s[2], 1.0) * w
        else:  # what is here hides it but where both are soft
            disc = wp.min(disc, here)
            w = step * step * wp.clamp(disc - place[2] + 0.5, 0.0, 1.0) / (disc * disc)
            rest += wp.vec4(s[0], s[1], s[2], 1.0) * w
    rgb = rest / rest[3]
    covered = wp.min(front[3], 1.0)
    if covered > 0.0:
        rgb = rgb * (1.0 - covered) + front * (covered / front[3])
    soft[row, column] = wp.vec4(rgb[0], rgb[1], rgb[2], covered)


@no_type_check
@wp.func
def _softness(circle: float) -> float:
    """How much of a pixel comes from the blurred picture, by its blur radius."""
    return wp.clamp((wp.abs(circle) - 0.6) / 1.4, 0.0, 1.0)


@no_type_check
@wp.kernel
def _compose(  # noqa: ANN202
    light: wp.array2d(dtype=wp.vec3),
    circle: wp.array2d(dtype=float),
    soft: wp.array2d(dtype=wp.vec4),
    out: wp.array2d(dtype=wp.vec3),
):
    """Sharp pixels as they are, soft ones from the blurred picture."""
    row, column = wp.tid()
    y = (float(row) - 0.5) / 2.0
    x = (float(column) - 0.5) / 2.0
    fy = y - wp.floor(y)
    fx = x - wp.floor(x)
    y0 = wp.clamp(int(wp.floor(y)), 0, soft.shape[0] - 1)
    x0 = wp.clamp(int(wp.floor(x)), 0, soft.shape[1] - 1)
    y1 = wp.min(y0 + 1, soft.shape[0] - 1)
    x1 = wp.min(x0 + 1, soft.shape[1] - 1)
    top = soft[y0, x0] * (1.0 - fx) + soft[y0, x1] * fx
    bottom = soft[y1, x0] * (1.0 - fx) + soft[y1, x1] * fx
    blurred = top * (1.0 - fy) + bottom * fy
    up = wp.max(row - 1, 0)
    down = wp.min(row + 1, circle.shape[0] - 1)
    left = wp.max(column - 1, 0)
    right = wp.min(column + 1, circle.shape[1] - 1)
    # One depth a pixel draws edges as stairs; its neighbours' share makes them lines again.
    own = 0.4 * _softness(circle[row, column]) + 0.15 * (
        _softness(circle[up, column])
        + _softness(circle[down, column])
        + _softness(circle[row, left])
        + _softness(circle[row, right])
    )
    share = wp.max(own, wp.smoothstep(0.0, 0.15, blurred[3]))
    out[row, column] = light[row, column] * (1.0 - share) + wp.vec3(blurred[0], blurred[1], blurred[2]) * share
