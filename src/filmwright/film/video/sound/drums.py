"""Struck things without a pitch: one hit in, its sound out. Peaks at about 1."""

from collections.abc import Callable

import numpy as np

from .waves import RATE, Mono, drive, noise, seconds_of, swell

Drum = Callable[[float, np.random.Generator], Mono]
"""(velocity 0 to 1, chance) -> mono samples."""


def kick(velocity: float, rng: np.random.Generator) -> Mono:
    """A dry electronic kick: a sine that falls from 160 to 48 Hz, with a click of felt."""
    samples = round(0.42 * RATE)
    time = seconds_of(samples)
    angle = 2 * np.pi * (48 * time + 112 / 38 * (1 - np.exp(-38 * time)))
    body = np.sin(angle) * np.exp(-time * 9)
    click = noise(samples, rng, low=900, high=4500) * np.exp(-time * 380)
    return drive((body + np.float32(0.08 * velocity) * click) * swell(samples, attack=0.0015, release=0.05), 1.5)


def soft_kick(velocity: float, rng: np.random.Generator) -> Mono:
    """A heartbeat: low, round, no click."""
    del velocity, rng
    samples = round(0.5 * RATE)
    time = seconds_of(samples)
    angle = 2 * np.pi * (44 * time + 40 / 22 * (1 - np.exp(-22 * time)))
    return (np.sin(angle) * np.exp(-time * 7) * swell(samples, attack=0.006, release=0.1)).astype(np.float32)


def hat(velocity: float, rng: np.random.Generator) -> Mono:
    """A closed hat: a breath of very high noise."""
    samples = round(0.11 * RATE)
    fall = np.exp(-seconds_of(samples) * np.float32(75 - 30 * velocity))
    return _hit(noise(samples, rng, low=7000, high=14_000) * fall * 0.4, 0.0008)


def open_hat(velocity: float, rng: np.random.Generator) -> Mono:
    """A hat let ring for an eighth."""
    del velocity
    samples = round(0.32 * RATE)
    return _hit(noise(samples, rng, low=6500, high=13_000) * np.exp(-seconds_of(samples) * 15) * 0.35, 0.001)


def shaker(velocity: float, rng: np.random.Generator) -> Mono:
    """Seeds in a tube: the sound swells before it stops."""
    del velocity
    samples = round(0.12 * RATE)
    rise = swell(samples, attack=0.045, release=0.07)
    return _hit(noise(samples, rng, low=4200, high=9500) * rise * 0.35, 0.002)


def brush(velocity: float, rng: np.random.Generator) -> Mono:
    """A brush on a snare: a soft tap and its wires."""
    samples = round(0.26 * RATE)
    time = seconds_of(samples)
    wires = noise(samples, rng, low=1400, high=6500, slope=-2) * np.exp(-time * np.float32(22 - 6 * velocity))
    skin = np.sin(2 * np.pi * 190 * time) * np.exp(-time * 32)
    return _hit((wires * 0.3 + skin * 0.3).astype(np.float32), 0.003)


def snap(velocity: float, rng: np.random.Generator) -> Mono:
    """Fingers: two clicks a few milliseconds apart in a narrow band."""
    del velocity
    samples = round(0.16 * RATE)
    time = seconds_of(samples)
    out = np.zeros(samples, np.float32)
    for late in (0.0, 0.011):
        after = np.maximum(time - np.float32(late), 0)
        out += noise(samples, rng, low=1500, high=3600) * np.exp(-after * 70) * (time >= late)
    return _hit(out * 0.3, 0.001)


def clap(velocity: float, rng: np.random.Generator) -> Mono:
    """A few hands, not quite together."""
    del velocity
    samples = round(0.3 * RATE)
    time = seconds_of(samples)
    out = np.zeros(samples, np.float32)
    for late in (0.0, 0.009, 0.019, 0.026):
        after = np.maximum(time - np.float32(late), 0)
        fall = 110 if late < 0.02 else 24
        out += noise(samples, rng, low=900, high=5000, slope=-2) * np.exp(-after * np.float32(fall)) * (time >= late)
    return _hit(out * 0.18, 0.001)


def tick(velocity: float, rng: np.random.Generator) -> Mono:
    """A tiny dry click, as of a fine mechanism."""
    del velocity
    samples = round(0.05 * RATE)
    time = seconds_of(samples)
    tone = 0.5 * np.sin(2 * np.pi * np.float32(rng.choice([2300, 3100, 4150])) * time) * np.exp(-time * 160)
    grit = 0.15 * noise(samples, rng, low=5000, high=12_000) * np.exp(-time * 300)
    return _hit((tone + grit).astype(np.float32), 0.0006)


def _hit(sound: Mono, attack: float) -> Mono:
    return (sound * swell(len(sound), attack=attack, release=0.01)).astype(np.float32)


DRUMS: dict[str, Drum] = {
    "kick": kick,
    "soft_kick": soft_kick,
    "hat": hat,
    "open_hat": open_hat,
    "shaker": shaker,
    "brush": brush,
    "snap": snap,
    "clap": clap,
    "tick": tick,
}
