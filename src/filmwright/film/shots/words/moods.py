"""The mood a brief asks for: its words are weighed, negated ones count against."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import get_args

from filmwright.film.shots.brief import MoodName

from . import english, korean
from .heard import Heard

MOOD_NAMES: tuple[MoodName, ...] = get_args(MoodName)
LOOKS: tuple[MoodName, ...] = ("luxury", "technical", "natural")  # the others are paces as well
OPPOSITE: dict[MoodName, MoodName] = {
    "calm": "energetic",
    "energetic": "calm",
    "luxury": "natural",
    "playful": "luxury",
    "technical": "natural",
    "natural": "technical",
}
_QUOTED, _PRODUCT, _NAMED = 0.5, 0.25, 2.0
_CLAUSE_END = re.compile(r"[.;:!?\n]|\b(?:but|yet|though|although|instead(?! of))\b|—|–")


@dataclass(frozen=True, slots=True)
class _Hit:
    mood: MoodName
    weight: float
    words: str
    start: int
    end: int


def weigh_moods(text: str, quoted: Iterable[str] = ()) -> list[Heard[tuple[MoodName, float]]]:
    """(mood, weight) for every word that says something of it, in order; `text` has its quotations blanked out.

    Quoted words count half, the kind of product a quarter, a mood's own name double; "not loud" counts against
    energetic and half for its opposite.
    """
    hits = _english(text.lower()) + _korean(text)
    for words in quoted:
        hits += [_scaled(h, _QUOTED) for h in _english(words.lower()) + _korean(words)]
    return [Heard((h.mood, h.weight), h.words) for h in hits]


def primary_mood(heard: list[Heard[tuple[MoodName, float]]]) -> MoodName:
    """The mood with the most weight, the first mentioned of equals; calm where nothing is said."""
    totals = _totals(heard)
    first = [thing.value[0] for thing in heard]
    best = max(totals, key=lambda m: (totals[m], -first.index(m) if m in first else -len(first)), default=None)
    return best if best and totals[best] > 0 else "calm"


def look_mood(heard: list[Heard[tuple[MoodName, float]]], mood: MoodName) -> MoodName:
    """The mood that lights a film of a `mood`: itself, but for a brief that names a pace and a look, "calm luxury" say.

    The look's words must weigh at least half as much as the pace's.
    """
    totals = _totals(heard)
    best = max(LOOKS, key=lambda m: totals.get(m, 0.0))
    return best if mood not in LOOKS and totals.get(best, 0.0) >= max(0.5 * totals.get(mood, 0.0), 1.0) else mood


def _totals(heard: list[Heard[tuple[MoodName, float]]]) -> dict[MoodName, float]:
    totals: dict[MoodName, float] = {}
    for thing in heard:
        mood, weight = thing.value
        totals[mood] = totals.get(mood, 0.0) + weight
    for mood in {thing.value[0] for thing in heard if thing.value[1] < 0}:
        totals[OPPOSITE[mood]] = totals.get(OPPOSITE[mood], 0.0) + 0.5
    return totals


def _scaled(hit: _Hit, factor: float) -> _Hit:
    return _Hit(hit.mood, hit.weight * factor, hit.words, hit.start, hit.end)


@cache
def _patterns(language: str) -> tuple[tuple[MoodName, float, re.Pattern[str]], ...]:
    words = english if language == "en" else korean
    rows = [(m, 1.0, w) for m in MOOD_NAMES for w in words.MOODS[m]]
    rows += [(m, _PRODUCT, w) for m in MOOD_NAMES for w in words.PRODUCTS[m]]
    return tuple((mood, weight, re.compile(_regex(word, language))) for mood, weight, word in rows)


def _regex(word: str, language: str) -> str:
    if language == "ko":
        return re.escape(word).replace(r"\ ", r"\s*")
    body = re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"[\s-]+")
    return rf"(?<![\w#]){body}(?!\w)"


def _matches(text: str, language: str) -> list[_Hit]:
    """Every entry found, the longest where they overlap."""
    found = [_Hit(m, w, k.group(), *k.span()) for m, w, p in _patterns(language) for k in p.finditer(text)]
    found.sort(key=lambda h: (h.start - h.end, h.start))
    taken: list[_Hit] = []
    for hit in found:
        if all(hit.end <= other.start or hit.start >= other.end for other in taken):
            named = hit.words in MOOD_NAMES
            taken.append(_scaled(hit, _NAMED) if named else hit)
    return sorted(taken, key=lambda h: h.start)


def _english(text: str) -> list[_Hit]:
    text = text.replace("’", "'")
    out: list[_Hit] = []
    for hit in _matches(text, "en"):
        clause = _clause_before(text, hit.start)
        after = text[hit.end :]
        negated = _negates(clause, after)
        weight = hit.weight * _strength(clause, english.STRONGER, english.WEAKER)
        if not negated:
            out.append(_Hit(hit.mood, weight, hit.words, hit.start, hit.end))
        elif hit.weight >= 1:  # a product that is not something says nothing of the mood
            words = text[hit.start - len(clause) + negated.start() : hit.end]
            out.append(_Hit(hit.mood, -hit.weight, words, hit.start, hit.end))
    return out


def _clause_before(text: str, end: int) -> str:
    """What stands before a word in its clause; "anything but" and "far from" do not end one."""
    before = text[:end]
    guarded = before.replace("anything but", "anything_but").replace("nothing but", "nothing_but")
    cut = max((m.end() for m in _CLAUSE_END.finditer(guarded)), default=0)
    return before[cut:]


def _negates(clause: str, after: str) -> re.Match[str] | None:
    """The negator that reaches to the clause's end: within four words, or further through "or" and "nor"."""
    for phrase in english.NOT_NEGATORS:
        clause = re.sub(rf"\b{phrase}\b", lambda m: "_" * len(m.group()), clause)
    found = list(re.finditer(rf"(?<!\w)(?:{'|'.join(map(re.escape, english.NEGATORS))})(?!\w)", clause))
    if not found:
        return None
    last = found[-1]
    between = clause[last.end() :]
    listed = re.search(r"\b(?:or|nor)\b", between + re.split(r"[.;:!?]|\bbut\b", after)[0])
    if listed and not re.search(r",\s*(?:just|rather|keep|make|and)\b", between):
        return last
    return last if "," not in between and len(between.split()) <= 3 else None


def _strength(clause: str, stronger: tuple[str, ...], weaker: tuple[str, ...]) -> float:
    tail = " ".join(clause.split()[-3:])
    if re.search(rf"(?<!\w)(?:{'|'.join(weaker)})$", tail):
        return 0.5
    return 1.5 if re.search(rf"(?<!\w)(?:{'|'.join(stronger)})$", tail) else 1.0


_KO_AFTER = re.compile(
    r"(?:\w{0,4}지|(?<=지))(?:는|도|를|만은)?\s*(?:않|말|못|마)|(?:\w{0,3}\s*(?:거|것|느낌|분위기|쪽|음악|노래|소리|색)?(?:은|는)?\s*(?:말고|없이|없는|아닌|빼|보다는|대신|금지))"
)


def _korean(text: str) -> list[_Hit]:
    hits = _matches(text, "ko")
    out: list[_Hit] = []
    negated = False
    for n, hit in reversed(list(enumerate(hits))):
        rest = text[hit.end :]
        chained = re.match(r"\w{0,2}거나", rest) and n + 1 < len(hits) and negated
        own = _KO_AFTER.match(text, hit.end)
        before = text[: hit.start]
        negated = bool(chained or own or re.search(r"(?:^|\s)(?:안|덜)\s+$", before))
        words = (text[hit.start : hit.end] + (own.group() if own else "")).strip()
        if negated and hit.weight >= 1:
            out.append(_Hit(hit.mood, -hit.weight, words, hit.start, hit.end))
        elif not negated:
            factor = _strength(before, korean.STRONGER, korean.WEAKER)
            out.append(_Hit(hit.mood, hit.weight * factor, words, hit.start, hit.end))
    return out[::-1]
