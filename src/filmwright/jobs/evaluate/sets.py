"""Metrics over a set: many videos together, or against many others."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from .metrics import FolderMetric, SetMetric
from .nouns import Measured, Opened, Row
from .reading import Reading, Refused


def over_sets(opened: Sequence[Opened], ours: Sequence[Row], theirs: Callable[[], Sequence[Row]]) -> list[Measured]:
    """What such metrics say; the others are looked through only for one that compares."""
    comparing = [(each, each.metric) for each in opened if isinstance(each.metric, SetMetric)]
    others = theirs() if comparing else ()
    found = [_said(each, partial(_between, each.name, metric, ours, others)) for each, metric in comparing]
    alone = [(each, each.metric) for each in opened if isinstance(each.metric, FolderMetric) and len(ours) > 1]
    return found + [_said(each, partial(metric.over, _known(each.name, ours))) for each, metric in alone]


def _said(opened: Opened, read: Callable[[], Reading]) -> Measured:
    told = Measured(name=opened.name, about=opened.about, scale=opened.metric.scale)
    try:
        return replace(told, reading=read())
    except Refused as err:
        return replace(told, refused=str(err))


def _between(name: str, metric: SetMetric, ours: Sequence[Row], theirs: Sequence[Row]) -> Reading:
    if not theirs:
        raise Refused("needs other videos to compare with: give a folder of them with --against")
    return metric.between(_all(name, ours), _all(name, theirs))


def _all(name: str, rows: Sequence[Row]) -> list[Reading]:
    why = [m.refused for row in rows for m in row.measured if m.name == name and m.reading is None]
    if why:
        raise Refused(why[0])
    return _known(name, rows)


def _known(name: str, rows: Sequence[Row]) -> list[Reading]:
    return [m.reading for row in rows for m in row.measured if m.name == name and m.reading]
