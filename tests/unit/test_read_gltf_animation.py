"""glTF animation: channels, choice among animations, skins."""

import numpy as np
import pytest

from filmwright.core.errors import BadAsset, BadFilm, FilmWarning
from filmwright.film.scene.readers import readers
from tests.scans import CORNERS, SIDES, Maker, tetrahedron, volume, world_triangles

QUARTER = np.float32([0, 0, np.sin(np.pi / 4), np.cos(np.pi / 4)])
STILL = np.float32([0, 0, 0, 1])


def read(made, tmp_path, **options):
    return readers.open("gltf", **options).read(made.save(tmp_path))


def lowest(scene, seconds):
    return world_triangles(scene, seconds).reshape(-1, 3).min(axis=0)


def test_translation_plays_in_metres_and_seconds(tmp_path):
    made = tetrahedron()
    made.animation(0, "translation", [0, 2], np.float32([[0, 0, 0], [4, 6, 8]]))
    scene = read(made, tmp_path)
    assert scene.duration == 2
    assert lowest(scene, 0.5) == pytest.approx([1, -3, 1.5])  # a quarter of the way, +Z up: y is -8/4 - 1


def test_rotation_and_scale_play(tmp_path):
    made = tetrahedron()
    made.animation(0, "rotation", [0, 1], np.stack([STILL, QUARTER]))
    made.animation(0, "scale", [0, 1], np.float32([[1, 1, 1], [3, 3, 3]]), name="grow")
    scene = read(made, tmp_path, animation="grow")
    assert volume(world_triangles(scene, 0.5)) == pytest.approx(8 / 6)
    scene = read(made, tmp_path, animation="animation 0")
    assert lowest(scene, 0.999999) == pytest.approx([-1, -1, 0], abs=1e-4)


def test_interpolations(tmp_path):
    made = tetrahedron()
    values = np.float32([[0, 0, 0], [9, 0, 0], [0, 0, 0]])
    made.animation(0, "translation", [0, 1, 2], values, "STEP")
    scene = read(made, tmp_path)
    assert lowest(scene, 0.99)[0] == 0
    assert lowest(scene, 1.01)[0] == 9
    made = tetrahedron()
    cubic = np.zeros((2, 3, 3), np.float32)
    cubic[1, 1, 0] = 8  # from 0 to 8, at rest at both ends
    made.animation(0, "translation", [0, 1], cubic.reshape(-1, 3), "CUBICSPLINE")
    scene = read(made, tmp_path)
    assert scene.nodes[1].channels[0].values.shape == (2, 3, 3)
    assert lowest(scene, 0.25)[0] == pytest.approx(8 * (3 / 16 - 2 / 64))


def test_normalized_rotations(tmp_path):
    made = tetrahedron()
    whole = made.accessor(np.round(np.stack([STILL, QUARTER]) * 32767).astype("i2"), normalized=True)
    times = made.accessor(np.float32([0, 1]))
    channel = {"sampler": 0, "target": {"node": 0, "path": "rotation"}}
    made.add("animations", channels=[channel], samplers=[{"input": times, "output": whole}])
    assert lowest(read(made, tmp_path), 0.999999) == pytest.approx([-1, -1, 0], abs=1e-3)


def test_animations_of_different_nodes_play_together(tmp_path):
    made = tetrahedron()
    made.node(mesh=0)
    made.animation(0, "translation", [0, 1], np.float32([[0, 0, 0], [4, 0, 0]]))
    made.animation(1, "translation", [0, 3], np.float32([[0, 0, 0], [0, 4, 0]]))
    scene = read(made, tmp_path)
    assert scene.duration == 3
    assert [len(node.channels) for node in scene.nodes] == [0, 1, 1]


def test_of_animations_of_one_node_the_one_that_loops_is_played(tmp_path):
    made = tetrahedron()
    made.animation(0, "translation", [0, 1], np.float32([[0, 0, 0], [4, 0, 0]]), name="start")
    made.animation(0, "translation", [0, 1, 2], np.float32([[0, 0, 0], [4, 0, 0], [0, 0, 0]]), name="run")
    made.animation(0, "translation", [0, 9], np.float32([[1, 0, 0], [1, 0, 0]]), name="rest")
    assert read(made, tmp_path).duration == 2
    assert read(made, tmp_path, animation="start").duration == 1
    still = read(made, tmp_path, animation="rest")
    assert (still.duration, still.nodes[1].channels) == (0, ())
    assert lowest(still, 0)[0] == 1  # the pose that it holds
    with pytest.raises(BadFilm, match=r"no animation called 'stop'. It has: 'start', 'run', 'rest'"):
        read(made, tmp_path, animation="stop")


@pytest.mark.parametrize("scale", [[1, -1, 1], [-2, 2, 2]])
def test_a_mirrored_node_turns_as_the_file_says(tmp_path, scale):
    made = Maker()
    made.node(mesh=made.mesh({"POSITION": CORNERS}, SIDES), scale=scale)
    made.animation(0, "rotation", [0, 1], np.stack([STILL, QUARTER]))
    scene = read(made, tmp_path)
    points = CORNERS * scale
    turned = np.stack([-points[:, 1], points[:, 0], points[:, 2]], axis=1)
    upright = np.stack([turned[:, 0], -turned[:, 2], turned[:, 1]], axis=1)
    found = world_triangles(scene, 0.9999999)
    assert lowest(scene, 0.9999999) == pytest.approx(upright.min(axis=0), abs=1e-5)
    assert found.reshape(-1, 3).max(axis=0) == pytest.approx(upright.max(axis=0), abs=1e-5)
    assert volume(found) > 0


def test_animated_morph_targets_stay_at_rest_with_a_warning(tmp_path):
    made = Maker()
    target = {"POSITION": made.accessor(CORNERS)}
    made.node(mesh=made.mesh({"POSITION": CORNERS}, SIDES, targets=[target], weights=[0]))
    made.animation(0, "weights", [0, 1], np.float32([0, 1]))
    with pytest.warns(FilmWarning, match="morph targets"):
        assert volume(world_triangles(read(made, tmp_path))) == pytest.approx(1 / 6)


BROKEN = {
    "falling times": ([1, 0], np.zeros((2, 3), "f4"), None, "do not rise"),
    "negative times": ([-1, 0], np.zeros((2, 3), "f4"), None, "do not rise"),
    "times without number": ([0, np.nan], np.zeros((2, 3), "f4"), None, "do not rise"),
    "too few values": ([0, 1, 2], np.zeros((2, 3), "f4"), None, "3 key times and 2 values"),
    "too few cubic values": ([0, 1], np.zeros((2, 3), "f4"), "CUBICSPLINE", "2 key times and 2 values"),
    "infinite values": ([0, 1], np.full((2, 3), np.inf, "f4"), None, "not finite"),
    "values of another kind": ([0, 1], np.zeros((2, 4), "f4"), None, "does not allow"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_animations(tmp_path, case):
    times, values, interpolation, message = BROKEN[case]
    made = tetrahedron()
    made.animation(0, "translation", times, values, interpolation)
    with pytest.raises(BadAsset, match=message):
        read(made, tmp_path)


def skinned(joint_of, *, animated=True, bind=None):
    """Two tetrahedra's worth of vertices on two joints, the second five up from the first."""
    made = Maker()
    points = np.concatenate([CORNERS, CORNERS + np.float32([0, 5, 0])])
    faces = np.concatenate([SIDES, SIDES + 4]).astype("u2")
    joints = np.zeros((8, 4), "u1")
    joints[:, 0] = joint_of
    weights = np.tile(np.float32([1, 0, 0, 0]), (8, 1))
    mesh = made.mesh({"POSITION": points, "NORMAL": points + 1, "JOINTS_0": joints, "WEIGHTS_0": weights}, faces)
    inverse = np.stack([np.eye(4), np.eye(4)]) if bind is None else bind
    inverse[1, 1, 3] -= 5
    matrices = made.accessor(inverse.transpose(0, 2, 1).reshape(2, 16).astype("f4"))
    tip = made.node(root=False, translation=[0, 5, 0])
    made.node(children=[tip])
    made.add("skins", joints=[1, 0], inverseBindMatrices=matrices)
    made.node(mesh=mesh, skin=0, translation=[100, 100, 100])  # which a skinned mesh does not follow
    if animated:
        made.animation(tip, "rotation", [0, 1], np.stack([STILL, QUARTER]))
    return made


def test_a_rigid_skin_follows_its_joints(tmp_path):
    scene = read(skinned([0] * 4 + [1] * 4), tmp_path)
    assert len(scene.meshes) == 2
    at_rest = world_triangles(scene, 0.0)
    assert at_rest.reshape(-1, 3).max(axis=0) == pytest.approx([1, 0, 6])
    turned = world_triangles(scene, 0.999999)
    assert volume(turned) == pytest.approx(2 / 6, rel=1e-4)
    assert turned.reshape(-1, 3).min(axis=0) == pytest.approx([-1, -1, 0], abs=1e-4)


def test_a_skin_whose_joints_do_not_move_is_still(tmp_path):
    scene = read(skinned([0] * 4 + [1] * 4, animated=False), tmp_path)
    assert len(scene.meshes) == 1
    assert world_triangles(scene).reshape(-1, 3).max(axis=0) == pytest.approx([1, 0, 6])


def test_a_skin_that_bends_stays_in_its_first_pose_with_a_warning(tmp_path):
    with pytest.warns(FilmWarning, match="bent by its skeleton"):
        scene = read(skinned([0, 1, 0, 0] + [1] * 4), tmp_path)
    assert np.array_equal(world_triangles(scene, 0.0), world_triangles(scene, 0.5))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda made: made.doc["skins"][0].update(joints=[1]), "names joint 1 of a skin with 1"),
        (lambda made: made.doc["skins"][0].update(joints=[1, 7]), "joints .7. that are not in the scene"),
        (lambda made: made.doc["nodes"][2].update(skin=4), "skin 4"),
    ],
)
def test_broken_skins(tmp_path, change, message):
    made = skinned([0] * 4 + [1] * 4)
    change(made)
    with pytest.raises(BadAsset, match=message):
        read(made, tmp_path)
