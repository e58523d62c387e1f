"""Train the classifiers that ship with the package: python training/moderation/train.py [ngrams] [minilm]

The n-grams repeat bit for bit; MiniLM's head does on the same version of torch and kind of processor.
"""

import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from corpus import LANGUAGES, Prompt, generated, written
from regression import Rows, fit, sparse

from filmwright.core.files import whole
from filmwright.film.asset.words.classifier import LEXICON, WEIGHTS, Ngrams, load_lexicon, load_ngrams, scores
from filmwright.film.asset.words.features import NUM_BUCKETS, hashed
from filmwright.film.asset.words.plain import plain

HARMFUL, BENIGN = 300, 3000  # prompts that are generated of each class and language
BY_HAND = 5.0  # how much more a prompt written by hand counts than one that is generated
SEEN = 2  # an n-gram in fewer prompts than this is left out
PENALTY, STEPS = 4e-6, 60
EMBEDDED = (60, 600)  # as HARMFUL and BENIGN, for MiniLM, which takes long
FALSE_ALARMS = (0.04, 0.005)  # of harmless validation prompts reach scores of 0.5 and 0.9
Lexicon = dict[str, float]


def count_words(corpus: list[Prompt]) -> Lexicon:
    """English words of the corpus and how often they come."""
    texts = " ".join(p.text.lower() for p in corpus if p.language == "en")
    return {w: float(n) for w, n in sorted(Counter(re.findall("[a-z']+", texts)).items()) if n > 1 or len(w) > 3}


def fit_ngrams(corpus: list[Prompt], counts: np.ndarray, lexicon: Lexicon, *, steps: int = STEPS) -> Ngrams:
    """Softmax regression over hashed n-grams, its weights rounded to 8 bits. Scores are not scaled yet."""
    classes = ("benign", *sorted({p.label for p in corpus} - {"benign"}))
    rows = [hashed(plain(p.text, lexicon)) for p in corpus]
    labels = np.array([classes.index(p.label) for p in corpus])
    often = np.bincount(np.concatenate(rows), minlength=NUM_BUCKETS) >= SEEN
    used = np.flatnonzero(often)
    kept = [np.searchsorted(used, row[often[row]]) for row in rows]
    packed = sparse([(row, np.full(len(row), max(len(row), 1) ** -0.5)) for row in kept], len(used))
    weights, bias = fit(packed, labels, counts, len(classes), penalty=PENALTY, steps=steps)
    scale = np.abs(weights).max(0) / 127
    small = np.zeros((NUM_BUCKETS, len(classes)), np.int8)
    small[used] = np.round(weights / scale).astype(np.int8)
    return Ngrams(
        classes=classes,
        weights=small,
        scale=scale.astype(np.float32).astype(np.float64),
        bias=bias.astype(np.float32).astype(np.float64),
        scales=np.array([[0.0, 1.0]] * 2),
    )


def scale_of(logits: np.ndarray) -> np.ndarray:
    """From the logits of harmless prompts: where a score is 0.5, and how steeply it rises to 0.9."""
    odds = np.log(np.exp(logits[:, 1:]).sum(1)) - logits[:, 0]
    middle, high = np.quantile(odds, [1 - share for share in FALSE_ALARMS])
    return np.array([middle, np.log(9) / max(high - middle, 0.5)])


def to_train() -> tuple[list[Prompt], np.ndarray]:
    """The prompts to train with, and how much each counts."""
    by_rule, by_hand = generated(harmful=HARMFUL, benign=BENIGN), written("train")
    return [*by_rule, *by_hand], np.repeat([1.0, BY_HAND], [len(by_rule), len(by_hand)])


def train_ngrams() -> None:
    """Weights from all but the validation prompts, scales from those."""
    corpus, counts = to_train()
    lexicon = count_words(corpus)
    model = fit_ngrams(corpus, counts, lexicon)
    scales = []
    for language in LANGUAGES:
        held = written("validate", languages=(language,))
        logits = np.array([model.logits(plain(p.text, lexicon)) for p in held])
        scales.append(scale_of(logits[[p.label == "benign" for p in held]]))
        print(f"{language}: {_found(model.classes, held, logits, scales[-1])}")
    save_ngrams(model, np.array(scales), lexicon)


def _found(classes: tuple[str, ...], held: list[Prompt], logits: np.ndarray, scale: np.ndarray) -> str:
    """How much of each class, and of all that is harmful, gets a score of 0.5 or more."""
    hits: dict[str, list[bool]] = {c: [] for c in classes}
    for prompt, row in zip(held, logits, strict=True):
        hits[prompt.label].append(max(scores(classes, row, scale).values()) >= 0.5)
    every = np.concatenate([found for label, found in hits.items() if label != "benign"])
    return ", ".join([f"harmful {every.mean():.3f}", *(f"{c} {np.mean(found):.2f}" for c, found in hits.items())])


def save_ngrams(model: Ngrams, scales: np.ndarray, lexicon: Lexicon) -> None:
    """Write what the package reads."""
    with whole(LEXICON) as part:
        part.write_text("".join(f"{word} {round(count)}\n" for word, count in lexicon.items()), encoding="utf-8")
    with whole(WEIGHTS) as part:
        np.savez_compressed(
            part,
            classes=np.array(model.classes),
            weights=model.weights,
            scale=model.scale.astype(np.float32),
            bias=model.bias.astype(np.float32),
            scales=scales.astype(np.float32),
        )


def train_minilm() -> None:
    """A head on English embeddings; the scale is that of its mean with the n-grams that the package holds."""
    from filmwright.film.asset.words.sentences import HEAD, Encoder

    encoder, model, lexicon = Encoder(), load_ngrams(), load_lexicon()
    by_rule = generated(harmful=EMBEDDED[0], benign=EMBEDDED[1], languages=("en",))
    by_hand = written("train", languages=("en",))
    english = [*by_rule, *by_hand]
    counts = np.repeat([1.0, BY_HAND], [len(by_rule), len(by_hand)])
    labels = np.array([model.classes.index(p.label) for p in english])
    vectors = embed(encoder, [plain(p.text, lexicon) for p in english])
    weights, bias = fit(dense(vectors), labels, counts, len(model.classes), penalty=1e-4, steps=150)
    weights, bias = weights.astype(np.float16), bias.astype(np.float32)
    held = written("validate", languages=("en",))
    texts = [plain(p.text, lexicon) for p in held]
    meant = embed(encoder, texts) @ weights.astype(np.float64) + bias
    logits = (np.array([model.logits(t) for t in texts]) + meant) / 2
    scale = scale_of(logits[[p.label == "benign" for p in held]])
    print(f"en, with MiniLM: {_found(model.classes, held, logits, scale)}")
    with whole(HEAD) as part:
        np.savez_compressed(part, weights=weights, bias=bias, scale=scale.astype(np.float32))


def embed(encoder: object, texts: list[str]) -> np.ndarray:
    """Embeddings of many texts, those of like length together."""
    order = np.argsort([len(t) for t in texts], kind="stable")
    found = np.zeros((len(texts), 384))
    for batch in np.array_split(order, len(order) // 64 + 1):
        found[batch] = encoder([texts[i] for i in batch])  # type: ignore[operator]
    return found


def dense(vectors: np.ndarray) -> Rows:
    """Full rows in the form of sparse ones."""
    num, width = vectors.shape
    columns = np.tile(np.arange(width), num)
    return Rows(starts=np.arange(num + 1) * width, columns=columns, values=vectors.ravel(), num_columns=width)


if __name__ == "__main__":
    Path(WEIGHTS).parent.mkdir(exist_ok=True)
    asked = sys.argv[1:] or ["ngrams"]
    if "ngrams" in asked:
        train_ngrams()
    if "minilm" in asked:
        train_minilm()
