"""The finished sound: its length, loudness, peaks, ends and marks."""

from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from filmwright.core.shot import Music
from filmwright.film.video.sound import compose
from filmwright.film.video.sound.loudness import loudness, true_peak
from filmwright.film.video.sound.waves import RATE, filtered, in_room, room

CUTS = (Fraction(0), Fraction(2), Fraction(4))
SECONDS = Fraction(13, 2)


@cache
def sound(mood, seed=0):
    return compose(Music(mood=mood, bpm=120.0, seed=seed), SECONDS, CUTS)


@pytest.fixture(params=["calm", "energetic", "luxury", "natural", "playful", "technical"])
def samples(request):
    return sound(request.param).samples


def test_length_and_loudness(samples):
    assert samples.shape == (SECONDS * RATE, 2)
    assert samples.dtype == np.float32
    assert loudness(samples, RATE) == pytest.approx(-14, abs=0.3)
    assert true_peak(samples) <= -1.0


def test_no_clicks_and_no_offset(samples):
    assert np.abs(samples[[0, -1]]).max() < 1e-4
    assert np.abs(samples[:48]).max() < 0.02
    assert np.abs(samples[-480:]).max() < 0.02
    assert np.abs(samples.mean(0)).max() < 1e-3
    assert np.isfinite(samples).all()
    assert spikiness(samples) < 13.5


def spikiness(samples):
    """Greatest peak of the highs over their level within 10 ms: noise and hats have 4 to 12, a click over 15."""
    high = filtered(samples, low=9000)[: len(samples) // 480 * 480].reshape(-1, 480, 2)
    level = np.sqrt((high**2).mean(1))
    return float((np.abs(high).max(1) / np.maximum(level, 3e-4)).max())


def test_a_click_would_be_heard():
    broken = sound("calm").samples.copy()
    broken[70_000:] += np.float32(0.15)  # a jump, as where a note is cut off
    assert spikiness(broken) > 15


def test_it_is_stereo_that_holds_in_mono(samples):
    left, right = samples.T
    assert np.corrcoef(left, right)[0, 1] > 0.25
    assert np.abs(left - right).std() > 0.003
    low = filtered(samples, high=120)
    assert np.corrcoef(*low.T)[0, 1] > 0.85  # bass stands in the middle


def test_cuts_are_marked(samples):
    """The low blow on each cut: the loudest rise of the bass near it is at the cut, to 30 ms."""
    for cut in CUTS[1:]:
        at = int(cut * RATE)
        before, after = samples[at - 4800 : at - 480], samples[at + 960 : at + 9600]
        assert (after**2).mean() > 1.3 * (before**2).mean()


def test_the_end_rings_out(samples):
    tail = (samples[int(CUTS[-1]) * RATE :] ** 2).sum(1)
    thirds = [part.mean() for part in np.array_split(tail, 3)]
    assert thirds[0] > 2 * thirds[1] > 2 * thirds[2] > 0


def test_same_seed_same_samples():
    again = compose(Music(mood="calm", bpm=120.0, seed=0), SECONDS, CUTS)
    assert np.array_equal(again.samples, sound("calm").samples)
    assert not np.array_equal(sound("calm", 5).samples, sound("calm").samples)


def test_moods_differ_in_brightness_and_beat():
    def high_share(mood):
        samples = sound(mood).samples
        return float((filtered(samples, low=5000) ** 2).sum() / (samples**2).sum())

    assert high_share("energetic") > 1.5 * high_share("luxury")


def test_other_rates_keep_pitch_and_length():
    half = compose(Music(mood="calm", bpm=120.0), SECONDS, CUTS, rate=24_000)
    assert half.samples.shape == (SECONDS * 24_000, 2)
    assert half.rate == 24_000
    middle = sound("calm").samples[RATE : 3 * RATE]
    low = half.samples[24_000 : 3 * 24_000]
    assert np.abs(filtered(middle, high=6000)[::2] - low).std() < 0.25 * low.std()


def test_short_films_have_sound():
    for seconds in (Fraction(1, 4), Fraction(1)):
        samples = compose(Music(mood="energetic", bpm=120.0), seconds, [Fraction(0)]).samples
        assert len(samples) == seconds * RATE
        assert true_peak(samples) <= -1.0
        assert np.abs(samples).max() > 0.05


def test_a_room_rings_as_long_as_it_says():
    impulse = room(1.5, 0.5, 3)
    click = np.zeros((2 * RATE, 2), np.float32)
    click[0] = 1
    tail = in_room(click, impulse)
    band = filtered(tail, low=800, high=1250)[:, 0] ** 2
    energy = 10 * np.log10(np.cumsum(band[::-1])[::-1] / band.sum())  # Schroeder 1965
    first, last = np.argmax(energy < -5), np.argmax(energy < -25)
    assert 3 * (last - first) / RATE == pytest.approx(1.5, rel=0.2)
    assert abs(np.corrcoef(*tail.T)[0, 1]) < 0.3
