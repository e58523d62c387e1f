"""How loud a film is along time: enough to tell whether two films have the same sound."""

from contextlib import suppress
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler
from jaxtyping import Float32

from filmwright.core.errors import BadAsset

RATE, BLOCK = 8000, 400  # samples a second, samples a value: 50 ms
QUIET = 1e-4  # of full scale: what is below counts as silence
ALIKE = 0.8  # correlation of two encodings of one sound; different ones stay below half of it


def loudness(path: Path) -> Float32[np.ndarray, " n"]:
    """The first sound track's level in dB of full scale, every 50 ms; empty for a silent film.

    What is damaged in it is passed over. Raises BadAsset for a file that can't be opened.
    """
    parts = []
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                return np.zeros(0, np.float32)
            mono = AudioResampler(format="flt", layout="mono", rate=RATE)
            for packet in container.demux(audio=0):
                with suppress(av.error.InvalidDataError):
                    parts += [part.to_ndarray()[0] for frame in packet.decode() for part in mono.resample(frame)]
    except av.FFmpegError as err:
        if not parts:
            raise BadAsset(f"the sound of {path} can't be decoded ({err.strerror}).") from err
    samples = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    blocks = samples[: len(samples) // BLOCK * BLOCK].reshape(-1, BLOCK)
    level: Float32[np.ndarray, " n"] = 20 * np.log10(np.sqrt((blocks**2).mean(1)) + QUIET).astype(np.float32)
    return level


def same_sound(one: Float32[np.ndarray, " n"], other: Float32[np.ndarray, " m"]) -> bool:
    """Whether two curves of loudness are of one sound, up to its volume and half a second of shift.

    Sounds without any ups and downs are told apart by their level alone.
    """
    length = min(len(one), len(other))
    if length < 10 or abs(len(one) - len(other)) > 0.1 * max(len(one), len(other)) + 20:
        return False
    one, other = one[:length], other[:length]
    if min(one.std(), other.std()) < 0.5:
        return bool(abs(one.std() - other.std()) < 0.5 and abs(float(one.mean() - other.mean())) < 3)
    shifts = range(-min(10, length // 4), min(10, length // 4) + 1)
    return max(_correlation(one, other, shift) for shift in shifts) > ALIKE


def _correlation(one: Float32[np.ndarray, " n"], other: Float32[np.ndarray, " n"], shift: int) -> float:
    a, b = (one[shift:], other[: len(other) - shift]) if shift >= 0 else (one[:shift], other[-shift:])
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 else 0.0
