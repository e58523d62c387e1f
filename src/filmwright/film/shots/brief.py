"""What the customer wants, in words and numbers."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from filmwright.core.scene import Vec3

MoodName = Literal["calm", "luxury", "playful", "energetic", "technical", "natural"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """A brief, understood: what the words left open is filled in."""

    text: str
    domain: str = "product-ad"
    mood: MoodName = "calm"  # pace, lenses, type and music
    look: MoodName | None = None  # set, light and colour, where they are another mood's
    tagline: str = ""  # the quoted words
    name: str = ""  # what the end card calls the product
    language: Literal["en", "ko"] = "en"
    seconds: Fraction = Fraction(10)
    fps: Fraction = Fraction(24)
    width: int = 1280  # pixels
    height: int = 720  # pixels
    backdrop: Vec3 | None = None  # linear colour of the set, where the words ask for one
    music: bool = True
    seed: int = 0
    understood: tuple[str, ...] = ()  # one line each: what was taken from which words

    @property
    def lighting(self) -> MoodName:
        """The mood that sets and lights the film."""
        return self.look or self.mood
