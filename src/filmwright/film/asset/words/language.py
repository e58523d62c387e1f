"""Whether a text is in a language that nothing here was trained on."""

import re
import tomllib
from functools import cache
from pathlib import Path

from .plain import unmasked, visible

_LATIN = re.compile(r"[a-z']+")


def strangeness(raw: str, shown: str) -> float:
    """How much of a text is in a language that nobody here reads: 0 none, 1 all of it.

    Another script counts by its letters. Words in Latin letters count as foreign where their small words are.
    """
    letters = [c for c in unmasked(visible(raw)) if c.isalpha()]
    if not letters:
        return 0.0
    other = sum(not ("a" <= c <= "ɏ" or "ㄱ" <= c <= "ㅣ" or "가" <= c <= "힣") for c in letters) / len(letters)
    words = _LATIN.findall(visible(raw).casefold())
    foreign, known = (sum(w in _small(kind) for w in words) for kind in ("foreign", "english"))
    latin = foreign / (foreign + known) if foreign >= 2 and foreign > 0.15 * len(words) else 0.0
    share = sum("a" <= c <= "ɏ" for c in letters) / len(letters)
    return max(other, latin * share) if shown else 1.0


@cache
def _small(kind: str) -> frozenset[str]:
    table = tomllib.loads((Path(__file__).parent / "language.toml").read_text(encoding="utf-8"))
    return frozenset(table[kind].split())
