"""A page (HTML) with a sample of a data set: every clip moving, its passes beside it, what is said and known of it."""

import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from filmwright import __version__
from filmwright.core.clip import Clip
from filmwright.jobs.page.escaped import escape
from filmwright.jobs.page.pictures import moving
from filmwright.jobs.page.sheet import sheet, write_sheet
from filmwright.jobs.page.style import STYLE as SHARED

from .passes_shown import shown

FRAMES = 32  # of a clip that move on the page
STYLE = (
    SHARED
    + """
.clip { display: grid; grid-template-columns: repeat(5, 1fr); gap: 10px; margin: 0 0 12px }
.clip figure { margin: 0 } .clip img { width: 100%; display: block; border-radius: 6px; image-rendering: pixelated }
.clip figcaption { color: var(--soft); font-size: 12.5px; margin-top: 4px }
.says { margin: 0 0 6px; font-size: 16px } .others { color: var(--soft); font-size: 13.5px; margin: 0 }
details { color: var(--soft); font-size: 13px; margin-top: 8px } pre { white-space: pre-wrap; margin: 8px 0 0 }
@media (max-width: 700px) { .clip { grid-template-columns: repeat(2, 1fr) } }
"""
)


def write_page(name: str, clips: Iterable[Clip], out: Path, *, most: int = 24) -> Path:
    """Write the page, whole or not at all, with the first `most` of the clips. Raises BadFilm for a wrong ending."""
    picked = list(islice(clips, most))
    body = [f"<h1>{escape(name)}</h1>", f'<p class="sentence">{escape(_summary(picked))}</p><br>']
    body += [_clip(clip) for clip in picked]
    footer = f"Written by filmwright {escape(__version__)}: filmwright simulate."
    return write_sheet(sheet(f"{name}: simulated clips", STYLE, "\n".join(body), footer), out)


def _summary(clips: list[Clip]) -> str:
    if not clips:
        return "No clips."
    num, height, width = clips[0].frames.rgb.shape[:3]
    return f"{len(clips)} clips of {num} frames at {width}x{height}, {float(clips[0].frames.fps):g} frames a second."


def _clip(clip: Clip) -> str:
    num = min(len(clip.frames.rgb), FRAMES)
    rows = [{"rgb": clip.frames.rgb[f]} | shown(clip.frames.passes, f) for f in range(num)]
    figures = "".join(
        f'<figure><img alt="" src="{moving([row[name] for row in rows], float(clip.frames.fps))}">'
        f"<figcaption>{name}</figcaption></figure>"
        for name in rows[0]
    )
    first, *others = clip.captions or ("",)
    facts = escape(json.dumps(dict(clip.facts), ensure_ascii=False, indent=1))
    tracks = ", ".join(f"{track.id} {track.name}" for track in clip.tracks) or "none"
    more = f"<summary>{escape(clip.key)}: objects {escape(tracks)}</summary><pre>{facts}</pre>"
    return (
        f'<section><div class="clip">{figures}</div><p class="says">{escape(first)}</p>'
        f'<p class="others">{escape(" · ".join(others))}</p>'
        f"<details>{more}</details></section>"
    )
