"""Metrics over a set: many videos together, or against many others."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from .metrics import FolderMetric, SetMetric
from .nouns import Measured, Opened, Row
from .protocol import differences, in_words
from .reading import Reading, Refused


def over_sets(opened: Sequence[Opened], ours: Sequence[Row], theirs: Callable[[], Sequence[Row]]) -> list[Measured]:
    """What such metrics say; the others are looked through only for one that compares, and knows ours."""
    comparing = [(each, each.metric) for each in opened if isinstance(each.metric, SetMetric)]
    others = theirs() if any(not _refused(each.name, ours) for each, _ in comparing) else ()
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
    if why := _refused(name, ours):
        raise Refused(why)
    if not theirs:
        raise Refused("needs other videos to compare with: give a folder of them with --against")
    if why := _refused(name, theirs):
        raise Refused(why)
    _check_equal([row for row in (*ours, *theirs) if row.protocol])
    return metric.between(_known(name, ours), _known(name, theirs))


def _check_equal(rows: Sequence[Row]) -> None:
    """Raise Refused where speed or size are not those of all: features would tell these apart, and not the videos."""
    first = rows[0]
    for row in rows[1:]:
        assert first.protocol
        assert row.protocol
        apart = [each for each in differences(first.protocol, row.protocol) if each.what in ("fps", "size")]
        if apart:
            raise Refused(f"needs videos of one speed and size: of {first.name} and {row.name}, {in_words(apart)}")


def _refused(name: str, rows: Sequence[Row]) -> str:
    """Why there is no reading of one of them; "" where all have one."""
    return next((m.refused for row in rows for m in row.measured if m.name == name and m.reading is None), "")


def _known(name: str, rows: Sequence[Row]) -> list[Reading]:
    return [m.reading for row in rows for m in row.measured if m.name == name and m.reading]
