"""Things that fall obey."""

import numpy as np
import pytest

pytest.importorskip("mujoco")

from filmwright.jobs.simulate.dice import Dice
from filmwright.jobs.simulate.physics import fall
from filmwright.jobs.simulate.recipe import Objects
from filmwright.jobs.simulate.things import things

SECONDS = np.arange(0, 4, 1 / 24)


def dropped(shape, *, count=1, seconds=SECONDS, seed=1):
    objects = Objects(count=count, shape=shape, size=0.5)
    found = things(objects, Dice(seed), 0)
    spots = np.array([[0.7 * i, 0.0] for i in range(count)])
    return found, fall(found, spots, seconds, Dice(seed, "fall"))


def lowest(thing, pose):
    return (thing.points @ pose[:3, :3].T + pose[:3, 3])[:, 2].min()


@pytest.mark.parametrize("shape", ["sphere", "cube", "cylinder", "cone", "torus", "capsule", "pyramid"])
def test_a_thing_falls_as_gravity_says_and_comes_to_rest_on_the_ground(shape):
    (thing,), (path,) = dropped(shape)
    height = path[:, 2, 3]
    free = slice(0, 6)  # a quarter of a second: nothing is hit yet
    assert height[free] == pytest.approx(height[0] - 9.81 / 2 * SECONDS[free] ** 2, abs=2e-2)
    low = np.array([lowest(thing, pose) for pose in path])
    assert low.min() > -0.03  # it sinks in less than a hand's breadth of a hard floor
    assert low[-1] == pytest.approx(0, abs=0.01)
    assert abs(height[-1] - height[-12]) < 0.02
    for pose in path:
        assert pose[:3, :3] @ pose[:3, :3].T == pytest.approx(np.eye(3), abs=1e-9)


def test_things_do_not_pass_through_each_other():
    _, paths = dropped("sphere", count=3)
    for i in range(3):
        for j in range(i):
            apart = np.linalg.norm(paths[i, :, :3, 3] - paths[j, :, :3, 3], axis=1)
            assert apart.min() > 0.5 * 0.94


def test_the_same_dice_fall_the_same_way():
    first, again, other = (dropped("cube", count=3, seed=s)[1] for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_finer_clock_shows_the_same_fall():
    coarse, fine = (dropped("torus", seconds=np.arange(0, 2, 1 / fps))[1][0] for fps in (12, 48))
    assert fine[::4] == pytest.approx(coarse, abs=1e-9)
