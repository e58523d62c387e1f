"""Softmax regression on hashed n-grams, trained by the project (training/moderation)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from jaxtyping import Float64, Int8

from .features import hashed

WEIGHTS = Path(__file__).parent / "ngrams.npz"
LEXICON = Path(__file__).parent / "lexicon.txt"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ngrams:
    """One row of weights for each n-gram's bucket, one column for each class."""

    classes: tuple[str, ...]  # the first is "benign"
    weights: Int8[np.ndarray, "B C"]
    scale: Float64[np.ndarray, "C"]
    bias: Float64[np.ndarray, "C"]
    scales: Float64[np.ndarray, "2 2"]  # of English and Korean scores, see `scores`

    def logits(self, text: str) -> Float64[np.ndarray, "C"]:
        """Of a text with tricks undone."""
        known = self.weights[hashed(text)].astype(np.float64)
        known = known[known.any(1)]  # what was never seen says nothing, and does not make the rest quieter
        return known.sum(0) / max(len(known), 1) ** 0.5 * self.scale + self.bias


def scores(
    classes: tuple[str, ...], logits: Float64[np.ndarray, "C"], scale: Float64[np.ndarray, "2"]
) -> dict[str, float]:
    """A score for each category; the likeliest stands for all: it gets the score that something is wrong at all.

    A threat may be half violence and half harassment: it is no milder for that. `scale` holds the log-odds that
    a few in a hundred harmless prompts of the cross-validation reach, which become 0.5, and a slope that puts what
    a few in a thousand reach at 0.9.
    """
    powers = np.exp(logits - logits.max())
    wrong = powers[1:]
    odds = np.log(wrong.sum()) - np.log(powers[0])
    total = 1 / (1 + np.exp(-np.clip(scale[1] * (odds - scale[0]), -30, 30)))
    found = {c: float(total * w / wrong.sum()) for c, w in zip(classes[1:], wrong, strict=True)}
    return found | {classes[1 + int(wrong.argmax())]: float(total)}


@cache
def load_ngrams() -> Ngrams:
    """The weights that come with the package."""
    with np.load(WEIGHTS) as held:
        return Ngrams(
            classes=tuple(str(c) for c in held["classes"]),
            weights=held["weights"],
            scale=held["scale"].astype(np.float64),
            bias=held["bias"].astype(np.float64),
            scales=held["scales"].astype(np.float64),
        )


@cache
def load_lexicon() -> dict[str, float]:
    """English words of the training corpus, with how often they come."""
    rows = (line.split() for line in LEXICON.read_text(encoding="utf-8").splitlines())
    return {word: float(count) for word, count in rows}
