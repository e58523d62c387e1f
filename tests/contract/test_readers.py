"""Every reader, built-in or installed, must pass these. A new file is tested without touching this one.

A reader of files is tried on the smallest file of its own kind, where one is written below; one that makes its scene
itself needs none.
"""

import inspect
import warnings
from pathlib import Path

import numpy as np
import pytest

from filmwright.core.content import content_hash
from filmwright.core.errors import BadAsset, BadFilm, MissingExtra
from filmwright.core.pose import world_transforms
from filmwright.core.scene import Scene
from filmwright.film.scene.readers import reader_name, readers
from tests.scans import CORNERS, SIDES, obj_text, ply_text, stl_bytes, tetrahedron, usd_text

SAMPLES = {
    "gltf": lambda: tetrahedron().glb(),
    "obj": lambda: obj_text(CORNERS, SIDES).encode(),
    "ply": lambda: ply_text(CORNERS, SIDES.tolist()).encode(),
    "stl": lambda: stl_bytes(CORNERS[SIDES.astype(int)]),
    "usd": lambda: usd_text().encode(),
}
FILELESS = {"procedural"}


@pytest.fixture(scope="module", params=readers.names())
def name(request):
    return request.param


@pytest.fixture(scope="module")
def reader(name):
    try:
        return readers.open(name)
    except MissingExtra as err:
        pytest.skip(str(err))


@pytest.fixture(scope="module")
def path(name, tmp_path_factory):
    if name in FILELESS:
        return Path("sample")
    if name not in SAMPLES:
        pytest.skip(f"no sample of a {name} file is written here")
    path = tmp_path_factory.mktemp(name) / f"thing.{name}"
    path.write_bytes(SAMPLES[name]())
    return path


@pytest.fixture(scope="module")
def scene(reader, path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return reader.read(path)


def test_a_scene_comes_out(scene):
    assert isinstance(scene, Scene)
    assert scene.name
    assert scene.duration >= 0
    assert sum(len(mesh.faces) for mesh in scene.meshes) >= 4
    assert any(node.mesh is not None for node in scene.nodes)


def test_the_tree_is_whole(scene):
    for i, node in enumerate(scene.nodes):
        assert node.parent is None or 0 <= node.parent < i
        assert node.mesh is None or 0 <= node.mesh < len(scene.meshes)
        assert len(node.matrix) == 16
        assert node.matrix[12:] == (0, 0, 0, 1)
    world = world_transforms(scene, 0.0)
    assert np.isfinite(world).all()
    assert all(np.linalg.det(world[i, :3, :3]) > 0 for i, node in enumerate(scene.nodes) if node.mesh is not None)


def test_meshes_are_sound(scene):
    for mesh in scene.meshes:
        num = len(mesh.positions)
        assert mesh.positions.dtype == np.float32
        assert mesh.faces.dtype == np.int32
        assert np.isfinite(mesh.positions).all()
        assert mesh.faces.min() >= 0
        assert mesh.faces.max() < num
        assert mesh.normals is not None
        assert mesh.normals.shape == (num, 3)
        assert np.linalg.norm(mesh.normals, axis=1) == pytest.approx(1, abs=1e-4)
        for values in (mesh.uv, mesh.uv1, mesh.colors, mesh.tangents):
            assert values is None or (len(values) == num and np.isfinite(values).all())


def test_faces_and_normals_agree(scene):
    for mesh in scene.meshes:
        a, b, c = (mesh.positions[mesh.faces[:, k]] for k in range(3))
        flat = np.cross(b - a, c - a)
        towards = np.einsum("nd,nd->n", flat, mesh.normals[mesh.faces].mean(axis=1))
        assert (towards > 0).mean() > 0.98


def test_textures_are_pictures(scene):
    for mesh in scene.meshes:
        for slot in mesh.material.__slots__:
            pixels = getattr(getattr(mesh.material, slot), "pixels", None)
            if pixels is not None:
                assert pixels.dtype == np.uint8
                assert pixels.ndim == 3
                assert 1 <= pixels.shape[2] <= 4


def test_it_is_the_size_of_a_thing_and_stands_upright(scene):
    world = world_transforms(scene, 0.0)
    points = np.concatenate(
        [
            scene.meshes[node.mesh].positions @ world[i, :3, :3].T + world[i, :3, 3]
            for i, node in enumerate(scene.nodes)
            if node.mesh is not None
        ]
    )
    assert 1e-3 < np.linalg.norm(np.ptp(points, axis=0)) < 100  # metres


def test_the_same_file_gives_the_same_scene(reader, path, scene):
    assert content_hash(reader.read(path)) == content_hash(scene)


def test_every_option_has_a_default_and_a_stranger_is_refused(name):
    assert all(default is not inspect.Parameter.empty for default in readers.options(name).values())
    with pytest.raises(BadFilm, match="colour_of_the_sky"):
        readers.open(name, colour_of_the_sky="green")


def test_it_says_what_it_is(name):
    about = readers.about(name)
    assert 10 < len(about) < 120
    assert about.endswith(".")


def test_its_files_are_found_by_their_ending(name):
    if name not in FILELESS:
        assert reader_name(Path(f"A.{name.upper()}")) == name


@pytest.mark.parametrize("data", [b"", b"\0", b"hello", bytes(range(256)), b"\n" * 1000])
def test_nonsense_is_a_bad_asset(name, reader, tmp_path, data):
    if name in FILELESS:
        pytest.skip("it needs no file")
    path = tmp_path / f"nonsense.{name}"
    path.write_bytes(data)
    with pytest.raises(BadAsset, match=r"nonsense\.") as info:
        reader.read(path)
    assert len(str(info.value)) < 600


def test_a_file_that_is_not_there(name, reader, tmp_path):
    if name in FILELESS:
        pytest.skip("it needs no file")
    with pytest.raises(BadAsset, match="gone"):
        reader.read(tmp_path / f"gone.{name}")
    with pytest.raises(BadAsset, match="folder"):
        reader.read(tmp_path)
