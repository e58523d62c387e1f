"""The tile: a periodic pattern whose Fourier phases are the key and whose signs are the message."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import cv2
import numpy as np
from jaxtyping import Complex, Float, Float32, Int

from .polar import Polar

SIDE = 180  # pixels of the shorter side at which the pattern is defined: it scales with the picture
TILE = 160  # pixels, the pattern's period there
BAND = (0.05, 0.20)  # cycles a pixel: what codecs, small copies and blur leave, and the eye hardly sees
PEAK = 2.5  # standard deviations at which the pattern is clipped
LENGTHS = {64: 512, 96: 1024}  # bits of message -> bits of code
RINGS = 8  # parts of the band that are judged each by itself
NUM_DATA = 1024  # bins that carry code, each coded bit as often as it fits; all others are pilots


@dataclass(frozen=True)
class Pattern:
    """What a key and a length of message decide."""

    key: bytes
    num_bits: int = 64

    @cached_property
    def code(self) -> Polar:
        """The error-correcting code."""
        return Polar(self.num_bits, LENGTHS[self.num_bits])

    @cached_property
    def bins(self) -> "Bins":
        """Which Fourier bins are used, and for what."""
        return _bins(self.key, self.code.length)

    def tile(self, payload: int) -> Float32[np.ndarray, "T T"]:
        """One period of the pattern for a message; mean 0, standard deviation 1."""
        bins = self.bins
        signs = np.ones(len(bins.phase))
        signs[bins.data] = 1.0 - 2.0 * (self.code.encode(payload) ^ bins.scramble)
        tile = bins.inverse(signs * np.exp(1j * bins.phase))
        return np.clip(tile / tile.std(), -PEAK, PEAK).astype(np.float32)

    def picture(self, payload: int, height: int, width: int) -> Float32[np.ndarray, "H W"]:
        """The pattern for pictures of this size."""
        scale = SIDE / min(height, width)
        rows, columns = (np.ceil(n * scale / TILE).astype(int) + 2 for n in (height, width))
        field = np.tile(self.tile(payload), (rows, columns))
        corner = (scale - 1) / 2 + TILE  # pixel centres meet, and one period of margin for the interpolation
        place = np.array([[scale, 0, corner], [0, scale, corner]], np.float32)
        return cv2.warpAffine(field, place, (width, height), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)


@dataclass(frozen=True, eq=False)
class Bins:
    """The Fourier bins in use: `fy`, `fx` in cycles a tile, `phase` the key's; `data[r, i]` repeats coded bit i."""

    fy: Int[np.ndarray, " K"]
    fx: Int[np.ndarray, " K"]
    phase: Float[np.ndarray, " K"]
    pilots: Int[np.ndarray, " S"]
    data: Int[np.ndarray, "R N"]
    scramble: Int[np.ndarray, " N"]

    @cached_property
    def radius(self) -> Float[np.ndarray, " K"]:
        """Cycles a pixel."""
        return np.hypot(self.fy, self.fx) / TILE

    @cached_property
    def rings(self) -> Int[np.ndarray, " K"]:
        """Which of `RINGS` equal parts of the band each bin is in, from low to high."""
        return np.minimum((self.radius - BAND[0]) / (BAND[1] - BAND[0]) * RINGS, RINGS - 1).astype(int)

    @cached_property
    def carrier(self) -> Complex[np.ndarray, " K"]:
        """What turns a bin that holds the pattern into a real, positive number."""
        return np.exp(-1j * self.phase).astype(np.complex64)

    def forward(self, tile: Float32[np.ndarray, "T T"]) -> Complex[np.ndarray, " K"]:
        """The bins of a tile."""
        return np.fft.rfft2(tile)[self.fy, self.fx].astype(np.complex64)

    def inverse(
        self, values: Complex[np.ndarray, " n"], which: Int[np.ndarray, " n"] | None = None
    ) -> Float[np.ndarray, "T T"]:
        """The tile with these values in all its bins, or in `which`."""
        fy, fx = (self.fy, self.fx) if which is None else (self.fy[which], self.fx[which])
        spectrum = np.zeros((TILE, TILE // 2 + 1), complex)
        spectrum[fy, fx] = values
        edge = fx == 0  # the half spectrum holds this column whole: both of each conjugate pair
        spectrum[-fy[edge] % TILE, 0] = np.conj(values[edge])
        return np.fft.irfft2(spectrum, (TILE, TILE))


def _bins(key: bytes, length: int) -> Bins:
    """Pilots and data take turns over the band; each repetition of the code has one part of it, from low to high.

    Only the generator's raw bits are used: numpy keeps those for ever, its distributions may change.
    """
    seed = sha256(b"filmwright tiled 1\0" + key).digest()
    raw = np.random.PCG64(int.from_bytes(seed[:16], "big")).random_raw
    fy, fx = np.meshgrid(np.fft.fftfreq(TILE, 1 / TILE).astype(int), np.arange(TILE // 2), indexing="ij")
    radius = np.hypot(fy, fx) / TILE
    used = (radius >= BAND[0]) & (radius <= BAND[1]) & ((fx > 0) | (fy > 0))
    fy, fx = fy[used], fx[used]
    order = np.argsort(raw(len(fy)), kind="stable")
    fy, fx = fy[order], fx[order]
    data = np.arange(NUM_DATA)[np.argsort(np.hypot(fy, fx)[:NUM_DATA], kind="stable")].reshape(-1, length)
    data = np.stack([row[np.argsort(raw(length), kind="stable")] for row in data])
    return Bins(
        fy=fy,
        fx=fx,
        phase=raw(len(fy)) * (2 * np.pi / 2.0**64),
        pilots=np.arange(NUM_DATA, len(fy)),
        data=data,
        scramble=(raw(length) >> np.uint64(63)).astype(int),
    )
