"""Light without noise: what unblocked rectangles and the blurred sky give a surface, in closed form."""

# mypy: ignore-errors

from typing import no_type_check

import warp as wp

from .lights import TWO_PI
from .structs import Lights, Skies


@no_type_check
@wp.func
def edge(a: wp.vec3, b: wp.vec3) -> wp.vec3:
    """A polygon edge's share of the vector irradiance, a and b units (Heitz et al. 2016's fit of acos)."""
    x = wp.dot(a, b)
    y = wp.abs(x)
    v = (0.8543985 + (0.4965155 + 0.0145206 * y) * y) / (3.4175940 + (4.1616724 + y) * y)
    k = v
    if x <= 0.0:
        k = 0.5 / wp.sqrt(wp.max(1.0 - x * x, 1.0e-7)) - v
    return wp.cross(a, b) * k


@no_type_check
@wp.func
def form_factor(lights: Lights, i: int, p: wp.vec3, n: wp.vec3) -> float:
    """Lambert's form factor of rectangle i seen from p, nothing between; irradiance over pi is radiance times it.

    Where the horizon cuts the rectangle, the part below counts negative: a soft terminator.
    """
    c = lights[i].center - p
    if wp.dot(c, lights[i].normal) >= 0.0:
        return 0.0
    u = lights[i].u
    v = lights[i].v
    # wholly below the horizon: nothing
    if wp.dot(c, n) + wp.abs(wp.dot(u, n)) + wp.abs(wp.dot(v, n)) <= 0.0:
        return 0.0
    a = wp.normalize(c - u - v)
    b = wp.normalize(c + u - v)
    d = wp.normalize(c + u + v)
    e = wp.normalize(c - u + v)
    whole = edge(a, b) + edge(b, d) + edge(d, e) + edge(e, a)
    return wp.max(-wp.dot(whole, n), 0.0)


@no_type_check
@wp.func
def share(reach: float, at: float, blur: float) -> float:
    """The share of a GGX-tailed streak, `at` from a slit's middle and `blur` wide, within `reach` of it."""
    a = reach - at
    b = reach + at
    return 0.5 * (a / wp.sqrt(a * a + blur * blur) + b / wp.sqrt(b * b + blur * blur))


@no_type_check
@wp.func
def mirrored_light(lights: Lights, i: int, p: wp.vec3, r: wp.vec3, alpha: float, reach: float) -> wp.vec3:
    """Rectangle i's light in a mirror direction, blurred by the roughness; none of it beyond `reach`."""
    facing = -wp.dot(r, lights[i].normal)
    c = lights[i].center - p
    gap = -wp.dot(c, lights[i].normal)
    if gap <= 0.0 or wp.dot(r, c) <= 0.0:
        return wp.vec3(0.0)
    t = gap / wp.max(facing, 0.15)
    if t > reach:
        return wp.vec3(0.0)
    q = r * t - c
    length_u = wp.length(lights[i].u)
    blur = wp.max(2.0 * alpha * t, 1.0e-3 * length_u)
    at_u = wp.dot(q, lights[i].u) / length_u
    if wp.abs(at_u) > length_u + 32.0 * blur:  # the tail holds less than a thousandth
        return wp.vec3(0.0)
    length_v = wp.length(lights[i].v)
    at_v = wp.dot(q, lights[i].v) / length_v
    if wp.abs(at_v) > length_v + 32.0 * blur:
        return wp.vec3(0.0)
    s = share(length_u, at_u, blur) * share(length_v, at_v, blur)
    return lights[i].radiance * (s * wp.clamp(facing * 8.0, 0.0, 1.0))


@no_type_check
@wp.func
def sky_mean(sky: Skies, normal: wp.vec3) -> wp.vec3:
    """Irradiance over pi of the whole sky on a surface (Ramamoorthi and Hanrahan 2001)."""
    x = normal[0]
    y = normal[1]
    z = normal[2]
    e = sky[0].harmonics[0] + sky[0].harmonics[1] * x + sky[0].harmonics[2] * y + sky[0].harmonics[3] * z
    e = e + sky[0].harmonics[4] * (x * y) + sky[0].harmonics[5] * (y * z) + sky[0].harmonics[6] * (3.0 * z * z - 1.0)
    return e + sky[0].harmonics[7] * (x * z) + sky[0].harmonics[8] * (x * x - y * y)


@no_type_check
@wp.func
def sky_diffuse(sky: Skies, normal: wp.vec3) -> wp.vec3:
    """`sky_mean`, never below a fifth of the mean: black directions see the set, and ratios to this are bounded."""
    low = sky[0].harmonics[0] * 0.2 + wp.vec3(1.0e-4)
    return wp.max(sky_mean(sky, normal), low)


@no_type_check
@wp.func
def soft_level(sky: Skies, level: int, uv: wp.vec2) -> wp.vec3:
    """One blur of the sky, bilinear."""
    height = sky[0].soft.shape[1]
    width = sky[0].soft.shape[2]
    x = uv[0] * float(width) - 0.5
    y = uv[1] * float(height) - 0.5
    fx = wp.floor(x)
    fy = wp.floor(y)
    x0 = (int(fx) + width) % width
    x1 = (int(fx) + 1) % width
    y0 = wp.max(int(fy), 0)
    y1 = wp.min(int(fy) + 1, height - 1)
    fx = x - fx
    fy = y - fy
    top = sky[0].soft[level, y0, x0] * (1.0 - fx) + sky[0].soft[level, y0, x1] * fx
    bottom = sky[0].soft[level, y1, x0] * (1.0 - fx) + sky[0].soft[level, y1, x1] * fx
    return top * (1.0 - fy) + bottom * fy


@no_type_check
@wp.func
def soft_place(sky: Skies, d: wp.vec3) -> wp.vec2:
    """`sky_place` without trigonometry, to 5e-5 of the picture (Abramowitz and Stegun 4.4.45 and 4.4.49)."""
    z = wp.abs(d[2])
    theta = ((-0.0187293 * z + 0.0742610) * z - 0.2121144) * z + 1.5707288
    theta = theta * wp.sqrt(wp.max(1.0 - z, 0.0))
    if d[2] < 0.0:
        theta = 0.5 * TWO_PI - theta
    x = wp.abs(d[0])
    y = wp.abs(d[1])
    t = wp.min(x, y) / wp.max(wp.max(x, y), 1.0e-12)
    q = t * t
    phi = ((((0.0208351 * q - 0.0851330) * q + 0.1801410) * q - 0.3302995) * q + 0.9998660) * t
    if y > x:
        phi = 0.25 * TWO_PI - phi
    if d[0] < 0.0:
        phi = 0.5 * TWO_PI - phi
    if d[1] < 0.0:
        phi = -phi
    u = (phi - sky[0].rotation) / TWO_PI
    return wp.vec2(u - wp.floor(u), theta * (2.0 / TWO_PI))


@no_type_check
@wp.func
def sky_soft(sky: Skies, d: wp.vec3, roughness: float) -> wp.vec3:
    """The sky around direction d as a lobe of this roughness sees it."""
    if sky[0].pick <= 0.0:
        return wp.vec3(0.0)
    uv = soft_place(sky, d)
    top = sky[0].soft.shape[0] - 1
    x = wp.clamp(roughness, 0.0, 1.0) * float(top)
    low = wp.min(int(x), top - 1)
    return soft_level(sky, low, uv) * (1.0 - (x - float(low))) + soft_level(sky, low + 1, uv) * (x - float(low))


@no_type_check
@wp.func
def sky_at_slant(sky: Skies, d: wp.vec3, roughness: float, nv: float) -> wp.vec3:
    """`sky_soft` in mirror direction d of a surface seen at cosine nv.

    Seen flat, the lobe is not round and weighs what is low most: fitted to GGX summed over studio skies, it shows as
    much as a round one two thirds as wide.
    """
    return sky_soft(sky, d, roughness * (0.65 + 0.35 * wp.smoothstep(0.3, 0.9, nv)))
