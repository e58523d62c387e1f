"""Sampled light on half the resolution: shares of the rectangles that are seen, and light from all around.

A block of 2x2 pixels has one point that is sampled, another one each frame. What is kept are ratios to the light that
`shade` has in closed form, so that edges, normals and textures stay those of the full resolution.
"""

# mypy: ignore-errors
# ruff: noqa: UP018, RUF046 - float(0.0) and int(0) are how Warp declares a variable that loops change

from typing import no_type_check

import warp as wp

from .bsdf import basis, brightness
from .hits import film_ray, lift_off, nearest, passage, surface
from .sampler import pair, pixel_seed
from .softlight import form_factor, sky_diffuse, sky_mean, sky_soft
from .structs import OPTIONS, Lights, Skies, View, Worlds
from .trail import Guides, half, index_of, picked, sampled, shaded
from .visible import struck

wp.set_module_options(OPTIONS)

FAR = wp.constant(1.0e6)
BLUR = wp.constant(0.2)  # roughness of the sky that single rays see


@no_type_check
@wp.func
def one_light(lights: Lights, p: wp.vec3, n: wp.vec3, u: float) -> wp.vec2:
    """A rectangle chosen by what it could give p, and what all could give: (index, brightness); -1 where none can."""
    total = float(0.0)
    pick = int(-1)
    left = float(u)  # what the choices so far have left of the random number, 0 to 1 again
    for i in range(lights.shape[0]):
        f = form_factor(lights, i, p, n) * brightness(lights[i].radiance)
        if f > 0.0:
            total = total + f
            chance = f / total
            if left < chance:
                pick = i
                left = left / chance
            else:
                left = (left - chance) / (1.0 - chance)
    return wp.vec2(float(pick), total)


@no_type_check
@wp.func
def seen_share(w: Worlds, lights: Lights, i: int, p: wp.vec3, u: wp.vec2) -> float:
    """How much of one random point of rectangle i is seen from p."""
    q = lights[i].center + lights[i].u * (2.0 * u[0] - 1.0) + lights[i].v * (2.0 * u[1] - 1.0) - p
    far = wp.length(q)
    return brightness(passage(w, p, q / wp.max(far, 1.0e-9), far - 2.0 * w[0].epsilon))


@no_type_check
@wp.func
def hardness(lights: Lights, i: int, p: wp.vec3) -> float:
    """1 where rectangle i looks small from p, so that its shadows have edges, to 0 where it is half a radian wide."""
    wide = 2.0 * wp.max(wp.length(lights[i].u), wp.length(lights[i].v)) / wp.length(lights[i].center - p)
    return wp.clamp(2.0 - 4.0 * wide, 0.0, 1.0)


@no_type_check
@wp.func
def around(
    w: Worlds,
    sky: Skies,
    lights: Lights,
    p: wp.vec3,
    n: wp.vec3,
    cone: float,
    u: wp.vec2,
    v: wp.vec2,
    k: float,
) -> wp.vec3:
    """Light from one random direction over the sky's there: of what stands before it, lit by sky and one rectangle.

    Under an open sky it is zero whatever the direction, and free of noise.
    """
    r = wp.sqrt(u[0])
    phi = 6.2831853 * u[1]
    d = basis(n) * wp.vec3(r * wp.cos(phi), r * wp.sin(phi), wp.sqrt(wp.max(0.0, 1.0 - u[0])))
    h = nearest(w, p, d, FAR, 0.5)
    if h.face < 0:
        return wp.vec3(0.0)
    above = sky_soft(sky, d, BLUR)
    s = surface(w, h, d, cone + 0.5 * h.t)
    if s.unlit == 1:
        return s.emission + s.base - above
    light = sky_diffuse(sky, s.normal) * 0.7
    found = one_light(lights, s.lift, s.normal, k)
    if found[0] >= 0.0:
        i = int(found[0])
        share = seen_share(w, lights, i, s.lift, v) * found[1]
        light = light + lights[i].radiance * (share / wp.max(brightness(lights[i].radiance), 1.0e-6))
    # metals too give light on: their reflectance stands for an albedo
    return s.emission + wp.cw_mul(s.base, light) - above


@no_type_check
@wp.kernel
def gather(
    w: Worlds,
    sky: Skies,
    lights: Lights,
    view: View,
    g: Guides,
    seed: int,
    index: int,
    alone: bool,
    seen: wp.array(dtype=int),
    normals: wp.array(dtype=wp.vec3),
    light: wp.array(dtype=wp.vec4),
    count: wp.array(dtype=float),
    hard: wp.array(dtype=float),
):
    """Sample each block's light: x the share of rectangles seen, yzw the light around over the soft sky's.

    `count` becomes 1 where there is a sample, 0 where it is not the block's turn; `hard` 1 where the rectangle is so
    small that its shadows have edges, 0 where it is large. In a picture that stands `alone` four blocks share four even
    points of a small one, which the first smoothing makes one (Keller and Heidrich 2001, interleaved sampling).
    """
    tid = wp.tid()
    bx = tid % half(g.width)
    by = tid / half(g.width)
    if not sampled(g, bx, by):
        light[tid] = wp.vec4(0.0)
        count[tid] = 0.0
        return
    count[tid] = 1.0
    hard[tid] = 0.0
    pixel = picked(g, bx, by)
    face = seen[index_of(g, pixel)]
    if face < 0:
        light[tid] = wp.vec4(1.0)
        return
    d = wp.normalize(film_ray(view, float(pixel[0]) + g.place[0], float(pixel[1]) + g.place[1]))
    h = struck(w, face, view.eye, d)
    cone = h.t * view.spread
    lift = lift_off(w, h, d)
    n = g.normals[index_of(g, pixel)]
    if shaded(g, pixel[0], pixel[1]):  # all are but some at the border of a picture of odd size
        n = normals[pixel[1] * half(g.width) + pixel[0] / 2]
    own = pixel_seed(seed, 0, tid)
    share = float(1.0)
    found = one_light(lights, lift, n, pair(index, own, 1)[0])
    if found[0] >= 0.0:
        i = int(found[0])
        hard[tid] = hardness(lights, i, lift)
        u = pair(index, own, 0)
        if alone and hard[tid] > 0.0:
            u = pair(4 * index + (bx & 1) + 2 * (by & 1), pixel_seed(seed, 0, 0), 0)
        share = seen_share(w, lights, i, lift, u)
    a = around(w, sky, lights, lift, n, cone, pair(index, own, 2), pair(index, own, 3), pair(index, own, 1)[1])
    a = wp.cw_div(sky_mean(sky, n) + a, sky_diffuse(sky, n))
    light[tid] = wp.vec4(share, a[0], a[1], a[2])
