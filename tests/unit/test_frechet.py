"""The Frechet distance against closed forms of Gaussians."""

import numpy as np
import pytest

from filmwright.jobs.evaluate.frechet import (
    check_enough,
    frechet,
    frechet_distance,
    from_moments,
    gaussian,
)
from filmwright.jobs.evaluate.reading import Refused


def covariance(seed, width):
    root = np.random.default_rng(seed).normal(size=(width, width))
    return root @ root.T


def test_of_two_lines_it_is_the_squared_gaps_of_mean_and_width():
    """In one dimension: (m1 - m2)^2 + (s1 - s2)^2."""
    one, other = (from_moments(np.array([m]), np.array([[s**2]])) for m, s in ((1.0, 2.0), (4.0, 0.5)))
    assert frechet_distance(one, other) == pytest.approx(3**2 + 1.5**2, abs=1e-12)


def test_of_covariances_that_share_their_axes_it_is_the_sum_over_axes():
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(5, 5)))[0]
    widths = np.array([[1.0, 2, 3, 4, 0], [2.0, 2, 1, 0, 0]])
    one, other = (from_moments(np.zeros(5), turn @ np.diag(w**2) @ turn.T) for w in widths)
    assert frechet_distance(one, other) == pytest.approx(np.square(widths[0] - widths[1]).sum(), abs=1e-7)


def test_of_any_covariances_it_is_the_formula_of_the_paper():
    (ma, ca), (mb, cb) = ((np.random.default_rng(i).normal(size=12), covariance(i, 12)) for i in (1, 2))
    root = np.sqrt(np.linalg.eigvals(ca @ cb).real).sum()  # of a product that has a root, and full rank
    expected = np.square(ma - mb).sum() + np.trace(ca + cb) - 2 * root
    one, other = from_moments(ma, ca), from_moments(mb, cb)
    assert frechet_distance(one, other) == pytest.approx(expected, rel=1e-9)
    assert frechet_distance(other, one) == pytest.approx(expected, rel=1e-9)
    assert np.allclose(one.covariance, ca)


@pytest.mark.parametrize("num", [8, 400])  # fewer samples than features, and more
def test_samples_have_the_moments_that_numpy_says(num):
    data = np.random.default_rng(3).normal(size=(num, 30)) @ covariance(4, 30) + 5
    found = gaussian(data.astype(np.float32))
    assert found.factor.shape == (min(num, 30), 30)
    assert np.allclose(found.mean, data.mean(0), rtol=1e-5)
    assert np.allclose(found.covariance, np.cov(data.T), rtol=1e-3, atol=1e-2)


def test_a_set_is_nothing_away_from_itself_and_a_shift_from_its_copy():
    data = np.random.default_rng(5).normal(size=(50, 400))  # singular covariances
    assert frechet(data, data) == pytest.approx(0, abs=1e-9)
    assert frechet(data, data + 0.1) == pytest.approx(400 * 0.1**2, abs=1e-9)
    with pytest.raises(ValueError, match="two samples are needed, got 1"):
        frechet(data[:1], data)


def test_many_samples_come_near_the_true_distance():
    """The mean 3 apart in one of two directions, and widths 1 and 2 in the other: 9 + 1."""
    rng = np.random.default_rng(6)
    ours, theirs = rng.normal(size=(40_000, 2)), rng.normal(size=(40_000, 2)) * [1, 2] + [3, 0]
    assert frechet(ours, theirs) == pytest.approx(10, abs=0.15)


def test_too_few_are_refused_in_words():
    check_enough(50, 50, fewest=50, of="videos")
    with pytest.raises(Refused, match="needs 50 videos on either side, got 49 and 200"):
        check_enough(49, 200, fewest=50, of="videos")
