"""Small scenes whose light is known, for the ray renderer's tests."""

from fractions import Fraction

import numpy as np
import trimesh

from filmwright.core.camera import Path
from filmwright.core.scene import AreaLight, Environment, Material, Mesh, Node, Scene, Texture
from filmwright.core.shot import Shot


def sphere(material: Material, centre=(0.0, 0.0, 0.0), radius: float = 1.0, detail: int = 5) -> Mesh:
    """A smooth ball."""
    ball = trimesh.creation.icosphere(subdivisions=detail, radius=radius)
    directions = np.asarray(ball.vertices) / radius
    return Mesh(
        positions=(np.asarray(ball.vertices) + centre).astype(np.float32),
        faces=np.asarray(ball.faces, np.int32),
        normals=directions.astype(np.float32),
        material=material,
    )


def quad(material: Material, centre=(0, 0, 0), u=(1, 0, 0), v=(0, 1, 0), repeat: float = 1.0) -> Mesh:
    """The parallelogram centre ± u ± v, facing u x v; its picture's top is towards v."""
    c, a, b = (np.array(x, float) for x in (centre, u, v))
    n = np.cross(a, b) / np.linalg.norm(np.cross(a, b))
    return Mesh(
        positions=np.stack([c - a - b, c + a - b, c + a + b, c - a + b]).astype(np.float32),
        faces=np.array([[0, 1, 2], [0, 2, 3]], np.int32),
        normals=np.tile(n, (4, 1)).astype(np.float32),
        uv=np.array([[0, repeat], [repeat, repeat], [repeat, 0], [0, 0]], np.float32),
        material=material,
    )


def lamp(center, half_u, half_v, radiance) -> AreaLight:
    """A rectangle of light."""
    numbers = {"center": center, "half_u": half_u, "half_v": half_v, "radiance": radiance}
    return AreaLight(name="lamp", **{name: tuple(map(float, values)) for name, values in numbers.items()})


def world(*meshes: Mesh, sky=None, lights: tuple[AreaLight, ...] = (), channels=None, duration: float = 0.0) -> Scene:
    """A scene of still meshes; `channels[i]` animates node i. `sky` is a grey level or an equirectangular picture."""
    pixels = np.full((8, 16, 3), sky, np.float32) if isinstance(sky, (int, float)) else sky
    return Scene(
        name="test",
        meshes=meshes,
        nodes=tuple(Node(name=str(i), mesh=i, channels=(channels or {}).get(i, ())) for i in range(len(meshes))),
        lights=lights,
        environment=None if pixels is None else Environment(pixels=pixels),
        duration=duration,
    )


def shot(eye, target=(0, 0, 0), *, width=48, height=36, fov=0.4, end=None, seconds=1, aperture=0.0, seed=3) -> Shot:
    """A take from `eye`, or from there straight to `end`, of 24 frames a second."""
    eyes = np.array([eye, eye if end is None else end], float)
    both = np.ones(2)
    return Shot(
        name="test",
        seconds=Fraction(seconds),
        width=width,
        height=height,
        seed=seed,
        path=Path(
            eye=eyes,
            target=np.array([target, target], float),
            fov_y=fov * both,
            focus=float(np.linalg.norm(eyes[0] - np.array(target))) * both,
            aperture=aperture * both,
            roll=0 * both,
        ),
    )


def picture(values) -> Texture:
    """A texture of grey or RGB(A) values 0 to 255."""
    pixels = np.asarray(values, np.uint8)
    return Texture(pixels=pixels if pixels.ndim == 3 else pixels[..., None])
