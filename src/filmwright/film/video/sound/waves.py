"""Raw material of sound: ringing partials, coloured noise, filters, envelopes, space. Arrays of samples at RATE."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from jaxtyping import Float32

from .loudness import fast_length

RATE = 48_000  # samples a second; sound is made at this rate
Number = int | float
Mono = Float32[np.ndarray, " _"]
Stereo = Float32[np.ndarray, "_ 2"]


def pitch(midi: Number) -> float:
    """Hertz of a MIDI note number, A4 = 69 = 440 Hz, equal temperament."""
    return 440.0 * 2 ** ((midi - 69) / 12)


def seconds_of(samples: int) -> Mono:
    """The time of each sample."""
    return np.arange(samples, dtype=np.float32) / np.float32(RATE)


def ringing(hertz: Number, decay: Number, samples: int, *, phase: Number = 0.0) -> Mono:
    """A sine that dies away by 60 dB in `decay` seconds: powers of one complex number, by doubling."""
    out = np.empty(max(samples, 1), np.complex128)
    step = np.exp(2j * np.pi * hertz / RATE - np.log(1000) / (decay * RATE))
    out[0], done = np.exp(1j * (phase - np.pi / 2)), 1
    while done < len(out):
        more = min(done, len(out) - done)
        out[done : done + more] = out[:more] * step**done
        done += more
    return out.real[:samples].astype(np.float32)


def swell(samples: int, *, attack: float, release: float) -> Mono:
    """An envelope of raised cosines: up over `attack` seconds, down over the last `release`."""
    time = np.arange(samples) / RATE
    up = np.clip(time / max(attack, 1e-4), 0, 1)
    down = np.clip((samples / RATE - time) / max(release, 1e-4), 0, 1)
    return (np.sin(np.pi / 2 * up) ** 2 * np.sin(np.pi / 2 * down) ** 2).astype(np.float32)


def noise(samples: int, rng: np.random.Generator, *, low: Number, high: Number, slope: Number = 0.0) -> Mono:
    """Noise between two frequencies (hertz) with soft edges, `slope` dB an octave, of about unit power."""
    size = fast_length(max(samples, 16))
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    shape = band(hertz, low, high) * (np.maximum(hertz, 20.0) / 1000) ** (slope / 6.02)
    spectrum = shape * (rng.standard_normal(len(hertz)) + 1j * rng.standard_normal(len(hertz)))
    out = np.fft.irfft(spectrum, size)
    return (out[:samples] / max(float(out.std()), 1e-9)).astype(np.float32)


def band(hertz: np.ndarray, low: Number, high: Number) -> np.ndarray:
    """Response of a band-pass with second-order Butterworth edges; 0 or infinity leaves an edge off."""
    out = np.ones_like(hertz)
    if low > 0:
        out /= np.sqrt(1 + (low / np.maximum(hertz, 1e-3)) ** 4)
    if np.isfinite(high):
        out /= np.sqrt(1 + (hertz / high) ** 4)
    return out


def filtered(
    samples: Float32[np.ndarray, "S *C"], *, low: Number = 0.0, high: Number = np.inf
) -> Float32[np.ndarray, "S *C"]:
    """Sound between two frequencies (hertz), without shifting its phase."""
    size = fast_length(len(samples) + RATE // 10)
    shape = band(np.fft.rfftfreq(size, 1 / RATE), low, high)
    shape = shape.reshape(-1, *[1] * (samples.ndim - 1))
    return np.fft.irfft(np.fft.rfft(samples, size, axis=0) * shape, size, axis=0)[: len(samples)].astype(np.float32)


def panned(mono: Mono, pan: Number) -> Stereo:
    """Placed from left (-1) to right (1) at equal power, the far ear up to 0.25 ms late."""
    angle = (pan + 1) * np.pi / 4
    late = round(abs(pan) * 0.00025 * RATE)
    near, far = mono, np.concatenate([np.zeros(late, np.float32), mono])[: len(mono)]
    left, right = (far, near) if pan > 0 else (near, far)
    return np.stack([left * np.float32(np.cos(angle)), right * np.float32(np.sin(angle))], 1)


def drive(samples: Float32[np.ndarray, "S *C"], amount: Number) -> Float32[np.ndarray, "S *C"]:
    """Soft saturation that leaves quiet sound as loud as it is."""
    return np.tanh(samples * np.float32(amount)) / np.float32(amount)


def choir(partials: Sequence[tuple[float, float]], samples: int, rng: np.random.Generator, *, cents: Number) -> Stereo:
    """Many detuned voices at once, by one inverse FFT: Nasca's PADsynth. Unit power.

    `partials` are (hertz, amplitude); each becomes a Gaussian of random phases `cents` wide, other phases left and
    right, so that it beats and breathes like an ensemble.
    """
    size = fast_length(samples)
    spectrum = np.zeros((size // 2 + 1, 2), np.complex128)
    for hertz, amplitude in partials:
        if hertz >= RATE * 0.45:
            continue
        width = max((2 ** (cents / 1200) - 1) * hertz, 0.35) * size / RATE
        centre = hertz * size / RATE
        bins = np.arange(max(int(centre - 4 * width), 1), min(int(centre + 4 * width) + 2, len(spectrum)))
        magnitude = amplitude * np.exp(-0.5 * ((bins - centre) / width) ** 2) / np.sqrt(width)
        phase = rng.uniform(0, 2 * np.pi, len(bins))
        apart = rng.uniform(-0.8, 0.8, len(bins))  # near enough alike to hold in mono
        spectrum[bins, 0] += magnitude * np.exp(1j * phase)
        spectrum[bins, 1] += magnitude * np.exp(1j * (phase + apart))
    out = np.fft.irfft(spectrum, size, axis=0)[:samples]
    return (out / max(float(out.std()), 1e-9)).astype(np.float32)


@lru_cache(maxsize=8)
def room(seconds: float, brightness: float, seed: int) -> Stereo:
    """The impulse of a hall that rings for `seconds` (RT60 at 1 kHz); highs die sooner, lows a little later.

    Noise in octaves, each with its own decay, after a few early reflections; left and right apart. Unit energy.
    """
    rng = np.random.default_rng(seed)
    length = round(seconds * 1.15 * RATE)
    out = np.zeros((length, 2), np.float32)
    time = seconds_of(length)
    onset = (1 - np.exp(-time / np.float32(0.02))).astype(np.float32)  # a hall fills up; it does not begin all at once
    for octave in range(8):
        centre = 62.5 * 2**octave
        ring = seconds * (1.1 if centre < 400 else (1000 / max(centre, 1000)) ** (0.75 - 0.45 * brightness))
        fall = np.exp(-time * np.float32(np.log(1000) / ring)) * onset
        level = (
            min(1.0, (centre / 180) ** 0.8) * (2000 / max(centre, 2000)) ** (1.1 - brightness) * 2 ** (octave / 2 - 3)
        )
        for ear in range(2):
            out[:, ear] += np.float32(level) * fall * noise(length, rng, low=centre / 1.41, high=centre * 1.41)
    for _ in range(14):
        at = round(rng.uniform(0.008, 0.06) * RATE)
        out[at, rng.integers(2)] += np.float32(rng.uniform(0.3, 0.8) * np.abs(out).max() * 0.9)
    predelay = np.zeros((round(0.018 * RATE), 2), np.float32)
    out = np.concatenate([predelay, out])
    return (out / np.sqrt((out**2).sum(0).mean())).astype(np.float32)


def in_room(dry: Stereo, impulse: Stereo) -> Stereo:
    """What the hall adds to `dry`, as long as `dry`."""
    size = fast_length(len(dry) + len(impulse))
    wet = np.fft.irfft(np.fft.rfft(dry, size, axis=0) * np.fft.rfft(impulse, size, axis=0), size, axis=0)
    return wet[: len(dry)].astype(np.float32)
