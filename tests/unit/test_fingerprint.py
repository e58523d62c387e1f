"""Fingerprints: near for the same pictures, far for others, and a part of a film is near the whole."""

import cv2
import numpy as np
import pytest

from filmwright.film.asset.fingerprint import FARTHEST, SAME, distance, film_distance, fingerprints


def scene(seed, size=(144, 256)):
    """A smooth picture of its own."""
    coarse = np.random.default_rng(seed).integers(0, 255, (9, 16, 3), np.uint8)
    return cv2.resize(coarse, size[::-1], interpolation=cv2.INTER_CUBIC)


def film(*seeds):
    return fingerprints(scene(seed) for seed in seeds)


def test_distance_counts_bits():
    assert distance("0" * 64, "0" * 64) == 0
    assert distance("0" * 63 + "7", "0" * 64) == 3
    assert distance("0" * 64, "f" * 64) == 256
    with pytest.raises(ValueError, match="64 hexadecimal digits, got 3"):
        distance("abc", "0" * 64)


def test_a_mirrored_picture_is_another():
    (code,) = fingerprints([scene(1)])
    assert len(code) == 64
    assert int(code, 16).bit_count() == 128  # PDQ cuts at the median
    (mirrored,) = fingerprints([scene(1)[:, ::-1]])
    assert distance(code, mirrored) > 90


def test_scaling_and_encoding_keep_it_and_another_picture_does_not():
    picture = scene(1)
    small = cv2.resize(picture, (128, 72), interpolation=cv2.INTER_AREA)
    coded = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 15])[1], cv2.IMREAD_COLOR)
    code, scaled, squeezed, other = fingerprints([picture, small, coded, scene(2)])
    assert distance(code, scaled) <= SAME
    assert distance(code, squeezed) <= SAME
    assert distance(code, other) > 90


def test_pictures_with_nothing_in_them_have_none():
    assert fingerprints([np.zeros((90, 160, 3), np.uint8), np.full((90, 160, 3), 200, np.uint8)]) == ()
    assert film_distance((), film(1)) == film_distance((), ()) == FARTHEST


def test_a_part_is_as_near_as_the_whole_and_order_does_not_matter():
    whole = film(1, 2, 3, 4, 5)
    assert film_distance(whole, whole) == film_distance(whole[2:4], whole) == film_distance(whole, whole[::-1]) == 0
    assert film_distance(film(1, 2, 3, 9), whole) == 0  # a title was put in
    assert film_distance(film(11, 12, 13), whole) > SAME
