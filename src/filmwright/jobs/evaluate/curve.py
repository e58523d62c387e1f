"""A number along time as a drawing (SVG)."""

import math
from collections.abc import Sequence
from itertools import groupby

from filmwright.jobs.page.escaped import escape

from .words import number

WIDTH, HEIGHT, PAD = 300, 44, 3  # of the drawing's own units
MOST = 600  # points: longer curves show the largest of each stretch


def drawing(values: Sequence[float], says: str) -> str:
    """The curve above zero, its lowest and highest value in words; "" where next to nothing is known of it."""
    shown = _thinned(values)
    known = [value for value in shown if not math.isnan(value)]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    floor, roof = min(low, 0.0), max(high, 0.0)
    room = (roof - floor) or 1.0
    across = (WIDTH - 2 * PAD) / (len(shown) - 1)
    points = [
        None if math.isnan(v) else (PAD + i * across, HEIGHT - PAD - (HEIGHT - 2 * PAD) * (v - floor) / room)
        for i, v in enumerate(shown)
    ]
    zero = HEIGHT - PAD + (HEIGHT - 2 * PAD) * floor / room
    bounds = number(low) if high == low else f"{number(low)} to {number(high)}"
    return (
        f'<svg class="curve" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(f"{says} along time, {bounds}")}">'
        f'<line x1="0" x2="{WIDTH}" y1="{zero:.1f}" y2="{zero:.1f}"/><path d="{_path(points)}"/></svg>'
        f'<span class="bounds">{escape(bounds)}</span>'
    )


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    """A line for each stretch that is known; a single point is a dot."""
    stretches = [[*those] for known, those in groupby(points, key=lambda point: point is not None) if known]
    lines = [" L".join(f"{x:.1f} {y:.1f}" for x, y in filter(None, those)) for those in stretches]
    return " ".join(f"M{line}{'' if 'L' in line else ' h0'}" for line in lines)


def _thinned(values: Sequence[float]) -> list[float]:
    step = -(-len(values) // MOST)
    groups = [[v for v in values[i : i + step] if not math.isnan(v)] for i in range(0, len(values), max(step, 1))]
    return [max(group, default=math.nan) for group in groups]
