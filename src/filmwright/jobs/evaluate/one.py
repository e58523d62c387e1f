"""One video -> what every metric says of it, in one look through it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from filmwright.core.errors import FilmError
from filmwright.core.progress import Report as Progress
from filmwright.core.progress import Step, silent
from filmwright.jobs.page.pictures import jpeg

from .metrics import Meter
from .moment import moments
from .nouns import Measured, Opened, Row
from .protocol import check_equal
from .reading import Refused
from .subject import Subject

SHOWN = 6  # frames on the page


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Running:
    """A metric at work, or why it is not."""

    opened: Opened
    meter: Meter | None
    refused: str = ""

    def measured(self) -> Measured:
        """What it says at the end."""
        told = Measured(name=self.opened.name, about=self.opened.about, scale=self.opened.metric.scale)
        if self.meter is None:
            return replace(told, refused=self.refused)
        try:
            return replace(told, reading=self.meter.reading())
        except Refused as err:
            return replace(told, refused=str(err))


def measure(subject: Subject, opened: Sequence[Opened], report: Progress = silent) -> Row:
    """Look through a video once; metrics that can't be had are refused by name.

    Two frames are in memory at a time. Raises BadAsset where the video is broken, BadFilm where it and its reference
    are not equal in protocol.
    """
    if subject.reference is not None:
        own, other = subject, subject.reference
        check_equal(own.name, own.protocol, other.name, other.protocol)
    running = [_started(each, subject) for each in opened]
    num, pictures = subject.protocol.num_frames, []
    shown = {(2 * i + 1) * num // (2 * SHOWN) for i in range(SHOWN)}
    for moment in moments(subject):
        for each in running:
            if each.meter is not None:
                each.meter.see(moment)
        if moment.index in shown:
            pictures.append(jpeg(moment.rgb, longest=320))
        report(Step(subject.name, moment.index + 1, num))
    return Row(
        name=subject.name,
        protocol=subject.protocol,
        reference=subject.reference.name if subject.reference else "",
        measured=tuple(each.measured() for each in running),
        pictures=tuple(pictures),
    )


def failed(name: str, error: FilmError) -> Row:
    """A video that could not be measured."""
    return Row(name=name, error=error)


def _started(opened: Opened, subject: Subject) -> _Running:
    try:
        return _Running(opened=opened, meter=opened.metric.start(subject))
    except Refused as err:
        return _Running(opened=opened, meter=None, refused=str(err))
