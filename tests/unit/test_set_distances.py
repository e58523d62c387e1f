"""The kernel distance and intervals by halves, on features whose answer is known."""

import numpy as np
import pytest

from filmwright.jobs.evaluate.frechet import frechet
from filmwright.jobs.evaluate.halves import by_halves
from filmwright.jobs.evaluate.interval import wilson
from filmwright.jobs.evaluate.kernel import kernels


def normal(seed, num, width=8, shift=0.0, spread=1.0):
    return np.random.default_rng(seed).normal(size=(num, width)) * spread + shift


def kernel_distance(a, b):
    return kernels(a, b).distance(np.arange(len(a)), np.arange(len(b)))


def test_the_kernel_distance_is_the_formula_of_the_paper():
    a, b = normal(0, 7), normal(1, 5, shift=0.5)
    k = lambda x, y: (x @ y / 8 + 1) ** 3  # noqa: E731
    within = [
        sum(k(s[i], s[j]) for i in range(len(s)) for j in range(len(s)) if i != j) / (len(s) * (len(s) - 1))
        for s in (a, b)
    ]
    between = sum(k(x, y) for x in a for y in b) / (len(a) * len(b))
    assert kernel_distance(a, b) == pytest.approx(sum(within) - 2 * between)


def test_the_kernel_distance_has_no_bias():
    """Of a shift s of D standard normals the cubic kernel's distance is known: a sum over powers of the shift.

    E (x.y/D + 1)^3 over independent x and y with means m and n is 1 + 3 u + 3 v + w, with u = m.n/D,
    v = E (x.y)^2 / D^2 = (D + |m|^2 + |n|^2 + (m.n)^2) / D^2 and w = E (x.y)^3 / D^3.
    """
    width, shift = 4, 0.6
    size = width * shift**2  # the squared length of the shift

    def expected(m, n, both):
        first, second = both / width, (width + m + n + both**2) / width**2
        third = (both**3 + 3 * both * (m + n) + 3 * both * width + 6 * both) / width**3
        return 1 + 3 * first + 3 * second + third

    truth = expected(0, 0, 0) + expected(size, size, size) - 2 * expected(0, size, 0)
    found = [kernel_distance(normal(i, 40, width), normal(1000 + i, 30, width, shift)) for i in range(400)]
    assert np.mean(found) == pytest.approx(truth, abs=4 * np.std(found) / 20)
    null = [kernel_distance(normal(i, 40, width), normal(1000 + i, 30, width)) for i in range(400)]
    assert np.mean(null) == pytest.approx(0, abs=4 * np.std(null) / 20)
    assert min(null) < 0


def test_what_the_size_of_sets_adds_to_the_frechet_distance_is_taken_off():
    """Sixteen normals with the mean 0.5 apart in each: 4. Sets of a hundred say a good deal more."""
    raw, corrected, hits = [], [], 0
    for seed in range(40):
        a, b = normal(seed, 100, 16), normal(500 + seed, 120, 16, shift=0.5)
        found = by_halves(lambda i, j, a=a, b=b: frechet(a[i], b[j]), len(a), len(b))
        interval = found.around(found.without_bias)
        raw.append(found.whole)
        corrected.append(found.without_bias)
        hits += interval.low <= 4 <= interval.high
        assert found.num == 100
    assert np.mean(raw) > 4.5
    assert np.mean(corrected) == pytest.approx(4, abs=0.2)
    assert hits >= 36  # 95%


@pytest.mark.parametrize("which", ["frechet", "kernel"])
def test_of_sets_that_are_alike_the_interval_holds_zero(which):
    hits = 0
    for seed in range(30):
        a, b = normal(seed, 80, 8), normal(500 + seed, 80, 8)
        distance = kernels(a, b).distance if which == "kernel" else lambda i, j, a=a, b=b: frechet(a[i], b[j])
        found = by_halves(distance, 80, 80)
        interval = found.around(found.whole if which == "kernel" else found.without_bias)
        hits += interval.low <= 0 <= interval.high
        assert by_halves(distance, 80, 80) == found
    assert hits >= 28


def test_wilson_s_bounds_are_those_of_the_textbook():
    """Of 81 of 263: 0.308, from 0.2553 to 0.3662 (Newcombe 1998, table I)."""
    found = wilson(81, 263)
    assert (found.mean, found.low, found.high) == pytest.approx((0.308, 0.2553, 0.3662), abs=5e-4)
    none = wilson(0, 20)
    assert (none.low, none.high) == pytest.approx((0, 0.1611), abs=1e-4)
    assert wilson(20, 20).high == 1
    assert np.isnan(wilson(0, 0).mean)
    assert wilson(1, 4).percent.mean == 25
