"""The meter against known answers of ITU-R BS.1770-4 and EBU Tech 3341, and the limiter against the meter."""

import numpy as np
import pytest

from filmwright.film.video.sound.loudness import (
    SILENCE,
    fast_length,
    levelled,
    limited,
    loudness,
    true_peak,
    true_peaks,
)

RATE = 48_000


def sine(hertz, decibels, seconds, *, left=1.0, right=1.0, rate=RATE):
    time = np.arange(round(seconds * rate)) / rate
    wave = 10 ** (decibels / 20) * np.sin(2 * np.pi * hertz * time)
    return np.stack([left * wave, right * wave], 1).astype(np.float32)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_a_full_scale_sine_in_one_channel(rate):
    assert loudness(sine(997, 0, 5, right=0, rate=rate), rate) == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([(-23, 20)], -23),  # EBU Tech 3341, case 1
        ([(-33, 20)], -33),  # case 2
        ([(-36, 10), (-23, 60), (-36, 10)], -23),  # case 3: the relative gate
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23),  # case 4: both gates
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23),  # case 5
    ],
)
def test_ebu_tech_3341(levels, expected):
    signal = np.concatenate([sine(1000, level, seconds) for level, seconds in levels])
    assert loudness(signal, RATE) == pytest.approx(expected, abs=0.1)


def test_low_sounds_count_less_and_high_ones_more():
    low, middle, high = (loudness(sine(hertz, -20, 5), RATE) for hertz in (30, 1000, 8000))
    assert low < middle - 5
    assert middle + 3 < high < middle + 4  # the shelf's 4 dB, less the 0.7 dB it has at 1 kHz


def test_silence_and_moments():
    assert loudness(np.zeros((RATE, 2), np.float32), RATE) == SILENCE
    assert loudness(np.zeros((0, 2), np.float32), RATE) == SILENCE
    assert loudness(sine(1000, -23, 0.1), RATE) == pytest.approx(-23, abs=1)


@pytest.mark.parametrize(("divider", "phase"), [(4, np.pi / 4), (6, np.pi / 3), (8, np.pi / 8)])
def test_peaks_between_samples(divider, phase):
    """EBU Tech 3341, cases 15 to 18: sines whose crests fall between the samples; +0.2/-0.4 dB."""
    n = np.arange(RATE)
    edge = np.minimum(1, np.minimum(n, n[::-1]) / 2000)
    wave = 0.5 * edge * np.sin(2 * np.pi * n / divider + phase)
    signal = np.stack([wave, wave], 1).astype(np.float32)
    assert -6.02 - 0.4 < true_peak(signal) < -6.02 + 0.2
    assert true_peaks(signal).max() >= np.abs(signal).max()


def test_the_limiter_holds_its_ceiling_without_jumps():
    rng = np.random.default_rng(0)
    signal = sine(220, -6, 1)
    for at in (9_000, 20_000, 20_150, 40_000):
        signal[at : at + 40] += rng.uniform(-1.5, 1.5, (40, 2)).astype(np.float32)
    out = limited(signal, RATE, ceiling=-1)
    assert true_peak(signal) > 1
    assert true_peak(out) <= -0.9
    far = np.r_[0:8_000, 12_000:18_000, 24_000:38_000]
    assert np.array_equal(out[far], signal[far])  # only the neighbourhood of a peak is turned down
    assert np.abs(np.diff(out / np.where(np.abs(signal) > 1e-3, signal, np.nan), axis=0))[~far].size


def test_the_limiter_leaves_quiet_sound_alone():
    signal = sine(220, -6, 1)
    assert limited(signal, RATE, ceiling=-1) is signal


def test_levelling():
    rng = np.random.default_rng(1)
    music = (rng.standard_normal((5 * RATE, 2)) * 0.02).astype(np.float32)
    music[::RATE] += 0.6
    out = levelled(music, RATE, target=-14, ceiling=-1)
    assert loudness(out, RATE) == pytest.approx(-14, abs=0.1)
    assert true_peak(out) <= -0.9
    silent = np.zeros((RATE, 2), np.float32)
    assert levelled(silent, RATE, target=-14, ceiling=-1) is silent


@pytest.mark.parametrize("at_least", [1, 7, 11, 97, 1_000, 48_001, 719_999])
def test_fast_lengths(at_least):
    length = fast_length(at_least)
    assert at_least <= length <= 1.2 * at_least + 1
    for prime in (2, 3, 5):
        while length % prime == 0:
            length //= prime
    assert length == 1
