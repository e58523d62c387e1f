"""Words that strangers wrote, as they may be shown."""

import unicodedata

TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
INSTEAD = {"Cc": " ", "Cs": "\ufffd"}


def printable(text: str) -> str:
    """Without what steers a terminal or turns the order of letters: either could make a verdict look like another.

    Halves of letters, as bytes that are no UTF-8 leave them in the name of a file, become U+FFFD.
    """
    return "".join(INSTEAD.get(unicodedata.category(c), c) for c in text if c not in TURNING)
