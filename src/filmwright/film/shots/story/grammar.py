"""Which shots make a product film, in which order."""

from hashlib import sha256

import numpy as np

from .entries import Entry
from .kinds import MACROS, WIDES
from .pace import Pace, RevealName, reveal_style

# The wide shot that repeats the move of a reveal, and so is left out after it.
_ALIKE: dict[RevealName, str] = {"descend": "crane", "arc": "orbit", "rise": "track", "focus": "push-in"}
_LONGER = 12.0  # seconds from which shots grow longer with the film


def compose(seconds: float, pace: Pace, *, seed: int) -> list[Entry]:
    """A shot list: a reveal, close and wide views in turn, the hero, the end card; fewer in a short film.

    The order of the views is drawn by the seed, no kind twice in a row and each before any comes again.
    """
    usual = pace.shot * max(1.0, seconds / _LONGER) ** 0.25
    num = max(2, round(seconds / usual))
    if num == 2:
        return [Entry(kind="hero"), Entry(kind="end-card")]
    rng = np.random.default_rng([seed & 0xFFFFFFFF, 7])
    alike = _ALIKE[reveal_style(pace, np.random.default_rng(shot_seed(seed, 0, Entry(kind="reveal"))))]
    macros, wides = _deck(MACROS, num, rng), _deck(tuple(k for k in WIDES if k != alike), num, rng)
    body: list[Entry] = []
    interest = 0
    for i in range(num - 3):
        if i % 2 == 0:
            body.append(Entry(kind=macros[i // 2], interest=interest))
            interest += 1
        else:
            body.append(Entry(kind=wides[i // 2]))
    if len(body) > 4 and body[-1].kind in WIDES:  # into the hero from a close view
        body[-1] = Entry(kind=macros[(num - 3) // 2], interest=interest)
    return [Entry(kind="reveal"), *body, Entry(kind="hero"), Entry(kind="end-card")]


def shot_seed(film: int, position: int, entry: Entry) -> int:
    """A shot's own seed: it hangs on its place and kind alone, so that no shot changes another."""
    words = f"{entry.seed} {entry.kind}" if entry.seed is not None else f"{film} {position} {entry.kind}"
    return int.from_bytes(sha256(words.encode()).digest()[:4], "big")


def _deck(kinds: tuple[str, ...], num: int, rng: np.random.Generator) -> list[str]:
    """Shuffled rounds of all kinds; no round begins with the last one's end."""
    out: list[str] = []
    while len(out) < num:
        hand = [kinds[i] for i in rng.permutation(len(kinds))]
        if out and hand[0] == out[-1]:
            hand = hand[1:] + hand[:1]
        out += hand
    return out
