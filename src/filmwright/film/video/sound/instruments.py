"""Tuned instruments: one note in, its sound out. Every one begins and ends at zero and peaks at about 1."""

from collections.abc import Callable

import numpy as np

from .waves import RATE, Mono, drive, filtered, noise, pitch, ringing, seconds_of, swell

Instrument = Callable[[int, float, float, np.random.Generator], Mono]
"""(MIDI note, seconds it is held, velocity 0 to 1, chance) -> mono samples, with the note's ring after it."""


def felt_piano(midi: int, seconds: float, velocity: float, rng: np.random.Generator) -> Mono:
    """An upright with felt before its hammers: stiff strings in pairs, soft attack, a breath of mechanics."""
    hertz = pitch(midi)
    ring = float(np.clip(5.5 * (220 / hertz) ** 0.55, 0.8, 7.0))
    samples = round(min(seconds + 1.6, ring * 0.8 + 0.2) * RATE)
    out = np.zeros(samples, np.float32)
    bright = 0.32 + 0.4 * velocity
    for n in range(1, 15):
        partial = n * hertz * np.sqrt(1 + 0.0004 * n * n)  # stiffness (Fletcher 1964)
        if partial > 9000:
            break
        strength = (
            np.exp(-(n - 1) / (1 + 4.2 * bright)) * abs(np.sin(np.pi * n * 0.13)) * (600 / max(partial, 600)) ** 0.5
        )
        for detune in (-0.00022, 0.0003):
            out += np.float32(strength) * ringing(partial * (1 + detune), ring / (1 + 0.32 * (n - 1)), samples)
    thump = noise(samples, rng, low=60, high=500 + 500 * velocity) * np.exp(-seconds_of(samples) * 55)
    out = out / max(float(np.abs(out).max()), 1e-9) + np.float32(0.05) * thump
    return _ended(out * _onset(samples, 0.006), held=seconds, release=0.9)


def electric_piano(midi: int, seconds: float, velocity: float, rng: np.random.Generator) -> Mono:
    """Tine and bar: one carrier, a soft modulator at the same pitch and a short one high above (Chowning 1973)."""
    del rng
    hertz, samples = pitch(midi), round((seconds + 1.4) * RATE)
    time = seconds_of(samples)
    warm = np.float32(0.9 * velocity + 0.25) * np.exp(-time * 2.2) * np.sin(2 * np.pi * hertz * time)
    tine = np.float32(0.35 * velocity) * np.exp(-time * 14) * np.sin(2 * np.pi * 14 * hertz * time)
    tine = tine if 14 * hertz < 12_000 else np.float32(0)
    out = np.sin(2 * np.pi * hertz * time + warm + tine) * np.exp(-time * 1.5)
    return _ended(out.astype(np.float32) * _onset(samples, 0.004), held=seconds, release=0.5)


def glass_pluck(midi: int, seconds: float, velocity: float, rng: np.random.Generator) -> Mono:
    """A clean digital pluck: FM whose colour closes quickly, two voices a little apart."""
    samples = round(max(seconds * 1.2, 0.5) * RATE)
    time = seconds_of(samples)
    out = np.zeros(samples, np.float32)
    for cents in (-4.0, 5.0):
        hertz = pitch(midi + cents / 100)
        ratio = 2.0 if hertz < 900 else 1.0
        index = np.float32(0.4 + 2.4 * velocity) * np.exp(-time * 16) + np.float32(0.2)
        angle = 2 * np.pi * hertz * time + np.float32(rng.uniform(0, 6.28))
        out += np.sin(angle + index * np.sin(ratio * angle))
    return _ended(out * 0.5 * np.exp(-time * 7) * _onset(samples, 0.003), held=samples / RATE - 0.1, release=0.1)


def marimba(midi: int, seconds: float, velocity: float, rng: np.random.Generator) -> Mono:
    """A tuned rosewood bar: partials at 1, 4 and 9.9, a soft mallet."""
    hertz, samples = pitch(midi), round(1.3 * RATE)
    del seconds
    ring = float(np.clip(1.5 * (260 / hertz) ** 0.5, 0.35, 1.8))
    out = ringing(hertz, ring, samples)
    for ratio, strength, share in ((4.0, 0.22, 0.35), (9.9, 0.09 * (0.3 + velocity), 0.12)):
        if hertz * ratio < 14_000:
            out += np.float32(strength) * ringing(hertz * ratio, ring * share, samples)
    knock = noise(samples, rng, low=300, high=2200) * np.exp(-seconds_of(samples) * 160)
    return _ended((out + np.float32(0.05 + 0.06 * velocity) * knock) * _onset(samples, 0.002), held=1.2, release=0.1)


def kalimba(midi: int, seconds: float, velocity: float, rng: np.random.Generator) -> Mono:
    """A steel tongue on a box: a round tone, two high partials that are gone at once."""
    hertz, samples = pitch(midi), round(2.0 * RATE)
    del seconds
    out = ringing(hertz, 2.2, samples) + np.float32(0.12) * ringing(hertz * 2.0, 1.2, samples)
    for ratio, strength in ((5.4, 0.16), (8.2, 0.07)):
        if hertz * ratio < 14_000:
            out += np.float32(strength * (0.4 + velocity)) * ringing(hertz * ratio, 0.25, samples)
    box = noise(samples, rng, low=150, high=900) * np.exp(-seconds_of(samples) * 90)
    return _ended((out + np.float32(0.06) * box) * _onset(samples, 0.002), held=1.8, release=0.2)


def nylon(midi: int, seconds: float, velocity: float, rng: np.random.Generator) -> Mono:
    """A nylon string, plucked: a delay line that loses its highs (Karplus and Strong 1983)."""
    hertz, samples = pitch(midi), round(min(seconds + 1.2, 3.0) * RATE)
    period = max(int(RATE / hertz - 0.5), 8)
    pluck = noise(period, rng, low=0, high=1400 + 3200 * velocity)
    pluck -= pluck.mean()
    pick = max(period // 5, 1)
    line = pluck - np.roll(pluck, pick)  # plucked a fifth along the string
    out = np.empty((samples // period + 2, period), np.float32)
    keep = np.float32(10 ** (-3 / (hertz * float(np.clip(4.5 * (200 / hertz) ** 0.5, 1.0, 5.0)))))
    out[0] = line
    for i in range(1, len(out)):  # each period is the last one, averaged with its neighbour
        last = out[i - 1]
        ahead = np.concatenate([out[i - 2][-1:] if i > 1 else last[-1:], last[:-1]])
        out[i] = keep * np.float32(0.5) * (last + ahead)
    tone = _retuned(out.ravel(), RATE / (period + 0.5) / hertz)[:samples]
    tone = filtered(tone / max(float(np.abs(tone[: RATE // 10]).max()), 1e-9), low=60)
    return _ended(tone * _onset(len(tone), 0.0015), held=seconds, release=0.6)


_BELL = ((0.5, 0.25, 5.0), (1.0, 1.0, 4.5), (1.189, 0.16, 2.8), (1.5, 0.1, 2.0), (2.0, 0.55, 3.0), (2.67, 0.14, 1.4))
"""A bell's partials: ratio to the prime, strength, seconds of ring."""


def bell(midi: int, seconds: float, velocity: float, rng: np.random.Generator) -> Mono:
    """A small struck bell, far away: hum, prime, tierce, quint, nominal and two above, long and quiet."""
    hertz, samples = pitch(midi), round(max(seconds, 2.5) * RATE)
    out = np.zeros(samples, np.float32)
    for ratio, strength, ring in (*_BELL, (4.1, 0.12 * velocity, 0.9)):
        if hertz * ratio < 12_000:
            out += np.float32(strength) * ringing(hertz * ratio * (1 + rng.normal(0, 4e-4)), ring, samples)
    return _ended(out / 2.2 * _onset(samples, 0.004), held=samples / RATE - 0.8, release=0.8)


def sub_bass(midi: int, seconds: float, velocity: float, rng: np.random.Generator) -> Mono:
    """A round bass: a sine with a little second and third, so that small speakers know of it."""
    del rng
    hertz, samples = pitch(midi), round((seconds + 0.12) * RATE)
    time = seconds_of(samples)
    out = np.sin(2 * np.pi * hertz * time) + np.float32(0.22 + 0.2 * velocity) * np.sin(4 * np.pi * hertz * time)
    out += np.float32(0.1 * velocity) * np.sin(6 * np.pi * hertz * time)
    shape = swell(samples, attack=0.018, release=0.14) * (np.float32(0.75) + np.float32(0.25) * np.exp(-time * 5))
    return drive(out.astype(np.float32) * shape * np.float32(0.8), 1.1)


def pulse_bass(midi: int, seconds: float, velocity: float, rng: np.random.Generator) -> Mono:
    """An electric bass's shorter cousin: a few harmonics whose top closes after the attack."""
    del rng
    hertz, samples = pitch(midi), round((seconds + 0.08) * RATE)
    time = seconds_of(samples)
    out = np.zeros(samples, np.float32)
    for n in range(1, 9):
        closing = np.exp(-time * np.float32(1.2 * (n - 1) * (1.4 - 0.5 * velocity)))
        out += np.float32(0.9**n / n) * closing * np.sin(2 * np.pi * n * hertz * time)
    return drive(out * swell(samples, attack=0.006, release=0.08) * np.float32(0.9), 1.4)


def _onset(samples: int, attack: float) -> Mono:
    return swell(samples, attack=attack, release=0.0)


def _ended(tone: Mono, *, held: float, release: float) -> Mono:
    """A note let go after `held` seconds: it dies over `release`, and ends at zero."""
    time = seconds_of(len(tone))
    after = np.clip((time - held) / release, 0, 1)
    tail = np.clip((len(tone) / RATE - time) / 0.02, 0, 1)
    return (tone * (np.cos(np.pi / 2 * after) ** 2) * tail).astype(np.float32)


def _retuned(tone: Mono, ratio: float) -> Mono:
    """Played faster or slower, by straight lines between samples: for the part of a period that whole samples miss."""
    at = np.arange(int((len(tone) - 1) * ratio)) / ratio
    return np.interp(at, np.arange(len(tone)), tone).astype(np.float32)


INSTRUMENTS: dict[str, Instrument] = {
    "felt_piano": felt_piano,
    "electric_piano": electric_piano,
    "glass_pluck": glass_pluck,
    "marimba": marimba,
    "kalimba": kalimba,
    "nylon": nylon,
    "bell": bell,
    "sub_bass": sub_bass,
    "pulse_bass": pulse_bass,
}
