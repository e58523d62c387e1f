"""What marks a cut: a swell of air into it, a soft blow on it. Stereo, with the moment of the cut at a known sample."""

import numpy as np

from .waves import RATE, Stereo, noise, seconds_of, swell


def whoosh(seconds: float, rng: np.random.Generator, *, bright: float) -> Stereo:
    """Air that swells for `seconds` and is gone soon after; its loudest moment is `seconds` in.

    Bands of noise enter one after the other, the higher the later, and it passes from one side to the other.
    """
    fall = 0.35
    samples = round((seconds + fall) * RATE)
    time = seconds_of(samples)
    side = 1 if rng.random() < 0.5 else -1
    out = np.zeros((samples, 2), np.float32)
    after = np.exp(-np.maximum(time - np.float32(seconds), 0) * 16)
    for k, centre in enumerate((220, 480, 1050, 2300, 5000)):
        rise = np.clip(time / np.float32(seconds), 0, 1) ** np.float32(2.2 + 0.9 * k)
        level = np.float32((0.9 - 0.16 * k) * (0.35 + 0.65 * bright) ** (k / 2))
        pan = side * np.clip((time - np.float32(seconds)) / np.float32(seconds), -1, 1) * 0.8
        sound = noise(samples, rng, low=centre / 1.5, high=centre * 1.5) * rise * after * level
        out[:, 0] += sound * np.cos((pan + 1) * np.pi / 4)
        out[:, 1] += sound * np.sin((pan + 1) * np.pi / 4)
    edge = swell(samples, attack=0.05, release=0.12)[:, None]
    return (out / max(float(np.abs(out).max()), 1e-9) * edge).astype(np.float32)


def boom(rng: np.random.Generator, *, depth: float = 1.0) -> Stereo:
    """A soft low blow in a large room; its moment is its beginning."""
    samples = round(2.2 * RATE)
    time = seconds_of(samples)
    angle = 2 * np.pi * (38 * time + 30 / 9 * (1 - np.exp(-9 * time)))
    low = np.sin(angle) * np.exp(-time * 2.6) * np.float32(depth)
    out = np.stack([low, low], 1)
    for ear in range(2):
        out[:, ear] += noise(samples, rng, low=60, high=260) * np.exp(-time * 7) * 0.12
        out[:, ear] += noise(samples, rng, low=300, high=1800, slope=-3) * np.exp(-time * 22) * 0.08
    return (out * swell(samples, attack=0.004, release=0.5)[:, None]).astype(np.float32)


def shimmer(rng: np.random.Generator) -> Stereo:
    """A cymbal's far relative: bright air that opens at once and fades for two seconds."""
    samples = round(2.6 * RATE)
    fall = np.exp(-seconds_of(samples) * 2.2) * swell(samples, attack=0.006, release=0.8)
    sides = [noise(samples, rng, low=4500, high=13_000, slope=-2) * fall * 0.25 for _ in range(2)]
    return np.stack(sides, 1).astype(np.float32)
