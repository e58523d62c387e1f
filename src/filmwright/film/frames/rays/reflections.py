"""What is mirrored in surfaces: by a ray, by a neighbour's ray, and of rectangles and sky in closed form."""

# mypy: ignore-errors
# ruff: noqa: UP018, RUF046 - float(0.0) and int(0) are how Warp declares a variable that loops change

from typing import no_type_check

import warp as wp

from .bsdf import Lobes, Surface, basis, brightness, lobes, visible_normal
from .hits import nearest, passage, surface
from .lights import sky_radiance
from .softlight import form_factor, mirrored_light, sky_diffuse, sky_soft
from .structs import Lights, Skies, Worlds
from .trail import Guides, half

FAR = wp.constant(1.0e6)
FILL = wp.constant(0.8)  # how much of the open sky's light gets to things that are seen in reflections
SHARP = wp.constant(0.22)  # up to this roughness reflections are traced
BLURRED = wp.constant(0.34)  # from this on they are not
KIN = wp.constant(0.995)  # cosine between the normals of pixels that may share a reflection
FAINT = wp.constant(0.03)  # of what is mirrored: up to this share nothing is traced for it


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
def akin(g: Guides, met: wp.array(dtype=wp.vec4), here: int, x: int, y: int) -> int:
    """Pixel (x, y)'s place in `met`, if it met something that can stand in for what `here` would meet; else -1."""
    if x < 0 or y < 0 or x >= g.width or y >= g.height:
        return -1
    q = y * g.width + x
    z = g.depth[here]
    alike = g.ids[q] == g.ids[here] and wp.dot(g.normals[q], g.normals[here]) > KIN
    at = y * half(g.width) + x / 2
    if alike and wp.abs(g.depth[q] - z) < 0.01 * z and met[at][3] > 0.0:
        return at
    return -1


@no_type_check
@wp.func
def lender(g: Guides, met: wp.array(dtype=wp.vec4), here: int, turn: int) -> int:
    """A pixel diagonally beside `here` to take the reflection from, another one each `turn`; -1: none is akin."""
    x = here % g.width
    y = here / g.width
    for k in range(4):
        side = turn + k
        at = akin(g, met, here, x + 1 - 2 * (side & 1), y + 1 - (side & 2))
        if at >= 0:
            return at
    return -1
