"""Camera motion as six numbers: known moves, in whatever world they happen."""

import numpy as np
import pytest

from filmwright.core.camera import look_at
from filmwright.ml.nets.camera import camera_motion


def about(axis, angle):
    """Rotation by Rodrigues' formula."""
    x, y, z = axis
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0.0]])
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * k @ k


def poses(*, rotations=None, eyes=None, num=9):
    out = np.repeat(np.eye(4)[None], num, 0)
    if rotations is not None:
        out[:, :3, :3] = rotations
    if eyes is not None:
        out[:, :3, 3] = eyes
    return out


def test_a_dolly_is_told_in_units_of_the_distance():
    eyes = np.linspace(0, 1, 9)[:, None] * [0, 0, 2.0]
    motion = camera_motion(poses(eyes=eyes), distance=4.0)
    np.testing.assert_allclose(motion, [[0] * 6, [0, 0, 0.25, 0, 0, 0], [0, 0, 0.5, 0, 0, 0]], atol=1e-12)


@pytest.mark.parametrize("axis", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0.6, 0, -0.8)])
@pytest.mark.parametrize("angle", [1e-12, 0.3, -2.0, 3.0])
def test_a_turn_is_told_as_axis_times_angle(axis, angle):
    turns = np.stack([about(axis, a) for a in np.linspace(0, angle, 9)])
    motion = camera_motion(poses(rotations=turns))
    np.testing.assert_allclose(motion[:, 3:], np.outer([0, angle / 2, angle], axis), atol=1e-9)
    assert not motion[:, :3].any()


def test_the_world_does_not_matter_and_groups_have_any_length():
    eyes = np.stack([np.cos(np.linspace(0, 1, 9)), np.sin(np.linspace(0, 1, 9)), np.full(9, 0.5)], 1) * 3
    orbit = np.stack([look_at(eye, np.zeros(3)) for eye in eyes])
    elsewhere = np.eye(4)
    elsewhere[:3, :3], elsewhere[:3, 3] = about((0, 0.6, 0.8), 2.5), (7, -3, 11)
    here = camera_motion(orbit, frames=2)
    np.testing.assert_allclose(camera_motion(elsewhere @ orbit, frames=2), here, atol=1e-9)
    assert here.shape == (5, 6)
    assert here[-1, 0] > 1  # it went to its own right, as it turns to the left about +Z
    assert here[-1, 4] < -0.5


def test_a_turn_beyond_half_a_circle_goes_on():
    turns = np.stack([about((0, 1, 0), a) for a in np.linspace(0, 4.0, 9)])
    np.testing.assert_allclose(camera_motion(poses(rotations=turns))[:, 4], [0, 2, 4], atol=1e-9)
