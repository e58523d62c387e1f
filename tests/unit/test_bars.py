"""Bars: what stands still and is of one colour at the borders of every picture."""

import numpy as np
import pytest

from filmwright.film.asset.spread.bars import Bars


def watched(*pictures):
    bars = Bars()
    for picture in pictures:
        bars.add(picture)
    return bars.share


def noise(seed, height=180, width=320):
    return np.random.default_rng(seed).integers(20, 230, (height, width), dtype=np.uint8)


def framed(inner, height, width, value=16):
    out = np.full((height, width), value, np.uint8)
    top, left = (height - inner.shape[0]) // 2, (width - inner.shape[1]) // 2
    out[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    return out


def test_a_full_picture_has_none():
    assert watched(noise(1), noise(2)) == 1.0
    assert watched() == 1.0


@pytest.mark.parametrize("value", [0, 16, 255])
def test_bars_on_each_side(value):
    assert watched(framed(noise(1), 320, 320, value)) == 180 / 320
    assert watched(framed(noise(1, 180, 101), 180, 320, value)) == 101 / 180
    assert watched(framed(noise(1, 100, 178), 320, 180, value)) == 100 / 180


def test_a_picture_that_is_flat_for_a_while_has_none():
    flat = np.full((180, 320), 90, np.uint8)
    assert watched(flat, noise(1), flat) == 1.0


def test_a_border_that_changes_is_no_bar():
    assert watched(*(framed(noise(1, 90, 160), 180, 320, value) for value in (10, 60))) == 1.0


def test_slight_noise_of_an_encoder_is_still_a_bar():
    picture = framed(noise(1, 90, 320), 180, 320)
    picture[0, 0] += 2
    assert watched(picture) == 0.5
    picture[0, 0] += 20
    assert watched(picture) > 0.7
