"""A frame's direct light, split by what is noise-free and what is to be multiplied by sampled light later."""

# mypy: ignore-errors
# ruff: noqa: UP018, RUF046 - float(0.0) and int(0) are how Warp declares a variable that loops change

from typing import no_type_check

import warp as wp

from .bsdf import (
    Lobes,
    Surface,
    basis,
    brightness,
    dielectric,
    glass_index,
    glass_tint,
    lobes,
    pane,
    refracted,
    visible_normal,
)
from .hits import film_ray, nearest, passage, project, surface
from .lights import sky_radiance
from .sampler import pair, pixel_seed
from .softlight import form_factor, mirrored_light, sky_diffuse, sky_soft
from .structs import OPTIONS, Lights, Skies, View, Worlds
from .visible import struck

wp.set_module_options(OPTIONS)

FAR = wp.constant(1.0e6)
FILL = wp.constant(0.8)  # how much of the open sky's light gets to things that are seen in reflections
SHARP = wp.constant(0.22)  # up to this roughness reflections are traced
BLURRED = wp.constant(0.34)  # from this on they are not
KIN = wp.constant(0.995)  # cosine between the normals of pixels that may share a reflection
FAINT = wp.constant(0.03)  # of what is mirrored: up to this share nothing is traced for it


@no_type_check
@wp.struct
class Found:
    """A frame's trail so far, and what its reflection rays met: light, and in w how far away (0: there is none)."""

    depth: wp.array(dtype=float)
    normals: wp.array(dtype=wp.vec3)
    ids: wp.array(dtype=int)
    met: wp.array(dtype=wp.vec4)


@no_type_check
@wp.func
def glimpse(w: Worlds, sky: Skies, lights: Lights, s: Surface, v: wp.vec3) -> wp.vec3:
    """A surface as it looks in a reflection: lit by the rectangles, the strongest with a shadow, and the soft sky."""
    out = s.emission
    if s.unlit == 1:
        return out + s.base
    b = lobes(w, s, wp.max(wp.dot(s.normal, v), 1.0e-4))
    light = sky_diffuse(sky, s.normal) * (FILL * s.occlusion)
    most = float(1.0e-3)
    main = int(-1)
    best = wp.vec3(0.0)
    for i in range(lights.shape[0]):
        given = lights[i].radiance * form_factor(lights, i, s.lift, s.normal)
        light = light + given
        if brightness(given) > most:
            most = brightness(given)
            main = i
            best = given
    if main >= 0:
        d = lights[main].center - s.lift
        far = wp.length(d)
        hidden = wp.vec3(1.0) - passage(w, s.lift, d / far, far - 2.0 * w[0].epsilon)
        light = light - wp.cw_mul(best, hidden)
    r = s.normal * (2.0 * wp.dot(s.normal, v)) - v
    out = out + wp.cw_mul(b.diffuse * b.under, light)
    return out + wp.cw_mul(b.glossy * b.under, sky_soft(sky, r, wp.max(s.roughness, 0.2)) * 0.8 + light * 0.2)


@no_type_check
@wp.func
def sky_lobe(sky: Skies, d: wp.vec3, roughness: float) -> wp.vec3:
    """The sky in a mirror of some roughness."""
    if roughness < 0.1:
        return sky_radiance(sky, d)
    return sky_soft(sky, d, roughness)


@no_type_check
@wp.func
def strayed(s: Surface, v: wp.vec3, alpha: float, u: wp.vec2) -> wp.vec3:
    """A mirror direction of s off a random microfacet, and never into s."""
    m = basis(s.normal)
    local = wp.transpose(m) * v
    h = m * visible_normal(wp.normalize(wp.vec3(local[0], local[1], wp.max(local[2], 1.0e-4))), alpha, u)
    r = wp.normalize(h * (2.0 * wp.dot(v, h)) - v)
    low = wp.dot(r, s.flat)
    if low < 0.005:
        r = wp.normalize(r + s.flat * (0.01 - low))
    return r


@no_type_check
@wp.func
def mirror_ray(w: Worlds, sky: Skies, lights: Lights, s: Surface, v: wp.vec3, width: float, u: wp.vec2) -> wp.vec4:
    """What one reflection ray meets, and in w how far away; FAR is the sky. It strays as the roughness wants it."""
    alpha = s.alpha
    if s.coat > 0.0 and s.metallic < 0.5:
        alpha = s.coat_alpha
    stray = strayed(s, v, 0.5 * alpha, u)  # all of it would be more noise than frames that share can average
    h = nearest(w, s.lift, stray, FAR, 0.5)
    if h.face < 0:
        return wp.vec4(0.0, 0.0, 0.0, FAR)
    there = surface(w, h, stray, width + alpha * h.t)
    c = glimpse(w, sky, lights, there, -stray)
    return wp.vec4(c[0], c[1], c[2], h.t)


@no_type_check
@wp.func
def mirrored(sky: Skies, lights: Lights, s: Surface, b: Lobes, v: wp.vec3, share: float, met: wp.vec4) -> wp.vec3:
    """What the glossy lobe (a `share` of it) and the coat reflect: the set and the product as a ray `met` them,
    rectangles before them, or the sky. Of these only the first has noise.
    """
    glossy = b.glossy * (b.under * share)
    r = s.normal * (2.0 * wp.dot(s.normal, v)) - v
    light = wp.vec3(0.0)
    if met[3] >= FAR:
        light = wp.cw_mul(glossy, sky_lobe(sky, r, s.roughness))
        if s.coat > 0.0:
            light = light + sky_lobe(sky, r, s.coat_roughness) * b.coat
    else:
        light = wp.cw_mul(glossy + wp.vec3(b.coat), wp.vec3(met[0], met[1], met[2]))
    for i in range(lights.shape[0]):
        light = light + wp.cw_mul(glossy, mirrored_light(lights, i, s.lift, r, s.alpha, met[3]))
        if s.coat > 0.0:
            light = light + mirrored_light(lights, i, s.lift, r, s.coat_alpha, met[3]) * b.coat
    return light


@no_type_check
@wp.func
def akin(s: Surface, z: float, x: int, y: int, view: View, found: Found) -> int:
    """Pixel (x, y), if it has a reflection that one of surface s at depth z can stand in for; else -1."""
    if x < 0 or y < 0 or x >= view.width or y >= view.height:
        return -1
    q = y * view.width + x
    alike = found.ids[q] == s.node + 1 and wp.dot(found.normals[q], s.normal) > KIN
    if alike and wp.abs(found.depth[q] - z) < 0.01 * z and found.met[q][3] > 0.0:
        return q
    return -1


@no_type_check
@wp.func
def lender(s: Surface, z: float, pixel: int, turn: int, view: View, found: Found) -> int:
    """A neighbour of a pixel to take the reflection from, another one each `turn`; -1 where none is akin."""
    x = pixel % view.width
    y = pixel / view.width
    for k in range(4):
        side = (turn + k) & 3
        step = wp.where(side < 2, 1, -1)
        q = int(-1)
        if (side & 1) == 0:
            q = akin(s, z, x + step, y, view, found)
        else:
            q = akin(s, z, x, y + step, view, found)
        if q >= 0:
            return q
    return -1


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
    before: View,
    before_points: wp.array(dtype=wp.vec3),
    jitter: wp.vec2,
    seed: int,
    index: int,
    borrow: int,
    seen: wp.array(dtype=int),
    found: Found,
    steady: wp.array(dtype=wp.vec3),
    direct: wp.array(dtype=wp.vec3),
    ambient: wp.array(dtype=wp.vec3),
    back: wp.array(dtype=wp.vec3),
):
    """Shade each pixel's face. The picture is steady + direct * (share of the rectangles seen) + ambient * (gathered
    light over the soft sky's).

    To be launched for the pixels of one colour of a chessboard, then with `borrow` 1 for the others, which take the
    reflections of neighbours where they can.
    """
    row, column = wp.tid()
    tid = row * view.width + 2 * column + ((row + index + borrow) & 1)
    if tid >= (row + 1) * view.width:
        return
    found.met[tid] = wp.vec4(0.0)
    x = float(tid % view.width) + jitter[0]
    y = float(tid / view.width) + jitter[1]
    axis = film_ray(view, x, y)
    length = wp.length(axis)
    d = axis / length
    face = seen[tid]
    if face < 0:
        there = project(before, before.eye + d * FAR)
        steady[tid] = sky_radiance(sky, d)
        direct[tid] = wp.vec3(0.0)
        ambient[tid] = wp.vec3(0.0)
        found.depth[tid] = FAR
        found.normals[tid] = -d
        found.ids[tid] = 0
        back[tid] = wp.vec3(there[0] - x, there[1] - y, FAR)
        return
    h = struck(w, face, view.eye, d)
    width = h.t * view.spread
    s = surface(w, h, d, width * 0.7)
    f = w[0].faces[face]
    p = before_points[f[0]] * h.u + before_points[f[1]] * h.v + before_points[f[2]] * (1.0 - h.u - h.v)
    there = project(before, p)
    found.depth[tid] = h.t / length
    found.normals[tid] = s.normal
    found.ids[tid] = s.node + 1
    back[tid] = wp.vec3(there[0] - x, there[1] - y, there[2])
    v = -d
    if s.unlit == 1:
        steady[tid] = s.emission + s.base
        direct[tid] = wp.vec3(0.0)
        ambient[tid] = wp.vec3(0.0)
        return
    nv = wp.max(wp.dot(s.normal, v), 1.0e-4)
    b = lobes(w, s, nv)
    r = s.normal * (2.0 * nv) - v
    rect = wp.vec3(0.0)
    for i in range(lights.shape[0]):
        rect = rect + lights[i].radiance * form_factor(lights, i, s.lift, s.normal)
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
        around = around + wp.cw_mul(rest, sky_soft(sky, r, s.roughness))
        for i in range(lights.shape[0]):
            straight = straight + wp.cw_mul(rest, mirrored_light(lights, i, s.lift, r, s.alpha, FAR))
    if traced > 0.0 or s.coat > 0.0:
        met = wp.vec4(0.0)
        near = int(-1)
        if borrow == 1:
            near = lender(s, h.t / length, tid, row + index, view, found)
        if near >= 0:
            met = found.met[near]
        else:
            met = mirror_ray(w, sky, lights, s, v, width, pair(index, pixel_seed(seed, 1, tid), 0))
        found.met[tid] = met
        calm = calm + mirrored(sky, lights, s, b, v, traced, met)
    if s.transmission > 0.0:
        calm = calm + behind(w, sky, lights, s, d, width)
    steady[tid] = calm
    direct[tid] = straight
    ambient[tid] = around
