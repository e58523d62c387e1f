"""KITTI: labels, depth and flow decode to the passes within the format's steps; 3D boxes lie around 2D boxes."""

import cv2
import numpy as np
import pytest

from filmwright.jobs.simulate import read, simulate
from filmwright.jobs.simulate.kitti_labels import upright
from filmwright.jobs.simulate.writers.kitti import depth_map, flow_map, sequence
from tests.simulated import recipe

CORNERS = np.array([(x, y, z) for x in (-0.5, 0.5) for y in (-1, 0) for z in (-0.5, 0.5)])


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kitti")
    simulate(recipe(writer={"use": "kitti"}, shard=3, objects={"count": 3}, camera={"distance": 2.5}), folder)
    return folder


def rows(path):
    return [line.split() for line in path.read_text().splitlines()]


def projection(folder, name):
    told = {row[0].rstrip(":"): np.array(row[1:], float) for row in rows(folder / f"training/calib/{name}.txt")}
    assert [*told] == ["P0", "P1", "P2", "P3", "R0_rect", "Tr_velo_cam", "Tr_imu_velo"]
    return told["P2"].reshape(3, 4)


def box_of(row):
    """The corners of a label's 3D box, as KITTI's own tools compute them (devkit: computeBox3D)."""
    height, width, length, x, y, z, turn = map(float, row[10:17])
    rotation = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    return (CORNERS * (length, height, width)) @ rotation.T + (x, y, z)


def test_every_thing_that_is_seen_has_a_line_with_its_box(data):
    seen_levels = set()
    for clip in read(data):
        lines = rows(data / f"training/label_02/{sequence(clip.key)}.txt")
        assert all(len(row) == 17 for row in lines)
        told = {(int(row[0]), int(row[1])): row for row in lines}
        shown = {(i, t.id) for i in range(6) for t in clip.tracks if t.pixels[i]}
        assert told.keys() == shown
        for (frame, number), row in told.items():
            track = clip.tracks[number - 1]
            assert row[2] == track.label
            np.testing.assert_allclose(np.array(row[6:10], float), track.box[frame] - (0, 0, 1, 1))
            seen_levels.add((int(row[3]), int(row[4])))
            height, width = clip.frames.rgb.shape[1:3]
            cut = (track.box[frame][:2] <= 0).any() or (track.box[frame][2:] >= (width, height)).any()
            assert (int(row[3]) > 0) == cut
    assert {level[0] for level in seen_levels} >= {0, 1}
    assert {level[1] for level in seen_levels} == {0, 1}


def test_the_3d_box_projects_around_the_2d_box(data):
    num = 0
    for clip in read(data):
        matrix = projection(data, sequence(clip.key))
        for row in rows(data / f"training/label_02/{sequence(clip.key)}.txt"):
            corners = box_of(row)
            if corners[:, 2].min() < 0.1:
                continue
            seen = corners @ matrix[:, :3].T + matrix[:, 3]
            points = seen[:, :2] / seen[:, 2:]
            left, top, right, bottom = map(float, row[6:10])
            assert (points.min(0) <= (left + 1e-3, top + 1e-3)).all()
            assert (points.max(0) >= (right - 1e-3, bottom - 1e-3)).all()
            num += 1
    assert num > 20


def test_a_level_camera_gets_the_things_own_box():
    half, turn = np.array([2.0, 0.75, 0.5]), 0.7  # length, height, width halved
    rotation = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    signs = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    place, extent, angle = upright((signs * half) @ rotation.T + (1.0, 0.5, 9.0))
    np.testing.assert_allclose(place, (1.0, 1.25, 9.0), atol=1e-12)
    np.testing.assert_allclose(extent, (1.5, 1.0, 4.0), atol=1e-12)
    assert angle == pytest.approx(turn)


def test_depth_and_flow_decode_to_the_passes(data):
    for clip in read(data):
        passes, name = clip.frames.passes, sequence(clip.key)
        for i in range(6):
            depth = _png(data / f"training/proj_depth/groundtruth/image_02/{name}/{i:06d}.png")
            hit = np.isfinite(passes.depth[i])
            assert (depth.dtype, (depth > 0).tolist()) == (np.uint16, hit.tolist())
            assert np.abs(depth / 256.0 - passes.depth[i])[hit].max() <= 1 / 512
            for kind in ("occ", "noc"):
                bgr = _png(data / f"training/flow_{kind}/{name}/{i:06d}.png")
                valid, flow = bgr[..., 0] > 0, (bgr[..., :0:-1].astype(float) - 32768) / 64
                np.testing.assert_array_equal(valid, passes.visible[i] if kind == "noc" else True)
                assert np.abs(flow - passes.flow[i])[valid].max() <= 1 / 128
        np.testing.assert_array_equal(
            _png(data / f"training/image_02/{name}/000000.png")[..., ::-1], clip.frames.rgb[0]
        )


def _png(path):
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)


def test_what_the_maps_can_not_hold_is_not_valid():
    depth = depth_map(np.array([[np.inf, 0.001, 255.99, 256.0]], np.float32))
    assert depth.tolist() == [[0, 0, 65533, 0]]
    flow = flow_map(np.array([[(0, 0), (600, 0), (0, -513), (-1.5, 511)]], np.float32), np.ones((1, 4), bool))
    assert flow.tolist() == [[[32768, 32768, 1], [0, 0, 0], [0, 0, 0], [32672, 65472, 1]]]


def test_poses_and_the_list_of_sequences(data):
    assert rows(data / "training/evaluate_tracking.seqmap.training") == [
        [f"{i:04d}", "empty", "000000", "000006"] for i in range(3)
    ]
    for clip in read(data):
        moved = np.array(rows(data / f"training/poses/{sequence(clip.key)}.txt"), float).reshape(-1, 3, 4)
        np.testing.assert_allclose(moved[0], np.eye(4)[:3], atol=1e-12)
        back = clip.lens.world_from_camera[0] @ np.concatenate([moved[-1], [[0, 0, 0, 1]]])
        np.testing.assert_allclose(back, clip.lens.world_from_camera[-1], atol=1e-9)
