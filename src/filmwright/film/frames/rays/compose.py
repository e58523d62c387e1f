"""From split light to a picture: sampled light smoothed on its own grid, then laid under the full resolution."""

# mypy: ignore-errors
# ruff: noqa: UP018 - float(0.0) is how Warp declares a variable that loops change

from typing import no_type_check

import warp as wp

from .hits import film_ray
from .structs import OPTIONS, View

wp.set_module_options(OPTIONS)


@no_type_check
@wp.func
def sampled_pixel(bx: int, by: int, pick_x: int, pick_y: int, width: int, height: int) -> int:
    """The pixel of a 2x2 block whose light is sampled in this frame."""
    return wp.min(by * 2 + pick_y, height - 1) * width + wp.min(bx * 2 + pick_x, width - 1)


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
    half_width: int,
    half_height: int,
    pick_x: int,
    pick_y: int,
    step: int,
    depth: wp.array(dtype=float),
    normals: wp.array(dtype=wp.vec3),
    enough: float,
    count: wp.array(dtype=float),
    light: wp.array(dtype=wp.vec4),
    out: wp.array(dtype=wp.vec4),
):
    """Blur sampled light among 3x3 blocks `step` apart that lie on one surface (Dammertz et al. 2010, a trous).

    Each weighs as many samples as it holds; a block that holds `enough` is left as it is. What is near in the picture
    but far on a surface seen at a slant weighs little, or the shadow where a thing touches the floor would be lost.
    """
    tid = wp.tid()
    own = count[tid]
    if own >= enough:
        out[tid] = light[tid]
        return
    bx = tid % half_width
    by = tid / half_width
    here = sampled_pixel(bx, by, pick_x, pick_y, view.width, view.height)
    z = depth[here]
    n = normals[here]
    p = film_ray(view, float(here % view.width), float(here / view.width)) * z
    side = 2.0 * float(step) * view.spread * z  # metres between blocks on a surface that faces the camera
    weight = 4.0 * own
    total = light[tid] * weight
    for j in range(-1, 2):
        for i in range(-1, 2):
            qx = bx + i * step
            qy = by + j * step
            if (i != 0 or j != 0) and qx >= 0 and qy >= 0 and qx < half_width and qy < half_height:
                there = sampled_pixel(qx, qy, pick_x, pick_y, view.width, view.height)
                q = film_ray(view, float(there % view.width), float(there / view.width)) * depth[there]
                k = kinship(n, p, z, normals[there], q) * count[qy * half_width + qx]
                far = wp.length_sq(q - p) / (10.0 * side * side + 1.0e-12)
                k = k / (1.0 + far * far)
                if i == 0 or j == 0:
                    k = k * 2.0
                total = total + light[qy * half_width + qx] * k
                weight = weight + k
    out[tid] = total / weight


@no_type_check
@wp.kernel
def compose(
    view: View,
    half_width: int,
    half_height: int,
    pick_x: int,
    pick_y: int,
    depth: wp.array(dtype=float),
    normals: wp.array(dtype=wp.vec3),
    steady: wp.array(dtype=wp.vec3),
    direct: wp.array(dtype=wp.vec3),
    ambient: wp.array(dtype=wp.vec3),
    light: wp.array(dtype=wp.vec4),
    picture: wp.array(dtype=wp.vec3),
):
    """Multiply each pixel's noise-free parts by the light sampled around it on the same surface."""
    tid = wp.tid()
    px = tid % view.width
    py = tid / view.width
    z = depth[tid]
    n = normals[tid]
    p = film_ray(view, float(px), float(py)) * z
    x = float(px - pick_x) * 0.5
    y = float(py - pick_y) * 0.5
    x0 = int(wp.floor(x))
    y0 = int(wp.floor(y))
    fx = x - wp.floor(x)
    fy = y - wp.floor(y)
    total = wp.vec4(0.0)
    weight = float(0.0)
    for j in range(2):
        for i in range(2):
            bx = wp.clamp(x0 + i, 0, half_width - 1)
            by = wp.clamp(y0 + j, 0, half_height - 1)
            there = sampled_pixel(bx, by, pick_x, pick_y, view.width, view.height)
            k = wp.where(i == 0, 1.0 - fx, fx) * wp.where(j == 0, 1.0 - fy, fy) + 0.02
            q = film_ray(view, float(there % view.width), float(there / view.width)) * depth[there]
            k = k * (kinship(n, p, z, normals[there], q) + 1.0e-4)
            total = total + light[by * half_width + bx] * k
            weight = weight + k
    g = total / weight
    picture[tid] = steady[tid] + direct[tid] * g[0] + wp.cw_mul(ambient[tid], wp.vec3(g[1], g[2], g[3]))
