"""What is played, and when: harmony that comes home, layers that join, accents on the cuts, notes in tune."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from filmwright.core.errors import BadFilm
from filmwright.core.shot import Music
from filmwright.film.video.sound.instruments import INSTRUMENTS
from filmwright.film.video.sound.score import BANDS, write_score
from filmwright.film.video.sound.waves import RATE, pitch, ringing

MOODS = sorted(BANDS)


def cuts_of(bpm, shots=4, beats=4):
    beat = Fraction(60) / Fraction(bpm)
    return [i * beats * beat for i in range(shots)]


def score_of(mood, *, bpm=96, seed=0, tail=3):
    cuts = cuts_of(bpm)
    return write_score(Music(mood=mood, bpm=float(bpm), seed=seed), cuts[-1] + tail, cuts)


def test_every_mood_has_a_band():
    assert MOODS == ["calm", "energetic", "luxury", "natural", "playful", "technical"]


@pytest.mark.parametrize("mood", MOODS)
def test_music_comes_home_on_the_last_cut(mood):
    score = score_of(mood)
    home = score.harmonies[-1]
    assert score.arrival == home.at == float(cuts_of(96)[-1])
    assert home.end == score.seconds
    assert {(n - score.harmonies[-1].notes[0]) % 12 for n in home.notes} == {
        (c - score.band.home[0]) % 12 for c in score.band.home
    }
    for before, after in zip(score.harmonies, score.harmonies[1:], strict=False):
        assert before.end == after.at


@pytest.mark.parametrize("mood", MOODS)
def test_drums_stop_at_home_and_the_chord_rings(mood):
    score = score_of(mood)
    drums = [n for n in score.notes if n.layer.line == "hit"]
    assert drums
    assert all(n.at < score.arrival for n in drums)
    assert sum(n.at >= score.arrival for n in score.notes) >= 5
    assert all(0 <= n.at < score.seconds for n in score.notes)


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("seed", range(4))
def test_notes_belong_to_their_harmony(mood, seed):
    score = score_of(mood, seed=seed)
    root = score.harmonies[-1].notes[0] - score.band.home[0]
    for note in score.notes:
        if note.layer.line in ("bass", "arpeggio", "chord"):
            slack = 2.5 * note.layer.loose + 0.05
            near = [h for h in score.harmonies if h.at - slack <= note.at < h.end + slack]
            assert any((note.midi - n) % 12 == 0 for h in near for n in h.notes), note
        elif note.layer.line == "melody" and note.layer.part != "bell":
            allowed = {(root + s) % 12 for s in score.band.scale} | {n % 12 for h in score.harmonies for n in h.notes}
            assert note.midi % 12 in allowed
        if note.layer.line != "hit":
            assert 24 <= note.midi <= 103


@pytest.mark.parametrize("mood", MOODS)
def test_the_band_grows(mood):
    score = score_of(mood)
    thirds = np.array_split(np.linspace(0, score.arrival, 4), 4)
    bounds = [float(t[0]) for t in thirds]
    players = [{n.layer.part + n.layer.line for n in score.notes if a <= n.at < b} for a, b in pairwise(bounds)]
    assert len(players[0]) < len(players[-1])
    assert players[-1] == {layer.part + layer.line for layer in score.band.layers}


def test_accents_stand_on_the_cuts():
    score = score_of("luxury")
    assert [a.at for a in score.accents] == [float(c) for c in cuts_of(96)[1:]]
    assert [a.kind for a in score.accents] == ["pass", "pass", "arrive"]


def test_timing_is_human_but_not_late():
    score = score_of("natural")
    beat = 60 / 96
    nylon = [n for n in score.notes if n.layer.part == "nylon" and n.at < score.arrival]
    stray = [((n.at / (beat / 4) + 0.5) % 1 - 0.5) * beat / 4 for n in nylon]
    assert 0.002 < np.std(stray) < 0.03
    assert max(map(abs, stray)) < 0.05


def test_seeds_vary_and_repeat():
    a, b, again = score_of("calm", seed=1), score_of("calm", seed=2), score_of("calm", seed=1)
    assert a.notes == again.notes
    assert [(n.at, n.midi) for n in a.notes] != [(n.at, n.midi) for n in b.notes]


@pytest.mark.parametrize("cuts", [[], [Fraction(0)], [Fraction(0), Fraction(1, 10)], [Fraction(0), Fraction(19, 2)]])
@pytest.mark.parametrize("seconds", [Fraction(1, 2), Fraction(3), Fraction(10)])
def test_unusual_films_have_music(cuts, seconds):
    score = write_score(Music(mood="playful", bpm=120.0), seconds, cuts)
    assert score.notes
    assert 0 <= score.arrival < score.seconds


def test_what_cannot_be_played():
    with pytest.raises(BadFilm, match=r"mood 'gloomy'. Use one of: calm"):
        write_score(Music(mood="gloomy", bpm=80.0), Fraction(5), [])
    with pytest.raises(BadFilm, match="500 beats a minute"):
        write_score(Music(mood="calm", bpm=500.0), Fraction(5), [])
    with pytest.raises(BadFilm, match="0 seconds"):
        write_score(Music(mood="calm", bpm=80.0), Fraction(0), [])


@pytest.mark.parametrize("name", sorted(INSTRUMENTS))
@pytest.mark.parametrize("midi", [40, 60, 79])
def test_instruments_are_in_tune_and_end_quietly(name, midi):
    tone = INSTRUMENTS[name](midi, 1.0, 0.6, np.random.default_rng(0))
    assert abs(tone[0]) < 1e-6
    assert abs(tone[-1]) < 1e-5
    assert 0.4 < np.abs(tone).max() < 1.5
    size = 1 << 17
    spectrum = np.abs(np.fft.rfft(tone * np.hanning(len(tone)), size))
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    near = np.flatnonzero(np.abs(np.log2(np.maximum(hertz, 1) / pitch(midi))) < 0.08)
    found = hertz[near[spectrum[near].argmax()]]
    assert abs(1200 * np.log2(found / pitch(midi))) < 10  # cents


def test_ringing_dies_by_60_decibels():
    tone = ringing(1000, 0.5, RATE)
    start, end = np.abs(tone[:480]).max(), np.abs(tone[RATE // 2 : RATE // 2 + 480]).max()
    assert 20 * np.log10(end / start) == pytest.approx(-60, abs=1.5)
