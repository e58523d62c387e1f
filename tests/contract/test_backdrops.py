"""Every backdrop: the same dice paint the same film at any size, nothing jumps, and what its words say is seen."""

import colorsys
from functools import cache
from itertools import pairwise

import cv2
import numpy as np
import pytest

from filmwright.jobs.simulate.backdrops import Backdrop, Canvas, backdrops
from filmwright.jobs.simulate.dice import Dice
from filmwright.jobs.simulate.palettes import PALETTES

NAMES = backdrops.names()
SEEDS = range(3)
WAYS = {"upward": (0, -1), "downward": (0, 1), "to the left": (-1, 0), "to the right": (1, 0)}
PACES = {"slow", "fast"}
KINDS = {  # all words of a kind but its pace and colour
    "bokeh": {"bokeh"},
    "caustics": {"water", "caustics"},
    "clouds": {"scattered", "dense", "clouds", "in", "the", "sky"},
    "fog": {"thin", "thick", "fog"},
    "gradients": {"pale", "deep", "gradient"},
    "light_leaks": {"light", "leaks"},
    "particles": {"sparse", "dense", "dust", "glittering", "particles"},
    "silk": {"silk"},
    "studio": {"dimly", "brightly", "lit", "studio", "backdrop"},
    "sunset": {"sunset", "over", "the", "sea"},
}
MOVES = {
    "bokeh": "drifting",
    "caustics": "drifting",
    "clouds": "drifting",
    "fog": "drifting",
    "gradients": "flowing",
    "light_leaks": "sweeping",
    "particles": "floating",
    "silk": "rippling",
    "studio": "with a soft light moving",
    "sunset": "with clouds drifting",
}


@cache
def painted(name, seed, *, num_frames=5, height=64, width=64, fps=20):
    canvas = Canvas(num_frames=num_frames, height=height, width=width, fps=fps)
    return backdrops.open(name).paint(Dice("test", seed), canvas)


def of_one_frame(name, seed):
    """For its words."""
    return painted(name, seed, num_frames=1, height=16, width=16)


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture(params=SEEDS)
def seed(request):
    return request.param


def changes(rgb):
    """Mean change of a value from each frame to the next, in levels."""
    return np.abs(np.diff(rgb.astype(np.int16), axis=0)).mean((1, 2, 3))


def motion(rgb):
    """Pixels a frame that what moves goes to the right and down: dense flow, weighted by edges that change."""
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32) for frame in rgb]
    low, high = min(g.min() for g in grey), max(g.max() for g in grey)
    grey = [((g - low) / (high - low) * 255).astype(np.uint8) for g in grey]
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    whole, weights = np.zeros(2), 0.0
    for one, other in pairwise(grey):
        down, right = np.gradient(one.astype(np.float32))
        weight = np.hypot(right, down) * np.abs(other.astype(np.float32) - one)
        whole += (flow.calc(one, other, None) * weight[..., None]).sum((0, 1))
        weights += weight.sum()
    return whole / weights


def test_motion_is_measured_rightly():
    noise = cv2.GaussianBlur(np.random.default_rng(3).random((90, 120, 3), np.float32), (0, 0), 4)
    noise = ((noise - noise.min()) / np.ptp(noise) * 255).astype(np.uint8)
    frames = np.stack([noise[8 + i : 80 + i, 20 - 2 * i : 110 - 2 * i] for i in range(4)])  # 2 to the right, 1 up
    assert motion(frames) == pytest.approx([2, -1], abs=0.15)
    assert motion(frames[::-1]) == pytest.approx([-2, 1], abs=0.15)


def test_every_kind_is_spoken_for():
    assert set(NAMES) == set(KINDS) == set(MOVES)


def test_it_keeps_the_contract(name):
    assert isinstance(backdrops.open(name), Backdrop)
    assert backdrops.about(name)
    for num_frames, height, width in ((1, 16, 16), (2, 33, 59), (3, 48, 27), (2, 16, 64)):
        film = painted(name, 0, num_frames=num_frames, height=height, width=width)
        assert film.rgb.shape == (num_frames, height, width, 3)
        assert film.rgb.dtype == np.uint8
        assert all(isinstance(value, str | float | int) for value in film.facts.values())


def test_the_same_dice_paint_the_same(name, seed):
    again = backdrops.open(name).paint(Dice("test", seed), Canvas(num_frames=5, height=64, width=64, fps=20))
    film = painted(name, seed)
    assert np.array_equal(again.rgb, film.rgb)
    assert (again.says, again.moves, again.facts) == (film.says, film.moves, film.facts)
    assert not np.array_equal(painted(name, seed + 1).rgb, film.rgb)


def test_a_frame_depends_on_its_time_alone(name):
    assert np.array_equal(painted(name, 1, num_frames=2).rgb, painted(name, 1).rgb[:2])


def test_a_larger_picture_shows_the_same(name, seed):
    small, large = (painted(name, seed, num_frames=2, height=size, width=size, fps=4) for size in (64, 192))
    shrunk = np.stack([cv2.resize(frame, (64, 64), interpolation=cv2.INTER_AREA) for frame in large.rgb])
    far = np.abs(shrunk.astype(int) - painted(name, seed + 1, num_frames=2, fps=4).rgb).mean()
    near = np.abs(shrunk.astype(int) - small.rgb).mean()
    assert near < 8
    assert near < far / 3
    assert (large.says, large.moves) == (small.says, small.moves)


def test_nothing_jumps(name, seed):
    steps = changes(painted(name, seed, num_frames=40, height=40, width=56, fps=10).rgb)
    assert steps.max() < 2.2 * np.median(steps) + 0.5
    assert steps.max() < 30


def test_more_frames_a_second_are_closer_together(name, seed):
    films = (painted(name, seed, num_frames=5, height=48, width=48, fps=fps) for fps in (12, 48))
    sparse, dense = (changes(film.rgb).mean() for film in films)
    assert dense < 0.5 * sparse + 0.15
    assert sparse > 0.05  # it does move


def test_words_are_known_and_true_to_the_facts(name):
    for seed in range(18):
        film = of_one_frame(name, seed)
        assert set(film.says.split()) <= KINDS[name] | PACES | set(PALETTES)
        assert film.facts["color"] in film.says.split()
        assert len(film.says.split()) == len(set(film.says.split()))
        way = film.facts["way"]
        assert film.moves == (f"{MOVES[name]} {way}" if way else "with the sun sinking" if name == "sunset" else "")
        assert bool(film.facts["heights_a_second"]) == bool(way)


def test_films_differ(name):
    films = [of_one_frame(name, seed) for seed in range(18)]
    assert len({film.says for film in films}) >= 10
    assert len({film.moves for film in films}) >= 2
    assert len({film.facts["color"] for film in films}) >= 4


def test_it_goes_the_way_that_it_says(name):
    films = {}  # up to two of each way
    for seed in range(18):
        films.setdefault(of_one_frame(name, seed).facts["way"], []).append(seed)
    assert films.keys() >= {"to the left", "to the right"}
    for way, seeds in films.items():
        for seed in seeds[:2] if way else ():
            speed = 72 * of_one_frame(name, seed).facts["heights_a_second"]
            fps = max(round(speed / 3), 1)  # about 3 pixels a frame, at any pace
            film = painted(name, seed, num_frames=4, height=72, width=96, fps=fps)
            sky = round((0.5 + film.facts.get("horizon", 0.5)) * 72)  # below it the sea has a motion of its own
            x, y = motion(film.rgb[:, :sky]) * fps / speed
            along, across = x * WAYS[way][0] + y * WAYS[way][1], abs(x * WAYS[way][1] + y * WAYS[way][0])
            assert 0.3 < along < 1.7, (film.says, film.moves)
            # a band's motion along itself can't be seen, so what is measured of it means nothing
            assert across < 0.6 * along or name == "gradients", (film.says, film.moves)


def test_a_slow_film_changes_less_than_a_fast_one(name):
    steps = {"slow": [], "fast": []}
    for seed in range(18):
        pace = of_one_frame(name, seed).facts["pace"]
        if pace in steps:
            steps[pace].append(changes(painted(name, seed, num_frames=3, height=32, width=32).rgb).mean())
    assert np.mean(steps["fast"]) > 1.5 * np.mean(steps["slow"])


def test_it_has_the_colour_that_it_says(name):
    for seed in range(9):
        film = painted(name, seed, num_frames=2, height=40, width=64, fps=1)
        color, mean = film.facts["color"], film.rgb.reshape(-1, 3).mean(0) / 255
        saturation = (mean.max() - mean.min()) / mean.max()
        if color in ("silver", "white"):
            assert saturation < (0.45 if name == "clouds" else 0.12)  # there is a blue sky behind white clouds
        else:
            named = np.array(PALETTES[color][1]) ** (1 / 2.2)
            hues = [colorsys.rgb_to_hsv(*rgb)[0] for rgb in (mean, named)]
            assert abs((hues[0] - hues[1] + 0.5) % 1 - 0.5) * 360 < 30, film
            assert saturation > 0.1


def test_a_sinking_sun_sinks():
    sinking = [s for s in range(18) if of_one_frame("sunset", s).facts["sinking"]]
    alone = [s for s in sinking if not of_one_frame("sunset", s).facts["place"]]
    assert alone
    for seed in alone[:3]:
        film = painted("sunset", seed, num_frames=2, height=80, width=80, fps=2)
        middles = []
        for frame in film.rgb:
            bright = frame.astype(float).sum(2)
            middles.append(np.argwhere(bright > bright.max() - 40)[:, 0].mean() / 80)
        assert middles[1] - middles[0] == pytest.approx(film.facts["sinking"] * 0.5, abs=0.02)
