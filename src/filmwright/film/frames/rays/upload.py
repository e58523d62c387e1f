"""A scene on the device: arrays, textures, lights, and a BVH that follows its moving nodes."""

from typing import Any

import numpy as np
import warp as wp
from jaxtyping import Bool, Float32, Float64

from filmwright.core.pose import world_transforms
from filmwright.core.scene import AlphaMode, AreaLight, Scene

from . import structs
from .flatten import Triangles, flatten, texture_density
from .moving import MovingSky
from .prefilter import harmonics, soft_sky
from .pyramids import WRAPS, Pool, curves, pool
from .tables import directional_albedo, picks, sky_tables

Placed = tuple[Float32[np.ndarray, "V 3"], Float32[np.ndarray, "V 3"], Float32[np.ndarray, "V 4"]]
ALPHA = {AlphaMode.OPAQUE: 0, AlphaMode.MASK: 1, AlphaMode.BLEND: 2}


class Upload:
    """A scene's arrays on a device. `pose` moves them to a moment of the scene's animation."""

    def __init__(self, scene: Scene, device: str) -> None:
        self.scene, self.device = scene, device
        self.triangles = flatten(scene)
        self.moving = moving_nodes(scene)
        self.blended = any(m.alpha_mode is AlphaMode.BLEND for m in self.triangles.materials)
        self.num_vertices, self.num_faces = len(self.triangles.points), len(self.triangles.faces)
        self._still = points, normals, tangents = placed(self.triangles, world_transforms(scene, 0.0))
        self._moments: dict[float, Placed] = {}  # the last two asked for
        self._points = self._array(points, wp.vec3)
        faces = self.triangles.faces
        self._mesh: Any = wp.Mesh(self._points, self._array(faces.ravel(), int), bvh_constructor="sah", bvh_leaf_size=4)
        self._world = self._filled(points, normals, tangents)
        self.world: Any = wp.array([self._world], dtype=structs.World, device=device)  # small to pass to functions
        self._now: float | None = None if self.moving.any() else 0.0
        self._moving_sky: MovingSky | None = None
        self._lit: float | None = None  # the moment of a moving sky
        power = self._sky_power()
        centre = points.astype(np.float64).mean(0)
        chances = picks(power, scene.lights, centre)
        self._sky.pick = chances[0]
        self.sky: Any = wp.array([self._sky], dtype=structs.Sky, device=device)
        self.lights: Any = wp.array(
            [_light(light, pick) for light, pick in zip(scene.lights, chances[1:], strict=True)],
            dtype=structs.Light,
            device=device,
        )

    def pose(self, seconds: float) -> None:
        """Move the animated nodes to a moment, fit the BVH to them, and turn a moving sky's light to it."""
        if self._moving_sky is not None and seconds != self._lit:
            pixels, soft, irradiance = self._moving_sky.at(seconds)
            self._sky.pixels.assign(pixels)
            self._sky.soft.assign(soft)
            self._sky.harmonics.assign(irradiance)
            self._lit = seconds
        if self._now is None or (self.moving.any() and self._now != seconds):
            points, normals, tangents = self._placed(seconds)
            self._points.assign(points)
            self._world.normals.assign(normals)
            self._world.tangents.assign(tangents)
            self._mesh.refit()
            self._now = seconds

    def points_at(self, seconds: float) -> Any:
        """World positions of all vertices at another moment, as a Warp array."""
        if not self.moving.any() or seconds == self._now:
            return self._points
        return self._array(self._placed(seconds)[0], wp.vec3)

    def _placed(self, seconds: float) -> Placed:
        if seconds not in self._moments:
            if len(self._moments) > 1:
                del self._moments[next(iter(self._moments))]
            transforms = world_transforms(self.scene, seconds)
            self._moments[seconds] = placed(self.triangles, transforms, among=self.moving, still=self._still)
        return self._moments[seconds]

    def _array(self, values: np.ndarray, dtype: Any) -> Any:
        return wp.array(np.ascontiguousarray(values), dtype=dtype, device=self.device)

    def _filled(self, points: np.ndarray, normals: np.ndarray, tangents: np.ndarray) -> Any:
        t, textures = self.triangles, pool(self.triangles.materials)
        w = structs.World()
        w.mesh = self._mesh.id
        w.faces = self._array(t.faces, wp.vec3i)
        w.points, w.normals = self._points, self._array(normals, wp.vec3)
        w.tangents = self._array(tangents, wp.vec4)
        w.uv, w.colors = self._array(t.uv, wp.vec4), self._array(t.colors, wp.vec4)
        w.owner = self._array(t.owner, wp.vec2i)
        w.density = self._array(texture_density(t, points.astype(np.float64)), wp.vec2)
        materials = [_material(t, textures, i) for i in range(len(t.materials))]
        w.materials = wp.array(materials, dtype=structs.Material, device=self.device)
        records = [_texture(textures, i) for i in range(len(textures.pictures))]
        w.textures = wp.array(records or [structs.Texture()], dtype=structs.Texture, device=self.device)
        w.levels, w.texels = self._array(textures.levels, int), self._array(textures.texels, wp.uint32)
        w.curves = self._array(curves(), float)
        w.albedo = self._array(directional_albedo(), wp.vec2)
        w.sheer = int(any(m.alpha_mode is not AlphaMode.OPAQUE or m.transmission > 0 for m in t.materials))
        w.epsilon = shortest_ray(points)
        return w

    def _sky_power(self) -> float:
        self._sky = structs.Sky()
        environment = self.scene.environment
        self._sky.harmonics = self._array(harmonics(environment), wp.vec3)
        self._sky.soft = self._array(soft_sky(environment), wp.vec3)
        if environment is None:
            self._sky.pixels = self._array(np.zeros((1, 1, 3), np.float32), wp.vec3)
            self._sky.density = self._array(np.ones((1, 1), np.float32), float)
            self._sky.rows = self._array(np.ones(1, np.float32), float)
            self._sky.columns = self._array(np.ones((1, 1), np.float32), float)
            return 0.0
        tables = sky_tables(environment)
        self._sky.pixels = self._array(tables.pixels, wp.vec3)
        self._sky.density = self._array(tables.density, float)
        self._sky.rows = self._array(tables.rows, float)
        self._sky.columns = self._array(tables.columns, float)
        self._sky.rotation = environment.rotation
        if environment.pictures is not None:  # directions are picked by the mean picture, which is right for each
            self._moving_sky = MovingSky(environment)
        return tables.power


def shortest_ray(points: np.ndarray) -> float:
    """Metres that rays start off their surface: well above the rounding of most points, just above that of the rest.

    A wide floor must not make it so long that rays jump through the thin walls of what stands in its middle.
    """
    if not len(points):
        return 1e-5
    sizes = np.abs(points).max(axis=1)
    return max(1e-5 * float(np.median(sizes)), 2e-7 * float(sizes.max()), 1e-9)


def moving_nodes(scene: Scene) -> np.ndarray:
    """Of each node, whether it or one of its parents is animated."""
    out = np.zeros(len(scene.nodes), bool)
    for i, node in enumerate(scene.nodes):
        out[i] = bool(node.channels) or (node.parent is not None and out[node.parent])
    return out


def placed(
    triangles: Triangles,
    transforms: Float64[np.ndarray, "N 4 4"],
    *,
    among: Bool[np.ndarray, " N"] | None = None,
    still: Placed | None = None,
) -> Placed:
    """World positions, normals and tangents of all vertices; those of nodes that are not `among` are as `still`."""
    if still is None:
        still = triangles.points, triangles.normals, triangles.tangents
    points, normals, tangents = (np.array(array) for array in still)
    turns = _cofactors(transforms[:, :3, :3])
    sides = np.sign((transforms[:, 0, :3] * turns[:, 0]).sum(1))
    edges = np.flatnonzero(np.diff(triangles.vertex_node)) + 1
    for start, end in zip([0, *edges], [*edges, len(points)], strict=True):
        node = triangles.vertex_node[start]
        if among is not None and not among[node]:
            continue
        linear, side = transforms[node, :3, :3], sides[node] or 1.0
        points[start:end] = triangles.points[start:end] @ linear.T + transforms[node, :3, 3]
        turned = triangles.normals[start:end] @ turns[node].T * side
        normals[start:end] = turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-20)
        tangents[start:end, :3] = triangles.tangents[start:end, :3] @ linear.T
        tangents[start:end, 3] = triangles.tangents[start:end, 3] * side
    return points, normals, tangents


def _cofactors(linear: Float64[np.ndarray, "N 3 3"]) -> Float64[np.ndarray, "N 3 3"]:
    """The matrices that turn normals: the inverse transpose times the determinant, defined even when that is 0."""
    first, second = np.array([1, 2, 0]), np.array([2, 0, 1])
    down, right = first[:, None], second[:, None]
    return linear[:, down, first] * linear[:, right, second] - linear[:, down, second] * linear[:, right, first]


def _material(t: Triangles, textures: Pool, i: int) -> Any:
    m, slots = t.materials[i], textures.slots[i]
    out = structs.Material()
    out.base_color, out.emission = wp.vec4(*m.base_color), wp.vec3(*m.emission)
    out.metallic, out.roughness = m.metallic, m.roughness
    out.normal_scale, out.occlusion_strength = m.normal_scale, m.occlusion_strength
    out.alpha_mode, out.alpha_cutoff, out.unlit = ALPHA[m.alpha_mode], m.alpha_cutoff, int(m.unlit)
    out.clearcoat, out.clearcoat_roughness = m.clearcoat, m.clearcoat_roughness
    out.transmission, out.ior, out.solid = m.transmission, m.ior, int(t.solid[i])
    out.base_texture = slots["base_color"]
    out.metallic_roughness_texture = slots["metallic_roughness"]
    out.normal_texture, out.occlusion_texture = slots["normal"], slots["occlusion"]
    out.emission_texture, out.transmission_texture = slots["emission"], slots["transmission"]
    return out


def _texture(textures: Pool, i: int) -> Any:
    picture = textures.pictures[i]
    out = structs.Texture()
    out.first_level, out.num_levels = textures.first_level[i], textures.num_levels[i]
    out.height, out.width = picture.pixels.shape[:2]
    out.wrap_u, out.wrap_v = WRAPS[picture.wrap_u], WRAPS[picture.wrap_v]
    out.texcoord, out.curve = picture.texcoord, 0 if textures.srgb[i] else 256
    m = picture.uv_transform
    out.row_u, out.row_v = wp.vec3(*m[:3]), wp.vec3(*m[3:])
    out.stretch = abs(m[0] * m[4] - m[1] * m[3]) ** 0.5
    return out


def _light(light: AreaLight, pick: float) -> Any:
    u, v = np.array(light.half_u, float), np.array(light.half_v, float)
    across = np.cross(u, v)
    size = max(float(np.linalg.norm(across)), 1e-12)
    out = structs.Light()
    out.center, out.u, out.v = wp.vec3(*light.center), wp.vec3(*light.half_u), wp.vec3(*light.half_v)
    out.normal = wp.vec3(*(across / size))
    out.radiance, out.area, out.pick = wp.vec3(*light.radiance), 4 * size, pick
    return out
