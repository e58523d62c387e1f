"""The mark along time: where footage that does not carry it was put in."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from filmwright.core.mark import MarkReading
from filmwright.core.video import Video
from filmwright.film.asset.identity import id_text
from filmwright.film.asset.marks import Mark
from filmwright.film.video.reading import luma

from .nouns import Kind, Span

SHORTEST, LONGEST = 0.75, 6.0  # seconds of a window
MOST = 120  # windows
FEWEST = 12  # pictures of a window that are looked at
CLEAR = 18.0  # standard deviations that a window of the marked film should show: some show a third of it
THERE = 0.1  # probability of chance below which a window of a marked film counts as marked
SURE = 12.0  # standard deviations of the marked windows around one that shows no mark, from which that means something
LIT, ROUGH = 24, 1.2  # levels: darker or smoother ground hardly carries a mark
ENOUGH = 0.15  # of the picture that must be neither


def along(path: Path, facts: Video, mark: Mark, found: MarkReading) -> tuple[Span, ...]:
    """What the mark says in window after window, equal neighbours joined; () where it is too weak for that."""
    seconds = float(facts.seconds)
    needed = found.num_frames * (CLEAR / max(found.score, 1e-6)) ** 2  # evidence grows with the root of the pictures
    window = max(SHORTEST, needed / float(facts.fps), seconds / MOST)
    if needed / float(facts.fps) > LONGEST or seconds < 2 * window:
        return ()
    stride = max(1, int(window * facts.fps / max(needed, FEWEST)))
    per = max(round(window * float(facts.fps) / stride), 1)
    pictures = luma(path, stride=stride)
    spans: list[Span] = []
    scores: list[float] = []
    while group := list(islice(pictures, per)):
        start = len(spans) * per * stride / float(facts.fps)
        if len(group) < per / 2 and spans:  # a rest that tells nothing by itself
            break
        seen = mark.read(group, at=found.geometry)
        kind, other = _kind(group, seen, found)
        end = min(start + per * stride / float(facts.fps), seconds)
        spans.append(Span(start=start, end=end, kind=kind, mark_id=other))
        scores.append(seen.score)
    return tuple(_runs(_surely(spans, scores), seconds))


def _kind(group: Sequence[UInt8[np.ndarray, "H W"]], seen: MarkReading, film: MarkReading) -> tuple[Kind, str]:
    if seen.payload is not None and film.payload is not None and seen.payload != film.payload:
        return "other film", id_text(seen.payload, seen.num_bits)
    if seen.payload is not None or seen.false_alarm < THERE:
        return "marked", ""
    return ("unclear" if _even(group[len(group) // 2]) else "unmarked"), ""


def _surely(spans: Sequence[Span], scores: Sequence[float]) -> list[Span]:
    """The same, but that no mark was seen counts only where the film's own, before and after, is plain to see.

    A mark is as strong as its film can bear, which changes along it.
    """
    found = list(spans)
    marked = [i for i, span in enumerate(spans) if span.kind == "marked"]
    for i, span in enumerate(spans):
        around = [*[k for k in marked if k < i][-1:], *[k for k in marked if k > i][:1]]
        if span.kind == "unmarked" and any(scores[k] < SURE for k in around):
            found[i] = replace(span, kind="unclear")
    return found


def _even(picture: UInt8[np.ndarray, "H W"]) -> bool:
    """Whether there is too little in a picture to hide a mark in."""
    small = cv2.resize(picture, (320, 180), interpolation=cv2.INTER_AREA).astype(np.float32)
    mean = cv2.blur(small, (9, 9))
    rough = np.sqrt(np.maximum(cv2.blur(small * small, (9, 9)) - mean * mean, 0))
    return bool(np.mean((rough > ROUGH) & (mean > LIT)) < ENOUGH)


def _runs(spans: Sequence[Span], seconds: float) -> Iterator[Span]:
    start = 0
    for i, span in enumerate(spans):
        last = i + 1 == len(spans)
        if last or (spans[i + 1].kind, spans[i + 1].mark_id) != (span.kind, span.mark_id):
            first = spans[start]
            end = seconds if last else span.end
            yield Span(start=first.start, end=end, kind=first.kind, mark_id=first.mark_id)
            start = i + 1
