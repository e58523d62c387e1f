"""Metrics over a set: many videos against many others."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from .metrics import SetMetric
from .nouns import Measured, Opened, Row
from .reading import Reading, Refused


def over_sets(opened: Sequence[Opened], ours: Sequence[Row], theirs: Callable[[], Sequence[Row]]) -> list[Measured]:
    """Each set metric's number; the others are looked through only where there is one."""
    asked = [(each, each.metric) for each in opened if isinstance(each.metric, SetMetric)]
    others = theirs() if asked else ()
    return [_between(each, metric, ours, others) for each, metric in asked]


def _between(opened: Opened, metric: SetMetric, ours: Sequence[Row], theirs: Sequence[Row]) -> Measured:
    told = Measured(name=opened.name, about=opened.about, scale=metric.scale)
    try:
        if not theirs:
            raise Refused("needs other videos to compare with: give a folder of them with --against")
        return replace(told, reading=metric.between(_readings(opened.name, ours), _readings(opened.name, theirs)))
    except Refused as err:
        return replace(told, refused=str(err))


def _readings(name: str, rows: Sequence[Row]) -> list[Reading]:
    found = [m.reading for row in rows for m in row.measured if m.name == name]
    if not all(found):
        why = next(m.refused for row in rows for m in row.measured if m.name == name and m.reading is None)
        raise Refused(why)
    return [reading for reading in found if reading is not None]
