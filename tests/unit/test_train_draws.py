"""Samples are a function of the seed and their number, and of nothing else."""

import numpy as np
import pytest
import torch

pytest.importorskip("diffusers")

from filmwright.core.errors import BadFilm
from filmwright.jobs.train.draws import picks, validation_picks
from filmwright.jobs.train.loop import _ahead
from filmwright.jobs.train.ranks import Ranks

LEARNED = np.array([3, 5, 8, 13, 21], np.int64)


def test_every_clip_comes_once_before_any_comes_again():
    drawn = [p.clip for step in range(5) for p in picks(0, step, 4, LEARNED)]
    assert all(sorted(drawn[first : first + 5]) == LEARNED.tolist() for first in range(0, 20, 5))
    assert drawn[:5] != drawn[5:10] or drawn[:5] != drawn[10:15]


def test_a_sample_depends_on_its_number_and_not_on_the_step_size():
    fours = [p for step in range(3) for p in picks(7, step, 4, LEARNED)]
    assert fours == [p for step in range(6) for p in picks(7, step, 2, LEARNED)]
    assert fours != [p for step in range(3) for p in picks(8, step, 4, LEARNED)]
    assert len({p.seed for p in fours}) == 12


def test_a_picks_chance_is_its_own():
    one, other = picks(0, 0, 2, LEARNED)
    assert torch.equal(torch.rand(3, generator=one.chance()), torch.rand(3, generator=one.chance()))
    assert not torch.equal(torch.rand(3, generator=one.chance()), torch.rand(3, generator=other.chance()))


def test_validation_is_the_same_at_every_look_and_apart_from_training():
    assert validation_picks(LEARNED) == validation_picks(LEARNED)
    trained = {p.seed for step in range(50) for p in picks(3, step, 4, LEARNED)}
    assert not trained & {p.seed for p in validation_picks(LEARNED)}


def test_processes_share_a_step():
    drawn = picks(1, 2, 6, LEARNED)
    shares = [Ranks(rank=r, world=3, device=torch.device("cpu")).mine(drawn) for r in range(3)]
    assert [p for share in shares for p in share] == drawn
    with pytest.raises(BadFilm, match="a batch of 6 can't be shared by 4 processes"):
        Ranks(rank=0, world=4, device=torch.device("cpu")).mine(drawn)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_batches_come_in_order_from_any_step(device):
    made = []

    def make(step):
        made.append(step)
        return []

    batches = _ahead(make, 5, torch.device(device))
    assert [next(batches) for _ in range(3)] == [[], [], []]
    batches.close()
    assert made == ([5, 6, 7] if device == "cpu" else [5, 6, 7, 8])  # beside a graphics card the next one is begun
