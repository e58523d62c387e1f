"""Our readers against trimesh's: the same triangles in the same places, the same texture coordinates and colours."""

import warnings

import numpy as np
import pytest

from filmwright.film.scene.colors import linear
from filmwright.film.scene.readers import reader_name, readers
from tests.scans import asset, world_triangles

trimesh = pytest.importorskip("trimesh")


def theirs(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return trimesh.load(path, process=False)


def sorted_triangles(triangles):
    """Triangles in an order of their own, each from its lowest corner on."""
    triangles = np.round(triangles.astype(float), 4) + 0.0
    first = np.lexsort(triangles.transpose(2, 0, 1)[::-1], axis=1)[:, 0]
    turned = np.take_along_axis(triangles, ((first[:, None] + np.arange(3)) % 3)[..., None], axis=1)
    return turned[np.lexsort(turned.reshape(len(turned), -1).T[::-1])]


@pytest.mark.parametrize("name", ["Duck.glb", "barrel.glb"])
def test_glb(name):
    path = asset(name)
    scene = readers.open("gltf").read(path)
    points = theirs(path).to_geometry().triangles
    upright = np.stack([points[..., 0], -points[..., 2], points[..., 1]], axis=-1)
    assert sorted_triangles(world_triangles(scene)) == pytest.approx(sorted_triangles(upright), abs=2e-4)


def test_obj():
    path = asset("fuze/fuze.obj")
    scene = readers.open("obj", units="m", up="z").read(path)
    other = theirs(path)
    assert sorted_triangles(world_triangles(scene)) == pytest.approx(sorted_triangles(other.triangles), abs=2e-4)
    mesh = scene.meshes[0]
    flipped = np.asarray(other.visual.uv) * [1, -1] + [0, 1]
    found = sorted_triangles(np.concatenate([mesh.uv[mesh.faces], np.zeros((1000, 3, 1))], axis=2))
    expected = sorted_triangles(np.concatenate([flipped[other.faces], np.zeros((1000, 3, 1))], axis=2))
    assert found == pytest.approx(expected, abs=2e-4)
    assert np.array_equal(np.asarray(other.visual.material.image), mesh.material.base_color_texture.pixels)


@pytest.mark.parametrize(("ending", "options"), [("ply", {}), ("ply", {"encoding": "ascii"}), ("stl", {}), ("obj", {})])
def test_what_trimesh_writes(tmp_path, ending, options):
    ball = trimesh.creation.icosphere(subdivisions=2)
    rgba = np.random.default_rng(0).integers(0, 256, (len(ball.vertices), 4)).astype(np.uint8)
    ball.visual.vertex_colors = rgba
    path = tmp_path / f"ball.{ending}"
    ball.export(path, **options)
    scene = readers.open(reader_name(path), units="m", up="z").read(path)
    assert sorted_triangles(world_triangles(scene)) == pytest.approx(sorted_triangles(ball.triangles), abs=2e-4)
    assert scene.meshes[0].normals == pytest.approx(scene.meshes[0].positions, abs=0.02)
    if ending == "ply":
        assert scene.meshes[0].colors[:, :3] == pytest.approx(linear(np.ascontiguousarray(rgba[:, :3])), abs=1e-5)
