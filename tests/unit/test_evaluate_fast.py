"""A fast look: motion at two of eight steps, everything else as ever, and the report says so."""

import json

import numpy as np
import pytest

from filmwright.core.errors import BadFilm
from filmwright.jobs.evaluate import measure, moment, opened
from filmwright.jobs.evaluate.nouns import Report
from filmwright.jobs.evaluate.subject import fast_look
from filmwright.jobs.evaluate.told import as_json
from filmwright.jobs.evaluate.words import facts
from tests.known_clips import COMMANDED, NUM, film, going, subject

MOTION = ("warp_error", "smoothness", "dynamic_degree", "camera_motion", "camera_error")
OTHERS = ("flicker", "freeze", "cuts", "sharpness", "color_drift", "chunk_drift", "psnr", "ssim")
FOLLOWED = (1, 2, 9, 10, 17, 18)


def clip():
    return subject(film(num=NUM), facts=COMMANDED, reference=subject(film(num=NUM) // 2))


def values(looked, names):
    return {m.name: m.reading for m in measure(looked, opened(names)).measured}


def test_motion_is_measured_at_two_of_eight_steps():
    found = values(fast_look(clip()), MOTION)
    for name in MOTION:
        known = tuple(np.flatnonzero(~np.isnan(found[name].curve)))
        assert known == ((1, 9, 17) if name == "smoothness" else FOLLOWED)  # it judges the frame between two steps
        assert len(found[name].curve) == NUM


def test_even_motion_reads_the_same_and_each_known_step_is_that_of_all():
    whole, fast = values(clip(), MOTION), values(fast_look(clip()), MOTION)
    for name in MOTION:
        assert fast[name].value == pytest.approx(whole[name].value, rel=0.02, abs=0.002)
        known = ~np.isnan(fast[name].curve)
        assert np.array_equal(np.array(fast[name].curve)[known], np.array(whole[name].curve)[known])


def test_everything_else_is_as_ever():
    whole, fast = values(clip(), OTHERS), values(fast_look(clip()), OTHERS)
    for name in OTHERS:
        assert fast[name].value == whole[name].value
        assert np.array_equal(fast[name].curve, whole[name].curve, equal_nan=True)


def test_it_estimates_a_quarter_of_the_motion(monkeypatch):
    calls, real = [], moment.estimated
    monkeypatch.setattr(moment, "estimated", lambda a, b: calls.append(0) or real(a, b))
    measure(clip(), opened(MOTION))
    whole = len(calls)
    calls.clear()
    measure(fast_look(clip()), opened(MOTION))
    assert (whole, len(calls)) == (2 * (NUM - 1), 2 * len(FOLLOWED))


@pytest.mark.parametrize("num", [2, 3])
def test_short_videos_have_steps_too(num):
    found = values(fast_look(subject(film(going(right=2), num))), ("dynamic_degree",))
    assert found["dynamic_degree"].value == pytest.approx(2, abs=0.2)


def test_a_reference_looked_at_in_another_way_is_refused():
    looked = fast_look(clip())
    with pytest.raises(BadFilm, match="motion is at all steps and at 2 of 8 steps"):
        measure(subject(film(num=NUM), reference=looked), opened(("psnr",)))


def test_the_report_says_so():
    for looked, said in ((clip(), "at all steps"), (fast_look(clip()), "at 2 of 8 steps")):
        row = measure(looked, opened(("flicker",)))
        report = Report(sources=("a",), rows=(row,), made="", software=())
        (told,) = json.loads(json.dumps(as_json(report)))["files"]
        assert told["protocol"]["motion"] == said
        assert (", motion at 2 of 8 steps" in facts(row.protocol)) == (said == "at 2 of 8 steps")
