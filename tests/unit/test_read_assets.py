"""The readers on real scans."""

import numpy as np
import pytest

from filmwright.core.pose import world_transforms
from filmwright.film.scene.readers import reader_name, readers
from tests.scans import asset, world_triangles


def read(name):
    path = asset(name)
    return readers.open(reader_name(path)).read(path)


def bounds(scene, seconds=0.0):
    points = world_triangles(scene, seconds).reshape(-1, 3)
    return np.round([points.min(axis=0), points.max(axis=0)], 3).tolist()


def faces(scene):
    return sum(len(mesh.faces) for mesh in scene.meshes)


def test_the_bottle_stands_and_is_opaque():
    scene = read("fuze/fuze.obj")
    assert faces(scene) == 1000
    assert bounds(scene) == [[-0.036, -0.037, 0.004], [0.036, 0.037, 0.219]]
    material = scene.meshes[0].material
    assert material.base_color == (1, 1, 1, 1)  # its Tr 1.0 means opaque
    assert material.alpha_mode == "opaque"
    assert material.base_color_texture.pixels.shape == (1024, 1024, 3)
    assert 0 <= scene.meshes[0].uv.min() < scene.meshes[0].uv.max() <= 1


def test_the_barrel_has_all_its_textures():
    scene = read("barrel.glb")
    assert faces(scene) == 1148
    assert bounds(scene) == [[-1.265, -1.265, -1.5], [1.265, 1.265, 1.5]]
    mesh = scene.meshes[0]
    assert mesh.material.double_sided
    assert mesh.tangents is not None
    for texture in (
        mesh.material.base_color_texture,
        mesh.material.metallic_roughness_texture,
        mesh.material.normal_texture,
    ):
        assert texture.pixels.shape == (2048, 2048, 3)
    blue = mesh.material.normal_texture.pixels[..., 2]
    assert np.median(blue) > 200  # a tangent-space normal map points out of the surface


def test_the_duck_is_scaled_by_its_tree():
    scene = read("Duck.glb")
    assert faces(scene) == 4212
    assert bounds(scene) == [[-0.693, -0.539, 0.099], [0.962, 0.613, 1.64]]
    assert scene.meshes[0].material.base_color_texture.wrap_u == "repeat"


def test_the_fan_spins_and_the_rest_of_it_stands_still():
    scene = read("fan/vintageFan_animated.gltf")
    assert faces(scene) == 11650 + 2204 + 7226
    assert scene.duration == pytest.approx(4 / 3)  # of its four animations, the one that runs and loops
    moving = [node.name for node in scene.nodes if node.channels]
    assert moving == ["blade"]
    carried = {node.name: i for i, node in enumerate(scene.nodes) if node.mesh is not None}
    assert scene.nodes[carried["fanBlade_low"]].parent == [n.name for n in scene.nodes].index("blade")
    start, later = world_transforms(scene, 0.0), world_transforms(scene, 0.1)
    for name in ("fanHead_low", "fanBase_low"):
        assert np.array_equal(start[carried[name]], later[carried[name]])
    turn = start[carried["fanBlade_low"], :3, :3].T @ later[carried["fanBlade_low"], :3, :3]
    assert np.degrees(np.arccos((np.trace(turn) - 1) / 2)) == pytest.approx(
        27, abs=0.5
    )  # three quarters of a turn a second
    ends = world_transforms(scene, scene.duration - 1e-6)
    assert ends[carried["fanBlade_low"]] == pytest.approx(start[carried["fanBlade_low"]], abs=1e-2)  # no jump
    blade = scene.meshes[scene.nodes[carried["fanBlade_low"]].mesh].positions
    assert np.ptp(blade, axis=0) == pytest.approx([40.4, 40.4, 10.1], abs=0.1)  # a disc around its own axis
    assert np.abs(blade.mean(axis=0)[:2]).max() < 0.5
    material = scene.meshes[0].material
    assert material.occlusion_texture.pixels is material.metallic_roughness_texture.pixels
