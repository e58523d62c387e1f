"""The mark's level follows what an encoder makes of it."""

from itertools import pairwise

import cv2
import numpy as np
import pytest

from filmwright.film.asset.spread.budget import EVERY, HIGH, LOW, PACE, START, TRIALS, Budget
from filmwright.film.asset.spread.masking import Overlay
from filmwright.film.asset.spread.pattern import Pattern

ENOUGH = TRIALS[-1] + EVERY


def levels(pictures):
    """After each of these pictures, marked one after the other."""
    budget, told, overlay = Budget(), [], None
    for rgb in pictures:
        overlay = overlay or Overlay(Pattern(b"a key").picture(7, *rgb.shape[:2]))
        marked = np.empty_like(rgb)
        overlay.lay(rgb, marked, budget.level)
        budget.see(rgb, marked)
        told.append(budget.level)
    return told


def noisy(num, *, noise, height=180, width=320, slide=0, soft=6.0):
    """A soft picture under the noise of a camera."""
    rng = np.random.default_rng(5)
    soft = cv2.GaussianBlur(rng.normal(0, 1, (height, width + num * slide)), (0, 0), soft)
    soft = soft / soft.std() * 20 + 120
    for i in range(num):
        seen = soft[:, i * slide : i * slide + width] + rng.normal(0, 1, (height, width)) * noise
        yield np.repeat(np.clip(seen, 0, 255)[..., None], 3, -1).astype(np.uint8)


def test_noise_bears_a_strong_mark_and_a_clean_slide_a_faint_one():
    rough, clean = levels(noisy(ENOUGH, noise=6)), levels(noisy(ENOUGH, noise=0, slide=3, soft=1.0))
    assert rough[-1] > 1.8
    assert clean[-1] < 1.0
    for told in (rough, clean):
        assert LOW <= min(told) <= max(told) <= HIGH


def test_the_level_changes_little_from_picture_to_picture():
    told = [START, *levels(noisy(ENOUGH, noise=0, slide=3, soft=1.0))]
    assert told[-1] < START
    assert all(1 / PACE - 1e-9 <= b / a <= PACE + 1e-9 for a, b in pairwise(told))


def test_the_same_pictures_have_the_same_levels():
    assert levels(noisy(40, noise=3)) == levels(noisy(40, noise=3))


@pytest.mark.parametrize("size", [(180, 320), (6, 320), (180, 3)])
def test_what_tells_nothing_changes_nothing(size):
    black = [np.zeros((*size, 3), np.uint8)] * (TRIALS[1] + 1)
    assert set(levels(black)) == {START}
    assert set(levels(noisy(TRIALS[1] + 1, noise=3, height=6))) == {START}


def test_pictures_that_change_their_size_are_not_compared():
    small, large = noisy(3, noise=6), noisy(30, noise=6, height=200)
    budget = Budget()
    for rgb in [*small, *large]:
        budget.see(rgb, np.clip(rgb.astype(int) + 1, 0, 255).astype(np.uint8))
    assert LOW <= budget.level <= HIGH
