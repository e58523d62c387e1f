"""Kinds of light by name: a sky, and a lamp that stands for the sun or a softbox."""

from dataclasses import dataclass

import numpy as np

from filmwright.core.scene import AreaLight, Environment, Vec3

SKY = (32, 64)  # rows and columns of its picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Colours in linear radiance; the lamp is what a white card that faces it would reflect."""

    zenith: Vec3
    horizon: Vec3
    lamp: Vec3
    size: float  # metres of the lamp's side, six metres away: the softness of shadows
    says: str  # in a caption


LIGHTS: dict[str, Kind] = {
    "daylight": Kind(
        zenith=(0.16, 0.30, 0.62), horizon=(0.55, 0.66, 0.80), lamp=(1.5, 1.42, 1.25), size=0.5, says="in daylight"
    ),
    "overcast": Kind(
        zenith=(0.62, 0.65, 0.70), horizon=(0.62, 0.64, 0.67), lamp=(0.25, 0.25, 0.25), size=4.0, says="on a grey day"
    ),
    "sunset": Kind(
        zenith=(0.10, 0.08, 0.20), horizon=(0.80, 0.34, 0.14), lamp=(1.35, 0.62, 0.24), size=0.7, says="at sunset"
    ),
    "night": Kind(
        zenith=(0.006, 0.010, 0.030), horizon=(0.03, 0.04, 0.08), lamp=(0.26, 0.32, 0.52), size=0.8, says="at night"
    ),
    "studio": Kind(
        zenith=(0.45, 0.45, 0.46), horizon=(0.30, 0.30, 0.31), lamp=(1.0, 0.97, 0.92), size=2.4, says="in a studio"
    ),
    "neon": Kind(
        zenith=(0.05, 0.02, 0.10), horizon=(0.20, 0.03, 0.22), lamp=(0.9, 0.16, 0.75), size=1.6, says="in neon light"
    ),
}
AWAY = 6.0  # metres from the middle to the lamp


def sky(kind: Kind, strength: float) -> Environment:
    """A smooth run from horizon to zenith; below the horizon it is darker."""
    height = np.cos((np.arange(SKY[0]) + 0.5) / SKY[0] * np.pi)[:, None, None]
    up = np.clip(height, 0, 1) ** 0.6
    light = np.array(kind.horizon) * (1 - up) + np.array(kind.zenith) * up
    light = np.where(height < 0, light * 0.4, light)
    return Environment(pixels=np.broadcast_to(light, (*SKY, 3)).astype(np.float32).copy(), strength=strength)


def lamp(kind: Kind, strength: float, *, azimuth: float, elevation: float) -> AreaLight:
    """The lamp, from a direction in radians; a white card in the middle that faces it reflects its colour."""
    way = np.array([np.cos(azimuth) * np.cos(elevation), np.sin(azimuth) * np.cos(elevation), np.sin(elevation)])
    side = np.cross([0.0, 0.0, 1.0], way)
    side /= np.linalg.norm(side)
    half_u, half_v = side * kind.size / 2, np.cross(way, side) * kind.size / 2
    radiance = np.array(kind.lamp) * strength * np.pi * AWAY**2 / kind.size**2
    down = np.cross(half_u, half_v) @ way < 0
    return AreaLight(
        name="lamp",
        center=_vec(way * AWAY),
        half_u=_vec(half_u if down else -half_u),
        half_v=_vec(half_v),
        radiance=_vec(radiance),
    )


def _vec(values: np.ndarray) -> Vec3:
    x, y, z = map(float, values)
    return x, y, z
