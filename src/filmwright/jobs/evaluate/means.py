"""Rows -> one number a metric, where they may be averaged."""

from collections.abc import Sequence

from .interval import bootstrap
from .metrics import FolderMetric
from .nouns import Mean, Opened, Row
from .protocol import differences, in_words


def means(opened: Sequence[Opened], rows: Sequence[Row]) -> list[Mean]:
    """The mean over the videos that have it, of each metric that has no other way with many.

    Unequal protocols, but for the length, are refused.
    """
    found = []
    for each in opened:
        if each.metric.scale.over == "set" or isinstance(each.metric, FolderMetric):
            continue
        having = [(row, m.reading.value) for row in rows for m in row.measured if m.name == each.name and m.reading]
        if not having:
            continue
        why = _unequal([row for row, _ in having])
        interval = None if why else bootstrap([value for _, value in having])
        found.append(Mean(name=each.name, scale=each.metric.scale, interval=interval, refused=why))
    return found


def _unequal(rows: Sequence[Row]) -> str:
    first = rows[0]
    for row in rows[1:]:
        assert first.protocol
        assert row.protocol
        if apart := differences(first.protocol, row.protocol, length=False):
            return f"{first.name} and {row.name} can't be averaged: {in_words(apart)}"
    return ""
