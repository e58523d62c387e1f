"""What is written as GLB is read back the same."""

import dataclasses
import struct

import numpy as np
import pytest

from filmwright.core.scene import AlphaMode, Channel, Material, Mesh, Node, Scene, Texture
from filmwright.film.scene.gltf.writing import write_glb
from filmwright.film.scene.readers import readers
from tests.scans import CORNERS, SIDES, asset, world_triangles

RNG = np.random.default_rng(7)


def texture(channels=3, **more):
    return Texture(pixels=RNG.integers(0, 256, (3, 5, channels), np.uint8), **more)


def mesh(**more):
    normals = np.float32(CORNERS - 0.25)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    given = {"positions": CORNERS, "faces": SIDES.astype(np.int32), "normals": normals.astype(np.float32)}
    return Mesh(**(given | more))


def back(scene, tmp_path):
    write_glb(scene, tmp_path / "back.glb")
    return readers.open("gltf").read(tmp_path / "back.glb")


def still(*meshes, nodes=None):
    nodes = nodes or tuple(Node(name=f"n{i}", mesh=i) for i in range(len(meshes)))
    return Scene(name="thing", meshes=meshes, nodes=nodes)


def same(one, other):
    """Two materials, field by field."""
    for field in dataclasses.fields(Material):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if not isinstance(a, Texture):
            assert a == b if isinstance(a, str) or a is None else np.allclose(a, b), field.name
            continue
        assert (a.wrap_u, a.wrap_v, a.texcoord) == (b.wrap_u, b.wrap_v, b.texcoord)
        assert np.allclose(a.uv_transform, b.uv_transform, atol=1e-6)
        assert np.array_equal(np.repeat(a.pixels, 3, 2) if a.pixels.shape[2] == 1 else a.pixels, b.pixels)


MATERIALS = [
    Material(name="plain"),
    Material(name="metal", base_color=(0.1, 0.2, 0.3, 0.4), metallic=0.9, roughness=0.1, double_sided=True),
    Material(name="glass", alpha_mode=AlphaMode.BLEND, transmission=0.8, ior=1.33, transmission_texture=texture()),
    Material(name="leaf", alpha_mode=AlphaMode.MASK, alpha_cutoff=0.3, base_color_texture=texture(4)),
    Material(name="lamp", emission=(5.0, 2.0, 0.5), emission_texture=texture()),
    Material(name="dim", emission=(0.5, 0.2, 0.1)),
    Material(name="car", clearcoat=0.7, clearcoat_roughness=0.2),
    Material(name="sign", unlit=True),
    Material(
        name="scan",
        base_color_texture=texture(3, wrap_u="mirror", wrap_v="clamp"),
        metallic_roughness_texture=texture(texcoord=1),
        normal_texture=texture(),
        normal_scale=0.5,
        occlusion_texture=texture(1),
        occlusion_strength=0.25,
    ),
]


@pytest.mark.parametrize("made", MATERIALS, ids=lambda made: made.name)
def test_materials(made, tmp_path):
    uv = RNG.random((4, 2)).astype(np.float32)
    found = back(still(mesh(material=made, uv=uv, uv1=uv[::-1].copy())), tmp_path).meshes[0]
    same(made, found.material)
    assert np.array_equal(found.uv, uv)
    assert np.array_equal(found.uv1, uv[::-1])


def test_moved_textures(tmp_path):
    c, s = np.cos(0.7), np.sin(0.7)
    moved = (c * 2, s * 3, 0.25, -s * 2, c * 3, -0.5)  # scale (2, 3), then a turn of 0.7, then a move
    made = Material(name="m", base_color_texture=texture(uv_transform=tuple(map(float, moved))))
    same(made, back(still(mesh(material=made, uv=CORNERS[:, :2].copy())), tmp_path).meshes[0].material)


def test_pictures_and_materials_that_are_shared_are_written_once(tmp_path):
    shared = Texture(pixels=RNG.integers(0, 256, (200, 200, 3), np.uint8))
    one, other = (Material(name=name, base_color_texture=shared) for name in "ab")
    write_glb(still(mesh(material=one)), tmp_path / "once.glb")
    write_glb(still(mesh(material=one), mesh(material=other), mesh(material=one)), tmp_path / "thrice.glb")
    assert (tmp_path / "thrice.glb").stat().st_size < 1.1 * (tmp_path / "once.glb").stat().st_size


def test_attributes_and_the_tree(tmp_path):
    colors = RNG.random((4, 4)).astype(np.float32)
    tangents = np.float32([[1, 0, 0, 1]] * 4)
    turn = (0.0, -1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 2.0, 0.0, 0.0, 1.0, 3.0, 0.0, 0.0, 0.0, 1.0)
    nodes = (
        Node(name="root", matrix=turn),
        Node(name="a", parent=0, mesh=0),
        Node(name="b", parent=1, mesh=1, matrix=turn),
        Node(name="c", parent=0, mesh=0, matrix=turn),
    )
    scene = still(mesh(colors=colors, tangents=tangents), mesh(), nodes=nodes)
    found = back(scene, tmp_path)
    assert np.allclose(world_triangles(scene), world_triangles(found), atol=1e-6)
    by_name = {node.name: node.mesh for node in found.nodes}
    assert by_name["a"] == by_name["c"] != by_name["b"]
    assert np.allclose(found.meshes[by_name["a"]].colors, colors)
    assert np.array_equal(found.meshes[by_name["a"]].tangents, tangents)


def test_the_container_is_as_the_standard_has_it(tmp_path):
    write_glb(still(mesh()), tmp_path / "thing.glb")
    data = (tmp_path / "thing.glb").read_bytes()
    magic, version, length = struct.unpack_from("<4sII", data)
    assert (magic, version, length) == (b"glTF", 2, len(data))
    assert length % 4 == 0


def test_what_moves_is_not_written(tmp_path):
    channel = Channel(path="translation", times=np.float32([0, 1]), values=np.zeros((2, 3), np.float32))
    with pytest.raises(ValueError, match="moves"):
        write_glb(still(mesh(), nodes=(Node(name="n", mesh=0, channels=(channel,)),)), tmp_path / "thing.glb")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["Duck.glb", "barrel.glb", "fuze/fuze.obj"])
def test_real_scans(name, tmp_path):
    path = asset(name)
    scene = readers.open("obj" if path.suffix == ".obj" else "gltf").read(path)
    found = back(scene, tmp_path)
    assert np.array_equal(world_triangles(scene).astype(np.float32), world_triangles(found).astype(np.float32))
    for one, other in zip(scene.meshes, found.meshes, strict=True):
        same(one.material, other.material)
