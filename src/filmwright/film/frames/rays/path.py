"""The path tracer (Kajiya 1986) with multiple importance sampling, next-event estimation and a thin lens."""

# mypy: ignore-errors
# ruff: noqa: UP018, RUF046 - float(0.0) and int(0) are how Warp declares a variable that loops change

from typing import no_type_check

import warp as wp

from .bsdf import Surface, brightness, choose, dielectric, glass_index, glass_tint, lobes, pane, refracted, scatter
from .hits import film_ray, nearest, passage, surface
from .lights import light_density, light_hit, sky_density, sky_radiance, sky_sample
from .sampler import pair, pixel_seed
from .softlight import sky_diffuse
from .structs import OPTIONS, Lights, Skies, View, Worlds

wp.set_module_options(OPTIONS)

FAR = wp.constant(1.0e6)


@no_type_check
@wp.struct
class Plan:
    """How many samples, and how they are taken."""

    seed: int
    frame: int
    first: int  # this launch takes samples first to last - 1 of `samples`
    last: int
    bounces: int
    antialias: int
    lens: int
    clamp: float  # bound of one sample's indirect light
    mis: int  # 0 both techniques, 1 light sampling only, 2 BSDF sampling only


@no_type_check
@wp.func
def weight(plan: Plan, a: float, b: float) -> float:
    """The power heuristic's weight of technique a against b (Veach 1997, 9.2)."""
    if plan.mis != 0:
        return 1.0
    return a * a / (a * a + b * b)


@no_type_check
@wp.func
def bounded(c: wp.vec3, limit: float) -> wp.vec3:
    """c, scaled down to `limit` where it is brighter."""
    top = wp.max(c[0], wp.max(c[1], c[2]))
    if top > limit:
        return c * (limit / top)
    return c


@no_type_check
@wp.func
def lit(
    w: Worlds,
    sky: Skies,
    lights: Lights,
    plan: Plan,
    s: Surface,
    v: wp.vec3,
    u: wp.vec2,
    pick: float,
) -> wp.vec3:
    """Light of one sampled source that s scatters towards v (next-event estimation)."""
    b = lobes(w, s, wp.max(wp.dot(s.normal, v), 1.0e-4))
    d = wp.vec3(0.0, 0.0, 1.0)
    reach = float(FAR)
    radiance = wp.vec3(0.0)
    density = float(0.0)
    if pick < sky[0].pick:
        d = sky_sample(sky, u)
        radiance = sky_radiance(sky, d)
        density = sky[0].pick * sky_density(sky, d)
    elif lights.shape[0] == 0:
        return wp.vec3(0.0)
    else:
        below = sky[0].pick
        i = int(0)
        while i < lights.shape[0] - 1 and pick >= below + lights[i].pick:
            below = below + lights[i].pick
            i = i + 1
        q = lights[i].center + lights[i].u * (2.0 * u[0] - 1.0) + lights[i].v * (2.0 * u[1] - 1.0) - s.lift
        reach = wp.length(q)
        d = q / wp.max(reach, 1.0e-9)
        if wp.dot(d, lights[i].normal) >= -1.0e-6:
            return wp.vec3(0.0)
        radiance = lights[i].radiance
        density = lights[i].pick * light_density(lights, i, d, reach)
        reach = reach - 2.0 * w[0].epsilon
    f = scatter(s, b, v, d)
    if f[3] <= 0.0 or density <= 0.0:
        return wp.vec3(0.0)
    light = wp.cw_mul(wp.vec3(f[0], f[1], f[2]), radiance) * (weight(plan, density, f[3]) / density)
    if brightness(light) < 1.0e-7:
        return wp.vec3(0.0)
    return wp.cw_mul(light, passage(w, s.lift, d, reach))


@no_type_check
@wp.func
def met(
    sky: Skies, lights: Lights, plan: Plan, o: wp.vec3, d: wp.vec3, gone: float, reach: float, density: float
) -> wp.vec3:
    """Light of the rectangles that a scattered ray meets within `reach`, and of the sky if nothing stops it.

    Rectangles hide nothing, as light samples take it too. The ray has `gone` some way straight on before o, and was
    chosen with `density`; 0 is a mirror or a lens, which no light sample can serve.
    """
    total = wp.vec3(0.0)
    if plan.mis == 1 and density > 0.0:
        return total
    for i in range(lights.shape[0]):
        t = light_hit(lights, i, o, d)
        if t > 0.0 and t < reach:
            k = float(1.0)
            if density > 0.0:
                k = weight(plan, density, lights[i].pick * light_density(lights, i, d, t + gone))
            total = total + lights[i].radiance * k
    if reach >= FAR:
        k = float(1.0)
        if density > 0.0:
            k = weight(plan, density, sky[0].pick * sky_density(sky, d))
        total = total + sky_radiance(sky, d) * k
    return total


@no_type_check
@wp.struct
class Ray:
    """A path on its way."""

    origin: wp.vec3
    direction: wp.vec3
    through: wp.vec3  # share of light that gets back to the film
    density: float  # with which the direction was chosen; 0: there was no choice
    gone: float  # metres straight on through panes since then
    width: float  # metres
    spread: float  # radians
    scattered: int  # 1: it comes from a surface whose light was sampled
    shadowed: int  # 1: what lights it meets now, those samples have counted through the glass


@no_type_check
@wp.func
def started(view: View, plan: Plan, sample: int, pixel: wp.uint32, x: float, y: float) -> Ray:
    """A camera ray through pixel corner (x, y), through the pixel's and the lens's sample."""
    out = Ray()
    film = wp.vec2(0.5, 0.5)
    if plan.antialias == 1:
        film = pair(sample, pixel, 0)
    d = film_ray(view, x + film[0], y + film[1])
    out.origin = view.eye
    if plan.lens == 1 and view.aperture > 0.0:
        u = pair(sample, pixel, 1)
        r = view.aperture * wp.sqrt(u[0])
        across = wp.normalize(view.right) * (r * wp.cos(6.2831853 * u[1]))
        shift = across + wp.normalize(view.down) * (r * wp.sin(6.2831853 * u[1]))
        d = d * view.focus - shift
        out.origin = out.origin + shift
    out.direction = wp.normalize(d)
    out.through = wp.vec3(1.0)
    out.spread = view.spread
    return out


@no_type_check
@wp.func
def through_glass(w: Worlds, s: Surface, ray: Ray, u: float) -> Ray:
    """A path past smooth glass: mirrored or let through by chance, as Fresnel says; `density` -1 where mirrored."""
    out = ray
    n = s.normal
    eta = glass_index(s)
    reflected = dielectric(wp.clamp(-wp.dot(ray.direction, n), 0.0, 1.0), eta)
    if s.solid == 0:
        reflected = pane(reflected)
    if u < reflected:
        out.direction = wp.normalize(ray.direction - n * (2.0 * wp.dot(ray.direction, n)))
        out.origin = s.lift
        out.density = -1.0
        return out
    out.through = wp.cw_mul(ray.through, glass_tint(s))
    out.origin = s.point - s.flat * w[0].epsilon
    if s.solid == 1:
        out.direction = refracted(ray.direction, n, eta)
        out.density = 0.0
        out.shadowed = ray.scattered
    return out


@no_type_check
@wp.func
def glow(s: Surface) -> wp.vec3:
    """What a surface shows by itself."""
    if s.unlit == 1:
        return s.emission + s.base
    return s.emission


@no_type_check
@wp.func
def alleged(sky: Skies, s: Surface) -> wp.vec3:
    """The albedo to guide a denoiser by; of an unlit surface the one that under the open sky would look the same, so
    that a set's painted horizon is no edge.
    """
    if s.unlit == 1:
        return wp.min(wp.cw_div(s.base, sky_diffuse(sky, s.normal)), wp.vec3(1.0))
    return s.base


@no_type_check
@wp.kernel
def trace_paths(
    w: Worlds,
    sky: Skies,
    lights: Lights,
    view: View,
    plan: Plan,
    radiance: wp.array(dtype=wp.vec3),
    albedo: wp.array(dtype=wp.vec3),
    normals: wp.array(dtype=wp.vec3),
):
    """Add up a pixel's samples, with the albedo and normal that a denoiser is guided by."""
    tid = wp.tid()
    pixel = pixel_seed(plan.seed, plan.frame, tid)
    total = wp.vec3(0.0)
    guide_albedo = wp.vec3(0.0)
    guide_normal = wp.vec3(0.0)
    for sample in range(plan.first, plan.last):
        ray = started(view, plan, sample, pixel, float(tid % view.width), float(tid / view.width))
        camera = int(1)  # 1: nothing but glass so far
        bounce = int(0)
        for step in range(plan.bounces + 9):  # glass costs steps, not bounces
            v = -ray.direction
            u0 = pair(sample, pixel, 2 + 4 * step)
            h = nearest(w, ray.origin, ray.direction, FAR, u0[0])
            found = wp.vec3(0.0)
            if camera == 0:
                found = met(sky, lights, plan, ray.origin, ray.direction, ray.gone, h.t, ray.density)
            elif h.face < 0:
                found = sky_radiance(sky, ray.direction)
                guide_albedo = guide_albedo + wp.min(found, wp.vec3(1.0))
                guide_normal = guide_normal + v
            if ray.shadowed == 0:
                found = wp.cw_mul(ray.through, found)
                if bounce > 1:
                    found = bounded(found, plan.clamp)
                total = total + found
            if h.face < 0:
                break
            ray.width = ray.width + ray.spread * h.t
            s = surface(w, h, ray.direction, ray.width)
            u3 = pair(sample, pixel, 5 + 4 * step)
            if s.transmission > 0.0:
                if u0[1] < s.transmission:
                    before = ray.gone + h.t
                    ray = through_glass(w, s, ray, u3[0])
                    ray.gone = before
                    if ray.density < 0.0:
                        ray.density = 0.0
                        ray.gone = 0.0
                        bounce = bounce + 1
                        if camera == 1:
                            guide_albedo = guide_albedo + wp.vec3(1.0)
                            guide_normal = guide_normal + s.normal
                            camera = 0
                        if bounce > plan.bounces:
                            break
                    continue
                s.transmission = 0.0
            if camera == 1:
                guide_albedo = guide_albedo + alleged(sky, s)
                guide_normal = guide_normal + s.normal
                camera = 0
            total = total + wp.cw_mul(ray.through, glow(s))
            if s.unlit == 1 or bounce == plan.bounces:
                break
            u1 = pair(sample, pixel, 3 + 4 * step)
            if plan.mis != 2:
                pick = pair(sample, pixel, 131 + step)[0]
                found = wp.cw_mul(ray.through, lit(w, sky, lights, plan, s, v, u1, pick))
                if bounce > 0:
                    found = bounded(found, plan.clamp)
                total = total + found
            b = lobes(w, s, wp.max(wp.dot(s.normal, v), 1.0e-4))
            toward = choose(s, b, v, pair(sample, pixel, 4 + 4 * step), u3[0])
            f = scatter(s, b, v, toward)
            if f[3] <= 1.0e-9:
                break
            ray.through = wp.cw_mul(ray.through, wp.vec3(f[0], f[1], f[2])) / f[3]
            ray.density = f[3]
            ray.gone = 0.0
            ray.scattered = 1
            ray.shadowed = 0
            ray.spread = ray.spread + 0.25 * wp.sqrt(1.0 / wp.max(f[3], 0.05))
            if bounce >= 1:
                keep = wp.clamp(wp.max(ray.through[0], wp.max(ray.through[1], ray.through[2])), 0.05, 0.95)
                if u3[1] > keep:
                    break
                ray.through = ray.through / keep
            bounce = bounce + 1
            ray.origin = s.lift
            ray.direction = toward
    radiance[tid] = radiance[tid] + total
    albedo[tid] = albedo[tid] + guide_albedo
    normals[tid] = normals[tid] + guide_normal
