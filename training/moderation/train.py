"""Train the classifiers that ship with the package: python training/moderation/train.py [ngrams] [minilm]

The n-grams repeat bit for bit on the same kind of processor and number of threads (OMP_NUM_THREADS=1 made those that
ship), MiniLM's head on the same version of torch, too.
"""

import re
import sys
from collections import Counter

import numpy as np
from corpus import FOLDS, LANGUAGES, Prompt, fold, generated, written
from meaning import Meaning, load_meaning
from regression import Kin, fit, sparse

from filmwright.core.files import whole
from filmwright.film.asset.words.classifier import LEXICON, WEIGHTS, Ngrams, load_ngrams, scores
from filmwright.film.asset.words.features import NUM_BUCKETS, bucket, hashed
from filmwright.film.asset.words.plain import plain

HARMFUL, BENIGN = 300, 3000  # prompts that are generated of each class and language
BY_HAND = 5.0  # how much more a prompt written by hand counts than one that is generated
SEEN = 2  # an n-gram in fewer prompts than this has no weight of its own
PENALTY, STEPS = 2e-6, 110
EMBEDDED = (60, 600)  # as HARMFUL and BENIGN, for MiniLM, which takes long
LONG = 4  # words at least of a prompt whose false alarms count: taglines are seldom mistaken, and dilute the share
FALSE_ALARMS = {"en": (0.03, 0.005), "ko": (0.062, 0.008)}  # of such harmless prompts reach scores of 0.5 and 0.9
Lexicon = dict[str, float]


def count_words(corpus: list[Prompt]) -> Lexicon:
    """English words of the corpus and how often they come."""
    texts = " ".join(p.text.lower() for p in corpus if p.language == "en")
    return {w: float(n) for w, n in sorted(Counter(re.findall("[a-z']+", texts)).items()) if n > 1 or len(w) > 3}


def fit_ngrams(
    corpus: list[Prompt], counts: np.ndarray, lexicon: Lexicon, meaning: Meaning, *, steps: int = STEPS
) -> Ngrams:
    """Softmax regression over hashed n-grams, its weights rounded to 8 bits. Scores are not scaled yet."""
    classes = ("benign", *sorted({p.label for p in corpus} - {"benign"}))
    rows = [hashed(plain(p.text, lexicon)) for p in corpus]
    labels = np.array([classes.index(p.label) for p in corpus])
    meant = np.zeros(NUM_BUCKETS, np.int64)  # where a bucket's vector is, counted from 1
    meant[[bucket(gram) for gram in meaning.grams]] = np.arange(len(meaning.grams)) + 1
    often = np.bincount(np.concatenate(rows), minlength=NUM_BUCKETS)
    known = (often >= SEEN) | ((often > 0) & (meant > 0))
    used, alike = np.flatnonzero(known), np.flatnonzero(meant)
    kept = [np.searchsorted(used, row[known[row]]) for row in rows]
    packed = sparse([(row, np.full(len(row), max(len(row), 1) ** -0.5)) for row in kept], len(used))
    both = np.flatnonzero(meant[used])
    kin = Kin(columns=both, vectors=meaning.vectors[meant[used[both]] - 1], alone=often[used] >= SEEN)
    weights, shared, bias = fit(packed, labels, counts, len(classes), kin=kin, penalty=PENALTY, steps=steps)
    every = np.zeros((NUM_BUCKETS, len(classes)))
    every[alike] = meaning.vectors[meant[alike] - 1] @ shared
    every[used] = weights
    scale = np.abs(every).max(0) / 127
    return Ngrams(
        classes=classes,
        weights=np.round(every / scale).astype(np.int8),
        scale=scale.astype(np.float32).astype(np.float64),
        bias=bias.astype(np.float32).astype(np.float64),
        scales=np.array([[0.0, 1.0]] * 2),
    )


def scale_of(logits: np.ndarray, alarms: tuple[float, float]) -> np.ndarray:
    """From the logits of harmless prompts: where a score is 0.5, and how steeply it rises to 0.9."""
    odds = np.log(np.exp(logits[:, 1:]).sum(1)) - logits[:, 0]
    middle, high = np.quantile(odds, [1 - share for share in alarms])
    return np.array([middle, np.log(9) / max(high - middle, 0.5)])


def fit_all(by_rule: list[Prompt], by_hand: list[Prompt], lexicon: Lexicon, meaning: Meaning) -> Ngrams:
    """From both, those by hand counting for more."""
    counts = np.repeat([1.0, BY_HAND], [len(by_rule), len(by_hand)])
    return fit_ngrams([*by_rule, *by_hand], counts, lexicon, meaning)


def unseen(by_rule: list[Prompt], by_hand: list[Prompt], lexicon: Lexicon, meaning: Meaning) -> np.ndarray:
    """The logits of every prompt by hand, each from a model that learned from the other folds."""
    found = {}
    for held in range(FOLDS):
        model = fit_all(by_rule, [p for p in by_hand if fold(p) != held], lexicon, meaning)
        found |= {i: model.logits(plain(p.text, lexicon)) for i, p in enumerate(by_hand) if fold(p) == held}
    return np.array([found[i] for i in range(len(by_hand))])


def scale_and_print(name: str, classes: tuple[str, ...], prompts: list[Prompt], logits: np.ndarray) -> np.ndarray:
    """The scale for a language, from logits of prompts that were not learned from; prints what is found with it."""
    harmless = np.array([p.label == "benign" and len(p.text.split()) >= LONG for p in prompts])
    scale = scale_of(logits[harmless], FALSE_ALARMS[prompts[0].language])
    hits: dict[str, list[bool]] = {c: [] for c in classes}
    for prompt, row in zip(prompts, logits, strict=True):
        hits[prompt.label].append(max(scores(classes, row, scale).values()) >= 0.5)
    every = np.concatenate([found for label, found in hits.items() if label != "benign"])
    print(f"{name}: harmful {every.mean():.3f}", *(f"{c} {np.mean(found):.2f}" for c, found in hits.items()), sep=", ")
    return scale


def train_ngrams(by_rule: list[Prompt], by_hand: list[Prompt], lexicon: Lexicon) -> np.ndarray:
    """Weights from all prompts, scales from those by hand that each fold's model did not see; returns their logits."""
    meaning = load_meaning()
    model = fit_all(by_rule, by_hand, lexicon, meaning)
    logits = unseen(by_rule, by_hand, lexicon, meaning)
    scales = []
    for language in LANGUAGES:
        part = [i for i, p in enumerate(by_hand) if p.language == language]
        scales.append(scale_and_print(language, model.classes, [by_hand[i] for i in part], logits[part]))
    save_ngrams(model, np.array(scales), lexicon)
    return logits


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


def train_minilm(by_hand: list[Prompt], lexicon: Lexicon, told: np.ndarray) -> None:
    """A head on English embeddings; the scale is that of its mean with what the n-grams told of unseen prompts."""
    from filmwright.film.asset.words.sentences import HEAD, Encoder

    encoder, classes = Encoder(), load_ngrams().classes
    by_rule = generated(harmful=EMBEDDED[0], benign=EMBEDDED[1], languages=("en",))
    of_english = [p.language == "en" for p in by_hand]
    by_hand = [p for p in by_hand if p.language == "en"]
    both = [*by_rule, *by_hand]
    labels = np.array([classes.index(p.label) for p in both])
    counts = np.repeat([1.0, BY_HAND], [len(by_rule), len(by_hand)])
    parts = np.array([*[-1] * len(by_rule), *map(fold, by_hand)])
    vectors = embed(encoder, [plain(p.text, lexicon) for p in both])
    meant = np.zeros((len(both), len(classes)))
    for held in range(FOLDS):
        weights, bias = fit_head(vectors[parts != held], labels[parts != held], counts[parts != held], len(classes))
        meant[parts == held] = vectors[parts == held] @ weights + bias
    logits = (told[of_english] + meant[parts >= 0]) / 2
    scale = scale_and_print("en, with MiniLM", classes, by_hand, logits)
    weights, bias = fit_head(vectors, labels, counts, len(classes))
    with whole(HEAD) as part:
        np.savez_compressed(
            part, weights=weights.astype(np.float16), bias=bias.astype(np.float32), scale=scale.astype(np.float32)
        )


def fit_head(
    vectors: np.ndarray, labels: np.ndarray, counts: np.ndarray, num_classes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Weights and bias for embeddings."""
    no_kin = Kin(columns=np.zeros(0, np.int64), vectors=np.zeros((0, 0)), alone=np.ones(vectors.shape[1], bool))
    weights, _, bias = fit(vectors, labels, counts, num_classes, kin=no_kin, penalty=1e-4, steps=150)
    return weights, bias


def embed(encoder: object, texts: list[str]) -> np.ndarray:
    """Embeddings of many texts, those of like length together."""
    order = np.argsort([len(t) for t in texts], kind="stable")
    found = np.zeros((len(texts), 384))
    for batch in np.array_split(order, len(order) // 64 + 1):
        found[batch] = encoder([texts[i] for i in batch])  # type: ignore[operator]
    return found


def main() -> None:
    """Train what is asked for."""
    asked = sys.argv[1:] or ["ngrams"]
    by_rule, by_hand = generated(harmful=HARMFUL, benign=BENIGN), written()
    lexicon = count_words([*by_rule, *by_hand])
    logits = (
        train_ngrams(by_rule, by_hand, lexicon)
        if "ngrams" in asked
        else unseen(by_rule, by_hand, lexicon, load_meaning())
    )
    if "minilm" in asked:
        train_minilm(by_hand, lexicon, logits)


if __name__ == "__main__":
    main()
