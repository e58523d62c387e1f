"""Tables that the kernels look things up in: the sky's importance and GGX's directional albedo."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float32, Float64

from filmwright.core.errors import BadAsset
from filmwright.core.scene import AreaLight, Environment

MAX_ROWS = 256  # finer importance tables cost more cache than they save noise


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SkyTables:
    """An environment with what is needed to sample it by its brightness (Pharr et al., PBRT 4, 12.5)."""

    pixels: Float32[np.ndarray, "H W 3"]  # strength multiplied in
    density: Float32[np.ndarray, "h w"]  # of the unit square, mean 1
    rows: Float32[np.ndarray, " h"]  # cumulative
    columns: Float32[np.ndarray, "h w"]  # cumulative in each row
    power: float  # mean luminance over the sphere, times 4 pi


def sky_tables(environment: Environment) -> SkyTables:
    """Importance tables of an environment, in which every direction has some share.

    Raises BadAsset for a picture that is not finite or negative.
    """
    pixels = np.asarray(environment.pixels, np.float32) * np.float32(environment.strength)
    if not np.isfinite(pixels).all() or pixels.min(initial=0.0) < 0:
        raise BadAsset("the environment has values that are negative or not finite; clean its HDR file")
    light = pixels.astype(np.float64) @ [0.2126, 0.7152, 0.0722]
    while light.shape[0] > MAX_ROWS and light.shape[0] % 2 == 0 and light.shape[1] % 2 == 0:
        light = light.reshape(light.shape[0] // 2, 2, light.shape[1] // 2, 2).mean((1, 3))
    height, width = light.shape
    sine = np.sin((np.arange(height) + 0.5) / height * np.pi)[:, None]
    power = float((light * sine).sum() / (sine.sum() * width) * 4 * np.pi)
    share = (light + 0.05 * light.mean() + 1e-12) * sine
    share /= share.mean()
    rows = np.cumsum(share.sum(1))
    columns = np.cumsum(share, 1)
    columns /= columns[:, -1:]
    return SkyTables(
        pixels=pixels,
        density=share.astype(np.float32),
        rows=(rows / rows[-1]).astype(np.float32),
        columns=columns.astype(np.float32),
        power=power,
    )


def picks(sky_power: float, lights: tuple[AreaLight, ...], centre: Float64[np.ndarray, "3"]) -> list[float]:
    """How often the sky, then each light, is sampled: by the irradiance they can give a surface at `centre`."""
    strength = [sky_power / 4]
    for light in lights:
        u, v = np.array(light.half_u, float), np.array(light.half_v, float)
        across = np.cross(u, v) * 4  # the area vector, along the light's normal
        away = centre - np.array(light.center, float)
        distance2 = max(float(away @ away), float(np.linalg.norm(across)) / np.pi)
        facing = max(float(across @ away) / np.sqrt(distance2), 0.05 * float(np.linalg.norm(across)))
        strength.append(float(np.array(light.radiance) @ [0.2126, 0.7152, 0.0722]) * facing / distance2)
    total = sum(strength)
    if total <= 0:
        return [0.0] + [1 / max(len(lights), 1)] * len(lights)
    floor = 0.05  # nothing that shines is left out
    shining = [max(s / total, floor) if s > 0 else 0.0 for s in strength]
    return [s / sum(shining) for s in shining]


@cache
def directional_albedo(size: int = 32, samples: int = 1024) -> Float32[np.ndarray, "N N 2"]:
    """GGX's directional albedo over [cosine, roughness], as scale and bias of F0 (Karis 2013).

    Integrated with visible normals (Heitz 2018) and height-correlated Smith masking.
    """
    cosine = np.maximum(np.linspace(0, 1, size), 1e-3)[:, None, None]
    alpha = np.maximum(np.linspace(0, 1, size) ** 2, 1e-3)[None, :, None]
    i = np.arange(samples)
    u1, u2 = (i + 0.5) / samples, (i * 0.6180339887498949) % 1.0
    v = np.stack(np.broadcast_arrays(np.sqrt(1 - cosine**2), 0 * cosine, cosine))
    stretched = np.stack(np.broadcast_arrays(v[0] * alpha, v[1] * alpha, v[2]))
    stretched = stretched / np.linalg.norm(stretched, axis=0)
    r, phi = np.sqrt(u1), 2 * np.pi * u2
    a, b = r * np.cos(phi), r * np.sin(phi)
    s = 0.5 * (1 + stretched[2])
    b = (1 - s) * np.sqrt(1 - a**2) + s * b
    c = np.sqrt(np.maximum(0, 1 - a**2 - b**2))
    # the tangent frame of a view in the xz plane: t1 = y, t2 = v x y
    x, z = stretched[0], stretched[2]
    h = np.stack([-z * b + x * c, a + 0 * b, x * b + z * c])
    h = np.stack([alpha * h[0], alpha * h[1], np.maximum(h[2], 1e-9)])
    h /= np.linalg.norm(h, axis=0)
    vh = np.clip((v * h).sum(0), 0, 1)
    nl = np.maximum(2 * vh * h[2] - v[2], 0)
    weight = _masking(np.maximum(nl, 1e-9), cosine, alpha) * (nl > 0)
    fresnel = (1 - vh) ** 5
    return np.stack([(weight * (1 - fresnel)).mean(-1), (weight * fresnel).mean(-1)], -1).astype(np.float32)


def _masking(nl: np.ndarray, nv: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """G2 over G1, height-correlated."""
    a2 = alpha**2
    light = np.sqrt(nl**2 * (1 - a2) + a2)
    view = np.sqrt(nv**2 * (1 - a2) + a2)
    ratio: np.ndarray = nl * (nv + view) / (nv * light + nl * view)
    return ratio
