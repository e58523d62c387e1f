"""A frame's direct light, split by what is noise-free and what is to be multiplied by sampled light later."""

# mypy: ignore-errors
# ruff: noqa: UP018, RUF046 - int(0) is how Warp declares a variable that branches change

from typing import no_type_check

import warp as wp

from .bsdf import Surface, dielectric, glass_index, glass_tint, lobes, pane, refracted
from .hits import film_ray, nearest, surface
from .lights import sky_radiance
from .reflections import BLURRED, FAINT, FAR, SHARP, glimpse, lender, mirror_ray, mirrored
from .sampler import pair, pixel_seed
from .softlight import form_factor, mirrored_light, sky_at_slant, sky_diffuse
from .structs import OPTIONS, Lights, Skies, View, Worlds
from .trail import Guides, half
from .visible import struck

wp.set_module_options(OPTIONS)


@no_type_check
@wp.func
def behind(w: Worlds, sky: Skies, lights: Lights, s: Surface, direction: wp.vec3, width: float) -> wp.vec3:
    """What is seen through smooth glass, along the one path that is let through at each of its surfaces."""
    here = s
    d = direction
    left = wp.vec3(1.0)
    for _ in range(8):
        n = here.normal
        eta = glass_index(here)
        reflected = dielectric(wp.clamp(-wp.dot(d, n), 0.0, 1.0), eta)
        if here.solid == 0:
            reflected = pane(reflected)
        o = here.point - here.flat * w[0].epsilon
        if here.solid == 1 and reflected >= 1.0:  # inside, the mirror image is followed
            d = wp.normalize(d - n * (2.0 * wp.dot(d, n)))
            o = here.lift
        else:
            left = wp.cw_mul(left, glass_tint(here)) * ((1.0 - reflected) * here.transmission)
            if here.solid == 1:
                d = refracted(d, n, eta)
        h = nearest(w, o, d, FAR, 0.5)
        if h.face < 0:
            return wp.cw_mul(left, sky_radiance(sky, d))
        here = surface(w, h, d, width)
        if here.transmission < 0.05:
            return wp.cw_mul(left, glimpse(w, sky, lights, here, -d))
    return wp.vec3(0.0)


@no_type_check
@wp.kernel
def shade(
    w: Worlds,
    sky: Skies,
    lights: Lights,
    view: View,
    g: Guides,
    seed: int,
    index: int,
    borrow: int,
    seen: wp.array(dtype=int),
    met: wp.array(dtype=wp.vec4),
    normals: wp.array(dtype=wp.vec3),
    steady: wp.array(dtype=wp.vec3),
    direct: wp.array(dtype=wp.vec3),
    ambient: wp.array(dtype=wp.vec3),
):
    """Shade one pixel of each 2x2 block. The picture is steady + direct * (share of the rectangles seen) + ambient *
    (gathered light over the soft sky's).

    To be launched for the pixels picked, then with `borrow` 1 for those across, which take the reflections of
    neighbours where they can. What reflection rays `met` is light, and in w how far away (0: there was no ray).
    """
    i, j = wp.tid()
    row = 2 * i + (g.pick_y ^ borrow)
    column = 2 * j + (g.pick_x ^ borrow)
    if row >= g.height or column >= g.width:
        return
    tid = row * g.width + column
    at = row * half(g.width) + j
    met[at] = wp.vec4(0.0)
    d = wp.normalize(film_ray(view, float(column) + g.place[0], float(row) + g.place[1]))
    face = seen[tid]
    if face < 0:
        normals[at] = -d
        steady[at] = sky_radiance(sky, d)
        direct[at] = wp.vec3(0.0)
        ambient[at] = wp.vec3(0.0)
        return
    h = struck(w, face, view.eye, d)
    width = h.t * view.spread
    s = surface(w, h, d, width * 0.7)
    normals[at] = s.normal
    if s.unlit == 1:
        steady[at] = s.emission + s.base
        direct[at] = wp.vec3(0.0)
        ambient[at] = wp.vec3(0.0)
        return
    v = -d
    nv = wp.max(wp.dot(s.normal, v), 1.0e-4)
    b = lobes(w, s, nv)
    r = s.normal * (2.0 * nv) - v
    rect = wp.vec3(0.0)
    for k in range(lights.shape[0]):
        rect = rect + lights[k].radiance * form_factor(lights, k, s.lift, s.normal)
    soft = sky_diffuse(sky, s.normal) * s.occlusion
    calm = s.emission
    straight = wp.cw_mul(b.diffuse, rect) * b.under
    around = wp.cw_mul(b.diffuse, soft) * b.under
    glossy = b.glossy * b.under
    traced = 1.0 - wp.clamp((s.roughness - SHARP) / (BLURRED - SHARP), 0.0, 1.0)
    if s.coat <= 0.0:  # under a coat its ray serves both
        traced = traced * wp.clamp(wp.max(glossy) * traced / FAINT - 1.0, 0.0, 1.0)
    if traced < 1.0:  # a blur of all that is around, which the gathered light knows best
        rest = glossy * (1.0 - traced)
        around = around + wp.cw_mul(rest, sky_at_slant(sky, r, s.roughness, nv))
        for k in range(lights.shape[0]):
            straight = straight + wp.cw_mul(rest, mirrored_light(lights, k, s.lift, r, s.alpha, FAR))
    if traced > 0.0 or s.coat > 0.0:
        near = int(-1)
        if borrow == 1:
            near = lender(g, met, tid, row + index)
        if near >= 0:
            met[at] = met[near]
        else:
            met[at] = mirror_ray(w, sky, lights, s, v, width, pair(index, pixel_seed(seed, 1, tid), 0))
        calm = calm + mirrored(sky, lights, s, b, v, traced, met[at])
    if s.transmission > 0.0:
        calm = calm + behind(w, sky, lights, s, d, width)
    steady[at] = calm
    direct[at] = straight
    ambient[at] = around
