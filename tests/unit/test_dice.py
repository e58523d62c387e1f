"""Chance that repeats, and the distributions that draw from it."""

from collections import Counter

import numpy as np
import pytest
from pydantic import ValidationError

from filmwright.jobs.simulate import distribution
from filmwright.jobs.simulate.dice import Dice
from filmwright.jobs.simulate.distribution import drawn


def test_the_numbers_are_the_same_for_ever():
    dice = Dice("a", 1)
    told = [round(dice.uniform(), 12), dice.integer(1, 6), round(dice.normal(), 12), dice.choice("abcdef"), dice.sign()]
    assert told == [0.67128740003, 4, 1.033701723156, "d", 1]


def test_a_part_does_not_move_the_numbers_of_another():
    first, second = Dice(7), Dice(7)
    for _ in range(5):
        second.child("camera").uniform()
        second.uniform()
    assert first.child("light").uniform() == second.child("light").uniform()
    assert first.child("light").uniform() != first.child("camera").uniform()
    assert Dice(1, "2").uniform() != Dice(1, 2).uniform()


def test_draws_follow_their_distributions():
    dice = Dice("many")
    many = np.array([dice.uniform(2, 4) for _ in range(4000)])
    assert 2 <= many.min() < 2.01 < 3.99 < many.max() < 4
    assert many.mean() == pytest.approx(3, abs=0.03)
    normal = np.array([dice.normal(1, 2) for _ in range(4000)])
    assert (normal.mean(), normal.std()) == (pytest.approx(1, abs=0.1), pytest.approx(2, abs=0.1))
    counts = Counter(dice.integer(1, 4) for _ in range(4000))
    assert sorted(counts) == [1, 2, 3, 4]
    assert max(counts.values()) < 1.15 * min(counts.values())
    weighted = Counter(dice.choice("ab", (3, 1)) for _ in range(4000))
    assert weighted["a"] / 4000 == pytest.approx(0.75, abs=0.03)


@pytest.mark.parametrize(
    ("made", "table"),
    [
        (distribution.uniform(1, 2), {"uniform": [1, 2]}),
        (distribution.log_uniform(1, 100), {"log_uniform": [1, 100]}),
        (distribution.normal(0, 1), {"normal": [0, 1]}),
        (distribution.integer(1, 3), {"integer": [1, 3]}),
        (distribution.choice("a", "b", weights=(1, 2)), {"choice": ["a", "b"], "weights": [1, 2]}),
        (distribution.sequence("a", "b"), {"sequence": ["a", "b"]}),
    ],
)
def test_python_and_toml_say_the_same(made, table):
    assert type(made).model_validate(table) == made
    assert drawn(made, Dice(3), 1) == drawn(type(made).model_validate(table), Dice(3), 1)


def test_a_sequence_takes_turns_and_a_plain_value_is_itself():
    assert [drawn(distribution.sequence("a", "b", "c"), Dice(), i) for i in range(5)] == [*"abcab"]
    assert drawn(4.5, Dice(), 3) == 4.5
    values = [drawn(distribution.log_uniform(1, 100), Dice(i), 0) for i in range(2000)]
    assert np.median(values) == pytest.approx(10, rel=0.15)


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        (distribution.LogUniform, {"log_uniform": [0, 1]}),
        (distribution.Choice, {"choice": []}),
        (distribution.Choice, {"choice": ["a"], "weights": [1, 2]}),
        (distribution.Choice, {"choice": ["a"], "weights": [0]}),
        (distribution.Uniform, {"uniform": [1, 2], "more": 1}),
    ],
)
def test_what_makes_no_sense_is_refused(kind, table):
    with pytest.raises(ValidationError):
        kind.model_validate(table)
