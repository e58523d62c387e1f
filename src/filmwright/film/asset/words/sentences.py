"""The meaning of English sentences: MiniLM's embedding and a head trained by the project (needs torch)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64

from filmwright.ml.nets.minilm import load_minilm, sentence_vectors, token_states

HEAD = Path(__file__).parent / "minilm.npz"


class Encoder:
    """all-MiniLM-L6-v2, as its package holds it; nothing is downloaded."""

    def __init__(self) -> None:
        self._split, self._model = load_minilm()

    def __call__(self, texts: list[str]) -> Float32[np.ndarray, "N 384"]:
        """Unit vectors, one a text."""
        return sentence_vectors(*token_states(self._split, self._model, texts)).numpy()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sentences:
    """The encoder with a head for the same classes in the same order as the n-grams'."""

    encoder: Encoder
    weights: Float64[np.ndarray, "384 C"]
    bias: Float64[np.ndarray, "C"]
    scale: Float64[np.ndarray, "2"]  # of scores that this and the n-grams give together

    def logits(self, text: str) -> Float64[np.ndarray, "C"]:
        """Of a text with tricks undone."""
        return self.encoder([text])[0].astype(np.float64) @ self.weights + self.bias


def load_sentences() -> Sentences:
    """The encoder and the head that comes with this package."""
    with np.load(HEAD) as held:
        parts = {name: held[name].astype(np.float64) for name in ("weights", "bias", "scale")}
    return Sentences(encoder=Encoder(), **parts)
