"""What the product stands on: a floor that runs without a seam into the sky of the set, and a plinth.

The floor is painted: near the product it has the set's colour, farther out the one whose light equals the sky's at the
horizon. Beyond that a ring shows the horizon's own light, unlit, until it lies under the horizon itself. A camera may
so go all around, at any height and in any aspect, and sees an endless studio; and most of it costs a renderer nothing.
"""

import numpy as np
from jaxtyping import Float, Float32, Int32

from filmwright.core.scene import AreaLight, Environment, Material, Mesh

from .environments import horizon_light, sky_irradiance
from .gloss import far_gloss
from .lights import irradiance
from .moods import Backdrop

FLOOR = 10.0  # metres, radius of the lit floor
FAR = 40.0  # metres, radius of the ring around it
PLINTH_HEIGHT = 0.07  # metres
PEDESTAL_HEIGHT = 4.0  # metres: its foot is out of sight
_SINK = 2e-4  # metres that the ground lies under the product, so that no two surfaces coincide
_NUM_SPOKES = 96
_NATURAL, _PAINTED = 0.9, 6.0  # metres: the plain paper ends, and the horizon's light begins
WHITEST = 0.9  # albedo that the far floor may need
_UP = np.array([0.0, 0.0, 1.0])


def floor(
    paper: Float[np.ndarray, "3"],
    lights: tuple[AreaLight, ...],
    environment: Environment,
    style: Backdrop,
    *,
    height: float = 0.0,
) -> Mesh:
    """A disc of radius `FLOOR` at `height`, its albedo in its vertex colours.

    Near the product it is one paper, whose unshadowed light in the middle is `paper`, and lamps fall off on it. From
    there to `_PAINTED` metres its light is made to run evenly to the horizon's, less what its gloss shows of the sky.
    """
    radii = np.concatenate([np.linspace(0.0, 1.0, 11), np.geomspace(1.0, FLOOR, 30)[1:]])
    positions, faces = _revolved(np.stack([radii, np.full(len(radii), height - _SINK)], axis=1))
    radius, azimuth = np.hypot(positions[:, 0], positions[:, 1]), np.arctan2(positions[:, 1], positions[:, 0])
    light = (irradiance(lights, positions.astype(float), _UP) + sky_irradiance(environment, _UP)) / np.pi
    shown, taken = far_gloss(environment, azimuth, roughness=style.roughness, ior=style.gloss)
    horizon = (horizon_light(environment, azimuth) - shown) / (1 - taken)
    far, painted = _share(radius, _NATURAL, _PAINTED), _share(radius, _NATURAL, 2 * _NATURAL)
    even = (paper * (1 - far) + horizon * far) / np.maximum(light, 1e-9)
    albedo = np.clip(paper / light[0] * (1 - painted) + even * painted, 0.0, 1.0)
    material = Material(name="floor", roughness=style.roughness, ior=style.gloss)
    return _ground(positions, faces, albedo, material)


def ring(environment: Environment, *, height: float = 0.0) -> Mesh:
    """The ground from the floor's edge to `FAR`, unlit, as bright as the horizon behind it."""
    radii = np.geomspace(FLOOR, FAR, 6)
    positions, faces = _revolved(np.stack([radii, np.full(len(radii), height - _SINK)], axis=1))
    light = horizon_light(environment, np.arctan2(positions[:, 1], positions[:, 0]))
    return _ground(positions, faces, light, Material(name="horizon", unlit=True))


def _ground(
    positions: Float32[np.ndarray, "V 3"],
    faces: Int32[np.ndarray, "N 3"],
    rgb: Float[np.ndarray, "V 3"],
    material: Material,
) -> Mesh:
    return Mesh(
        positions=positions,
        faces=faces,
        normals=np.broadcast_to(_UP, positions.shape).astype(np.float32),
        colors=np.concatenate([rgb, np.ones((len(rgb), 1))], axis=1).astype(np.float32),
        material=material,
    )


def plinth(ground: Mesh, foot: float, style: Backdrop, *, height: float = PLINTH_HEIGHT) -> Mesh:
    """A round stage of the floor's own colour, with a rounded edge, under a product that stands on `foot` metres
    around the z axis; its top is at z = 0.
    """
    radius = foot + 0.14
    bevel = PLINTH_HEIGHT * 0.22
    turn = np.linspace(0, np.pi / 2, 9)
    edge = np.stack([radius - bevel + bevel * np.sin(turn), -bevel + bevel * np.cos(turn)], axis=1)
    top = [[0.0, 0.0], [radius * 0.5, 0.0], [radius - 1.2 * bevel, 0.0]]
    profile = np.concatenate([top, edge, [[radius, -1.2 * bevel], [radius, -height]]])
    profile[:, 1] -= _SINK
    positions, faces = _revolved(profile)
    slope = np.concatenate([[[0.0, 1.0]] * 3, np.stack([np.sin(turn), np.cos(turn)], axis=1), [[1.0, 0.0]] * 2])
    angle = _spokes()
    out, up = slope[:, 0][:, None], np.broadcast_to(slope[:, 1][:, None], (len(slope), len(angle)))
    normals = np.stack([out * np.cos(angle), out * np.sin(angle), up], axis=-1).reshape(-1, 3)
    color = (1.0, 1.0, 1.0) if ground.colors is None else ground.colors[0, :3]
    base = (float(color[0]), float(color[1]), float(color[2]), 1.0)
    material = Material(name="plinth", base_color=base, roughness=style.roughness)  # its edge catches light
    return Mesh(positions=positions, faces=faces, normals=normals.astype(np.float32), material=material)


def _revolved(profile: Float[np.ndarray, "K 2"]) -> tuple[Float32[np.ndarray, "V 3"], Int32[np.ndarray, "N 3"]]:
    """(radius, z) turned about the z axis, from the middle outwards; faces look up and out."""
    turn = _spokes()
    radius, z = profile[:, 0][:, None], np.broadcast_to(profile[:, 1][:, None], (len(profile), len(turn)))
    positions = np.stack([radius * np.cos(turn), radius * np.sin(turn), z], axis=-1).reshape(-1, 3)
    ring, spoke = np.meshgrid(np.arange(len(profile) - 1), np.arange(len(turn)), indexing="ij")
    a, b = (ring * len(turn) + spoke).ravel(), (ring * len(turn) + (spoke + 1) % len(turn)).ravel()
    c, d = a + len(turn), b + len(turn)
    has_size = (profile[:-1, 0] > 1e-9)[ring.ravel()]  # a ring of no size has one triangle to each spoke
    faces = np.concatenate([np.stack([a, c, d], axis=1), np.stack([a, d, b], axis=1)[has_size]])
    return positions.astype(np.float32), faces.astype(np.int32)


def _spokes() -> Float[np.ndarray, " S"]:
    return 2 * np.pi * np.arange(_NUM_SPOKES) / _NUM_SPOKES


def _share(radius: Float[np.ndarray, " V"], start: float, end: float) -> Float[np.ndarray, "V 1"]:
    """0 up to `start`, 1 from `end`, smooth in the logarithm between them."""
    x = np.clip(np.log(np.maximum(radius, 1e-6) / start) / np.log(end / start), 0.0, 1.0)
    return (x * x * (3 - 2 * x))[:, None]
