"""The studio's lamps around a product, and the light they bring to a point."""

import numpy as np
from jaxtyping import Float

from filmwright.core.scene import AreaLight

from .moods import Lamp

_CLEARANCE = 0.04  # metres between a lamp's lower edge and the floor
_GRID = 6  # samples a side of a lamp


def compass(azimuth: float, elevation: float) -> Float[np.ndarray, "3"]:
    """Unit vector towards degrees right of the front camera and degrees above the horizon; (0, 0) is -Y."""
    a, e = np.radians(azimuth), np.radians(elevation)
    return np.array([np.sin(a) * np.cos(e), -np.cos(a) * np.cos(e), np.sin(e)])


def area_light(lamp: Lamp, bounds: Float[np.ndarray, "2 3"]) -> AreaLight:
    """The lamp, aimed at the middle of the product's box; a card there that faces it gets irradiance pi * power."""
    middle = bounds.mean(axis=0)
    scale = float(np.linalg.norm(bounds[1] - bounds[0]))
    middle[:2] = 0.0
    center = middle + compass(lamp.azimuth, lamp.elevation) * lamp.distance * scale
    half_height = lamp.height * scale / 2
    center[2] = max(center[2], bounds[0, 2] + half_height + _CLEARANCE)
    forward = middle - center
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    half_u, half_v = right * lamp.width * scale / 2, np.cross(forward, right) * half_height
    plain = AreaLight(
        name=lamp.name, center=_triple(center), half_u=_triple(half_u), half_v=_triple(half_v), radiance=(1.0, 1.0, 1.0)
    )
    card = float(irradiance((plain,), middle[None], -forward)[0, 0])
    gain = np.pi * lamp.power / card / float(np.dot(lamp.color, (0.2126, 0.7152, 0.0722)))
    return scaled(plain, np.array(lamp.color) * gain)


def scaled(light: AreaLight, gain: Float[np.ndarray, "3"] | float) -> AreaLight:
    """The same lamp, its radiance multiplied."""
    radiance = _triple(np.array(light.radiance) * gain)
    return AreaLight(name=light.name, center=light.center, half_u=light.half_u, half_v=light.half_v, radiance=radiance)


def irradiance(
    lights: tuple[AreaLight, ...], points: Float[np.ndarray, "P 3"], normal: Float[np.ndarray, "3"]
) -> Float[np.ndarray, "P 3"]:
    """Unshadowed linear RGB irradiance of one-sided rectangles on surfaces that face `normal`, by midpoint rule."""
    out = np.zeros((len(points), 3))
    steps = (np.arange(_GRID) + 0.5) / _GRID * 2 - 1
    for light in lights:
        u, v = np.array(light.half_u), np.array(light.half_v)
        shine = np.cross(u, v)
        area = 4 * float(np.linalg.norm(shine))
        shine = shine / max(area / 4, 1e-30)
        for a in steps:
            for b in steps:
                way = np.array(light.center) + a * u + b * v - points
                square = np.maximum((way**2).sum(axis=1), 1e-9)
                cosines = np.maximum(way @ normal, 0.0) * np.maximum(-way @ shine, 0.0) / square
                out += (cosines / square * area / _GRID**2)[:, None] * np.array(light.radiance)
    return out


def _triple(v: Float[np.ndarray, "3"]) -> tuple[float, float, float]:
    return float(v[0]), float(v[1]), float(v[2])
