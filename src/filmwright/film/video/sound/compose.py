"""Music, length and cuts -> the film's sound, mixed and mastered."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from filmwright.core.shot import Music
from filmwright.core.sound import Sound

from .accents import boom, shimmer, whoosh
from .drums import DRUMS
from .instruments import INSTRUMENTS
from .loudness import levelled
from .score import Accent, Score, write_score
from .waves import RATE, Mono, Stereo, choir, drive, filtered, in_room, noise, panned, pitch, room, swell

LOUDNESS, CEILING = -14.0, -1.0  # LUFS and dBTP, what the streaming services play at


def compose(music: Music, seconds: Fraction, cuts: Sequence[Fraction], *, rate: int = RATE) -> Sound:
    """The sound bed of a film: music in its mood that comes home on the last cut, and marks on the cuts.

    `seconds` long to the sample, at -14 LUFS integrated with true peaks below -1 dBTP; begins and ends at zero. The
    same music, length and cuts give the same samples. Raises BadFilm for what can't be played.
    """
    score = write_score(music, seconds, cuts)
    samples = _mixed(score)
    samples = _mastered(samples)
    if rate != RATE:
        samples = _stretched(samples, round(seconds * rate))
    return Sound(samples=samples, rate=rate)


class _Desk:
    """A mixing desk: what is put on it goes to the dry bus, and a share of it to the room."""

    def __init__(self, samples: int) -> None:
        self.dry = np.zeros((samples, 2), np.float32)
        self.sent = np.zeros((samples, 2), np.float32)

    def put(self, sound: Stereo, at: float, *, gain: float, send: float) -> None:
        """Add `sound` from second `at`, at `gain` dB."""
        start = round(at * RATE)
        first, start = max(-start, 0), max(start, 0)
        part = sound[first : first + max(len(self.dry) - start, 0)] * np.float32(10 ** (gain / 20))
        self.dry[start : start + len(part)] += part
        self.sent[start : start + len(part)] += part * np.float32(send)


def _mixed(score: Score) -> Stereo:
    rng = np.random.default_rng([score.seed, 7])
    samples, band = round(score.seconds * RATE), score.band
    players, drums, marks = _Desk(samples), _Desk(samples), _Desk(samples)
    _play(score, players, drums, rng)
    _pads(score, players, rng)
    for accent in score.accents:
        _mark(accent, score, marks, rng)
    kicks = [n.at for n in score.notes if n.layer.part in ("kick", "soft_kick")]
    duck = _ducking(kicks, samples, band.duck)[:, None]
    sent = players.sent * duck + drums.sent + marks.sent
    wet = in_room(filtered(sent, low=160), room(band.room, band.room_light, 11)) * np.float32(10 ** (band.wet / 20))
    return players.dry * duck + drums.dry + marks.dry + wet


def _play(score: Score, players: _Desk, drums: _Desk, rng: np.random.Generator) -> None:
    """Every note; one that was heard before at the same pitch, length and force is not made again."""
    made: dict[tuple[str, int, float, int], Mono] = {}
    for note in score.notes:
        force = max(round(note.velocity * 6), 1)
        long = round(note.seconds * 10) / 10
        key = (note.layer.part, note.midi, long, force)
        if key not in made:
            part = note.layer.part
            made[key] = (
                DRUMS[part](force / 6, rng) if part in DRUMS else INSTRUMENTS[part](note.midi, long, force / 6, rng)
            )
        desk = drums if note.layer.part in DRUMS else players
        gain = note.layer.gain + 24 * float(np.log10(max(note.velocity, 0.05)))
        desk.put(panned(made[key], note.pan), note.at, gain=gain, send=note.layer.send)


def _pads(score: Score, desk: _Desk, rng: np.random.Generator) -> None:
    """One long breath of voices a chord, brighter as the film rises; and air about it."""
    band = score.band
    for harmony in score.harmonies:
        last = harmony.at == score.arrival
        release = 0.1 if last else 1.1
        length = round((harmony.end - harmony.at + release) * RATE)
        slope = band.pad_slope - 0.35 * harmony.rise
        partials = [
            (pitch(note) * n, (0.7 if i == 0 else 1.0) / n**slope * (1 if n * pitch(note) < 2500 else 0.6))
            for i, note in enumerate(harmony.notes)
            for n in range(1, 13)
        ]
        attack = min(band.pad_attack, 0.45 * (harmony.end - harmony.at))
        fade = min(2.5, 0.8 * (harmony.end - harmony.at)) if last else release
        sound = choir(partials, length, rng, cents=band.pad_cents) * swell(length, attack=attack, release=fade)[:, None]
        desk.put(sound * np.float32(0.3), harmony.at, gain=band.pad_gain + 3 * harmony.rise, send=0.3)
    samples = len(desk.dry)
    breath = np.stack([noise(samples, rng, low=500, high=6000, slope=-3) for _ in range(2)], 1)
    slow = 0.6 + 0.4 * np.sin(2 * np.pi * (np.arange(samples) / RATE / 7.3 + rng.random()))
    desk.put((breath * slow[:, None] * 0.3).astype(np.float32), 0.0, gain=band.air + 6, send=0.2)


def _mark(accent: Accent, score: Score, desk: _Desk, rng: np.random.Generator) -> None:
    """Air into the cut and a blow on it; the arrival has the larger ones, and a shimmer."""
    band, arrives = score.band, accent.kind == "arrive"
    seconds = 1.1 if arrives else 0.7
    seconds = min(seconds, accent.at)
    gain = band.accent + 20 * float(np.log10(accent.strength))
    if seconds > 0.15:
        desk.put(whoosh(seconds, rng, bright=band.bright), accent.at - seconds, gain=gain - 4, send=0.35)
    desk.put(boom(rng, depth=1.0), accent.at, gain=gain + (4 if arrives else -1), send=0.3)
    if arrives:
        desk.put(shimmer(rng), accent.at, gain=gain - 6 + 4 * band.bright, send=0.5)


def _ducking(kicks: Sequence[float], samples: int, depth: float) -> Mono:
    """How far the players step back for each kick: down at once, up again within a fifth of a second."""
    gain = np.ones(samples, np.float32)
    if depth <= 0:
        return gain
    length = round(0.28 * RATE)
    t = np.arange(length) / RATE
    dip = 1 - depth * np.minimum(t / 0.006, 1) * (0.5 + 0.5 * np.cos(np.pi * np.clip(t / 0.28, 0, 1)))
    for at in kicks:
        start = round(at * RATE)
        part = gain[start : start + length]
        np.minimum(part, dip[: len(part)].astype(np.float32), out=part)
    return gain


def _mastered(samples: Stereo) -> Stereo:
    """No rumble, a little warmth, zero at both ends, and the loudness that the services play at."""
    peak = max(float(np.abs(samples).max(initial=0.0)), 1e-9)
    warm = filtered(drive(samples / np.float32(peak), 1.2), low=26, high=17_500)
    seconds = len(warm) / RATE
    shaped = warm * swell(len(warm), attack=min(0.02, seconds / 4), release=min(1.4, seconds / 4))[:, None]
    return levelled(shaped.astype(np.float32), RATE, target=LOUDNESS, ceiling=CEILING - 0.1)


def _stretched(samples: Stereo, length: int) -> Stereo:
    """The same sound in another number of samples, through the frequency domain."""
    spectrum = np.fft.rfft(samples, axis=0)
    bins = length // 2 + 1
    fitted = np.zeros((bins, 2), np.complex128)
    keep = min(bins, len(spectrum))
    fitted[:keep] = spectrum[:keep]
    return (np.fft.irfft(fitted, length, axis=0) * (length / len(samples))).astype(np.float32)
