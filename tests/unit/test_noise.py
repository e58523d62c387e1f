"""Fields of waves: their mean and spread, their exact motion, and that they never repeat; the curve from light."""

import numpy as np
import pytest

from filmwright.jobs.simulate.dice import Dice
from filmwright.jobs.simulate.noise import Field, bent, smooth, waves
from filmwright.jobs.simulate.palettes import developed, dithered, mixed


def places(width, height, pixel, *, right=0.0, down=0.0):
    x = ((np.arange(width) + 0.5) * pixel + right).astype(np.float32)
    return x[None], ((np.arange(height) + 0.5) * pixel + down).astype(np.float32)[:, None]


def rough(name="rough", **options):
    return waves(Dice("noise", name), coarse=1.0, fine=0.1, **options)


@pytest.mark.parametrize("seed", range(3))
def test_a_field_has_mean_0_and_variance_1(seed):
    seen = Field(rough(seed), *places(400, 400, 0.03), pixel=0.001).at(3.0)
    assert seen.mean() == pytest.approx(0, abs=0.1)
    assert seen.var() == pytest.approx(1, abs=0.12)


def test_what_drifts_is_the_same_field_elsewhere():
    moving = Field(rough(drift=(0.3, -0.2)), *places(60, 40, 0.02))
    there = Field(rough(), *places(60, 40, 0.02, right=-0.6, down=0.4))
    assert np.abs(moving.at(2.0) - there.at(0.0)).max() < 1e-4


def test_what_boils_changes_little_by_little():
    boiling = Field(rough(boil=1.0), *places(60, 40, 0.02))
    steps = [np.abs(boiling.at(t) - boiling.at(0.0)).mean() for t in (0.01, 0.02, 1.5)]
    assert steps[1] == pytest.approx(2 * steps[0], rel=0.1)
    assert steps[2] > 0.3


def test_slopes_are_those_of_the_field():
    field = Field(rough(), *places(80, 60, 0.002), pixel=0.002)
    down, right = np.gradient(field.at(1.0), 0.002)
    slopes = field.slopes(1.0)
    assert np.abs(slopes[0] - right)[1:-1, 1:-1].max() < 0.1
    assert np.abs(slopes[1] - down)[1:-1, 1:-1].max() < 0.1


def test_a_finer_picture_shows_the_same_field():
    coarse, fine = (Field(rough(), *places(30 * n, 20 * n, 0.02 / n), pixel=0.01).at(0.5) for n in (1, 3))
    assert np.abs(fine[1::3, 1::3] - coarse).max() < 1e-4


def test_waves_that_a_pixel_cannot_show_are_left_out():
    x, y = places(30, 30, 0.2)
    assert np.abs(Field(waves(Dice("thin"), coarse=0.3, fine=0.1), x, y).at(0.0)).max() == 0


def test_a_field_never_repeats():
    row = Field(rough(), *places(6000, 1, 0.01)).at(0.0)[0].astype(float)
    power = np.abs(np.fft.rfft(np.pad(row - row.mean(), (0, row.size)))) ** 2
    alike = np.fft.irfft(power)[: row.size // 2] / np.arange(row.size, row.size // 2, -1)
    assert (alike / alike[0])[150:].max() < 0.6  # farther away than its longest wave


def test_stretched_waves_are_longer_along_their_turn():
    down, right = (np.abs(g).mean() for g in np.gradient(Field(rough(stretch=4.0), *places(200, 200, 0.02)).at(0.0)))
    assert down > 2.5 * right
    turned = Field(rough(stretch=4.0, turn=np.pi / 2), *places(200, 200, 0.02)).at(0.0)
    down, right = (np.abs(g).mean() for g in np.gradient(turned))
    assert right > 2.5 * down


def test_bending_by_nothing_cuts_the_margin_off():
    picture = np.random.default_rng(1).random((30, 40), np.float32)
    still = np.zeros((20, 30), np.float32)
    assert np.abs(bent(picture, still, still) - picture[5:25, 5:35]).max() < 1e-6
    assert np.abs(bent(picture, still + 0.1, still - 0.05) - picture[4:24, 7:37]).max() < 1e-6


def test_smooth_goes_from_0_to_1():
    assert smooth(-1.0, 3.0, np.array([-2.0, -1.0, 1.0, 3.0, 9.0], np.float32)).tolist() == [0, 0, 0.5, 1, 1]


def test_the_table_is_the_curve():
    linear = np.linspace(0, 3, 30_000, dtype=np.float32).reshape(100, 100, 3)
    bright = linear.astype(float) * (1 + linear / 4) / (1 + linear)
    encoded = np.where(bright <= 0.0031308, 12.92 * bright, 1.055 * np.maximum(bright, 1e-9) ** (1 / 2.4) - 0.055)
    levels = np.clip(encoded, 0, 1) * 255
    assert np.abs(developed(linear) - levels).max() < 0.6
    assert np.abs(dithered(linear) - levels).max() < 1.1


def test_grain_keeps_the_mean_and_hides_the_steps():
    for light in (0.0101, 0.2, 0.7003):
        flat = np.full((64, 64, 3), light, np.float32)
        bright = light * (1 + light / 4) / (1 + light)
        assert dithered(flat).mean() == pytest.approx(255 * (1.055 * bright ** (1 / 2.4) - 0.055), abs=0.05 + 0.5)
        assert np.ptp(dithered(flat)) <= 1
    assert dithered(np.zeros((8, 8, 3), np.float32)).max() == 0
    assert dithered(np.full((8, 8, 3), 5, np.float32)).min() == 255


def test_layers_add_up():
    one, two = np.ones((2, 3), np.float32), np.full((2, 3), 2, np.float32)
    light = mixed([one, two], [(1.0, 0.0, 0.5), (0.0, 1.0, 0.25)], (0.125, 0.25, 0.5))
    assert np.array_equal(light, np.broadcast_to(np.float32([1.125, 2.25, 1.5]), (2, 3, 3)))
