"""What the product is called, and which quoted words are its tagline."""

import re

from . import english, korean
from .heard import Heard
from .quotes import Quote

_CALLS = re.compile(
    r"(?:\b(?:called|named|by the name of|brand(?: name)?(?: is)?:?|product(?: name)?(?: is)?:|name(?: is|:)|"
    r"its name is|introducing|meet|brand|end (?:card|on|with)(?: says?)?:?)\s*"
    r"|(?:이름|제품명|상품명|브랜드명|브랜드)(?:은|는|이|:)?\s*)$",
    re.IGNORECASE,
)
_FOR = re.compile(r"\b(?:for|about|of)\s+(?:the\s+|our\s+|my\s+)?(?:new\s+)?$", re.IGNORECASE)
_SAYS = re.compile(
    r"(?:\b(?:tagline|slogan|line|copy|says?|saying|reads?|words?|text|caption|title|claim)(?: is)?:?\s*"
    r"|(?:문구|카피|슬로건|태그라인|자막|멘트|한마디)(?:는|은|로|:)?\s*)$",
    re.IGNORECASE,
)
_OURS = re.compile(r"\b(?:our|my)\s+(?:[a-z-]+\s+){1,3}$")  # our cold brew "Night Shift" needs ...
_KO_NAME_AFTER = re.compile(r"^\s*(?:을|를)\s*위한|^(?:이?라는|란)\s*(?:이름|제품|브랜드|음료|상품)|^\s*(?:의\s*)?광고")
_STRESS = re.compile(r"\b(?:make it|makes? it|feels?|looks?|really|should)\s*$", re.IGNORECASE)


def sort_quotes(text: str, quotes: list[Quote]) -> tuple[Heard[str] | None, Heard[str] | None, list[str]]:
    """The quoted name, the tagline, and the quoted words that have no place in the film."""
    name: Heard[str] | None = None
    tagline: Heard[str] | None = None
    certain, spare = False, []
    for quote in quotes:
        before, after = text[: quote.start], text[quote.end :]
        heard = Heard(quote.text, text[quote.start : quote.end])
        says = bool(_SAYS.search(before))
        if name is None and not says and _is_name(before, after):
            name = heard
        elif (says and not certain) or (tagline is None and not _STRESS.search(before)):
            if tagline is not None:
                spare.append(tagline.value)
            tagline, certain = heard, says
        else:
            spare.append(quote.text)
    return name, tagline, spare


def _is_name(before: str, after: str) -> bool:
    ours = _OURS.search(before) and re.match(r"\s+[a-z]", after)
    return bool(_CALLS.search(before) or _FOR.search(before) or _KO_NAME_AFTER.search(after) or ours)


_WORD = r"(?:(?:[dDlL][’'])?[A-Z0-9À-Ý][\w&'’.\-]*)"
_NAME = rf"(?P<name>{_WORD}(?:\s+(?:{_WORD}|&|\+))*(?:\s+(?:of|and|de|la|le|du)\s+{_WORD}(?:\s+{_WORD})*)?)"
_ENGLISH = (
    re.compile(
        r"\b(?:called|named|[Bb]rand(?: name)?(?: is|:)|[Pp]roduct(?: name)?(?: is|:)|[Nn]ame(?: is|:)|"
        rf"[Ii]ntroducing|[Mm]eet)\s+(?:the\s+)?{_NAME}"
    ),
    re.compile(r"\b(?:called|named)\s+(?P<name>[a-z][\w&'’.\-]*(?:\s+[a-z][\w&'’\-]*)?)(?=\s*(?:$|[.,;:!?]))"),
    re.compile(rf"\b(?:for|[Aa]bout)\s+(?:the\s+|our\s+|my\s+|a\s+|an\s+)?(?:new\s+)?{_NAME}"),
    re.compile(
        r"\b(?:for|about)\s+(?:the|our|my|an?)\s+(?:(?!(?:in|on|at|from|by|with|to|of|and|that|who)\b)[a-z-]+\s+){1,3}"
        rf"{_NAME}(?=\s*(?:$|[.,;:!?—–]))"
    ),
    re.compile(rf"\b(?:spot|film|ad|video|commercial|teaser)\s+of\s+(?:the\s+)?{_NAME}"),
    re.compile(rf"(?<![\w'’])(?P<name>{_WORD}(?:\s+{_WORD})*)[’']s\s+(?:new\s+)?[a-z]"),
)
_KOREAN = (
    re.compile(
        r"(?:이름|제품명|상품명|브랜드명|브랜드)(?:은|는|:)\s*(?P<name>[\w&'\-]+?(?:\s[\w&'\-]+?)?)"
        r"(?=\s*(?:$|[.,;:!?]|입니다|이에요|예요|이고|이며))"
    ),
    re.compile(r"(?P<name>[\w&'.\-]+(?:\s[\w&'.\-]+){0,2}?)(?:이?라는|란)\s*(?:이름|제품|브랜드|음료|상품|차|커피)"),
    re.compile(r"(?P<name>[\w&'.\-]+(?:\s[\w&'.\-]+){0,2})(?:을|를)\s*위한"),
)
_CROWD = re.compile(
    r"\s+(?:market|audience|customers?|people|users?|fans|season|launch|campaign|website|feed|speakers)\b"
)
_KO_TAIL = re.compile(r"(?:입니다|이에요|예요|이야|야|이고|이며)$")
_KO_ADJECTIVE = re.compile(r"(?:한|은|는|운|로운|스런|적인|의|된|할|던|새|로|에|에서|게|고|며|이번)$")
_KO_PREFIX = frozenset(("우리", "저희", "브랜드", "제품", "신제품", "새", "신상품"))


def find_name(text: str) -> Heard[str] | None:
    """The name of product or brand in a text whose quotations are blanked out; None where none is given."""
    for pattern in _ENGLISH:
        for m in pattern.finditer(text):
            name = _trim_english(m["name"])
            if name and not _CROWD.match(text[m.end("name") :]):
                return Heard(name, m.group())
    for pattern in _KOREAN:
        for m in pattern.finditer(text):
            name = _trim_korean(m["name"])
            if name:
                return Heard(name, m.group())
    return None


def _trim_english(name: str) -> str:
    name = re.split(r"(?<=\w\w)(?<!\bDr)(?<!\bSt)(?<!\bMr)(?<!\bMrs)\.\s", name)[0].rstrip(".,;:-'’")
    words = re.sub(r"[’']s$", "", name).split()
    if not words or words[0].lower() in english.NOT_NAMES or not re.search(r"[^\W\d]", name):
        return ""
    if re.fullmatch(r"\d+(?:s|sec|seconds?|min)?|\d+[:x]\d+", words[0], re.IGNORECASE):
        return ""
    return " ".join(words)


def _trim_korean(name: str) -> str:
    """The noun phrase at the end: what stands after the last adjective, if it is not an audience or a season."""
    words = _KO_TAIL.sub("", name).split()
    for i in range(len(words) - 2, -1, -1):
        if _KO_ADJECTIVE.search(words[i]):
            words = words[i + 1 :]
            break
    while words and words[0] in _KO_PREFIX:
        words = words[1:]
    if not words or words[-1] in korean.NOT_NAMES:
        return ""
    return " ".join(words)


def name_from_file(stem: str) -> str:
    """A product's name from its file's: vintageFan_animated -> Vintage Fan; words about the file are left out."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)", " ", re.sub(r"[_\-.]+", " ", stem))
    words = [w for w in spaced.split() if w.lower() not in _FILE_WORDS and not re.fullmatch(r"v?\d+k?", w.lower())]
    return " ".join(w if w.isupper() or not w.isascii() else w[:1].upper() + w[1:] for w in words)


_FILE_WORDS = frozenset(
    (
        *("animated", "animation", "final", "scan", "scanned", "model", "mesh", "lowpoly", "highpoly", "low", "high"),
        *("poly", "textured", "export", "exported", "copy", "obj", "glb", "gltf", "ply", "stl", "pbr", "mat", "v"),
        *("draco", "embedded", "binary", "untitled", "scene", "lod"),
    )
)
