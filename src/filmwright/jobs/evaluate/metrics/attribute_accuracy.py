"""How much of what was asked for is seen: objects, colours, materials, motion, light and camera, by a classifier.

In percent of the attributes that a clip's record or caption names; higher is better. The classifier is the project's
own, of its simulated world: it knows the words of `filmwright simulate` and says nothing of others. Real clips do not
reach 100 either: over a folder its own accuracy on real clips that it never saw stands beside each attribute.

Source: attribute accuracy by a classifier as in T2I-CompBench (Huang et al., NeurIPS 2023) and GenEval (Ghosh et al.,
NeurIPS 2023), which take general detectors; intervals of Wilson 1927.
"""

from collections.abc import Mapping, Sequence

from .. import words as said
from ..interval import bootstrap, wilson
from ..judge import look
from ..judge.attributes import told
from ..judge.captioned import told_in
from ..judge.card import own_accuracy
from ..judge.network import network
from ..judge.window import SAYS, Window
from ..moment import Moment
from ..reading import Part, Reading, Refused, Scale
from ..subject import Subject

NEEDS = (
    "needs to know what should be seen: a simulated clip's record or a caption in its words, "
    "as JSON or text of the same name beside the video"
)
RIGHT = 100.0  # percent


class AttributeAccuracy:
    """The metric."""

    scale = Scale(unit="%", better="higher")

    def start(self, subject: Subject) -> "Judged":
        """Raises Refused where nothing is told that the classifier knows, and for what it can't look at."""
        words = told(subject.facts) or told_in(subject.captions)
        known = {name: word for name, word in words.items() if word in network().classes.get(name, ())}
        if not known:
            raise Refused(NEEDS)
        return Judged(subject, known)

    def over(self, readings: Sequence[Reading]) -> Reading:
        """Each attribute by itself, beside what the classifier reaches on real clips."""
        if not readings:
            raise Refused(NEEDS)
        parts = [_of_all(name, readings) for name in network().classes]
        found = bootstrap([reading.value for reading in readings])
        return Reading(value=found.mean, interval=found, parts=tuple(p for p in parts if p.interval), note=SAYS)


class Judged:
    """One video and the words for it."""

    def __init__(self, subject: Subject, words: Mapping[str, str]) -> None:
        self.window, self.words = Window(subject), words

    def see(self, moment: Moment) -> None:
        """The next frame."""
        self.window.see(moment)

    def reading(self) -> Reading:
        """The share, and what was seen instead."""
        seen = look(self.window.rgb()).words
        parts = [_of_one(name, word, seen[name]) for name, word in self.words.items()]
        right = sum(part.value == RIGHT for part in parts)
        return Reading(value=100 * right / len(parts), parts=tuple(parts), note=SAYS)


def _of_one(name: str, word: str, seen: str) -> Part:
    if word == seen:
        return Part(name=name, value=RIGHT, unit="%", note=word)
    return Part(name=name, value=0.0, unit="%", note=f"{word}, seen as {seen}")


def _of_all(name: str, readings: Sequence[Reading]) -> Part:
    hits = [part.value == RIGHT for reading in readings for part in reading.parts if part.name == name]
    found, own = wilson(sum(hits), len(hits)).percent, own_accuracy()[name].percent
    note = f"{len(hits)} videos; on real clips {said.interval(own)}"
    return Part(name=name, value=found.mean, unit="%", interval=found if hits else None, note=note)


def build() -> AttributeAccuracy:
    """Takes no options."""
    return AttributeAccuracy()
