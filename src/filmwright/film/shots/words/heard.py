"""A thing understood from words, with the words it came from."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Heard(Generic[T]):
    """`value`, because the brief says `words`."""

    value: T
    words: str

    def note(self, what: str, value: str = "") -> str:
        """One line for the user: what was understood, and from which words."""
        return f"{what}: {value or self.value}, from '{' '.join(self.words.split())}'"
