"""Word lists: what a text says in so many words."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

BETWEEN = (  # words that may stand between a deed and the one it is done to
    "a|an|the|his|her|my|their|our|your|some|any|all|other|another|two|three|several|many|this|that|these|those|of|in|with|"
    "unarmed|innocent|helpless|old|young|homeless|pregnant|tied|elderly|real|new|former|poor|little|small|sleeping|random|"
    "stolen|illegal|homemade|fake|false|someones|somebodys|people|local|own|ex|fellow|black|white|lonely|female|male|hot"
)
MINORS = "sexual/minors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Phrases that mean a category, unless another word stands by."""

    category: str
    score: float
    said: re.Pattern[str]
    unless: re.Pattern[str]


def listed(text: str) -> dict[str, float]:
    """The categories that the lists find in a text with tricks undone, with their scores."""
    found: dict[str, float] = {}
    shown = _both(text)
    for rule in (*_rules(), *_deeds()):
        if rule.said.search(shown) and not rule.unless.search(shown):
            found[rule.category] = max(found.get(rule.category, 0.0), rule.score)
    child, sexual, protecting, harmless, scores = _minors()
    rest = harmless.sub(" ", shown)
    if child.search(rest) and sexual.search(rest):
        found[MINORS] = scores[1] if protecting.search(rest) else scores[0]
    return found


def _both(text: str) -> str:
    """The words, and after a bar the Korean of them without spaces."""
    words = re.sub(r"[^a-z0-9가-힣]+", " ", text.replace("'", ""))
    return f" {words} | {re.sub('[^가-힣0-9]', '', text)}"


def _pattern(english: list[str], korean: list[str]) -> re.Pattern[str]:
    parts = [re.escape(w.replace("'", "")).replace(r"\*", "[a-z]*") for w in english]
    said = [rf"(?<= )(?:{'|'.join(parts)})(?= )"] if parts else []
    return re.compile("|".join([*said, *map(re.escape, korean)]) or "(?!)")


def _mixed(words: list[str]) -> re.Pattern[str]:
    return _pattern([w for w in words if w[0] < "가"], [w for w in words if w[0] >= "가"])


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(
        Rule(
            category=row["category"],
            score=row["score"],
            said=_pattern(row["en"], row["ko"]),
            unless=_mixed(row.get("unless", [])),
        )
        for row in _table()["phrases"]
    )


@cache
def _deeds() -> tuple[Rule, ...]:
    """What is done and to whom, side by side, as one pattern each."""
    table = _table()
    return tuple(
        Rule(
            category=row["category"],
            score=row["score"],
            said=re.compile(
                rf"(?<= )(?:{_any(row['does_en'], 'en')}) (?:(?:{BETWEEN}) ){{0,3}}(?:{_any(row['to_en'], 'en')})(?= )"
                rf"|(?:{_any(row['to_ko'], 'ko')}).{{0,8}}?(?:{_any(row['does_ko'], 'ko')})"
            ),
            unless=_mixed(row.get("unless", [])),
        )
        for row in table["deeds"]
    )


def _any(words: list[str], language: str) -> str:
    """One of these words or of the lists that they name; a star stands for any ending."""
    lists = {f"{{{name}}}": _table()[name] for name in ("people", "groups")}
    spelled = [w for word in words for w in (lists[word][language] if word in lists else [word])]
    return "|".join(re.escape(w.replace("'", "")).replace(r"\*", "[a-z]*") for w in spelled) or "(?!)"


@cache
def _minors() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str], tuple[float, float]]:
    row = _table()["minors"]
    return (
        _pattern(row["en"], row["ko"]),
        _pattern(row["sexual_en"], row["sexual_ko"]),
        _mixed(row["protecting"]),
        _mixed(row["harmless"]),
        (row["score"], row["score_protecting"]),
    )
