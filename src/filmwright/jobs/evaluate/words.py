"""Numbers of a report as people read them."""

import math

from .interval import Interval
from .protocol import VideoProtocol
from .reading import Better, Part, Reading, Span

ARROWS: dict[Better, str] = {"higher": "↑", "lower": "↓", "neither": ""}
BETTER: dict[Better, str] = {"higher": "higher is better", "lower": "lower is better", "neither": "neither is better"}


def number(value: float) -> str:
    """Three digits that count; whole numbers as such."""
    if math.isnan(value):
        return "not known"
    if value == round(value) and abs(value) < 1e6:
        return f"{value:.0f}"
    digits = max(2 - math.floor(math.log10(abs(value))), 0)
    return f"{value:.{min(digits, 4)}f}"


def interval(found: Interval) -> str:
    """The mean and its bounds."""
    if math.isnan(found.low):
        return number(found.mean)
    return f"{number(found.mean)} [{number(found.low)}, {number(found.high)}]"


def part(found: Part) -> str:
    """A number that the value stands on."""
    value = number(found.value) if found.interval is None else interval(found.interval)
    return f"{found.name} {value}{_unit(found.unit)}{f' ({found.note})' if found.note else ''}"


def reading(found: Reading) -> str:
    """The value, with its bounds where they are known."""
    return number(found.value) if found.interval is None else interval(found.interval)


def span(found: Span, protocol: VideoProtocol) -> str:
    """When something was found."""
    start, end = (float(frame / protocol.fps) for frame in (found.start, found.end))
    when = f"{start:.2f} s" if found.end - found.start == 1 else f"{start:.2f}-{end:.2f} s"
    return f"{when} (frame {found.start}): {found.says}"


def facts(protocol: VideoProtocol) -> str:
    """The protocol in one line."""
    frames = f"{protocol.num_frames} frame{'' if protocol.num_frames == 1 else 's'}"
    motion = f"motion {protocol.motion}" if protocol.fast else ""
    kind = ", ".join(filter(None, (protocol.codec, protocol.pixel_format, protocol.color, motion)))
    return f"{protocol.size}, {float(protocol.fps):.4g} fps, {frames} ({float(protocol.seconds):.2f} s), {kind}"


def _unit(unit: str) -> str:
    return unit if unit.startswith("%") else f" {unit}" if unit and unit != "of 1" else ""
