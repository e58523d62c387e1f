"""How each kind of title looks and moves, by mood."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from filmwright.core.errors import BadFilm
from filmwright.core.shot import Title

from .fonts import Voice, font_stack, script
from .layout import Setting, set_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One kind of title in one voice. Sizes are shares of the reference height, tracking and leading are ems."""

    size: float
    weight: int
    voice: Voice
    tracking: float = 0.0
    leading: float = 1.18
    max_lines: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """How letters come and go, in seconds; how far they rise and how far apart they begin, in ems."""

    come: float  # for one letter to appear
    stagger: float  # between the first letter's coming and the last one's
    settle: float  # for rise and spread to come to rest
    go: float
    rise: float
    spread: float


VOICES: dict[str, Voice] = {
    "calm": "serif",
    "luxury": "serif",
    "natural": "serif",
    "playful": "sans",
    "energetic": "sans",
    "technical": "sans",
}

SERIF: dict[str, Style] = {
    "tagline": Style(size=0.094, weight=400, voice="serif", tracking=-0.004, leading=1.14, max_lines=3),
    "name": Style(size=0.112, weight=400, voice="serif", tracking=-0.004, leading=1.1),
    "caption": Style(size=0.038, weight=500, voice="sans", tracking=0.012, leading=1.4, max_lines=3),
    "end": Style(size=0.044, weight=500, voice="sans", tracking=0.015, leading=1.4, max_lines=3),
}
SANS: dict[str, Style] = {
    "tagline": Style(size=0.084, weight=600, voice="sans", tracking=-0.022, leading=1.16, max_lines=3),
    "name": Style(size=0.1, weight=700, voice="sans", tracking=-0.026, leading=1.12),
    "caption": Style(size=0.038, weight=500, voice="sans", tracking=0.005, leading=1.4, max_lines=3),
    "end": Style(size=0.044, weight=500, voice="sans", tracking=0.005, leading=1.4, max_lines=3),
}

MOTIONS: dict[str, Motion] = {
    "calm": Motion(come=0.9, stagger=0.5, settle=1.6, go=0.6, rise=0.08, spread=0.012),
    "luxury": Motion(come=1.0, stagger=0.6, settle=2.0, go=0.7, rise=0.0, spread=0.05),
    "natural": Motion(come=0.8, stagger=0.4, settle=1.4, go=0.5, rise=0.12, spread=0.0),
    "playful": Motion(come=0.3, stagger=0.35, settle=0.7, go=0.3, rise=0.35, spread=0.0),
    "energetic": Motion(come=0.22, stagger=0.18, settle=0.6, go=0.22, rise=0.3, spread=0.03),
    "technical": Motion(come=0.4, stagger=0.25, settle=0.9, go=0.35, rise=0.06, spread=0.025),
}


def set_title(title: Title, width: int, height: int, mood: str, own: Sequence[Path]) -> Setting:
    """Set one title in the mood's voice, inside its box. Raises MissingFont, or BadFilm for what can't be set."""
    if mood not in VOICES:
        raise BadFilm(f"no mood is called {mood!r}. Use one of: {', '.join(VOICES)}.")
    if not title.text.strip():
        raise BadFilm(
            f"the {title.style} title at {float(title.start):.2f} s has no text. Give it some, or leave it out."
        )
    style = (SERIF if VOICES[mood] == "serif" else SANS)[title.style]
    stack = font_stack(title.text, voice=_voice(style.voice, title.text), weight=style.weight, own=own)
    return set_text(
        title.text,
        [file.open() for file in stack],
        title.box,
        width=width,
        height=height,
        size=style.size,
        tracking=style.tracking + (0.07 if _capitals(title.text) else 0.0),
        leading=style.leading,
        max_lines=style.max_lines,
        align=title.align,
    )


def _voice(voice: Voice, text: str) -> Voice:
    """Words in Hangul are set sans: its serif faces are seldom at hand, and two voices in one line quarrel."""
    return "sans" if any(script(char) == "HANGUL" for char in text) else voice


def _capitals(text: str) -> bool:
    """Words in capitals only need air between them."""
    letters = [char for char in text if char.isalpha() and char.upper() != char.lower()]
    return len(letters) > 2 and all(char.isupper() for char in letters)
