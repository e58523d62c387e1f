"""The corpus: whole prompts by hand, and more by rule from templates and words by hand.

The same files give the same prompts, in the same order.
"""

import json
import random
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

HERE = Path(__file__).parent
LANGUAGES = ("en", "ko")
MIXED = 0.25  # of the prompts to train with have a harmless sentence beside them
FOLDS = 5  # parts of the prompts written by hand, each judged by what learned from the others
_SLOT = re.compile(r"\{([\w.-]+)\}")  # {victim}, or {violence.victim} of another file
_PARTICLE = re.compile(r"(\S)(으로/로|을/를|이/가|은/는|과/와)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt and what it is."""

    text: str
    language: str
    label: str


def written(*, languages: tuple[str, ...] = LANGUAGES) -> list[Prompt]:
    """The prompts written by hand."""
    found = []
    for language in languages:
        for line in (HERE / f"written_{language}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found.append(Prompt(text=row["text"], language=language, label=row["label"]))
    return found


def fold(prompt: Prompt) -> int:
    """The part that a prompt written by hand is in, chosen by its content."""
    return crc32(f"written {prompt.text}".encode()) % FOLDS


def generated(*, harmful: int, benign: int, languages: tuple[str, ...] = LANGUAGES) -> list[Prompt]:
    """So many different prompts of each harmful class and of "benign", in each language."""
    found = []
    for language in languages:
        shared = _shared(language)
        frames = _lines(_table(language, "frames")["frames"])
        for path in sorted((HERE / language).glob("*.toml")):
            if path.stem in ("shared", "frames", "sentences"):
                continue
            table = tomllib.loads(path.read_text(encoding="utf-8"))
            words = shared | _split(table["words"])
            templates = _lines(table["templates"] + str(_table(language, "sentences").get(path.stem, "")))
            num = benign if table["label"] == "benign" else harmful
            seed = crc32(f"{language} {path.stem}".encode())
            texts = _filled_in(templates, words, frames, _beside(language, shared), num, seed=seed)
            found += [Prompt(text=text, language=language, label=table["label"]) for text in texts]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Harmless sentences to stand beside others, so that no word tells by the company it keeps."""

    templates: list[str]
    words: dict[str, list[str]]


def _beside(language: str, shared: dict[str, list[str]]) -> Beside:
    table: dict[str, Any] = _table(language, "benign")
    return Beside(templates=_lines(table["templates"]), words=shared | _split(table["words"]))


def _filled_in(
    templates: list[str], words: dict[str, list[str]], frames: list[str], beside: Beside, num: int, *, seed: int
) -> list[str]:
    """Different prompts, every template as often as every other, some with a harmless sentence before or after."""
    rng = random.Random(seed)
    found: dict[str, None] = {}
    for i in range(num * 4):
        text = _filled(rng.choice(frames).replace("{text}", templates[i % len(templates)]), words, rng)
        if rng.random() < MIXED:
            pair = [text, _filled(rng.choice(beside.templates), beside.words, rng)]
            rng.shuffle(pair)
            text = rng.choice([", ", ". ", " / ", " and then ", "\n"]).join(pair)
        found.setdefault(_cased(text, rng))
        if len(found) == num:
            break
    return list(found)


def _filled(template: str, words: dict[str, list[str]], rng: random.Random) -> str:
    text = _SLOT.sub(lambda slot: rng.choice(words[slot[1]]), template)
    return _PARTICLE.sub(lambda m: m[1] + _particle(m[1], m[2]), text)


def _particle(before: str, pair: str) -> str:
    """The form of a Korean particle that fits the sound before it."""
    closed, opened = pair.split("/")
    tail = (ord(before) - 0xAC00) % 28 if "가" <= before <= "힣" else 0
    return opened if tail == 0 or (closed == "으로" and tail == 8) else closed


def _cased(text: str, rng: random.Random) -> str:
    """People write with and without capitals and full stops."""
    roll = rng.random()
    text = text[0].upper() + text[1:] if roll < 0.6 else text
    return text + "." if 0.3 < roll < 0.6 and text[-1].isalnum() else text


def _split(words: dict[str, str]) -> dict[str, list[str]]:
    return {name: [word.strip() for word in line.split("|")] for name, line in words.items()}


def _shared(language: str) -> dict[str, list[str]]:
    """The words that any file may use: `shared` by their name, another file's by its name before a dot."""
    found = _split(_table(language, "shared")["words"])
    for path in sorted((HERE / language).glob("*.toml")):
        words = _split(_table(language, path.stem).get("words", {}))
        found |= {f"{path.stem}.{name}": known for name, known in words.items()}
    return found


def _lines(text: str) -> list[str]:
    return sorted({line.strip() for line in text.split("\n")} - {""})


def _table(language: str, name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((HERE / language / f"{name}.toml").read_text(encoding="utf-8"))
