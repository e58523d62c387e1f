"""From a scene and a brief to a lit stage."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from filmwright.core.scene import Environment, Node, Scene

from .backdrop import backdrop_color
from .brief import Brief
from .front import front_yaw
from .ground import upright
from .interest import points_of_interest
from .measure import Surface, bounds_of, sample_surface, vertices_over_time
from .moods import LIGHTING
from .oklab import LUMINANCE
from .palette import palette_of
from .scenery import Scenery
from .stage import Stage
from .studio import Studio, build_studio

NUM_SAMPLES = 40_960  # points that the product is looked at by
BRIGHTER = 1.5  # times the light of the mood's own set, the most that a scenery may have
NUM_POINTS = 4096  # points that a director frames and focuses by


def stage(scene: Scene, brief: Brief, *, environment: Environment | None = None) -> Stage:
    """Stand the product up, turn its front to the camera, and build and light the set of the brief's mood.

    A given `environment` takes the place of the mood's own sky, with its rotation and strength. The scene's own
    lights and sky are left out. Raises BadAsset where there is no surface to film.
    """
    placed = place(scene)
    surface = sample_surface(placed, NUM_SAMPLES)
    vertices = vertices_over_time(placed)
    bounds = bounds_of(vertices)
    lighting = LIGHTING[brief.lighting]
    color = backdrop_color(surface, lighting.backdrop, wanted=brief.backdrop)
    studio = build_studio(lighting, color, bounds, foot=_foot(vertices), environment=environment)
    return Stage(
        scene=_furnished(placed, studio),
        product=tuple(range(len(placed.nodes))),
        bounds=bounds,
        points=surface.points[:: NUM_SAMPLES // NUM_POINTS][:NUM_POINTS],
        interests=points_of_interest(surface),
        palette=palette_of(surface),
    )


def before(staged: Stage, brief: Brief, scenery: Scenery) -> Stage:
    """The same product on a pedestal amid a scenery that moves.

    It is as bright as the mood and the scenery's own light would have it, half way between them in stops, and not much
    brighter than the mood's own set, or the exposure would have to darken the product.
    """
    bare = _bare(staged)
    style = LIGHTING[brief.lighting].backdrop
    plain = backdrop_color(sample_surface(bare, NUM_SAMPLES), style, wanted=brief.backdrop)
    own = max(float(plain @ LUMINANCE), 1e-3)
    level = min(float(np.sqrt(own * max(scenery.luminance, 1e-3))), BRIGHTER * own)
    color = np.clip(scenery.color * level, 0.0, 1.0)
    foot = _foot(vertices_over_time(bare))
    studio = build_studio(LIGHTING[brief.lighting], color, staged.bounds, foot=foot, scenery=scenery)
    return replace(staged, scene=_furnished(bare, studio))


def _bare(staged: Stage) -> Scene:
    """The product without its set."""
    nodes = staged.scene.nodes[: len(staged.product)]
    num_meshes = max(node.mesh for node in nodes if node.mesh is not None) + 1
    return replace(staged.scene, nodes=nodes, meshes=staged.scene.meshes[:num_meshes], lights=(), environment=None)


def place(scene: Scene) -> Scene:
    """The scene under one new root node: standing on z = 0 about the z axis, its diagonal one metre, front to -Y."""
    vertices = vertices_over_time(scene)
    turn = np.eye(4)
    turn[:3, :3] = upright(vertices)
    yaw = front_yaw(_turned(sample_surface(scene, NUM_SAMPLES), turn[:3, :3]))
    turn = _about_z(yaw) @ turn
    low, high = bounds_of(vertices @ turn[:3, :3].T)
    scale = 1.0 / max(float(np.linalg.norm(high - low)), 1e-12)
    root = np.diag([scale, scale, scale, 1.0]) @ turn
    root[:3, 3] = -scale * np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    nodes = [replace(node, parent=0 if node.parent is None else node.parent + 1) for node in scene.nodes]
    first = Node(name="stage", matrix=tuple(map(float, root.ravel())))
    return replace(scene, nodes=(first, *nodes), lights=(), environment=None)


def _foot(vertices: Float[np.ndarray, "V 3"]) -> float:
    """Metres around the z axis that the product's lowest part takes."""
    low = vertices[vertices[:, 2] < 0.04]
    return float(np.hypot(low[:, 0], low[:, 1]).max())


def _turned(surface: Surface, rotation: Float[np.ndarray, "3 3"]) -> Surface:
    return replace(surface, points=surface.points @ rotation.T, normals=surface.normals @ rotation.T)


def _about_z(yaw: float) -> Float[np.ndarray, "4 4"]:
    out = np.eye(4)
    out[:2, :2] = [[np.cos(yaw), -np.sin(yaw)], [np.sin(yaw), np.cos(yaw)]]
    return out


def _furnished(placed: Scene, studio: Studio) -> Scene:
    """The product with the set's meshes, lamps and sky; the set's nodes follow the product's."""
    first = len(placed.meshes)
    nodes = tuple(Node(name=name, mesh=first + i) for i, name in enumerate(studio.names))
    return replace(
        placed,
        meshes=placed.meshes + studio.meshes,
        nodes=placed.nodes + nodes,
        lights=studio.lights,
        environment=studio.environment,
    )
