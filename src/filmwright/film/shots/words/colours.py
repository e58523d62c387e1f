"""The colour of the set, where the words ask for one."""

import re

from filmwright.core.scene import Vec3

from . import english, korean
from .heard import Heard

_OF = sorted(english.COLOURS, key=len, reverse=True)
_MOD = rf"(?:(?:{'|'.join(english.SHADES)})[\s-]+)*"
_COLOUR = (
    rf"(?P<colour>{_MOD}(?:(?:{'|'.join(_OF)})(?:ish)?[\s-]+)?(?:{'|'.join(_OF)})|#[0-9a-fA-F]{{6}}|#[0-9a-fA-F]{{3}})"
)
_CLAUSE = r"(?=\s*(?:$|[.,;:!?)—–-]|and\b|with\b|for\b|in\b|that\b|please\b|to\b))"
_ENGLISH = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\w){_COLOUR}[\s-]+(?:coloured\s+|colored\s+|studio\s+|gradient\s+)?{english.SETS}\b",
        rf"\b{english.SETS}(?:\s+colou?r)?(?:\s*[:=]\s*|\s+(?:is|in|of|should be|must be|to be)\s+)"
        rf"(?:an?\s+|the\s+)?{_COLOUR}(?!\w)",
        rf"\b(?:on|against|over|in front of|before)\s+(?:an?\s+|the\s+)?{_COLOUR}(?!\w){_CLAUSE}",
    )
)
_KO_OF = sorted(korean.COLOURS, key=len, reverse=True)
_KO_COLOUR = rf"(?P<colour>(?:(?:{'|'.join(korean.SHADES)})\s*)*(?:{'|'.join(_KO_OF)}|#[0-9a-fA-F]{{6}}))"
_KOREAN = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_KO_COLOUR}(?:색|색상|빛)?\s*(?:톤|계열|그라데이션|그라디언트|단색)?(?:의|으로 된)?\s*{korean.SETS}",
        rf"{korean.SETS}(?:색|색상|색깔)?(?:은|는|이|을|:)?\s*{_KO_COLOUR}",
        rf"{_KO_COLOUR}(?:색|빛)?\s*위(?:에|에서)",
    )
)
_NO = re.compile(
    r"(?:\bno|\bnot|\bnever|\bwithout|\bn't|\bavoid)\s+(?:\w+\s+)?(?:an?\s+|the\s+|on\s+|too\s+)*$", re.IGNORECASE
)
_NO_KO = re.compile(r"^\S{0,2}\s*(?:말고|없이|아닌|빼고|대신|보다는)")


def asked_backdrops(text: str) -> list[Heard[Vec3]]:
    """Every colour asked for the set, linear Rec. 709, in the text's order."""
    found: dict[int, tuple[Heard[Vec3], int]] = {}
    for pattern in _ENGLISH:
        for m in pattern.finditer(text):
            if not _NO.search(text[: m.start()]):
                _keep(found, m, english.COLOURS, english.SHADES)
    for pattern in _KOREAN:
        for m in pattern.finditer(text):
            if not _NO_KO.search(text[m.end() :]):
                _keep(found, m, korean.COLOURS, korean.SHADES)
    return [heard for _, (heard, _) in sorted(found.items())]


def _keep(
    found: dict[int, tuple[Heard[Vec3], int]],
    m: re.Match[str],
    colours: dict[str, str],
    shades: dict[str, tuple[float, float]],
) -> None:
    start, end = m.span("colour")
    if all(end <= s or start >= e for s, (_, e) in found.items()):
        found[start] = (Heard(_linear(m["colour"], colours, shades), m.group()), end)


def _linear(words: str, colours: dict[str, str], shades: dict[str, tuple[float, float]]) -> Vec3:
    """The last colour named, changed by the shades before it."""
    words = " ".join(words.lower().split())
    if words.startswith("#"):
        code = words[1:] if len(words) == 7 else "".join(c * 2 for c in words[1:])
        return _decode(code, 1.0, 1.0)
    spaced = words.replace("-", " ")
    name = max((c for c in colours if spaced.endswith(c.replace("-", " "))), key=len)
    light = saturation = 1.0
    for shade, (more_light, more_saturation) in shades.items():
        if re.search(rf"(?<!\w){shade}(?!\w)", spaced[: len(spaced) - len(name)]):
            light, saturation = light * more_light, saturation * more_saturation
    return _decode(colours[name], light, saturation)


def _decode(code: str, light: float, saturation: float) -> Vec3:
    """Hex sRGB to linear, made lighter (towards white above 1, towards black below) and more or less colourful."""
    rgb = [int(code[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    grey = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
    rgb = [grey + (c - grey) * saturation for c in rgb]
    rgb = [c * light if light <= 1 else 1 - (1 - c) / light**1.6 for c in rgb]
    r, g, b = (_from_srgb(min(max(c, 0.0), 1.0)) for c in rgb)
    return (r, g, b)


def _from_srgb(c: float) -> float:
    """The sRGB transfer function undone (IEC 61966-2-1)."""
    return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
