"""Text -> hashed counts of character and word n-grams."""

import re
from itertools import pairwise
from zlib import crc32

import numpy as np
from jaxtyping import Int64

from . import hangul

NUM_BUCKETS = 1 << 19
_WORD = re.compile(r"[a-z0-9']+")
_KOREAN = re.compile(r"[가-힣ㄱ-ㅣ]+")


def grams(text: str) -> set[str]:
    """Of English: words, pairs of words, and 3 and 5 characters within a word. Of Korean: words, 1 to 3 syllables and
    5 letters across spaces, since its spacing is free and its endings change a syllable's last letter."""
    words = [w for w in _WORD.findall(text) if not w.isdigit()]
    found = {f"w {w}" for w in words}
    found |= {f"p {a} {b}" for a, b in pairwise(words)}
    for word in words:
        if len(word) > 2:
            padded = f"<{word}>"
            found |= {f"c {padded[i : i + n]}" for n in (3, 5) for i in range(len(padded) - n + 1)}
    korean = _KOREAN.findall(text)
    run = "".join(korean)
    found |= {f"s {run[i : i + n]}" for n in (1, 2, 3) for i in range(len(run) - n + 1)}
    found |= {f"k {word}" for word in korean}
    keys = hangul.letters(run)
    found |= {f"j {keys[i : i + 5]}" for i in range(len(keys) - 4)}
    return found


def hashed(text: str) -> Int64[np.ndarray, "n"]:
    """The buckets of a text's n-grams, each once, in order."""
    return np.array(sorted({bucket(gram) for gram in grams(text)}), np.int64)


def bucket(gram: str) -> int:
    """Where an n-gram's weights stand."""
    return crc32(gram.encode()) % NUM_BUCKETS
