"""What the rendering benchmarks film: the bundled product, staged and metered, and the machine they ran on."""

import os
import platform
from dataclasses import replace
from pathlib import Path

from filmwright.core.scene import Scene
from filmwright.core.shot import Shot
from filmwright.film.frames.renderers import renderers
from filmwright.jobs.film import Film
from filmwright.jobs.plan import expose, plan

BRIEF = "A calm luxury spot for a perfume. 'Slow down.'"


def bundled(width: int, height: int, kind: str) -> tuple[Scene, Shot]:
    """The staged bundled product, and the film's first shot of a kind (any shot if there is none), at a size."""
    planned = plan(Film(brief=BRIEF, seconds=8.0))
    with renderers.open("warp", quality="draft") as renderer:
        shots = expose(planned, renderer).storyboard.shots
    shot = next((s for s in shots if s.kind == kind), shots[0])
    return planned.stage.scene, replace(shot, width=width, height=height)


def machine() -> str:
    """Processor, cores and system in one line."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        name = names[0] if names else name
    return (
        f"{name}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def table(head: list[str], rows: list[list[str]]) -> str:
    """Rows as text, in columns."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = ["  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)) for row in [head, *rows]]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])
