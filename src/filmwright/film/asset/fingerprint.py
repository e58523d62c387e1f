"""What a film looks like, in a few short codes: two films are compared by them without being at hand.

PDQ (Meta, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", 2019): 256 bits of a picture's
coarse structure. Encoding again and scaling leave it as it is, cropping and turning do not: those are the mark's work.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pdqhash
from jaxtyping import UInt8

SAME = 31  # bits; pictures no further apart are the same picture, by PDQ's authors
FARTHEST = 256.0
CLEAR = 50  # of 100: quality below which PDQ's authors ask to throw a code away: black, or nearly even


def fingerprints(pictures: Iterable[UInt8[np.ndarray, "_ _ 3"]]) -> tuple[str, ...]:
    """One code of 64 hexadecimal digits for every picture (sRGB) that has enough in it; key frames will do."""
    hashed = (pdqhash.compute(np.ascontiguousarray(picture)) for picture in pictures)
    return tuple(np.packbits(bits.astype(bool)).tobytes().hex() for bits, quality in hashed if quality >= CLEAR)


def distance(one: str, other: str) -> int:
    """Bits of 256 in which two codes differ: 0 is the same, about 128 unrelated. Raises ValueError for no codes."""
    if len(one) != 64 or len(other) != 64:
        raise ValueError(f"a code has 64 hexadecimal digits, got {len(one)} and {len(other)}")
    return (int(one, 16) ^ int(other, 16)).bit_count()


def film_distance(one: Sequence[str], other: Sequence[str]) -> float:
    """How far two films are apart: the median, over the film with fewer codes, of each code's nearest in the other.

    A part of a film is as near as the whole, however it was cut or re-timed. 256 where either has no codes.
    """
    few, many = sorted((one, other), key=len)
    if not few:
        return FARTHEST
    return float(np.median([min(distance(code, near) for near in many) for code in few]))
