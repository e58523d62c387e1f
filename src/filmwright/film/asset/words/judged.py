"""Text -> scores of categories, by all that can judge words here."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float64

from .classifier import load_lexicon, load_ngrams, scores
from .language import strangeness
from .plain import plain
from .rules import listed

UNKNOWN = "unknown-language"


@runtime_checkable
class Meaning(Protocol):
    """What judges whole English sentences."""

    @property
    def scale(self) -> Float64[np.ndarray, "2"]:
        """Of the scores that it and the n-grams give together."""
        ...

    def logits(self, text: str) -> Float64[np.ndarray, "C"]:
        """Of the same classes in the same order as the n-grams'."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Word lists and n-grams; for English also the meaning of whole sentences, where an encoder is given."""

    sentences: Meaning | None = None
    lists: bool = True
    ngrams: bool = True

    def __call__(self, text: str) -> dict[str, float]:
        """A score from 0 to 1 for each category: the lists' or the classifier's, whichever is higher."""
        told = load_ngrams()
        shown = plain(text, load_lexicon())
        found = dict.fromkeys(told.classes[1:], 0.0)
        if self.sentences is not None and english(shown):
            both = (told.logits(shown) + self.sentences.logits(shown)) / 2
            found = scores(told.classes, both, self.sentences.scale)
        elif self.ngrams:
            found = scores(told.classes, told.logits(shown), told.scales[0 if english(shown) else 1])
        for category, score in (listed(shown) if self.lists else {}).items():
            found[category] = max(found.get(category, 0.0), score)
        return found | {UNKNOWN: strangeness(text, shown)}


def english(text: str) -> bool:
    """More Latin letters than Korean syllables, at two letters a syllable."""
    return sum("a" <= c <= "z" for c in text) >= 2 * sum("가" <= c <= "힣" for c in text)
