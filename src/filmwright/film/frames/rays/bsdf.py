"""How surfaces scatter light: GGX with multiple scattering, diffuse below it, a clear coat above it.

Eric Heitz, "Sampling the GGX Distribution of Visible Normals" (JCGT 2018); Emmanuel Turquin, "Practical multiple
scattering compensation for microfacet models" (2019); glTF 2.0 appendix B.
"""

# mypy: ignore-errors

from typing import no_type_check

import warp as wp

from .structs import Worlds

PI = wp.constant(3.14159265358979)


@no_type_check
@wp.struct
class Surface:
    """What a ray met, with textures read."""

    point: wp.vec3
    flat: wp.vec3  # the triangle's normal, towards the viewer
    normal: wp.vec3  # the shading normal, in the viewer's hemisphere
    base: wp.vec3
    emission: wp.vec3
    metallic: float
    alpha: float  # roughness squared
    roughness: float
    coat: float
    coat_alpha: float
    coat_roughness: float
    transmission: float
    ior: float
    solid: int
    outside: int  # 1: the viewer is where the surface's own normal points
    occlusion: float
    unlit: int
    node: int
    lift: wp.vec3  # where rays leave from, so that coarse triangles do not shadow their own curve


@no_type_check
@wp.func
def basis(n: wp.vec3) -> wp.mat33:
    """Columns of an orthonormal frame around n (Duff et al. 2017)."""
    s = wp.where(n[2] >= 0.0, 1.0, -1.0)
    a = -1.0 / (s + n[2])
    b = n[0] * n[1] * a
    x = wp.vec3(1.0 + s * n[0] * n[0] * a, s * b, -s * n[0])
    y = wp.vec3(b, s + n[1] * n[1] * a, -n[1])
    return wp.matrix_from_cols(x, y, n)


@no_type_check
@wp.func
def directional_albedo(w: Worlds, cosine: float, roughness: float) -> wp.vec2:
    """Share of light that GGX reflects: F0 times the first plus the second (Karis 2013)."""
    size = w[0].albedo.shape[0]
    x = wp.clamp(cosine, 0.0, 1.0) * float(size - 1)
    y = wp.clamp(roughness, 0.0, 1.0) * float(size - 1)
    i = wp.min(int(x), size - 2)
    j = wp.min(int(y), size - 2)
    fx = x - float(i)
    fy = y - float(j)
    low = w[0].albedo[i, j] * (1.0 - fx) + w[0].albedo[i + 1, j] * fx
    high = w[0].albedo[i, j + 1] * (1.0 - fx) + w[0].albedo[i + 1, j + 1] * fx
    return low * (1.0 - fy) + high * fy


@no_type_check
@wp.func
def schlick(f0: wp.vec3, f90: float, cosine: float) -> wp.vec3:
    """Fresnel reflectance (Schlick 1994), f90 at grazing incidence."""
    m = wp.clamp(1.0 - cosine, 0.0, 1.0)
    m2 = m * m
    return f0 + (wp.vec3(f90) - f0) * (m2 * m2 * m)


@no_type_check
@wp.func
def distribution(nh: float, alpha: float) -> float:
    """GGX's density of microfacet normals (Walter et al. 2007)."""
    a2 = alpha * alpha
    d = nh * nh * (a2 - 1.0) + 1.0
    return a2 / (PI * d * d)


@no_type_check
@wp.func
def smith(cosine: float, alpha: float) -> float:
    """Smith's lambda plus one half, times two cosines: the term both G1 and G2 are made of."""
    a2 = alpha * alpha
    return wp.sqrt(cosine * cosine * (1.0 - a2) + a2)


@no_type_check
@wp.func
def visibility(nl: float, nv: float, alpha: float) -> float:
    """Height-correlated masking and shadowing over 4 nl nv (Heitz 2014)."""
    return 0.5 / (nl * smith(nv, alpha) + nv * smith(nl, alpha))


@no_type_check
@wp.func
def ggx_density(nh: float, nv: float, alpha: float) -> float:
    """Density of directions that visible-normal sampling gives: G1 D / (4 nv)."""
    return distribution(nh, alpha) * 0.5 / (nv + smith(nv, alpha))


@no_type_check
@wp.func
def visible_normal(v: wp.vec3, alpha: float, u: wp.vec2) -> wp.vec3:
    """A microfacet normal seen from v, both in the surface's frame (Heitz 2018)."""
    vh = wp.normalize(wp.vec3(alpha * v[0], alpha * v[1], v[2]))
    length2 = vh[0] * vh[0] + vh[1] * vh[1]
    t1 = wp.vec3(1.0, 0.0, 0.0)
    if length2 > 1.0e-12:
        t1 = wp.vec3(-vh[1], vh[0], 0.0) / wp.sqrt(length2)
    t2 = wp.cross(vh, t1)
    r = wp.sqrt(u[0])
    phi = 2.0 * PI * u[1]
    a = r * wp.cos(phi)
    b = r * wp.sin(phi)
    s = 0.5 * (1.0 + vh[2])
    b = (1.0 - s) * wp.sqrt(wp.max(0.0, 1.0 - a * a)) + s * b
    h = t1 * a + t2 * b + vh * wp.sqrt(wp.max(0.0, 1.0 - a * a - b * b))
    return wp.normalize(wp.vec3(alpha * h[0], alpha * h[1], wp.max(h[2], 1.0e-6)))


@no_type_check
@wp.struct
class Lobes:
    """A surface seen from one direction: what each lobe reflects, and how often it is sampled."""

    f0: wp.vec3
    f90: float
    boost: wp.vec3  # multiple scattering's gain of the GGX lobe
    glossy: wp.vec3  # directional albedo of the GGX lobe below the coat
    coat: float  # directional albedo of the coat
    diffuse: wp.vec3  # albedo below the specular lobe and the coat
    under: float  # what the coat lets through
    coat_boost: float
    pick_coat: float
    pick_glossy: float
    pick_diffuse: float


@no_type_check
@wp.func
def brightness(c: wp.vec3) -> float:
    """Luminance of linear Rec. 709."""
    return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]


@no_type_check
@wp.func
def lobes(w: Worlds, s: Surface, nv: float) -> Lobes:
    """Split what s reflects among its lobes so that nothing is lost or gained."""
    out = Lobes()
    r = (s.ior - 1.0) / (s.ior + 1.0)
    edge = wp.min(50.0 * r * r, 1.0)  # an index near 1 reflects nothing, at no angle (Lagarde 2011)
    out.f90 = edge + (1.0 - edge) * s.metallic
    out.f0 = wp.vec3(r * r * (1.0 - s.metallic)) + s.base * s.metallic
    ab = directional_albedo(w, nv, s.roughness)
    total = wp.max(ab[0] + ab[1], 1.0e-3)
    out.boost = wp.vec3(1.0) + out.f0 * (1.0 / total - 1.0)
    out.glossy = wp.cw_mul(out.f0 * ab[0] + wp.vec3(out.f90 * ab[1]), out.boost)
    dielectric = (r * r * ab[0] + edge * ab[1]) * (1.0 - s.metallic)
    dielectric = dielectric * (1.0 + r * r * (1.0 / total - 1.0))
    out.diffuse = s.base * (wp.max(1.0 - s.metallic - dielectric, 0.0) * (1.0 - s.transmission))
    out.under = 1.0
    out.coat = 0.0
    if s.coat > 0.0:
        cc = directional_albedo(w, nv, s.coat_roughness)
        out.coat_boost = 1.0 + 0.04 * (1.0 / wp.max(cc[0] + cc[1], 1.0e-3) - 1.0)
        out.coat = s.coat * (0.04 * cc[0] + cc[1]) * out.coat_boost
        out.under = 1.0 - out.coat
    a = brightness(out.glossy) * out.under
    b = brightness(out.diffuse) * out.under
    whole = wp.max(a + b + out.coat, 1.0e-6)
    out.pick_coat = out.coat / whole
    out.pick_glossy = a / whole
    out.pick_diffuse = wp.max(1.0 - out.pick_coat - out.pick_glossy, 0.0)
    return out


@no_type_check
@wp.func
def scatter(s: Surface, b: Lobes, v: wp.vec3, light: wp.vec3) -> wp.vec4:
    """The BSDF times the cosine towards light, and in w the density with which `choose` takes it."""
    nl = wp.dot(s.normal, light)
    nv = wp.max(wp.dot(s.normal, v), 1.0e-4)
    if nl <= 0.0 or wp.dot(s.flat, light) <= 0.0:
        return wp.vec4(0.0)
    h = wp.normalize(v + light)
    nh = wp.clamp(wp.dot(s.normal, h), 0.0, 1.0)
    vh = wp.clamp(wp.dot(v, h), 0.0, 1.0)
    f = schlick(b.f0, b.f90, vh)
    d = distribution(nh, s.alpha)
    glossy = wp.cw_mul(f, b.boost) * (d * visibility(nl, nv, s.alpha))
    color = (glossy + b.diffuse / PI) * b.under
    density = b.pick_glossy * d * 0.5 / (nv + smith(nv, s.alpha)) + b.pick_diffuse * nl / PI
    if s.coat > 0.0:
        dc = distribution(nh, s.coat_alpha)
        fc = schlick(wp.vec3(0.04), 1.0, vh)[0] * s.coat * b.coat_boost
        color = color + wp.vec3(fc * dc * visibility(nl, nv, s.coat_alpha))
        density = density + b.pick_coat * dc * 0.5 / (nv + smith(nv, s.coat_alpha))
    color = color * nl
    return wp.vec4(color[0], color[1], color[2], density)


@no_type_check
@wp.func
def choose(s: Surface, b: Lobes, v: wp.vec3, u: wp.vec2, lobe: float) -> wp.vec3:
    """A direction for light to come from, with `scatter`'s density."""
    m = basis(s.normal)
    if lobe < b.pick_diffuse:
        r = wp.sqrt(u[0])
        phi = 2.0 * PI * u[1]
        return m * wp.vec3(r * wp.cos(phi), r * wp.sin(phi), wp.sqrt(wp.max(0.0, 1.0 - u[0])))
    alpha = s.alpha
    if lobe > b.pick_diffuse + b.pick_glossy:
        alpha = s.coat_alpha
    local = wp.vec3(wp.dot(wp.vec3(m[0, 0], m[1, 0], m[2, 0]), v), wp.dot(wp.vec3(m[0, 1], m[1, 1], m[2, 1]), v), 0.0)
    local = wp.vec3(local[0], local[1], wp.max(wp.dot(s.normal, v), 1.0e-4))
    h = m * visible_normal(wp.normalize(local), alpha, u)
    return wp.normalize(h * (2.0 * wp.dot(v, h)) - v)


@no_type_check
@wp.func
def dielectric(cosine: float, eta: float) -> float:
    """Fresnel reflectance of a smooth dielectric; eta is the index beyond over the index on this side."""
    s2 = (1.0 - cosine * cosine) / (eta * eta)
    if s2 >= 1.0:
        return 1.0
    inner = wp.sqrt(1.0 - s2)
    p = (eta * cosine - inner) / (eta * cosine + inner)
    q = (cosine - eta * inner) / (cosine + eta * inner)
    return 0.5 * (p * p + q * q)


@no_type_check
@wp.func
def pane(reflected: float) -> float:
    """Reflectance of a thin pane whose one side reflects `reflected`: all echoes between its sides summed."""
    return 2.0 * reflected / (1.0 + reflected)


@no_type_check
@wp.func
def refracted(d: wp.vec3, n: wp.vec3, eta: float) -> wp.vec3:
    """Direction d bent by a surface with normal n towards where d comes from (Snell's law)."""
    c = -wp.dot(d, n)
    k = wp.max(1.0 - (1.0 - c * c) / (eta * eta), 0.0)
    return wp.normalize(d / eta + n * (c / eta - wp.sqrt(k)))


@no_type_check
@wp.func
def glass_index(s: Surface) -> float:
    """The index beyond a surface over the one before it."""
    if s.solid == 1 and s.outside == 0:
        return 1.0 / s.ior
    return s.ior


@no_type_check
@wp.func
def glass_tint(s: Surface) -> wp.vec3:
    """What glass colours light by at one surface: a body is passed by two, a pane by one."""
    if s.solid == 1:
        return wp.vec3(wp.sqrt(s.base[0]), wp.sqrt(s.base[1]), wp.sqrt(s.base[2]))
    return s.base
