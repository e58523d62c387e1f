"""Text -> the same text with tricks against filters undone, in lower case."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice, product
from math import log

from . import hangul
from .lookalikes import FOREIGN, SIGNS

_BREAK = r"[\s._\-*·•|/\\+~,:'\"]"
_SPACED = re.compile(rf"(?<![^\W_])(?:[^\W_가-힣]|[@$!])(?:{_BREAK}{{1,2}}(?:[^\W_가-힣]|[@$!])(?![^\W_])){{2,}}")
_TOKEN = re.compile(r"[^\s가-힣ㄱ-ㅣ]+")
_INSIDE = re.compile(
    r"(?<=[가-힣])(?!\d[시월일분초개명번층년살원대회차권장컷호])[^\s가-힣ㄱ-ㅣ]{1,3}(?=[가-힣])"
)  # not 오후3시
_EDGES = ".,;:!?\"'()[]{}<>«»“”‘’…"
_LEET = re.compile(r"[a-z][0-9]{1,2}[a-z]{2}|[a-z]{2}[0-9]{1,2}[a-z]|(.)\1\1")  # c0caine, but not 24fps or mp4
_SHORT = {"a", "i", "o"}


def plain(text: str, lexicon: Mapping[str, float]) -> str:
    """Lower case, with look-alikes, invisible, spaced, doubled, hidden and loose letters undone.

    `lexicon` gives known words with how often they come; it settles what could be read in more than one way.
    """
    text = unmasked(visible(text))
    text = _INSIDE.sub(_glue, hangul.together(text))
    text = _SPACED.sub(lambda run: " ".join(_split(_unspaced(run[0]), lexicon)), text)
    text = _TOKEN.sub(lambda token: _word(token[0], lexicon), text)
    return " ".join(_rejoined(text.split(), lexicon))


def visible(text: str) -> str:
    """Compatibility forms resolved, invisible characters and accents gone (NFKC, categories Cf and Mn)."""
    text = unicodedata.normalize("NFKC", text)
    apart = unicodedata.normalize("NFD", text)
    kept = "".join(c for c in apart if unicodedata.category(c) not in ("Cf", "Mn", "Me", "Cc") or c in "\n\t")
    return unicodedata.normalize("NFC", kept)


def unmasked(text: str) -> str:
    """Foreign letters that play Latin ones, in lower case; words of a foreign language stay as they are."""
    words = text.split()
    foreign = any(all(c not in FOREIGN for c in w if _strange(c)) and any(map(_strange, w)) for w in words)
    foreign |= sum(any(_strange(c) and c not in FOREIGN for c in w) for w in words) * 4 > len(words)

    def clean(word: str) -> str:
        mixed = any("a" <= c.lower() <= "z" for c in word)
        disguised = any(c in FOREIGN for c in word) and (mixed or not foreign)
        return "".join(FOREIGN.get(c, c) if disguised else c for c in word)

    return re.sub(r"\S+", lambda w: clean(w[0]), text).casefold()


def _strange(c: str) -> bool:
    """A letter that is neither Latin nor Korean."""
    return c.isalpha() and not ("a" <= c.lower() <= "ɏ" or "ㄱ" <= c <= "힣")


def _glue(found: re.Match[str]) -> str:
    """What stands between two Korean syllables: signs and lone letters are a trick, numbers and words are not."""
    inside = found[0]
    if inside.isdigit() and len(inside) > 1:
        return inside
    return inside if len(inside) > 1 and inside.isalpha() else ""


def _unspaced(run: str) -> str:
    return re.sub(_BREAK, "", run)


def _word(token: str, lexicon: Mapping[str, float]) -> str:
    """One token without signs that hide it."""
    core = token.strip(_EDGES)
    if not core or core in lexicon or not re.search(r"[a-z]", core):
        return token if core else ""
    for read in islice(_readings(token.rstrip(".,;:?)\"'"), lexicon), 200):
        if read in lexicon:
            return read
    parts = [p for p in re.split(r"[^a-z0-9']+", core) if p]
    if len(parts) > 1 and "".join(parts) in lexicon and not all(p in lexicon for p in parts):
        return "".join(parts)
    if len(parts) > 1:
        return " ".join(_word(p, lexicon) for p in parts)
    word = parts[0] if parts else ""
    if len(word) >= 7 and word.isalpha():
        return " ".join(_split(word, lexicon))
    if len(word) >= 4 and word[::-1] in lexicon:
        return word[::-1]
    return next(_readings(word, lexicon), word) if _LEET.search(word) else word


def _readings(token: str, lexicon: Mapping[str, float]) -> Iterator[str]:
    """What a token may stand for: signs as letters, doubled letters single, hidden letters found."""
    core = token.strip("\"'.,;:?()[]{}<>…")
    hidden = core.strip(".,!?")
    if "*" in hidden[1:] or "_" in hidden[1:]:
        shown = _by_shape(hidden.replace("_", "*"), frozenset(lexicon))
        yield from sorted(shown, key=lambda w: -lexicon[w])
    signs = [c for c in core if c in SIGNS]
    if signs and re.search("[a-z]", core) and len(signs) <= 6:
        for read in product(*(SIGNS.get(c, c) for c in core)):
            yield from _squeezed("".join(read))
            if core[-1] in "!+|(":  # it may be just a sign
                yield from _squeezed("".join(read[:-1]))
    else:
        yield from _squeezed(re.sub("[^a-z0-9]", "", core))


def _squeezed(word: str) -> Iterator[str]:
    """Letters that come three times or more, twice and once; then all doubles single."""
    yield word
    if re.search(r"(.)\1\1", word):
        runs = re.findall(r"((.)\2*)", word)
        for lengths in islice(product(*((1, 2) if len(run) > 2 else (len(run),) for run, _ in runs)), 64):
            yield "".join(c * n for (_, c), n in zip(runs, lengths, strict=True))
        yield "".join(c for _, c in runs)


@lru_cache(maxsize=256)
def _by_shape(hidden: str, words: frozenset[str]) -> list[str]:
    """Known words with a star for each hidden letter, or one star for several."""
    one = re.compile("".join("[a-z]" if c == "*" else re.escape(c) for c in hidden))
    found = [w for w in words if one.fullmatch(w)]
    if not found and len(hidden.replace("*", "")) >= 2:
        some = re.compile(re.sub(r"(\\\*)+", "[a-z]{1,4}", re.escape(hidden)))
        found = [w for w in words if some.fullmatch(w)]
    return sorted(found) if len(hidden.replace("*", "")) >= 2 else []


def _split(run: str, lexicon: Mapping[str, float]) -> list[str]:
    """The likeliest words that letters without spaces are made of; the run itself if they are not all known."""
    run = next((r for r in islice(_readings(run, lexicon), 200) if r in lexicon), run)
    if run in lexicon:
        return [run]
    run = next(_readings(run, lexicon), run)
    total = sum(lexicon.values()) or 1.0
    best: list[tuple[float, list[str]]] = [(0.0, [])]
    for end in range(1, len(run) + 1):
        options = []
        for start in range(max(0, end - 16), end):
            word = run[start:end]
            if word in lexicon and (len(word) > 1 or word in _SHORT):
                cost = best[start][0] - log(lexicon[word] / total) + (3.0 if len(word) < 3 else 0.0)
                options.append((cost, [*best[start][1], word]))
        best.append(min(options, default=(1e9, [])))
    return best[-1][1] if best[-1][0] < 1e8 else [run]


def _rejoined(words: list[str], lexicon: Mapping[str, float]) -> Iterator[str]:
    """Words that were cut in two: both halves unknown or single letters, the whole known."""
    i = 0
    while i < len(words):
        pair = words[i : i + 2]
        joined = "".join(pair)
        odd = [w for w in pair if w not in lexicon or (len(w) == 1 and w not in _SHORT)]
        if len(pair) == 2 and odd and len(joined) >= 4 and joined in lexicon:
            yield joined
            i += 2
        else:
            yield words[i]
            i += 1
