"""Easing, lenses, focus and the fit of a picture, against known answers."""

import numpy as np
import pytest

from filmwright.core.camera import project
from filmwright.core.shot import Box
from filmwright.film.shots.story.ease import scale, travel, within
from filmwright.film.shots.story.focus import aperture_for, blur, hold_sharp
from filmwright.film.shots.story.framing import FLOOR, extent, fit, shares
from filmwright.film.shots.story.lens import fov_y, tangents
from filmwright.film.shots.story.rig import Rig, path_of

T = np.linspace(0, 1, 2001)


def rig_at(num=5, *, azimuth=0.0, elevation=0.1, fov=0.3, center=(0.0, 0.0, 0.5)):
    return Rig(
        anchor=np.tile(np.array(center, float), (num, 1)),
        azimuth=np.linspace(-azimuth, azimuth, num),
        elevation=np.full(num, elevation),
        distance=np.ones(num),
        shift=np.zeros((num, 2)),
        fov=fov,
    )


def test_rest_to_rest_is_the_minimum_jerk_curve():
    assert travel(T) == pytest.approx(10 * T**3 - 15 * T**4 + 6 * T**5)


@pytest.mark.parametrize("leave", [0.0, 0.4, 1.0, 1.5])
@pytest.mark.parametrize("arrive", [0.0, 0.7, 1.0, 1.5])
def test_travel_keeps_its_end_speeds_and_never_turns_back(leave, arrive):
    s = travel(T, leave=leave, arrive=arrive)
    speed = np.gradient(s, T, edge_order=2)
    bend = np.gradient(speed, T, edge_order=2)
    assert (s[0], s[-1]) == (0.0, pytest.approx(1.0))
    assert (speed[0], speed[-1]) == (pytest.approx(leave, abs=1e-3), pytest.approx(arrive, abs=1e-3))
    assert abs(bend[0]) + abs(bend[-1]) < 0.1
    assert (np.diff(s) >= -1e-12).all()


def test_even_speed_is_a_straight_line():
    assert travel(T, leave=1.0, arrive=1.0) == pytest.approx(T)


def test_within_rests_outside_its_part():
    s = within(T, 0.2, 0.6)
    assert (s[T <= 0.2] == 0).all()
    assert s[T >= 0.6] == pytest.approx(1)


def test_equal_factors():
    assert scale(4.0, 1.0, np.array([0, 0.5, 1.0])) == pytest.approx([4, 2, 1])


def test_focal_lengths():
    assert 2 * np.degrees(np.arctan(np.tan(fov_y(50.0, 3600, 2400) / 2))) == pytest.approx(26.99, abs=0.01)
    across = [2 * np.arctan(np.tan(fov_y(50.0, w, h) / 2) * np.hypot(w, h) / h) for w, h in ((16, 9), (9, 16), (1, 1))]
    assert np.degrees(across) == pytest.approx(46.79, abs=0.01)  # the diagonal angle of any 50 mm


def test_tangents_of_the_whole_picture():
    left, top, right, bottom = tangents(Box(left=0.0, top=0.0, right=1.0, bottom=1.0), np.pi / 2, 200, 100)
    assert (left, top, right, bottom) == pytest.approx((-2, -1, 2, 1))


def test_blur_and_aperture_undo_each_other():
    lens = aperture_for(0.01, 0.25, 2.0, 2.6)
    assert blur(np.array(lens), 0.25, np.array(2.0), np.array(2.6)) == pytest.approx(0.01)
    assert blur(np.array(lens), 0.25, np.array(2.0), np.array(2.0)) == 0


def test_nothing_of_a_held_product_is_softer_than_asked():
    rng = np.random.default_rng(0)
    points = rng.uniform(-0.3, 0.3, (400, 3)) + np.array([0, 0, 0.5])
    rig = fit(points, rig_at(9, azimuth=0.4), Box(left=0.1, top=0.1, right=0.9, bottom=0.9), 640, 360)
    focus, aperture = hold_sharp(points, rig, softness=0.001)
    disc = blur(aperture[:, None], rig.fov, focus[:, None], rig.seen(points)[..., 2])
    assert 0.0008 < disc.max() < 0.0012


@pytest.mark.parametrize("azimuth", [0.0, 0.7])
@pytest.mark.parametrize(
    "box",
    [
        Box(left=0.1, top=0.1, right=0.9, bottom=0.9),
        Box(left=0.55, top=0.1, right=0.95, bottom=0.9),
        Box(left=0.05, top=0.5, right=0.95, bottom=0.95),
    ],
)
@pytest.mark.parametrize("size", [(0.2, 0.2, 0.9), (0.9, 0.3, 0.2), (0.6, 0.6, 0.05)])
def test_the_fit_is_inside_and_tight(size, box, azimuth):
    rng = np.random.default_rng(1)
    hull = rng.uniform(-0.5, 0.5, (500, 3)) * size + [0, 0, size[2] / 2]
    rig = fit(hull, rig_at(31, azimuth=azimuth, elevation=0.3, center=(0.0, 0.0, size[2] / 2)), box, 960, 540)
    places = shares(rig, hull, 960, 540)
    taken = extent(places)
    assert taken.left >= box.left - 1e-9
    assert taken.right <= box.right + 1e-9
    assert taken.top >= box.top - 1e-9
    assert taken.bottom <= box.bottom + 1e-9
    across = (taken.right - taken.left) / (box.right - box.left)
    up = (taken.bottom - taken.top) / (box.bottom - box.top)
    assert max(across, up) == pytest.approx(1.0, abs=1e-6)
    middle = (taken.left + taken.right) / 2, (taken.top + taken.bottom) / 2
    assert abs(middle[0] - (box.left + box.right) / 2) < 0.08
    assert abs(middle[1] - (box.top + box.bottom) / 2) < 0.08


def test_a_camera_below_the_floor_is_raised():
    hull = np.array([[x, y, z] for x in (-0.2, 0.2) for y in (-0.2, 0.2) for z in (0.0, 0.1)])
    rig = fit(
        hull, rig_at(elevation=-0.4, center=(0.0, 0.0, 0.05)), Box(left=0.0, top=0.0, right=1.0, bottom=1.0), 640, 360
    )
    assert FLOOR <= rig.eyes[:, 2].min() < FLOOR + 0.2


def test_the_path_shows_what_the_rig_shows():
    rng = np.random.default_rng(2)
    points = rng.uniform(-0.3, 0.3, (50, 3)) + np.array([0, 0, 0.5])
    rig = fit(points, rig_at(5, azimuth=0.3), Box(left=0.2, top=0.1, right=0.6, bottom=0.9), 640, 360)
    path = path_of(rig, focus=np.ones(5), aperture=np.zeros(5))
    for k, share in enumerate(np.linspace(0, 1, 5)):
        seen = project(path.at(float(share)), points, width=640, height=360)[:, :2] / [640, 360]
        assert seen == pytest.approx(shares(rig, points, 640, 360)[k], abs=1e-6)
