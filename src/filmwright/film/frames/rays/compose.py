"""From split light to a picture: sampled light smoothed on its own grid, then laid under the full resolution."""

# mypy: ignore-errors
# ruff: noqa: UP018 - float(0.0) is how Warp declares a variable that loops change

from typing import no_type_check

import warp as wp

from .bsdf import brightness
from .structs import OPTIONS, View
from .trail import Guides, half, index_of, picked, point_of

wp.set_module_options(OPTIONS)

EDGE = wp.constant(0.2)  # a difference between shares of a light that is seen, beyond which it is no noise


@no_type_check
@wp.func
def kinship(n: wp.vec3, p: wp.vec3, z: float, other_n: wp.vec3, other_p: wp.vec3) -> float:
    """How surely two points lie on one smooth surface: 1 in one plane, towards 0 off it or at an angle."""
    dn = wp.max(wp.dot(n, other_n), 0.0)
    dn = dn * dn
    dn = dn * dn
    dn = dn * dn
    off = wp.dot(n, other_p - p) / (0.003 * z)
    off = off * off
    return dn / (1.0 + off * off)


@no_type_check
@wp.kernel
def smooth(
    view: View,
    g: Guides,
    step: int,
    enough: float,
    count: wp.array(dtype=float),
    hard: wp.array(dtype=float),
    light: wp.array(dtype=wp.vec4),
    out: wp.array(dtype=wp.vec4),
):
    """Blur sampled light among 3x3 blocks `step` apart that lie on one surface (Dammertz et al. 2010, a trous).

    Each weighs as many samples as it holds; a block that holds `enough` is left as it is. What is near in the picture
    but far on a surface seen at a slant weighs little, or the shadow where a thing touches the floor would be lost.
    Where shadows are `hard`, what the nearest blocks leave apart is an edge, and farther ones leave it.
    """
    tid = wp.tid()
    own = count[tid]
    if own >= enough:
        out[tid] = light[tid]
        return
    bx = tid % half(g.width)
    by = tid / half(g.width)
    pixel = picked(g, bx, by)
    here = index_of(g, pixel)
    z = g.depth[here]
    n = g.normals[here]
    p = point_of(view, g, pixel)
    side = 2.0 * float(step) * view.spread * z  # metres between blocks on a surface that faces the camera
    weight = 4.0 * own
    total = light[tid] * weight
    share = total[0]
    shares = weight
    for j in range(-1, 2):
        for i in range(-1, 2):
            qx = bx + i * step
            qy = by + j * step
            if (i != 0 or j != 0) and qx >= 0 and qy >= 0 and qx < half(g.width) and qy < half(g.height):
                there = picked(g, qx, qy)
                q = point_of(view, g, there)
                k = (kinship(n, p, z, g.normals[index_of(g, there)], q) + 1.0e-5) * count[qy * half(g.width) + qx]
                far = wp.length_sq(q - p) / (10.0 * side * side + 1.0e-12)
                k = k / (1.0 + far * far)
                if i == 0 or j == 0:
                    k = k * 2.0
                other = light[qy * half(g.width) + qx]
                total = total + other * k
                weight = weight + k
                if step > 1:
                    apart = (other[0] - light[tid][0]) / EDGE
                    k = k / (1.0 + hard[tid] * apart * apart * apart * apart)
                share = share + other[0] * k
                shares = shares + k
    total = total / wp.max(weight, 1.0e-12)
    out[tid] = wp.vec4(share / wp.max(shares, 1.0e-12), total[1], total[2], total[3])


@no_type_check
@wp.kernel
def compose(
    view: View,
    g: Guides,
    steady: wp.array(dtype=wp.vec3),
    direct: wp.array(dtype=wp.vec3),
    ambient: wp.array(dtype=wp.vec3),
    light: wp.array(dtype=wp.vec4),
    color: int,
    picture: wp.array(dtype=wp.vec3),
):
    """Multiply the noise-free parts of one colour's pixels by the light sampled around them on the same surface."""
    py, j = wp.tid()
    px = 2 * j + ((py + color) & 1)
    if px >= g.width:
        return
    here = py * g.width + px
    at = py * half(g.width) + j
    z = g.depth[here]
    n = g.normals[here]
    p = point_of(view, g, wp.vec2i(px, py))
    x = float(px - g.pick_x) * 0.5
    y = float(py - g.pick_y) * 0.5
    x0 = int(wp.floor(x))
    y0 = int(wp.floor(y))
    fx = x - wp.floor(x)
    fy = y - wp.floor(y)
    total = wp.vec4(0.0)
    weight = float(0.0)
    for dy in range(2):
        for dx in range(2):
            bx = wp.clamp(x0 + dx, 0, half(g.width) - 1)
            by = wp.clamp(y0 + dy, 0, half(g.height) - 1)
            there = picked(g, bx, by)
            k = wp.where(dx == 0, 1.0 - fx, fx) * wp.where(dy == 0, 1.0 - fy, fy) + 0.02
            k = k * (kinship(n, p, z, g.normals[index_of(g, there)], point_of(view, g, there)) + 1.0e-4)
            total = total + light[by * half(g.width) + bx] * k
            weight = weight + k
    c = wp.max(total / weight, wp.vec4(0.0))
    picture[here] = steady[at] + direct[at] * c[0] + wp.cw_mul(ambient[at], wp.vec3(c[1], c[2], c[3]))


@no_type_check
@wp.kernel
def fill(g: Guides, picture: wp.array(dtype=wp.vec3)):
    """Give each pixel of the chessboard's other colour the mean of those of its four neighbours that are akin."""
    y, j = wp.tid()
    x = 2 * j + ((y + g.pick_x + g.pick_y + 1) & 1)
    if x >= g.width:
        return
    here = y * g.width + x
    z = g.depth[here]
    total = wp.vec3(0.0)
    weight = float(0.0)
    for side in range(4):
        step = 1 - (side & 2)
        qx = x + wp.where((side & 1) == 0, step, 0)
        qy = y + wp.where((side & 1) == 0, 0, step)
        if qx >= 0 and qy >= 0 and qx < g.width and qy < g.height:
            q = qy * g.width + qx
            k = float(0.01)
            if g.ids[q] == g.ids[here] and wp.abs(g.depth[q] - z) < 0.02 * z:
                k = wp.max(wp.dot(g.normals[q], g.normals[here]), 0.01)
            k = k / (1.0 + brightness(picture[q]))  # a highlight must not outvote the rest
            total = total + picture[q] * k
            weight = weight + k
    picture[here] = total / wp.max(weight, 1.0e-9)
