"""Rays against the scene: the nearest hit, shadows, and what a surface is where it was hit."""

# mypy: ignore-errors
# ruff: noqa: UP018 - float(0.0) is how Warp declares a variable that loops change

from typing import no_type_check

import warp as wp

from .bsdf import Surface
from .structs import View, Worlds
from .texturing import look_up


@no_type_check
@wp.struct
class Hit:
    """Where a ray ended. `u` and `v` weigh the face's first and second corner; face -1 is a miss."""

    t: float
    face: int
    u: float
    v: float


@no_type_check
@wp.func
def texture_point(w: Worlds, h: Hit) -> wp.vec4:
    """Both uv sets at a hit."""
    f = w[0].faces[h.face]
    return w[0].uv[f[0]] * h.u + w[0].uv[f[1]] * h.v + w[0].uv[f[2]] * (1.0 - h.u - h.v)


@no_type_check
@wp.func
def vertex_color(w: Worlds, h: Hit) -> wp.vec4:
    """The interpolated vertex colour."""
    f = w[0].faces[h.face]
    return w[0].colors[f[0]] * h.u + w[0].colors[f[1]] * h.v + w[0].colors[f[2]] * (1.0 - h.u - h.v)


@no_type_check
@wp.func
def opacity(w: Worlds, h: Hit) -> float:
    """A hit's alpha: 0 or 1 of a mask, the share of light stopped of a blend."""
    m = w[0].owner[h.face][1]
    mode = w[0].materials[m].alpha_mode
    if mode == 0:
        return 1.0
    a = w[0].materials[m].base_color[3] * vertex_color(w, h)[3]
    if w[0].materials[m].base_texture >= 0:
        a = a * look_up(w, w[0].materials[m].base_texture, texture_point(w, h), wp.vec2(0.0))[3]
    if mode == 1:
        return wp.where(a >= w[0].materials[m].alpha_cutoff, 1.0, 0.0)
    return a


THIN = wp.constant(1.0e-4)  # of the distance: sides of a wall nearer to each other are in one place


@no_type_check
@wp.func
def turned_away(w: Worlds, face: int, eye: wp.vec3) -> bool:
    """Whether a face shows its back to the eye."""
    f = w[0].faces[face]
    p = w[0].points[f[0]]
    return wp.dot(wp.cross(w[0].points[f[1]] - p, w[0].points[f[2]] - p), p - eye) > 0.0


@no_type_check
@wp.func
def nearest(w: Worlds, origin: wp.vec3, direction: wp.vec3, reach: float, chance: float) -> Hit:
    """The nearest hit within `reach`. A blended surface stops the ray where its alpha is above `chance`.

    Of a wall without thickness, whose two sides are modelled in one place, the side that faces the ray is hit.
    """
    h = Hit()
    h.face = -1
    h.t = reach
    start = float(0.0)
    for _ in range(32):
        q = wp.mesh_query_ray(w[0].mesh, origin + direction * start, direction, reach - start)
        if not q.result:
            break
        h.t = start + q.t
        h.face = q.face
        h.u = q.u
        h.v = q.v
        if wp.dot(q.normal, direction) > 0.0:
            front = wp.mesh_query_ray(w[0].mesh, origin + direction * (h.t + 1.0e-7), direction, THIN * h.t)
            if front.result and wp.dot(front.normal, direction) < 0.0:
                h.t = h.t + front.t
                h.face = front.face
                h.u = front.u
                h.v = front.v
        if w[0].sheer == 0:
            break
        if opacity(w, h) > chance:
            break
        start = h.t + w[0].epsilon
        h.face = -1
        h.t = reach
    return h


@no_type_check
@wp.func
def blocked(w: Worlds, origin: wp.vec3, direction: wp.vec3, reach: float) -> bool:
    """Whether anything whose alpha is above a half is hit within `reach`."""
    if w[0].sheer == 0:
        return wp.mesh_query_ray_anyhit(w[0].mesh, origin, direction, reach)
    return nearest(w, origin, direction, reach, 0.5).face >= 0


@no_type_check
@wp.func
def passage(w: Worlds, origin: wp.vec3, direction: wp.vec3, reach: float) -> wp.vec3:
    """The share of light that reaches `origin` from `reach` along `direction`.

    Glass lets it through straight, tinted: soft coloured shadows, no caustics.
    """
    if w[0].sheer == 0:
        if wp.mesh_query_ray_anyhit(w[0].mesh, origin, direction, reach):
            return wp.vec3(0.0)
        return wp.vec3(1.0)
    left = wp.vec3(1.0)
    start = float(0.0)
    h = Hit()
    for _ in range(32):
        q = wp.mesh_query_ray(w[0].mesh, origin + direction * start, direction, reach - start)
        if not q.result:
            break
        h.face = q.face
        h.u = q.u
        h.v = q.v
        left = wp.cw_mul(left, wp.vec3(1.0 - opacity(w, h)) + clear(w, h, direction, q.normal))
        if wp.max(left[0], wp.max(left[1], left[2])) < 1.0e-3:
            return wp.vec3(0.0)
        start = start + q.t + w[0].epsilon
    return left


@no_type_check
@wp.func
def clear(w: Worlds, h: Hit, direction: wp.vec3, normal: wp.vec3) -> wp.vec3:
    """What one surface of glass lets through straight: its tint less what it reflects."""
    m = w[0].owner[h.face][1]
    t = w[0].materials[m].transmission
    if t <= 0.0:
        return wp.vec3(0.0)
    color = w[0].materials[m].base_color
    uv = texture_point(w, h)
    if w[0].materials[m].base_texture >= 0:
        color = wp.cw_mul(color, look_up(w, w[0].materials[m].base_texture, uv, wp.vec2(0.0)))
    if w[0].materials[m].transmission_texture >= 0:
        t = t * look_up(w, w[0].materials[m].transmission_texture, uv, wp.vec2(0.0))[0]
    r = (w[0].materials[m].ior - 1.0) / (w[0].materials[m].ior + 1.0)
    f = r * r + (1.0 - r * r) * wp.pow(1.0 - wp.abs(wp.dot(direction, normal)), 5.0)
    tint = wp.vec3(color[0], color[1], color[2])
    if w[0].materials[m].solid == 1:  # the light passes two surfaces of a body, and is tinted once
        tint = wp.vec3(wp.sqrt(tint[0]), wp.sqrt(tint[1]), wp.sqrt(tint[2]))
    return tint * (t * (1.0 - f) * (1.0 - w[0].materials[m].metallic))


@no_type_check
@wp.func
def lifted(w: Worlds, h: Hit, p: wp.vec3, flat: wp.vec3, flip: float) -> wp.vec3:
    """A point to send rays from, off the triangle and on the curve it stands for (Hanika 2021, Hacking the shadow
    terminator, Ray Tracing Gems II).
    """
    f = w[0].faces[h.face]
    out = p
    n0 = w[0].normals[f[0]] * flip
    n1 = w[0].normals[f[1]] * flip
    n2 = w[0].normals[f[2]] * flip
    d0 = wp.min(wp.dot(p - w[0].points[f[0]], n0), 0.0)
    d1 = wp.min(wp.dot(p - w[0].points[f[1]], n1), 0.0)
    d2 = wp.min(wp.dot(p - w[0].points[f[2]], n2), 0.0)
    out = p - n0 * (d0 * h.u) - n1 * (d1 * h.v) - n2 * (d2 * (1.0 - h.u - h.v))
    return out + flat * w[0].epsilon


@no_type_check
@wp.func
def lift_off(w: Worlds, h: Hit, direction: wp.vec3) -> wp.vec3:
    """`surface`'s point to send rays from, without the rest of it."""
    f = w[0].faces[h.face]
    p0 = w[0].points[f[0]]
    p1 = w[0].points[f[1]]
    p2 = w[0].points[f[2]]
    k = 1.0 - h.u - h.v
    flat = wp.normalize(wp.cross(p1 - p0, p2 - p0))
    n = w[0].normals[f[0]] * h.u + w[0].normals[f[1]] * h.v + w[0].normals[f[2]] * k
    if wp.dot(flat, direction) > 0.0:
        flat = -flat
    flip = wp.where(wp.dot(n, flat) < 0.0, -1.0, 1.0)
    return lifted(w, h, p0 * h.u + p1 * h.v + p2 * k, flat, flip)


@no_type_check
@wp.func
def bent(normal: wp.vec3, flat: wp.vec3, v: wp.vec3) -> wp.vec3:
    """A shading normal from which v is seen and v's mirror image leaves the surface (Keller et al. 2017, A.3)."""
    n = normal
    c = wp.dot(n, v)
    if c < 0.02:
        n = wp.normalize(n + v * (0.02 - c))
    r = n * (2.0 * wp.dot(n, v)) - v
    low = wp.dot(r, flat)
    if low < 0.01:
        r = wp.normalize(r + flat * (0.01 - low))
        n = wp.normalize(v + r)
    return n


@no_type_check
@wp.func
def mapped(w: Worlds, m: int, h: Hit, n: wp.vec3, uv: wp.vec4, footprint: wp.vec2) -> wp.vec3:
    """The normal that a tangent-space map gives."""
    f = w[0].faces[h.face]
    tangent = w[0].tangents[f[0]] * h.u + w[0].tangents[f[1]] * h.v + w[0].tangents[f[2]] * (1.0 - h.u - h.v)
    t = wp.vec3(tangent[0], tangent[1], tangent[2])
    t = t - n * wp.dot(n, t)
    if wp.abs(tangent[3]) < 1.0e-3 or wp.dot(t, t) < 1.0e-12:
        return n
    t = wp.normalize(t)
    b = wp.cross(n, t) * wp.sign(tangent[3])
    c = look_up(w, w[0].materials[m].normal_texture, uv, footprint)
    k = w[0].materials[m].normal_scale
    local = t * ((c[0] * 2.0 - 1.0) * k) + b * ((c[1] * 2.0 - 1.0) * k) + n * wp.max(c[2] * 2.0 - 1.0, 1.0e-3)
    return wp.normalize(local)


@no_type_check
@wp.func
def footprint_of(w: Worlds, h: Hit, flat: wp.vec3, direction: wp.vec3, cone: float) -> wp.vec2:
    """How wide a ray is on the surface that it hits, in uv units of both sets."""
    slant = wp.max(wp.abs(wp.dot(flat, direction)), 0.1)
    return w[0].density[h.face] * (cone / wp.sqrt(slant))


@no_type_check
@wp.func
def base_color(w: Worlds, h: Hit, uv: wp.vec4, footprint: wp.vec2) -> wp.vec3:
    """A hit's reflectance: factor, vertex colour and texture."""
    m = w[0].owner[h.face][1]
    color = wp.cw_mul(w[0].materials[m].base_color, vertex_color(w, h))
    if w[0].materials[m].base_texture >= 0:
        color = wp.cw_mul(color, look_up(w, w[0].materials[m].base_texture, uv, footprint))
    return wp.vec3(wp.min(color[0], 1.0), wp.min(color[1], 1.0), wp.min(color[2], 1.0))


@no_type_check
@wp.func
def turned(w: Worlds, h: Hit, direction: wp.vec3, cone: float) -> Surface:
    """Where a hit is and how it is turned, before its material; `cone` is as in `surface`."""
    s = Surface()
    f = w[0].faces[h.face]
    p0 = w[0].points[f[0]]
    p1 = w[0].points[f[1]]
    p2 = w[0].points[f[2]]
    k = 1.0 - h.u - h.v
    s.point = p0 * h.u + p1 * h.v + p2 * k
    flat = wp.normalize(wp.cross(p1 - p0, p2 - p0))
    n = wp.normalize(w[0].normals[f[0]] * h.u + w[0].normals[f[1]] * h.v + w[0].normals[f[2]] * k)
    if wp.dot(flat, direction) > 0.0:
        flat = -flat
    s.outside = 1
    flip = float(1.0)
    if wp.dot(n, flat) < 0.0:
        s.outside = 0
        flip = -1.0
    s.flat = flat
    s.node = w[0].owner[h.face][0]
    m = w[0].owner[h.face][1]
    if w[0].materials[m].normal_texture >= 0:
        n = mapped(w, m, h, n, texture_point(w, h), footprint_of(w, h, flat, direction, cone))
    s.normal = bent(n * flip, flat, -direction)
    return s


@no_type_check
@wp.func
def surface(w: Worlds, h: Hit, direction: wp.vec3, cone: float) -> Surface:
    """Everything about a hit; `cone` is the ray's width there, in metres, which the textures are filtered over."""
    s = turned(w, h, direction, cone)
    s.lift = lifted(w, h, s.point, s.flat, wp.where(s.outside == 1, 1.0, -1.0))
    uv = texture_point(w, h)
    footprint = footprint_of(w, h, s.flat, direction, cone)
    s.base = base_color(w, h, uv, footprint)
    return finished(w, w[0].owner[h.face][1], uv, footprint, s)


@no_type_check
@wp.func
def finished(w: Worlds, m: int, uv: wp.vec4, footprint: wp.vec2, found: Surface) -> Surface:
    """The rest of a material, read into a surface."""
    s = found
    s.metallic = w[0].materials[m].metallic
    s.roughness = w[0].materials[m].roughness
    if w[0].materials[m].metallic_roughness_texture >= 0:
        c = look_up(w, w[0].materials[m].metallic_roughness_texture, uv, footprint)
        s.roughness = s.roughness * c[1]
        s.metallic = s.metallic * c[2]
    s.roughness = wp.clamp(s.roughness, 0.04, 1.0)
    s.alpha = s.roughness * s.roughness
    s.emission = w[0].materials[m].emission
    if w[0].materials[m].emission_texture >= 0:
        e = look_up(w, w[0].materials[m].emission_texture, uv, footprint)
        s.emission = wp.cw_mul(s.emission, wp.vec3(e[0], e[1], e[2]))
    s.occlusion = 1.0
    if w[0].materials[m].occlusion_texture >= 0:
        o = look_up(w, w[0].materials[m].occlusion_texture, uv, footprint)[0]
        s.occlusion = 1.0 + w[0].materials[m].occlusion_strength * (o - 1.0)
    s.coat = w[0].materials[m].clearcoat
    s.coat_roughness = wp.max(w[0].materials[m].clearcoat_roughness, 0.04)
    s.coat_alpha = s.coat_roughness * s.coat_roughness
    s.transmission = w[0].materials[m].transmission * (1.0 - s.metallic)
    if w[0].materials[m].transmission_texture >= 0:
        s.transmission = s.transmission * look_up(w, w[0].materials[m].transmission_texture, uv, footprint)[0]
    s.ior = w[0].materials[m].ior
    s.solid = w[0].materials[m].solid
    s.unlit = w[0].materials[m].unlit
    return s


@no_type_check
@wp.func
def film_ray(view: View, x: float, y: float) -> wp.vec3:
    """Direction of depth 1 through a film point in pixels."""
    return view.forward + view.right * (x / float(view.width) - 0.5) + view.down * (y / float(view.height) - 0.5)


@no_type_check
@wp.func
def project(view: View, p: wp.vec3) -> wp.vec3:
    """A world point's film point in pixels, and its depth."""
    d = p - view.eye
    z = wp.dot(d, view.forward)
    safe = wp.where(wp.abs(z) < 1.0e-9, 1.0e-9, z)
    x = wp.dot(d, view.right) / (safe * wp.dot(view.right, view.right)) + 0.5
    y = wp.dot(d, view.down) / (safe * wp.dot(view.down, view.down)) + 0.5
    return wp.vec3(x * float(view.width), y * float(view.height), z)
