"""How loud sound is, and making it as loud as it should be: ITU-R BS.1770-4 and EBU Tech 3341."""

import numpy as np
from jaxtyping import Float, Float32

BLOCK, STEP = 0.4, 0.1  # seconds of a gating block, and from one to the next
ABSOLUTE_GATE, RELATIVE_GATE = -70.0, -10.0  # LUFS, LU
SILENCE = -120.0  # LUFS or dBTP said of sound with nothing in it


def loudness(samples: Float32[np.ndarray, "S 2"], rate: int) -> float:
    """Integrated loudness in LUFS, gated; SILENCE where no block passes the absolute gate.

    A sine of 997 Hz at 0 dBFS in one channel of two reads -3.01 LUFS.
    """
    powers = _block_powers(weighted(samples, rate), rate)
    loud = powers[_lufs(powers) > ABSOLUTE_GATE]
    if not loud.size:
        return SILENCE
    loud = loud[_lufs(loud) > _lufs(loud.mean(keepdims=True)) + RELATIVE_GATE]
    return float(_lufs(loud.mean(keepdims=True))[0])


def weighted(samples: Float32[np.ndarray, "S C"], rate: int) -> Float[np.ndarray, "S C"]:
    """K-weighted: the head's shelf and the RLB high-pass of BS.1770-4, annex 1, at any rate.

    Both filters are recursive; their responses are applied in the frequency domain, with room for them to ring out.
    """
    length = len(samples)
    size = fast_length(length + rate)  # the high-pass rings for less than a second
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    response = _shelf(z, rate) * _high_pass(z, rate)
    return np.fft.irfft(np.fft.rfft(samples, size, axis=0) * response[:, None], size, axis=0)[:length]


def _shelf(z: np.ndarray, rate: int) -> np.ndarray:
    """Stage 1 of K-weighting, from its analogue prototype, so that it holds at every rate."""
    k = np.tan(np.pi * 1681.974450955533 / rate)
    gain, q = 10 ** (3.999843853973347 / 20), 0.7071752369554196
    middle = gain**0.4996667741545416
    top = (gain + middle * k / q + k * k) + 2 * (k * k - gain) * z + (gain - middle * k / q + k * k) * z * z
    return top / ((1 + k / q + k * k) + 2 * (k * k - 1) * z + (1 - k / q + k * k) * z * z)


def _high_pass(z: np.ndarray, rate: int) -> np.ndarray:
    """Stage 2 of K-weighting; its numerator is (1, -2, 1) as the standard has it."""
    k, q = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    bottom = 1 + k / q + k * k
    return (1 - 2 * z + z * z) / (1 + (2 * (k * k - 1) * z + (1 - k / q + k * k) * z * z) / bottom)


def _block_powers(samples: Float[np.ndarray, "S C"], rate: int) -> Float[np.ndarray, " B"]:
    """Mean square of each gating block, channels summed. Sound shorter than a block is one block."""
    power = (samples**2).sum(1)
    block, step = round(BLOCK * rate), round(STEP * rate)
    if len(power) <= block:
        return np.array([power.mean() if len(power) else 0.0])
    total = np.concatenate([[0.0], np.cumsum(power)])
    starts = np.arange(0, len(power) - block + 1, step)
    return (total[starts + block] - total[starts]) / block


def _lufs(power: Float[np.ndarray, " N"]) -> Float[np.ndarray, " N"]:
    return -0.691 + 10 * np.log10(np.maximum(power, 1e-20))


def _interpolator(phases: int, taps: int) -> Float[np.ndarray, "P T"]:
    """Windowed-sinc filters that give the signal at `phases` places between two samples."""
    away = np.arange(taps)[None, :] - taps / 2 + 1 - np.arange(phases)[:, None] / phases
    window = np.i0(7.0 * np.sqrt(np.clip(1 - (2 * away / taps) ** 2, 0, 1))) / np.i0(7.0)
    bank = np.sinc(away) * window
    return bank / bank.sum(1, keepdims=True)


_BANK = _interpolator(4, 24)


def true_peaks(samples: Float32[np.ndarray, "S C"]) -> Float[np.ndarray, " S"]:
    """Peak of each sample and of the three places after it, any channel: 4x oversampling, BS.1770-4 annex 2."""
    peaks = np.abs(samples).max(1).astype(float)
    taps = _BANK.shape[1]
    for filter_ in _BANK[1:]:
        for channel in samples.T:
            between = np.convolve(channel, filter_[::-1])[taps // 2 : taps // 2 + len(channel)]
            np.maximum(peaks, np.abs(between), out=peaks)
    return peaks


def true_peak(samples: Float32[np.ndarray, "S C"]) -> float:
    """True peak in dBTP."""
    return 20 * float(np.log10(max(true_peaks(samples).max(initial=0.0), 10 ** (SILENCE / 20))))


def limited(samples: Float32[np.ndarray, "S 2"], rate: int, *, ceiling: int | float) -> Float32[np.ndarray, "S 2"]:
    """Hold true peaks below `ceiling` dBTP by turning the volume down smoothly before and after them.

    The gain is the least gain in a window about each sample, smoothed by a window no longer, so it is never above
    what the peak needs and never jumps.
    """
    needed = np.minimum(1.0, 10 ** (ceiling / 20) / np.maximum(true_peaks(samples), 1e-9))
    if needed.min(initial=1.0) >= 1.0:
        return samples
    reach = round(0.006 * rate)
    least = _running_min(needed, reach)
    window = np.hanning(2 * reach + 1)
    size = fast_length(len(least) + 2 * reach + len(window))
    padded = np.pad(least, reach, mode="edge")
    smooth = np.fft.irfft(np.fft.rfft(padded, size) * np.fft.rfft(window / window.sum(), size), size)
    gain = smooth[2 * reach : 2 * reach + len(samples)]
    return (samples * np.minimum(gain, 1.0)[:, None]).astype(np.float32)


def _running_min(x: Float[np.ndarray, " S"], reach: int) -> Float[np.ndarray, " S"]:
    """The least value within `reach` samples to either side, by doubling (van Herk's idea without his blocks)."""
    width, span = 2 * reach + 1, 1
    least = np.pad(x, reach, constant_values=1.0)
    while 2 * span <= width:
        least = np.minimum(least[: len(least) - span], least[span:])
        span *= 2
    rest = width - span
    return np.minimum(least[: len(least) - rest], least[rest:]) if rest else least


def levelled(
    samples: Float32[np.ndarray, "S 2"], rate: int, *, target: int | float, ceiling: int | float
) -> Float32[np.ndarray, "S 2"]:
    """Bring sound to `target` LUFS with true peaks below `ceiling` dBTP; silence stays silent."""
    out = samples
    gain = 0.0
    for _ in range(6):
        level = loudness(out, rate)
        if level <= ABSOLUTE_GATE:
            return samples
        if abs(level - target) < 0.05:
            break
        gain += target - level
        out = limited((samples * 10 ** (gain / 20)).astype(np.float32), rate, ceiling=ceiling)
    return out


def fast_length(at_least: int) -> int:
    """The next length with no prime factor above 5, for which the FFT is fast."""
    best = 1 << (at_least - 1).bit_length()
    five = 1
    while five < best:
        three = five
        while three < best:
            rest = -(-at_least // three)
            best = min(best, three * (1 << (rest - 1).bit_length()))
            three *= 3
        five *= 5
    return best
