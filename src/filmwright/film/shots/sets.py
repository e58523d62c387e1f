"""What the product stands on: a floor that runs without a seam into the sky of the set, and a plinth.

The floor is so large that its edge lies under the horizon, and it is painted: near the product it has the set's colour,
far out just the albedo whose light equals the sky's behind it. So a camera may go all around, at any height and
in any aspect, and sees an endless studio.
"""

import numpy as np
from jaxtyping import Float, Int

from filmwright.core.scene import AreaLight, Environment, Material, Mesh

from .environments import horizon_light, sky_irradiance
from .lights import irradiance

FAR = 80.0  # metres, the floor's radius
PLINTH_HEIGHT = 0.07  # metres
_SINK = 2e-4  # metres that the ground lies under the product, so that no two surfaces coincide
_NUM_SPOKES = 96
_NATURAL, _PAINTED = 1.0, 6.0  # metres: the floor's own colour ends, and is wholly painted
_WHITEST = 0.92  # albedo
_UP = np.array([0.0, 0.0, 1.0])


def floor(
    color: Float[np.ndarray, "3"],
    lights: tuple[AreaLight, ...],
    environment: Environment,
    *,
    roughness: float,
    height: float = 0.0,
) -> Mesh:
    """A disc of radius `FAR` at `height`, its albedo in its vertex colours."""
    radii = np.concatenate([np.linspace(0.0, 1.0, 11), np.geomspace(1.0, FAR, 40)[1:]])
    positions, faces = _revolved(np.stack([radii, np.full(len(radii), height - _SINK)], axis=1))
    azimuth = np.arctan2(positions[:, 1], positions[:, 0])
    light = irradiance(lights, positions.astype(float), _UP) + sky_irradiance(environment, _UP)
    painted = np.pi * horizon_light(environment, azimuth) / np.maximum(light, 1e-9)
    radius = np.hypot(positions[:, 0], positions[:, 1])
    share = _smooth((np.log(np.maximum(radius, 1e-6)) - np.log(_NATURAL)) / np.log(_PAINTED / _NATURAL))[:, None]
    albedo = np.minimum(color * (1 - share) + painted * share, _WHITEST)
    colors = np.concatenate([albedo, np.ones((len(albedo), 1))], axis=1).astype(np.float32)
    normals = np.broadcast_to(_UP, positions.shape).astype(np.float32)
    material = Material(name="floor", roughness=roughness)
    return Mesh(positions=positions, faces=faces, normals=normals, colors=colors, material=material)


def plinth(color: Float[np.ndarray, "3"], radius: float, *, roughness: float) -> Mesh:
    """A low round stage with a rounded edge, its top under the product at z = 0."""
    bevel = PLINTH_HEIGHT * 0.22
    turn = np.linspace(0, np.pi / 2, 9)
    edge = np.stack([radius - bevel + bevel * np.sin(turn), -bevel + bevel * np.cos(turn)], axis=1)
    profile = np.concatenate(
        [
            [[0.0, 0.0], [radius * 0.5, 0.0], [radius - 1.2 * bevel, 0.0]],
            edge,
            [[radius, -1.2 * bevel], [radius, -PLINTH_HEIGHT]],
        ]
    )
    profile[:, 1] -= _SINK
    positions, faces = _revolved(profile)
    tangent = np.gradient(profile, axis=0)
    slope = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    slope[:3], slope[-2:] = (0.0, 1.0), (1.0, 0.0)
    slope /= np.linalg.norm(slope, axis=1, keepdims=True)
    angle = 2 * np.pi * np.arange(_NUM_SPOKES) / _NUM_SPOKES
    out, up = slope[:, 0][:, None], np.broadcast_to(slope[:, 1][:, None], (len(slope), _NUM_SPOKES))
    normals = np.stack([out * np.cos(angle), out * np.sin(angle), up], axis=-1).reshape(-1, 3)
    material = Material(
        name="plinth", base_color=(float(color[0]), float(color[1]), float(color[2]), 1.0), roughness=roughness
    )
    return Mesh(positions=positions, faces=faces, normals=normals.astype(np.float32), material=material)


def _revolved(
    profile: Float[np.ndarray, "K 2"],
) -> tuple[Float[np.ndarray, "V 3"], Int[np.ndarray, "N 3"]]:
    """(radius, z) turned about the z axis, from the middle outwards; faces look up and out."""
    angle = 2 * np.pi * np.arange(_NUM_SPOKES) / _NUM_SPOKES
    radius, z = profile[:, 0][:, None], np.broadcast_to(profile[:, 1][:, None], (len(profile), _NUM_SPOKES))
    positions = np.stack([radius * np.cos(angle), radius * np.sin(angle), z], axis=-1).reshape(-1, 3)
    ring, spoke = np.meshgrid(np.arange(len(profile) - 1), np.arange(_NUM_SPOKES), indexing="ij")
    a = (ring * _NUM_SPOKES + spoke).ravel()
    b = (ring * _NUM_SPOKES + (spoke + 1) % _NUM_SPOKES).ravel()
    c, d = a + _NUM_SPOKES, b + _NUM_SPOKES
    faces = np.concatenate([np.stack([a, c, d], axis=1), np.stack([a, d, b], axis=1)])
    keep = np.linalg.norm(positions[faces[:, 0]] - positions[faces[:, 1]], axis=1) > 0
    keep &= np.linalg.norm(positions[faces[:, 0]] - positions[faces[:, 2]], axis=1) > 0
    return positions.astype(np.float32), faces[keep].astype(np.int32)


def _smooth(x: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3 - 2 * x)
