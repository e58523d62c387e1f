"""Words in quotation marks, and the apostrophes that are none."""

import re
from dataclasses import dataclass

_PAIRS = {"“": "”", "„": "“”", "「": "」", "『": "』", "«": "»", "《": "》", "〈": "〉", "｢": "｣", "＂": "＂"}
_SINGLE = "'‘’‛＇"
_ELIDED = re.compile(r"[’'](?:\d0s\b|n[’']|til\b|em\b|cause\b|tis\b|twas\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quote:
    """`text` between the marks; `start` and `end` are where it stands, marks included."""

    text: str
    start: int
    end: int


def find_quotes(text: str) -> list[Quote]:
    """Every quotation in order, marks of any kind; those inside another belong to it."""
    found = [q for q in (*_double(text), *_single(text)) if q.text]
    found.sort(key=lambda q: (q.start, -q.end))
    out: list[Quote] = []
    for quote in found:
        if not out or quote.start >= out[-1].end:
            out.append(quote)
    return out


def without_quotes(text: str, quotes: list[Quote]) -> str:
    """The text with each quotation turned to spaces, so that places in it stay where they are."""
    for quote in quotes:
        text = text[: quote.start] + " " * (quote.end - quote.start) + text[quote.end :]
    return text


def _double(text: str) -> list[Quote]:
    out, i = [], 0
    while i < len(text):
        closing = _PAIRS.get(text[i], '"”“' if text[i] == '"' and not _inches(text, i) else "")
        end = next((j for j in range(i + 1, len(text)) if text[j] in closing), None) if closing else None
        if end is None:
            i += 1
            continue
        out.append(Quote(text[i + 1 : end].strip(), i, end + 1))
        i = end + 1
    return out


def _inches(text: str, i: int) -> bool:
    return i > 0 and text[i - 1].isdigit() and text[:i].count('"') % 2 == 0


def _single(text: str) -> list[Quote]:
    """Single marks: a closing one ends the nearest opening one before it.

    An opening mark stands before a letter and after none, a closing one after something and not before a Latin
    letter (Korean particles follow at once: '천천히'라는); marks inside words and elisions ('90s, rock 'n' roll) are
    apostrophes.
    """
    elided = {i for m in _ELIDED.finditer(text) for i in range(*m.span()) if text[i] in _SINGLE}
    marks = [i for i, c in enumerate(text) if c in _SINGLE and i not in elided]
    out, opened = [], -1
    for n, i in enumerate(marks):
        before, after = text[i - 1 : i], text[i + 1 : i + 2]
        if (not before or not before.isalnum()) and after and not after.isspace() and opened < 0:
            if (before and before not in ' \t\n([{-–—:,;/“"') or text[i] == "’":
                continue
            opened = i
        elif opened >= 0 and (not before or not before.isspace()) and not re.match(r"[A-Za-z0-9]", after):
            if _dropped_g(text, i, marks[n + 1 :]):
                continue
            out.append(Quote(text[opened + 1 : i].strip(), opened, i + 1))
            opened = -1
        elif opened >= 0 and before.isspace():
            opened = i  # the one before had no end: an apostrophe after all
    return out


def _dropped_g(text: str, i: int, later: list[int]) -> bool:
    """Makin' waves: the mark stands for a letter, and another one closes the quotation."""
    follows = re.match(r"[’'] [A-Za-z]", text[i : i + 3])
    if not text[:i].lower().endswith("in") or not follows or not later:
        return False
    return not text[later[0] - 1].isspace()
