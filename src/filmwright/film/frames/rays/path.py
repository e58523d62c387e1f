"""The path tracer (Kajiya 1986) with multiple importance sampling, next-event estimation and a thin lens."""

import warp as wp

from .bsdf import Surface, brightness, choose, lobes, scatter
from .hits import film_ray, nearest, passage, surface
from .lights import light_density, light_hit, sky_density, sky_radiance, sky_sample
from .sampler import pair, pixel_seed
from .structs import OPTIONS, Light, Sky, View, World

wp.set_module_options(OPTIONS)

FAR = wp.constant(1.0e6)


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


@wp.func
def weight(plan: Plan, a: float, b: float) -> float:
    """The power heuristic's weight of technique a against b (Veach 1997, 9.2)."""
    if plan.mis != 0:
        return 1.0
    return a * a / (a * a + b * b)


@wp.func
def bounded(c: wp.vec3, limit: float) -> wp.vec3:
    """c, scaled down to `limit` where it is brighter."""
    top = wp.max(c[0], wp.max(c[1], c[2]))
    if top > limit:
        return c * (limit / top)
    return c


@wp.func
def lit(
    w: wp.array(dtype=World),
    sky: wp.array(dtype=Sky),
    lights: wp.array(dtype=Light),
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


@wp.func
def met(
    sky: wp.array(dtype=Sky),
    lights: wp.array(dtype=Light),
    plan: Plan,
    o: wp.vec3,
    d: wp.vec3,
    reach: float,
    density: float,
) -> wp.vec4:
    """Light of a rectangle that a scattered ray meets within `reach`, or of the sky beyond; w is 1 where it ends."""
    best = reach
    which = int(-1)
    for i in range(lights.shape[0]):
        t = light_hit(lights, i, o, d)
        if t > 0.0 and t < best:
            best = t
            which = i
    light = wp.vec3(0.0)
    other = float(0.0)
    if which >= 0:
        light = lights[which].radiance
        other = lights[which].pick * light_density(lights, which, d, best)
    elif reach >= FAR:
        light = sky_radiance(sky, d)
        other = sky[0].pick * sky_density(sky, d)
    else:
        return wp.vec4(0.0)
    if density > 0.0:  # else a mirror, which no light sample can serve
        light = light * weight(plan, density, other)
        if plan.mis == 1:
            light = wp.vec3(0.0)
    return wp.vec4(light[0], light[1], light[2], 1.0)


@wp.kernel
def trace_paths(
    w: wp.array(dtype=World),
    sky: wp.array(dtype=Sky),
    lights: wp.array(dtype=Light),
    view: View,
    plan: Plan,
    radiance: wp.array(dtype=wp.vec3),
    albedo: wp.array(dtype=wp.vec3),
    normals: wp.array(dtype=wp.vec3),
):
    """Add up a pixel's samples, with the albedo and normal that a denoiser is guided by."""
    tid = wp.tid()
    x = float(tid % view.width)
    y = float(tid / view.width)
    pixel = pixel_seed(plan.seed, plan.frame, tid)
    total = wp.vec3(0.0)
    guide_albedo = wp.vec3(0.0)
    guide_normal = wp.vec3(0.0)
    for sample in range(plan.first, plan.last):
        film = wp.vec2(0.5, 0.5)
        if plan.antialias == 1:
            film = pair(sample, pixel, 0)
        d = film_ray(view, x + film[0], y + film[1])
        o = view.eye
        if plan.lens == 1 and view.aperture > 0.0:
            u = pair(sample, pixel, 1)
            r = view.aperture * wp.sqrt(u[0])
            shift = wp.normalize(view.right) * (r * wp.cos(6.2831853 * u[1])) + wp.normalize(view.down) * (
                r * wp.sin(6.2831853 * u[1])
            )
            d = d * view.focus - shift
            o = o + shift
        d = wp.normalize(d)
        through = wp.vec3(1.0)
        density = float(0.0)
        width = float(0.0)
        spread = view.spread
        camera = int(1)  # 1: nothing but clear surfaces so far
        light = wp.vec3(0.0)
        for bounce in range(plan.bounces + 1):
            u0 = pair(sample, pixel, 2 + 4 * bounce)
            h = nearest(w, o, d, FAR, u0[0])
            end = wp.vec4(0.0)
            if camera == 0:
                end = met(sky, lights, plan, o, d, h.t, density)
            elif h.face < 0:
                c = sky_radiance(sky, d)
                end = wp.vec4(c[0], c[1], c[2], 1.0)
                guide_albedo = guide_albedo + wp.vec3(wp.min(c[0], 1.0), wp.min(c[1], 1.0), wp.min(c[2], 1.0))
                guide_normal = guide_normal - d
            found = wp.cw_mul(through, wp.vec3(end[0], end[1], end[2]))
            if bounce > 1:
                found = bounded(found, plan.clamp)
            light = light + found
            if end[3] > 0.0 or h.face < 0:
                break
            width = width + spread * h.t
            s = surface(w, h, o, d, width)
            v = -d
            if camera == 1:
                guide_albedo = guide_albedo + s.base
                guide_normal = guide_normal + s.normal
                camera = 0
            glow = wp.cw_mul(through, s.emission)
            if s.unlit == 1:
                glow = glow + wp.cw_mul(through, s.base)
            light = light + glow
            if s.unlit == 1 or bounce == plan.bounces:
                break
            u1 = pair(sample, pixel, 3 + 4 * bounce)
            if plan.mis != 2:
                found = wp.cw_mul(through, lit(w, sky, lights, plan, s, v, u1, u0[1]))
                if bounce > 0:
                    found = bounded(found, plan.clamp)
                light = light + found
            u2 = pair(sample, pixel, 4 + 4 * bounce)
            u3 = pair(sample, pixel, 5 + 4 * bounce)
            b = lobes(w, s, wp.max(wp.dot(s.normal, v), 1.0e-4))
            l = choose(s, b, v, u2, u3[0])
            f = scatter(s, b, v, l)
            if f[3] <= 1.0e-9:
                break
            through = wp.cw_mul(through, wp.vec3(f[0], f[1], f[2])) / f[3]
            density = f[3]
            spread = spread + 0.25 * wp.sqrt(1.0 / wp.max(f[3], 0.05))
            if bounce >= 1:
                keep = wp.clamp(wp.max(through[0], wp.max(through[1], through[2])), 0.05, 0.95)
                if u3[1] > keep:
                    break
                through = through / keep
            o = s.lift
            d = l
        total = total + light
    radiance[tid] = radiance[tid] + total
    albedo[tid] = albedo[tid] + guide_albedo
    normals[tid] = normals[tid] + guide_normal
