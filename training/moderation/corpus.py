"""The corpus: templates and words by hand, prompts by rule. The same files give the same prompts, in the same order."""

import random
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from zlib import crc32

HERE = Path(__file__).parent
LANGUAGES = ("en", "ko")
MIXED = 0.25  # of the prompts to train with have a harmless sentence beside them
Side = Literal["train", "validate", "all"]
_SLOT = re.compile(r"\{([\w.-]+)\}")  # {victim}, or {violence.victim} of another file
_PARTICLE = re.compile(r"(\S)(으로/로|을/를|이/가|은/는|과/와)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt and what it is."""

    text: str
    language: str
    label: str


def prompts(
    side: Side, *, harmful: int, benign: int, languages: tuple[str, ...] = LANGUAGES, words_of: Side | None = None
) -> list[Prompt]:
    """So many different prompts of each harmful class and of "benign", in each language.

    A template or a word of one side is never used on the other, but for those that come alone. `words_of` takes the
    words from another side than the templates.
    """
    found = []
    for language in languages:
        shared = _shared(language, words_of or side)
        frames = _kept(_table(language, "frames")["frames"].split("\n"), side)
        for path in sorted((HERE / language).glob("*.toml")):
            if path.stem in ("shared", "frames", "sentences"):
                continue
            table = tomllib.loads(path.read_text(encoding="utf-8"))
            words = shared | _split(table["words"], words_of or side)
            whole = str(_table(language, "sentences").get(path.stem, ""))
            templates = _kept((table["templates"] + whole).split("\n"), side)
            plain = None if words_of or side == "validate" else _plain(language, shared, side)
            num = benign if table["label"] == "benign" else harmful
            texts = _written(
                templates, words, frames, plain, num, seed=crc32(f"{language} {path.stem} {side} {words_of}".encode())
            )
            found += [Prompt(text=text, language=language, label=table["label"]) for text in texts]
    return found


def validation(*, harmful: int, benign: int, languages: tuple[str, ...] = LANGUAGES) -> list[Prompt]:
    """New templates with known words, known templates with new words, and both new: a third each."""
    parts: list[tuple[Side, Side]] = [("validate", "train"), ("train", "validate"), ("validate", "validate")]
    share = {"harmful": harmful // 3, "benign": benign // 3}
    return [p for side, words in parts for p in prompts(side, words_of=words, languages=languages, **share)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Harmless sentences to stand beside others, so that no word tells by the company it keeps."""

    templates: list[str]
    words: dict[str, list[str]]


def _plain(language: str, shared: dict[str, list[str]], side: Side) -> Beside:
    table: dict[str, Any] = _table(language, "benign")
    return Beside(templates=_kept(table["templates"].split("\n"), side), words=shared | _split(table["words"], side))


def _written(
    templates: list[str], words: dict[str, list[str]], frames: list[str], beside: Beside | None, num: int, *, seed: int
) -> list[str]:
    """Different prompts, every template as often as every other, some with a harmless sentence before or after."""
    rng = random.Random(seed)
    found: dict[str, None] = {}
    for i in range(num * 4):
        text = _filled(rng.choice(frames).replace("{text}", templates[i % len(templates)]), words, rng)
        if beside and rng.random() < MIXED:
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


def _split(words: dict[str, str], side: Side) -> dict[str, list[str]]:
    return {name: _kept(line.split("|"), side) for name, line in words.items()}


def _shared(language: str, side: Side) -> dict[str, list[str]]:
    """The words that any file may use: `shared` by their name, another file's by its name before a dot."""
    found = _split(_table(language, "shared")["words"], side)
    for path in (HERE / language).glob("*.toml"):
        words = _split(_table(language, path.stem).get("words", {}), side)
        found |= {f"{path.stem}.{name}": lines for name, lines in words.items()}
    return found


def _kept(lines: list[str], side: Side) -> list[str]:
    """A fifth, chosen by its content, is for validation; at least one on each side."""
    lines = sorted({line.strip() for line in lines} - {""}, key=lambda line: crc32(f"split {line}".encode()))
    cut = max(1, len(lines) // 5)
    if len(lines) == 1 or side == "all":
        return lines
    return lines[:cut] if side == "validate" else lines[cut:]


def _table(language: str, name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((HERE / language / f"{name}.toml").read_text(encoding="utf-8"))
