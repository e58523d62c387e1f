"""Plain facts a brief may state: length, shape of the picture, music or none."""

import re
from fractions import Fraction
from typing import Literal

from . import english, korean
from .heard import Heard

Aspect = Literal["16:9", "9:16", "1:1", "4:5"]

_NUMBER_EN = rf"(?:\d+(?:\.\d+)?|half an?|half|an?|{'|'.join(sorted(english.NUMBERS, key=len, reverse=True))})"
_SECONDS_EN = re.compile(
    rf"(?<![\w.:])(?P<low>{_NUMBER_EN}\s*(?:-|–|to|or)\s*)?(?P<n>{_NUMBER_EN})\s*-?\s*"
    rf"(?P<unit>seconds?|secs?\b|s\b|seconder|minutes?|mins?\b)(?:\s*-?\s*(?:and\s+)?(?P<m>{_NUMBER_EN})\s*-?\s*"
    rf"(?:seconds?|secs?\b|s\b))?",
    re.IGNORECASE,
)
# "boils in 30 seconds", "every 5 seconds", "the 90s": claims and decades, not the film's length.
_CLAIM = re.compile(r"(?:\bin(?: just| only| under| about)?|\bwithin|\bevery|\bafter|\bper|\btakes(?: only)?)\s+$")
_DECADE = re.compile(r"(?:(?:the|early|late|mid)[\s-]+$)")
_DECADE_AFTER = re.compile(r"^[\s-]*(?:style|vibe|retro|look|inspired|aesthetic|feel|music|design)")
_NUMBER_KO = rf"(?:\d+(?:\.\d+)?|{'|'.join(sorted(korean.NUMBERS, key=len, reverse=True))})"
_SECONDS_KO = re.compile(
    rf"(?<![\w.])(?:(?P<low>{_NUMBER_KO})(?:초)?\s*(?:~|-|–|에서)\s*)?"
    rf"(?:(?P<n>{_NUMBER_KO})\s*초|(?P<min>{_NUMBER_KO})\s*분(?:\s*(?P<m>{_NUMBER_KO})\s*초)?(?!\s*위))(?P<after>\s*\S{{0,3}})"
)
_CLAIM_KO = re.compile(r"^\s*(?:만에|안에|마다|면\b|뒤|후|에\s)")


def asked_seconds(text: str) -> list[Heard[Fraction]]:
    """Every length of film the text names, in seconds; a range gives its middle."""
    out = []
    for m in _SECONDS_EN.finditer(text):
        before, after = text[: m.start()].lower(), text[m.end() :].lower()
        decade = m["unit"].lower() == "s" and m["n"].isdigit() and int(m["n"]) in range(20, 100, 10)
        if _CLAIM.search(before) or (decade and (_DECADE.search(before) or _DECADE_AFTER.search(after))):
            continue
        value = _english_number(m["n"]) * (60 if m["unit"].lower().startswith("min") else 1)
        if m["m"]:
            value += _english_number(m["m"])
        if m["low"]:
            low = _english_number(re.split(r"\s*(?:-|–|to|or)\s*$", m["low"])[0])
            value = (value + low * (60 if m["unit"].lower().startswith("min") else 1)) / 2
        out.append(Heard(value, m.group()))
    for m in _SECONDS_KO.finditer(text):
        if _CLAIM_KO.search(text[m.start("after") :]):
            continue
        value = _korean_number(m["n"]) if m["n"] else 60 * _korean_number(m["min"])
        if m["m"]:
            value += _korean_number(m["m"])
        if m["low"] and m["n"]:
            value = (value + _korean_number(m["low"])) / 2
        out.append(Heard(value, text[m.start() : m.start("after")]))
    return out


def _english_number(word: str) -> Fraction:
    word = word.lower()
    if word.startswith("half"):
        return Fraction(1, 2)
    if word in ("a", "an"):
        return Fraction(1)
    return Fraction(english.NUMBERS[word]) if word in english.NUMBERS else Fraction(word)


def _korean_number(word: str) -> Fraction:
    return Fraction(korean.NUMBERS[word]) if word in korean.NUMBERS else Fraction(word)


_FILM = (
    r"(?:video|film|format|spot|ad|advert|clip|reel|commercial|cut|frame|aspect|ratio|version|screen|orientation|crop|"
    r"teaser|post|picture|one|mode)"
)
_END = r"(?=\s*(?:$|[.,;:!?)]|and\b|with\b|for\b|please\b))"
_ASPECTS: tuple[tuple[Aspect, str], ...] = (
    ("9:16", r"(?<![\d:])9\s*[:x×]\s*16(?!\d)"),
    ("16:9", r"(?<![\d:])16\s*[:x×]\s*9(?!\d)"),
    ("1:1", r"(?<![\d:])1\s*[:x×]\s*1(?!\d)"),
    ("4:5", r"(?<![\d:])4\s*[:x×]\s*5(?!\d)"),
    (
        "9:16",
        rf"\b(?:vertical(?:ly)?|portrait|upright)\s+(?:\w+\s+)?{_FILM}s?\b|\b(?:in|as|is|it|and)\s+(?:a\s+)?(?:vertical|portrait){_END}",
    ),
    ("9:16", rf"(?:^|[.,;:!?]\s*)(?:vertical|portrait){_END}"),
    (
        "9:16",
        r"\b(?:for|on|in|as)\s+(?:an?\s+|the\s+)?(?:instagram\s+|facebook\s+|youtube\s+)?(?:reels?|shorts|tik\s?tok|stories)\b",
    ),
    ("9:16", r"\b(?:seconds?|secs?|\d+s|an?|our|this)[\s-]+reels?\b"),
    (
        "9:16",
        r"\b(?:instagram|facebook|insta)\s+(?:reels?|stor(?:y|ies))\b|\byoutube\s+shorts?\b|\btik\s?tok\b|\bstory\s+format\b",
    ),
    (
        "1:1",
        rf"\bsquare(?:d)?\s+(?:\w+\s+)?{_FILM}s?\b|\b(?:in|as|is|it|and)\s+(?:a\s+)?square{_END}|(?:^|[.,;:!?]\s*)square{_END}",
    ),
    (
        "16:9",
        rf"\b(?:widescreen|landscape\s+(?:\w+\s+)?{_FILM}|horizontal\s+(?:\w+\s+)?{_FILM}|wide\s+(?:screen|format))\b",
    ),
    ("16:9", rf"(?:^|[.,;:!?]\s*|\bin\s+)(?:landscape|horizontal){_END}"),
    ("9:16", r"세로(?!\s*(?:줄|무늬|선|결|방향 무늬))|쇼츠|숏츠|릴스|틱톡|인스타(?:그램)?\s*스토리"),
    ("1:1", r"정사각형?|정방형|스퀘어"),
    ("16:9", r"가로(?!\s*(?:줄|무늬|선|결|등))\s*(?:형|영상|화면|비율|로|버전)|와이드\s*(?:스크린|화면|영상)"),
)
_RATIO = re.compile(r"(?<![\d:.])(21:9|32:9|18:9|9:21|4:3|3:4|3:2|2:3|5:4|2:1|1:2|2\.39:1|2\.35:1|1\.85:1)(?![\d:])")


def asked_aspects(text: str) -> list[Heard[str]]:
    """Every shape of picture the text names, "9:16" or the like; also the usual ratios that no film is made in here."""
    known = [Heard(str(a), m.group()) for a, p in _ASPECTS for m in re.finditer(p, text, re.IGNORECASE)]
    known += [Heard(m[1], m.group()) for m in _RATIO.finditer(text)]
    return known


_SILENT = re.compile(
    r"\b(?:no|without(?: any)?|skip the|minus|zero)\s+(?:background\s+|backing\s+)?(?:music|sound|audio|soundtrack)\b"
    r"|\b(?:music|sound|audio)\s*(?:is\s+|:\s*)?off\b|\bmuted?\b(?=\s+(?:video|film|spot|ad|clip|audio|sound))"
    r"|\bsilent(?:ly)?\s+(?:\w+\s+)?(?:film|video|spot|ad|clip|movie|commercial)\b|\b(?:make|keep)\s+it\s+silent\b"
    r"|\bdon'?t\s+(?:add|use|want)\s+(?:any\s+)?(?:music|sound)\b"
    r"|(?<![은는운한]\s)(?:음악|소리|사운드|배경음|bgm|브금)(?:은|이|을|를|도)?\s*(?:없이|없는|없어|없게|빼|끄|꺼|제외|넣지|필요\s*없|말고|금지)|무음",
    re.IGNORECASE,
)
_SOUND = re.compile(
    r"\bwith\s+(?:\w+\s+){0,2}(?:music|soundtrack)\b|음악(?:을|도|과)?\s*(?:함께|넣|깔|있|추가|곁들)", re.IGNORECASE
)


def asked_music(text: str) -> list[Heard[bool]]:
    """Whether the text asks for silence or for music; nothing where it says neither."""
    off = [Heard(False, m.group()) for m in _SILENT.finditer(text)]
    rest = _SILENT.sub(lambda m: " " * len(m.group()), text)
    return off + [Heard(True, m.group()) for m in _SOUND.finditer(rest)]
