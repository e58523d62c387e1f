"""Every metric keeps the same promises: it says how to read it, streams, repeats, refuses in words, notices faults."""

import math
import re
from dataclasses import replace
from functools import cache
from importlib import import_module
from itertools import pairwise

import numpy as np
import pytest

from filmwright.core.frames import Frames
from filmwright.jobs.evaluate import measure, opened
from filmwright.jobs.evaluate.faults import FAULTS, STRENGTHS, plant
from filmwright.jobs.evaluate.metrics import Meter, Metric, metrics
from filmwright.jobs.evaluate.moment import moments
from filmwright.jobs.evaluate.reading import Refused
from tests.known_clips import COMMANDED, FPS, JUDGED, NUM, OF_NETWORKS, film, reading, refused, subject

RISES = {
    "camera_error": ("freeze", "swapped frames", "dropped frames", "jitter", "blocking"),
    "camera_motion": ("swapped frames", "dropped frames", "jitter"),
    "chunk_drift": ("colour cast", "blur"),
    "color_drift": ("flicker", "colour cast", "noise"),
    "cuts": ("cut",),
    "dynamic_degree": ("swapped frames", "dropped frames", "jitter", "cut"),
    "flicker": ("flicker", "swapped frames", "noise", "dropped frames", "jitter", "cut"),
    "freeze": ("freeze",),
    "sharpness": ("noise",),
    "warp_error": ("flicker", "colour cast", "blur", "noise", "blocking", "cut"),
}
FALLS = {
    "psnr": tuple(FAULTS),
    "sharpness": ("blur",),
    "smoothness": ("swapped frames", "noise", "dropped frames", "jitter", "blocking", "cut"),
    "ssim": tuple(FAULTS),
}
PAIRS = [
    *((name, fault, 1) for name, faults in RISES.items() for fault in faults),
    *((name, fault, -1) for name, faults in FALLS.items() for fault in faults),
]


ELSEWHERE = (*OF_NETWORKS, *JUDGED)  # test_metrics_of_networks.py, test_judged_metrics.py
PROVEN = [name for name in metrics.names() if name not in ELSEWHERE]


@pytest.fixture(params=PROVEN)
def name(request):
    return request.param


@cache
def base():
    return film()


def faulty(fault, strength):
    """A film with a fault, beside the film without."""
    clean = subject(base()[:NUM])
    return subject(plant(fault, base(), strength, num_frames=NUM), facts=COMMANDED, reference=clean)


@cache
def values(fault, strength):
    """Of all metrics at once, as a command measures them; by name."""
    row = measure(faulty(fault, strength), opened(PROVEN))
    return {measured.name: measured.reading.value for measured in row.measured}


def test_it_keeps_the_contract(name):
    metric = metrics.open(name)
    assert isinstance(metric, Metric)
    assert isinstance(metric.start(faulty("blur", 1)), Meter)


@pytest.mark.parametrize("name", metrics.names())
def test_its_docstring_says_how_to_read_it(name):
    """One sentence; then the unit, which way is better, and where it is from."""
    module, scale = import_module(f"{metrics.package}.{name}"), metrics.open(name).scale
    first, _, rest = module.__doc__.partition("\n\n")
    assert re.fullmatch(r"[^.]+\.", first)
    assert "\nSource: " in rest
    said = {"higher": "higher is better", "lower": "lower is better", "neither": "neither is better"}[scale.better]
    assert said in rest
    units = {
        "of 1": r"From -?[01] to 1",
        "of 100": "From 0 to 100",
        "%": "percent",
        "dB": "decibels",
        "Delta E": r"Delta E",
    }
    assert re.search(units.get(scale.unit, re.escape(scale.unit)), rest)


def test_it_says_one_number_a_frame_or_none(name):
    found = reading(name, faulty("noise", 1))
    assert len(found.curve) in (0, NUM)
    assert math.isfinite(found.value)
    assert all(math.isfinite(part.value) for part in found.parts)


def test_it_does_not_depend_on_how_the_film_comes_in_pieces(name):
    whole = faulty("jitter", 1)

    def split():
        rgb = next(whole.frames()).rgb
        for start, end in ((0, 1), (1, 8), (8, NUM)):
            yield Frames(rgb=rgb[start:end], fps=FPS, start=start / FPS)

    assert reading(name, replace(whole, frames=split)).value == reading(name, whole).value


def test_it_says_the_same_again_and_writes_into_nothing(name):
    film = faulty("noise", 2)
    before = next(film.frames()).rgb.copy()
    first, again = reading(name, film), reading(name, film)
    assert first.value == again.value
    assert np.array_equal(first.curve, again.curve, equal_nan=True)
    assert np.array_equal(next(film.frames()).rgb, before)


def test_it_keeps_no_pictures(name):
    """What a meter holds after many frames is no more than two of them, flow included."""
    import pickle

    meter, sizes = metrics.open(name).start(faulty("blur", 1)), []
    for moment in moments(faulty("blur", 1)):
        meter.see(moment)
        held = {key: kept for key, kept in meter.__dict__.items() if key != "lens"}
        sizes.append(len(pickle.dumps(held)))
    assert sizes[-1] <= sizes[3] + 400 * NUM  # numbers may grow, a picture has 20,000 bytes
    assert sizes[-1] < 6 * 4 * 96 * 72  # two flows and their masks at most


def test_a_single_picture_is_measured_or_refused_in_words(name):
    one = subject(base()[:1], facts=COMMANDED, reference=subject(base()[:1]))
    try:
        assert math.isfinite(reading(name, one).value)
    except AssertionError:
        assert refused(name, one).startswith("needs ")


@pytest.mark.parametrize("size", [(1, 1), (31, 200), (33, 47)])
def test_any_size_is_measured_or_refused_in_words(name, size):
    width, height = size
    rgb = np.random.default_rng(4).integers(0, 256, (6, height, width, 3), dtype=np.uint8)
    tiny = subject(rgb, facts=COMMANDED, reference=subject(rgb))
    metric = metrics.open(name)
    try:
        meter = metric.start(tiny)
    except Refused as err:
        assert str(err).startswith("needs pictures of 32x32")  # noqa: PT017
        assert min(size) < 32
        return
    for moment in moments(tiny):
        meter.see(moment)
    try:
        assert math.isfinite(meter.reading().value)
    except Refused as err:
        assert str(err).startswith("needs texture to follow")  # noqa: PT017


def test_black_is_measured_or_refused_in_words(name):
    black = np.zeros((8, 40, 40, 3), np.uint8)
    film = subject(black, facts=COMMANDED, reference=subject(black))
    if name in ("camera_error", "camera_motion"):
        assert refused(name, film).startswith("needs texture to follow")
    else:
        assert math.isfinite(reading(name, film).value)


@pytest.mark.parametrize(("name", "fault", "sign"), PAIRS)
def test_it_follows_a_fault_as_it_grows(name, fault, sign):
    found = [values(fault, strength)[name] for strength in STRENGTHS]
    clean = values("blur", 0)[name]  # without a fault it does not matter without which
    assert all(sign * (b - a) > 0 for a, b in pairwise([clean, *found])), [clean, *found]


def test_every_metric_is_proven_on_a_fault_and_every_fault_is_noticed():
    assert {name for name, _, _ in PAIRS} == set(PROVEN)
    noticed = {fault for name, fault, _ in PAIRS if name not in ("psnr", "ssim")}  # without a reference
    assert noticed == set(FAULTS)
    assert len(FAULTS) >= 8
