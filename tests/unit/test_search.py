"""How often luck scores: what the reader tells of it holds."""

from itertools import pairwise

import numpy as np
import pytest

from filmwright.film.asset.spread.pattern import Pattern
from filmwright.film.asset.spread.search import BETWEEN, Search, common, every, usual


@pytest.fixture(scope="module")
def lucky():
    """Scores of noise."""
    rng, pattern = np.random.default_rng(4), Pattern(b"a key")
    fields = (rng.standard_normal((180, 320), np.float32) for _ in range(500))
    return np.array([Search(field, pattern).look(exactly=True).score for field in fields])


@pytest.mark.parametrize("score", [4.25, 4.5, 4.75])
def test_noise_scores_as_rarely_as_is_told(lucky, score):
    search = Search(np.zeros((1, 1), np.float32), Pattern(b"a key"))
    search.looks = 1
    told, seen = search.false_alarm(score), float((lucky >= score).mean())
    assert told / 3 < seen < told * 1.1


def test_luck_grows_with_the_looks_and_shrinks_with_the_score():
    search = Search(np.zeros((1, 1), np.float32), Pattern(b"a key"))
    search.looks = 1
    chances = [search.false_alarm(score) for score in np.linspace(-2, 12, 57)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] == 1.0
    assert 1e-9 < search.false_alarm(7.0) < 1e-6
    once = search.false_alarm(8.0)
    search.looks = 100
    assert search.false_alarm(8.0) == pytest.approx(100 * BETWEEN * once)


def test_a_frame_is_only_looked_for_where_bars_could_make_one():
    assert len(list(usual())) == 2
    assert {round(g.zoom, 3) for g in usual(0.5)} == {1.0, 0.5, 0.505, 0.495}
    assert all(g.zoom == 1.0 for g in usual(0.003))  # a black film is no picture between bars


def test_searches_cover_what_they_name():
    zooms = sorted(g.zoom for g in common() if g.flipped)
    assert zooms[0] <= 0.53
    assert zooms[-1] >= 2.37
    assert max(b / a for a, b in pairwise(zooms)) < 1.011
    assert {-5, 5} <= {round(g.rotation) for g in common()}
    assert len(list(every())) > 5 * len(list(common()))
