"""Sharing samples over time: what the frame before knows of this one's points, taken over along their way.

Schied et al., "Spatiotemporal Variance-Guided Filtering" (HPG 2017); Karis, "High Quality Temporal Supersampling"
(SIGGRAPH 2014); Yang, Liu and Salvi, "A Survey of Temporal Antialiasing Techniques" (2020).
"""

# mypy: ignore-errors
# ruff: noqa: UP018 - float(0.0) is how Warp declares a variable that loops change

from typing import no_type_check

import warp as wp

from .bsdf import brightness
from .structs import OPTIONS
from .trail import Guides, half, index_of, picked, sampled, shaded

wp.set_module_options(OPTIONS)

SQUEEZE = wp.constant(0.4)  # 1 makes thin highlights dim, 0 lets them flicker


@no_type_check
@wp.func
def same_point(now: Guides, here: int, before: Guides, there: int) -> float:
    """Whether a pixel of the frame before shows the surface that a pixel shows now: 1 or 0."""
    if now.ids[here] != before.ids[there]:
        return 0.0
    expected = now.back[here][2]
    slant = 1.0 - wp.abs(wp.dot(now.normals[here], before.normals[there]))
    if slant > 0.3 or wp.abs(before.depth[there] - expected) > 0.02 * expected:
        return 0.0
    return 1.0


@no_type_check
@wp.kernel
def blend_light(
    now: Guides,
    before: Guides,
    most: float,
    light: wp.array(dtype=wp.vec4),
    old_light: wp.array(dtype=wp.vec4),
    old_count: wp.array(dtype=float),
    new_light: wp.array(dtype=wp.vec4),
    new_count: wp.array(dtype=float),
):
    """Average each block's sampled light with that of its point in the frames before, up to `most` of them.

    A block whose turn it is not keeps what was known, or takes what its neighbours made of it.
    """
    tid = wp.tid()
    block_x = tid % half(now.width)
    block_y = tid / half(now.width)
    fresh = wp.where(sampled(now, block_x, block_y), 1.0, 0.0)
    pixel = picked(now, block_x, block_y)
    here = index_of(now, pixel)
    back = now.back[here]
    x = float(pixel[0]) + now.place[0] + back[0]
    y = float(pixel[1]) + now.place[1] + back[1]
    x = (x - before.place[0] - float(before.pick_x)) * 0.5
    y = (y - before.place[1] - float(before.pick_y)) * 0.5
    x0 = int(wp.floor(x))
    y0 = int(wp.floor(y))
    fx = x - wp.floor(x)
    fy = y - wp.floor(y)
    total = wp.vec4(0.0)
    count = float(0.0)
    weight = float(0.0)
    for j in range(2):
        for i in range(2):
            bx = x0 + i
            by = y0 + j
            if bx >= 0 and by >= 0 and bx < half(now.width) and by < half(now.height):
                there = index_of(before, picked(before, bx, by))
                k = wp.where(i == 0, 1.0 - fx, fx) * wp.where(j == 0, 1.0 - fy, fy)
                k = k * same_point(now, here, before, there)
                at = by * half(now.width) + bx
                total = total + old_light[at] * k
                count = count + old_count[at] * k
                weight = weight + k
    if weight > 0.01:
        n = wp.min(count / weight, most - fresh)
        new_light[tid] = (total * (n / weight) + light[tid] * fresh) / (n + fresh)
        new_count[tid] = n + fresh
    else:
        new_light[tid] = light[tid]
        new_count[tid] = wp.max(fresh, 0.25)


@no_type_check
@wp.func
def cubic(t: float) -> wp.vec4:
    """Catmull-Rom weights of four neighbours."""
    t2 = t * t
    t3 = t2 * t
    return wp.vec4(
        -0.5 * t3 + t2 - 0.5 * t, 1.5 * t3 - 2.5 * t2 + 1.0, -1.5 * t3 + 2.0 * t2 + 0.5 * t, 0.5 * t3 - 0.5 * t2
    )


@no_type_check
@wp.func
def squeezed(c: wp.vec3) -> wp.vec3:
    """Radiance brought below 2.5, so that highlights do not outvote their surroundings."""
    return c / (1.0 + SQUEEZE * wp.max(brightness(c), 0.0))


@no_type_check
@wp.func
def stretched(c: wp.vec3) -> wp.vec3:
    """The inverse of `squeezed`."""
    return c / wp.max(1.0 - SQUEEZE * brightness(c), 1.0e-3)


@no_type_check
@wp.func
def old_picture(picture: wp.array(dtype=wp.vec3), width: int, height: int, x: float, y: float) -> wp.vec3:
    """The squeezed picture at a film point, bicubic."""
    gx = x - 0.5
    gy = y - 0.5
    x0 = int(wp.floor(gx))
    y0 = int(wp.floor(gy))
    fx = gx - wp.floor(gx)
    fy = gy - wp.floor(gy)
    if fx < 0.002 and fy < 0.002 and x0 >= 0 and y0 >= 0:
        return picture[wp.min(y0, height - 1) * width + wp.min(x0, width - 1)]
    wx = cubic(fx)
    wy = cubic(fy)
    total = wp.vec3(0.0)
    for j in range(4):
        row = wp.clamp(y0 + j - 1, 0, height - 1) * width
        line = wp.vec3(0.0)
        for i in range(4):
            line = line + picture[row + wp.clamp(x0 + i - 1, 0, width - 1)] * wx[i]
        total = total + line * wy[j]
    return total


@no_type_check
@wp.func
def known(now: Guides, here: int, before: Guides, x: float, y: float) -> bool:
    """Whether the frame before shows this pixel's surface at or beside film point (x, y)."""
    x0 = int(wp.floor(x - 0.5))
    y0 = int(wp.floor(y - 0.5))
    for j in range(2):
        for i in range(2):
            qx = x0 + i
            qy = y0 + j
            if qx >= 0 and qy >= 0 and qx < before.width and qy < before.height:
                if same_point(now, here, before, qy * before.width + qx) > 0.0:
                    return True
    return False


@no_type_check
@wp.kernel
def squeeze(picture: wp.array(dtype=wp.vec3), out: wp.array(dtype=wp.vec3)):
    """`squeezed`, pixel by pixel."""
    tid = wp.tid()
    out[tid] = squeezed(picture[tid])


@no_type_check
@wp.kernel
def blend_picture(
    now: Guides,
    before: Guides,
    least: float,
    slack: float,
    picture: wp.array(dtype=wp.vec3),
    old: wp.array(dtype=wp.vec3),
    old_count: wp.array(dtype=float),
    kept: wp.array(dtype=wp.vec3),
    new_count: wp.array(dtype=float),
):
    """Average each pixel with the frames before: this one counts `least` or more, and not at all where it was not
    shaded and the past is known.

    What is taken over is kept within `slack` times the spread of this frame's 3x3 neighbours, so that nothing drags
    behind. All pictures are squeezed.
    """
    tid = wp.tid()
    px = tid % now.width
    py = tid / now.width
    here = picture[tid]
    low = here
    high = here
    mean = wp.vec3(0.0)
    square = wp.vec3(0.0)
    num = float(0.0)
    front = tid
    for j in range(-1, 2):
        for i in range(-1, 2):
            qx = wp.clamp(px + i, 0, now.width - 1)
            qy = wp.clamp(py + j, 0, now.height - 1)
            q = qy * now.width + qx
            if shaded(now, qx, qy):
                c = picture[q]
                low = wp.min(low, c)
                high = wp.max(high, c)
                mean = mean + c
                square = square + wp.cw_mul(c, c)
                num = num + 1.0
            if now.depth[q] < now.depth[front]:
                front = q
    mean = mean / num
    spread = square / num - wp.cw_mul(mean, mean)
    spread = wp.vec3(wp.sqrt(wp.max(spread[0], 0.0)), wp.sqrt(wp.max(spread[1], 0.0)), wp.sqrt(wp.max(spread[2], 0.0)))
    # an edge moves with what is in front
    x = float(px) + 0.5 + now.back[front][0]
    y = float(py) + 0.5 + now.back[front][1]
    own_x = float(px) + 0.5 + now.back[tid][0]
    own_y = float(py) + 0.5 + now.back[tid][1]
    inside = x >= 0.0 and y >= 0.0 and x < float(now.width) and y < float(now.height)
    fresh = wp.where(shaded(now, px, py), 1.0, 0.0)
    result = here
    count = fresh
    followed = bool(False)
    if inside:
        followed = known(now, front, before, x, y)
        if not followed and front != tid:
            followed = known(now, tid, before, own_x, own_y)
    if followed:
        at = wp.clamp(int(y), 0, now.height - 1) * now.width + wp.clamp(int(x), 0, now.width - 1)
        n = old_count[at]
        past = old_picture(old, now.width, now.height, x, y)
        top = wp.min(mean + spread * slack, high) + wp.vec3(0.0007)
        bottom = wp.max(mean - spread * slack, low) - wp.vec3(0.0007)
        past = wp.min(wp.max(past, bottom), top)
        share = fresh * wp.max(1.0 / (n + 1.0), least)
        result = past * (1.0 - share) + here * share
        count = wp.min(n + fresh, 64.0)
    kept[tid] = wp.max(result, wp.vec3(0.0))
    new_count[tid] = count


@no_type_check
@wp.func
def alternating(c: wp.vec3, before: wp.vec3, before2: wp.vec3, after: wp.vec3, after2: wp.vec3) -> wp.vec3:
    """What pixel c is off the line of five pixels that it is the middle of, if they alternate; else nothing."""
    off = (c - (before + after) * 0.5) * 0.5
    one = brightness(before - (before2 + c) * 0.5)
    other = brightness(after - (after2 + c) * 0.5)
    k = brightness(off)
    if k * one < 0.0 and k * other < 0.0:
        return off
    return wp.vec3(0.0)


@no_type_check
@wp.kernel
def settle(g: Guides, picture: wp.array(dtype=wp.vec3), out: wp.array(dtype=wp.vec3)):
    """The picture to show: stretched, and without the chessboard's trace on thin bright lines, whose pixels of one
    colour have a sample more than those of the other.
    """
    tid = wp.tid()
    x = tid % g.width
    y = tid / g.width
    c = picture[tid]
    if x >= 2 and y >= 2 and x < g.width - 2 and y < g.height - 2:
        row = g.width
        up = alternating(c, picture[tid - row], picture[tid - 2 * row], picture[tid + row], picture[tid + 2 * row])
        along = alternating(c, picture[tid - 1], picture[tid - 2], picture[tid + 1], picture[tid + 2])
        if wp.abs(brightness(along)) > wp.abs(brightness(up)):
            up = along
        c = wp.max(c - up, wp.vec3(0.0))
    out[tid] = stretched(c)
