"""A polar code with a checksum: what carries the message through noise.

Arikan, "Channel polarization", IEEE Trans. Inf. Theory 55 (2009); Tal and Vardy, "List decoding of polar codes",
IEEE Trans. Inf. Theory 61 (2015); frozen bits by Trifonov's Gaussian approximation, IEEE Trans. Commun. 60 (2012).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, UInt8

CRC_BITS = 24
CRC_POLYNOMIAL = 0x864CFB  # CRC-24 of RFC 4880
CONFIDENT = 40.0  # log-likelihood ratios beyond this are as good as certain


@dataclass(frozen=True)
class Polar:
    """`num_bits` of message in `length` coded bits, a power of two; made for the noise of `design` dB Es/N0."""

    num_bits: int
    length: int
    design: float = -6.0

    @cached_property
    def frozen(self) -> Bool[np.ndarray, " N"]:
        """Which inputs carry nothing: the least reliable ones."""
        frozen = np.ones(self.length, bool)
        frozen[np.argsort(-_reliability(self.length, self.design), kind="stable")[: self.num_bits + CRC_BITS]] = False
        return frozen

    def encode(self, payload: int) -> UInt8[np.ndarray, " N"]:
        """The coded bits of a message."""
        message = _bits(payload, self.num_bits)
        inputs = np.zeros(self.length, np.uint8)
        inputs[~self.frozen] = np.concatenate([message, _bits(crc24(message), CRC_BITS)])
        return _transform(inputs)

    def decode(self, llr: Float[np.ndarray, " N"], *, num_paths: int = 32) -> int | None:
        """The message behind log-likelihood ratios (positive means 0), or None where no path passes the checksum."""
        search = _Search(self.frozen, num_paths)
        search.walk(np.clip(llr, -CONFIDENT, CONFIDENT)[None].astype(np.float32), 0)
        for path in np.argsort(search.cost, kind="stable"):
            message, check = np.split(search.inputs[path][~self.frozen], [self.num_bits])
            if _number(check) == crc24(message):
                return _number(message)
        return None


class _Search:
    """The list decoder's paths: what each has decided so far and how unlikely it is."""

    def __init__(self, frozen: Bool[np.ndarray, " N"], num_paths: int) -> None:
        self.frozen, self.num_paths = frozen, num_paths
        self.cost = np.zeros(1, np.float32)
        self.inputs = np.zeros((1, len(frozen)), np.uint8)

    def walk(self, llr: Float[np.ndarray, "P n"], start: int) -> tuple[UInt8[np.ndarray, "Q n"], np.ndarray]:
        """Decide the inputs from `start` on; return their coded bits and which incoming path each came from."""
        width = llr.shape[1]
        if self.frozen[start : start + width].all():
            self.cost = self.cost + np.maximum(-llr, 0).sum(1)
            return np.zeros(llr.shape, np.uint8), np.arange(len(llr))
        if width == 1:
            return self._decide(llr[:, 0], start)
        left, right = np.split(llr, 2, axis=1)
        upper, came = self.walk(np.sign(left) * np.sign(right) * np.minimum(np.abs(left), np.abs(right)), start)
        lower, after = self.walk(right[came] + np.where(upper == 1, -left[came], left[came]), start + width // 2)
        return np.concatenate([upper[after] ^ lower, lower], axis=1), came[after]

    def _decide(self, llr: Float[np.ndarray, " P"], at: int) -> tuple[UInt8[np.ndarray, "Q 1"], np.ndarray]:
        paths = len(llr)
        cost = np.concatenate([self.cost + np.maximum(-llr, 0), self.cost + np.maximum(llr, 0)])
        keep = np.arange(2 * paths)
        if len(keep) > self.num_paths:
            keep = np.argpartition(cost, self.num_paths)[: self.num_paths]
        came, bit = keep % paths, (keep >= paths).astype(np.uint8)
        self.cost, self.inputs = cost[keep], self.inputs[came]
        self.inputs[:, at] = bit
        return bit[:, None], came


def crc24(bits: UInt8[np.ndarray, " n"]) -> int:
    """The checksum of some bits."""
    register = 0xB704CE
    for bit in bits:
        top = (register >> 23) ^ int(bit)
        register = (register << 1) & 0xFFFFFF
        if top:
            register ^= CRC_POLYNOMIAL
    return register


def _bits(number: int, count: int) -> UInt8[np.ndarray, " n"]:
    return np.array([number >> i & 1 for i in reversed(range(count))], np.uint8)


def _number(bits: UInt8[np.ndarray, " n"]) -> int:
    return int("".join(map(str, bits)), 2)


def _transform(bits: UInt8[np.ndarray, " N"]) -> UInt8[np.ndarray, " N"]:
    """Multiply by Arikan's kernel, in natural order."""
    out, half = bits.copy(), len(bits) // 2
    while half:
        pairs = out.reshape(-1, 2, half)
        pairs[:, 0] ^= pairs[:, 1]
        half //= 2
    return out


def _reliability(length: int, design: float) -> Float[np.ndarray, " N"]:
    """Mean log-likelihood ratio of each input, in natural order."""
    grid = np.concatenate([np.linspace(1e-6, 10, 20_000), np.linspace(10, 400, 20_000)[1:]])
    table = _phi(grid)
    mean = np.array([4 * 10 ** (design / 10)])
    while len(mean) < length:
        worse = np.interp(np.clip(1 - (1 - _phi(mean)) ** 2, 1e-30, 1), table[::-1], grid[::-1])
        mean = np.stack([worse, 2 * mean], axis=1).ravel()
    return mean


def _phi(x: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """Chung's approximation of the check node's mean (IEEE Trans. Inf. Theory 47, 2001)."""
    small = np.exp(-0.4527 * np.maximum(x, 1e-12) ** 0.86 + 0.0218)
    large = np.sqrt(np.pi / np.maximum(x, 1e-9)) * np.exp(-x / 4) * (1 - 10 / (7 * np.maximum(x, 1e-9)))
    return np.where(x < 10, small, large)
