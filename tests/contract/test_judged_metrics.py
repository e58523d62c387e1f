"""The metrics that the project's own classifier stands behind, on simulated clips with faults planted in them."""

from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from filmwright.core.frames import Frames
from filmwright.jobs.evaluate import Opened, from_clip, measure
from filmwright.jobs.evaluate.faults import SPARE, STRENGTHS, plant
from filmwright.jobs.evaluate.judge.card import own_accuracy
from filmwright.jobs.evaluate.judge.network import network
from filmwright.jobs.evaluate.metrics import FolderMetric, SetMetric, metrics
from filmwright.jobs.evaluate.metrics.frechet_distance import FEWEST
from filmwright.jobs.evaluate.reading import Refused
from filmwright.jobs.simulate.filming import factory
from filmwright.jobs.simulate.recipe import Backdrops, Recipe
from tests.known_clips import reading, refused, subject

SETS = ("frechet_distance", "kernel_distance")
NUM, FPS = 16, Fraction(16)  # frames
SIZE = {"height": 64, "width": 64, "fps": 16, "num_frames": NUM + SPARE}
QUICK = {"choice": ["gradients", "silk", "studio", "light_leaks"]}


@cache
def objects():
    """A handful of clips with one object each, longer than is looked at, so that frames can be dropped."""
    recipe = Recipe.model_validate({"seed": 31, "objects": {"count": 1}, **SIZE})
    with factory(recipe) as made:
        return [made.clip(index) for index in range(16)]


@cache
def backdrops(seed):
    """As many moving backdrops as a distance needs."""
    recipe = Recipe.model_validate({"seed": seed, **SIZE, "backdrops": Backdrops(share=1.0, kind=QUICK)})
    with factory(recipe) as made:
        return [made.clip(index).frames.rgb for index in range(FEWEST)]


def planted(rgb, fault, strength, **known):
    clip = plant(fault, rgb, strength, num_frames=NUM) if strength else rgb[:NUM]
    return subject(clip, fps=FPS, **known)


@cache
def samples(seed, fault="blur", strength=0):
    """The readings of a set; both metrics look at the same features."""
    return [reading("frechet_distance", planted(rgb, fault, strength)) for rgb in backdrops(seed)]


@cache
def distance(name, fault, strength):
    return metrics.open(name).between(samples(1, fault, strength), samples(2))


def accuracy(fault, strength):
    found = [reading("attribute_accuracy", planted(c.frames.rgb, fault, strength, facts=c.facts)) for c in objects()]
    return metrics.open("attribute_accuracy").over(found)


def test_they_keep_the_contract():
    assert isinstance(metrics.open("attribute_accuracy"), FolderMetric)
    for name in SETS:
        assert isinstance(metrics.open(name), SetMetric)
        found = samples(2)[0]
        assert np.isnan(found.value)  # by itself it is no number
        assert np.isfinite(found.sample).all()


def test_clips_are_seen_as_what_they_are():
    found = accuracy("blur", 0)
    known = own_accuracy()
    expected = np.mean([100 * known[part.name].mean for part in found.parts])
    assert found.value > expected - 8
    assert {part.name for part in found.parts} == set(network().classes) - {"backdrop"}
    assert all(part.interval.low <= part.value <= part.interval.high for part in found.parts)
    assert "on real clips" in found.parts[0].note


def test_the_wrong_words_are_found_out():
    """Each clip told as the next one: what is right is chance, and what they share."""
    clips = objects()
    found = [
        reading("attribute_accuracy", planted(c.frames.rgb, "blur", 0, facts=other.facts)).value
        for c, other in zip(clips, [*clips[1:], clips[0]], strict=True)
    ]
    assert np.mean(found) < 60


def test_captions_do_as_well_as_records():
    clip = objects()[0]
    by_record = reading("attribute_accuracy", from_clip(clip))
    by_caption = reading("attribute_accuracy", replace(from_clip(clip), facts={}))
    assert {part.name: part.value for part in by_caption.parts} == {part.name: part.value for part in by_record.parts}
    assert refused("attribute_accuracy", replace(from_clip(clip), facts={}, captions=())).startswith("needs to know")


@pytest.mark.parametrize("fault", ["blur", "noise"])
def test_attributes_are_lost_as_a_fault_grows(fault):
    found = [accuracy(fault, strength).value for strength in (0, *STRENGTHS)]
    assert found[3] < found[0]
    assert all(b <= a + 2 for a, b in pairwise(found)), found


@pytest.mark.parametrize("name", SETS)
def test_sets_of_one_kind_are_nothing_apart(name):
    found = distance(name, "blur", 0)
    assert found.interval.low <= 0 <= found.interval.high
    assert f"{FEWEST} videos against {FEWEST}" in found.note


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("fault", ["noise", "flicker"])
def test_sets_come_apart_as_a_fault_grows(name, fault):
    found = [distance(name, fault, strength) for strength in (0, *STRENGTHS)]
    assert all(a.value < b.value for a, b in pairwise(found)), [f.value for f in found]
    assert found[3].interval.low > 0


@pytest.mark.parametrize("name", SETS)
def test_too_few_videos_are_refused_with_how_many_are_needed(name):
    with pytest.raises(Refused, match=r"needs \d+ videos on either side, got 20 and 200"):
        metrics.open(name).between(samples(1)[:20], samples(2))


@pytest.mark.parametrize("name", [*SETS, "attribute_accuracy"])
def test_what_they_can_t_look_at_is_refused_in_words(name):
    facts = objects()[0].facts
    for num, size, said in ((NUM, 48, "needs pictures of 64x64 or more"), (8, 64, "needs a second of video, got 0.50")):
        small = subject(np.zeros((num, size, size, 3), np.uint8), fps=FPS, facts=facts)
        assert refused(name, small).startswith(said)


def test_in_pieces_and_at_another_size_they_see_the_same():
    clip = objects()[1]
    large = clip.frames.rgb[:NUM].repeat(2, 1).repeat(2, 2)
    whole = subject(large, fps=FPS, facts=clip.facts)
    found = reading("attribute_accuracy", whole)
    same = reading("attribute_accuracy", planted(clip.frames.rgb, "blur", 0, facts=clip.facts))
    assert [p.value for p in found.parts] == [p.value for p in same.parts]

    def pieces():
        for start in range(NUM):
            yield Frames(rgb=large[start : start + 1], fps=whole.protocol.fps, start=start / whole.protocol.fps)

    split = replace(whole, frames=pieces)
    assert np.array_equal(reading("frechet_distance", split).sample, reading("frechet_distance", whole).sample)


def test_titles_stand_for_all():
    assert {Opened(name=name, about="", metric=metrics.open(name)).title for name in SETS} == {
        "Frechet distance",
        "kernel distance",
    }
    assert measure(subject(np.zeros((NUM, 64, 64, 3), np.uint8), fps=FPS), []).own == ()
