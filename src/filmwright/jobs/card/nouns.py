"""What a card is made of."""

from dataclasses import dataclass
from typing import Literal

Mood = Literal["", "good", "open", "bad"]  # checked, not known, wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line of a card."""

    name: str
    value: str
    note: str = ""  # the small print
    mood: Mood = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One question, answered."""

    key: str  # for programs
    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One page about a film or a model."""

    kind: Literal["film", "model"]
    title: str
    sentence: str  # what it is, in one
    sections: tuple[Section, ...]
    picture: bytes = b""  # a JPEG
    written: str = ""  # UTC, ISO 8601
    software: str = ""
