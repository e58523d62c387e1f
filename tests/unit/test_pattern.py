"""The tile: periodic, in its band, decided by the key, and the same at every size of picture."""

from hashlib import sha256

import cv2
import numpy as np
import pytest

from filmwright.film.asset.spread.pattern import BAND, PEAK, SIDE, TILE, Pattern

ONE = Pattern(b"one key")


def alike(a, b):
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


@pytest.mark.parametrize("bits", [64, 96])
def test_a_tile_has_mean_0_and_deviation_1(bits):
    tile = Pattern(b"key", bits).tile(12345)
    assert tile.shape == (TILE, TILE)
    assert abs(tile.mean()) < 0.01
    assert tile.std() == pytest.approx(1, abs=0.03)
    assert np.abs(tile).max() <= PEAK


def test_the_key_and_the_message_decide_it():
    tile = ONE.tile(7)
    assert np.array_equal(Pattern(b"one key").tile(7), tile)
    others = [alike(Pattern(b"key %d" % i).tile(7), tile) for i in range(40)]
    assert np.abs(np.mean(others)) < 0.01
    assert np.std(others) < 0.025  # chance alone: 0.018, from 1,508 phases that have nothing in common
    carried = ONE.bins.data.size / len(ONE.bins.phase)
    assert alike(ONE.tile(7 ^ 0xFFFF_0000), tile) == pytest.approx(1 - carried, abs=0.12)  # about half the signs differ


def test_what_the_key_decides_is_the_same_in_every_version():
    """Else films that were marked before could not be read any more."""
    bins = Pattern(b"a key of long ago").bins
    seen = b"".join(
        np.ascontiguousarray(part, ">i4").tobytes() for part in (bins.fy, bins.fx, bins.data, bins.scramble)
    )
    seen += np.rint(bins.phase * 1e6).astype(">i4").tobytes()
    assert sha256(seen).hexdigest()[:16] == "4be0730866bcfb3b"


def test_every_bin_is_a_pilot_or_carries_one_bit():
    for pattern in (ONE, Pattern(b"key", 96)):
        bins = pattern.bins
        assert bins.data.shape[1] == pattern.code.length
        assert sorted([*bins.data.ravel(), *bins.pilots]) == list(range(len(bins.phase)))


def test_nothing_of_it_lies_outside_its_band():
    power = np.abs(np.fft.fft2(ONE.tile(1))) ** 2
    frequency = np.abs(np.fft.fftfreq(TILE))
    radius = np.hypot(*np.meshgrid(frequency, frequency))
    inside = (radius >= BAND[0]) & (radius <= BAND[1])
    assert power[inside].sum() > 0.97 * power.sum()  # the rest is from the clipped peaks


def test_bins_come_back_from_the_tile_they_made():
    bins = ONE.bins
    rng = np.random.default_rng(2)
    values = rng.normal(size=len(bins.phase)) + 1j * rng.normal(size=len(bins.phase))
    back = bins.forward(bins.inverse(values).astype(np.float32))
    assert np.abs(back - values).max() < 1e-3 * np.abs(values).max()
    some = bins.pilots[:50]
    only = bins.forward(bins.inverse(values[some], some).astype(np.float32))
    assert np.abs(only[some] - values[some]).max() < 1e-3
    assert np.abs(np.delete(only, some)).max() < 1e-3


def test_the_picture_repeats_the_tile():
    picture = ONE.picture(3, SIDE, 2 * TILE + 40)
    assert np.allclose(picture[:, :TILE], picture[:, TILE : 2 * TILE], atol=1e-3)
    assert np.allclose(picture[TILE:], picture[: SIDE - TILE], atol=1e-3)
    assert np.allclose(picture[:TILE, :TILE], ONE.tile(3), atol=1e-3)


@pytest.mark.parametrize("size", [(360, 640), (720, 1280), (1280, 720), (233, 411)])
def test_it_scales_with_the_picture(size):
    """A copy at another size shows the pattern as if it had been marked at that size."""
    small = ONE.picture(3, *(round(n * SIDE / min(size)) for n in size))
    shrunk = cv2.resize(ONE.picture(3, *size), small.shape[::-1], interpolation=cv2.INTER_AREA)
    assert alike(shrunk, small) > 0.95


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (17, 33), (1, 50)])
def test_odd_sizes_have_a_pattern_too(size):
    picture = ONE.picture(3, *size)
    assert picture.shape == size
    assert np.isfinite(picture).all()
