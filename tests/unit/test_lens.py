from dataclasses import replace

import numpy as np
import pytest

from filmwright.core.camera import Camera, look_at
from filmwright.film.frames.lens import focused

H, W = 240, 320
FOV = 0.6
FOCAL = H / 2 / np.tan(FOV / 2)  # pixels
CAMERA = Camera(world_from_camera=look_at(np.array([0.0, -2.0, 0.0]), np.zeros(3)), fov_y=FOV, focus=2.0, aperture=0.1)


def blur_radius(depth):
    return CAMERA.aperture * FOCAL * abs(1 / CAMERA.focus - 1 / depth)


def spot(size=2):
    light = np.zeros((H, W, 3), np.float32)
    light[H // 2 : H // 2 + size, W // 2 : W // 2 + size] = 100.0
    return light


def distances():
    rows, columns = np.mgrid[:H, :W]
    return np.hypot(rows + 0.5 - H / 2 - 1, columns + 0.5 - W / 2 - 1)


@pytest.mark.parametrize("depth", [3.0, 1.5, np.inf])
def test_a_point_out_of_focus_is_a_disc_of_the_lens_radius_with_the_same_light(depth):
    radius = min(blur_radius(depth), 0.05 * H)
    out = focused(spot(), np.full((H, W), depth, np.float32), CAMERA)
    assert out.sum() == pytest.approx(spot().sum(), rel=0.1)
    away = distances()
    assert out[away > radius + 3.5].max() < 0.01
    assert out[away < radius - 2.5].min() > 0.3 * spot().sum() / 3 / (np.pi * radius**2)


def test_what_is_in_focus_and_what_a_pinhole_sees_stays_bit_for_bit():
    light = np.random.default_rng(0).random((H, W, 3), np.float32)
    depth = np.full((H, W), 2.0, np.float32)
    assert focused(light, depth, CAMERA) is light
    assert focused(light, depth + 5, replace(CAMERA, aperture=0.0)) is light
    depth[: H // 3] = 8.0
    out = focused(light, depth, CAMERA)
    assert np.array_equal(out[H // 2 :], light[H // 2 :])
    assert out[: H // 4].std() < 0.5 * light[: H // 4].std()


def test_a_flat_picture_stays_flat_at_any_depths():
    light = np.full((H, W, 3), 0.4, np.float32)
    depth = np.random.default_rng(1).uniform(0.5, 9.0, (H, W)).astype(np.float32)
    np.testing.assert_allclose(focused(light, depth, CAMERA), light, rtol=1e-4)


def test_a_sharp_edge_does_not_bleed_into_the_soft_background():
    light, depth = np.zeros((H, W, 3), np.float32), np.full((H, W), 40.0, np.float32)
    light[:, W // 2 :], depth[:, W // 2 :] = 1.0, 2.0  # a bright wall in focus before black night
    out = focused(light, depth, CAMERA)
    assert out[:, : W // 2 - 2].max() < 0.02
    assert out[:, W // 2 :].min() > 0.9  # the edge itself is drawn without stairs
    assert out[:, W // 2 + 1 :].min() > 0.98


def test_a_soft_foreground_spreads_over_the_sharp_background():
    light, depth = np.zeros((H, W, 3), np.float32), np.full((H, W), 2.0, np.float32)
    light[:, W // 2 :], depth[:, W // 2 :] = 1.0, 1.0  # a bright thing close to the lens
    out = focused(light, depth, CAMERA)[H // 2, :, 0]
    radius = min(blur_radius(1.0), 0.05 * H)
    assert out[W // 2 - 2] > 0.35
    assert out[int(W // 2 - radius - 3)] < 0.02
    assert np.diff(out).min() > -0.05
