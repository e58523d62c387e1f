"""Samples as a contact sheet, as a video, and on the run's page with its curves."""

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt, nan
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from filmwright import __version__
from filmwright.core.files import whole
from filmwright.core.frames import Frames
from filmwright.film.video.codecs import codecs
from filmwright.jobs.evaluate.curve import drawing
from filmwright.jobs.page.escaped import escape
from filmwright.jobs.page.pictures import moving
from filmwright.jobs.page.sheet import sheet, write_sheet
from filmwright.jobs.page.style import STYLE as SHARED

from .samples import Sample

FOLDER, PAGE = "samples", "page.html"
MOMENTS = 6  # of a video that the contact sheet shows
LEAST, GAP, GROUND = 96, 6, 24  # pixels of a small picture's side and between pictures; the grey behind them
CURVES = ("loss", "validation_loss", "gradient", "lr")
STYLE = (
    SHARED
    + """
.curve { display: block; width: 100%; height: 72px } .bounds { color: var(--soft); font-size: 12.5px }
.curve path { fill: none; stroke: #3d6fb4; stroke-width: 1.6; vector-effect: non-scaling-stroke }
.curve line { stroke: var(--line); vector-effect: non-scaling-stroke }
.made { display: grid; grid-template-columns: repeat(3, 1fr); gap: 20px }
.made figure { margin: 0 } .made img { width: 49%; border-radius: 6px; image-rendering: pixelated }
.made figcaption { font-size: 13px } .made small { color: var(--soft) }
"""
)


def show(
    out: Path, name: str, step: int, made: Sequence[Sample], lines: Sequence[dict[str, Any]], fps: Fraction
) -> Path:
    """Write `samples/step-....png` and `.mp4`, and the page anew; the contact sheet's path. Raises CannotWrite."""
    where = out / FOLDER / f"step-{step:09d}.png"
    with whole(where) as part:
        Image.fromarray(contact_sheet(made)).save(part)
    codecs.open("mp4").encode([Frames(rgb=mosaic(made), fps=fps)], where.with_suffix(".mp4"))
    write_sheet(page(name, step, made, lines, fps), out / PAGE)
    return where


def contact_sheet(made: Sequence[Sample]) -> UInt8[np.ndarray, "H W 3"]:
    """A row a sample, left to right in time; the clip whose conditions it followed stands in the row below."""
    rows = [rgb for sample in made for rgb in (sample.rgb, sample.real) if rgb is not None]
    return _laid([_moments(_larger(rgb)) for rgb in rows])


def mosaic(made: Sequence[Sample]) -> UInt8[np.ndarray, "F H W 3"]:
    """All samples at once, moving."""
    columns = isqrt(len(made) - 1) + 1
    videos = [_larger(sample.rgb) for sample in made]
    videos += [np.full_like(videos[0], GROUND)] * (-len(videos) % columns)
    rows = [videos[first : first + columns] for first in range(0, len(videos), columns)]
    frames = [_laid([[video[f] for video in row] for row in rows]) for f in range(len(videos[0]))]
    height, width = (size - size % 2 for size in frames[0].shape[:2])  # H.264 wants even sides
    return np.stack(frames)[:, :height, :width]


def page(name: str, step: int, made: Sequence[Sample], lines: Sequence[dict[str, Any]], fps: Fraction) -> str:
    """Curves, and the newest samples beside the clips whose conditions they followed."""
    body = [f"<h1>{escape(name)}</h1>", f'<p class="sentence">{step} steps</p><br>']
    for kind in CURVES:
        values = [line[kind] for line in lines if kind in line] or [nan]
        curve = drawing(values, kind)
        body += [f"<section><h2>{escape(kind.replace('_', ' '))}</h2>{curve}</section>"] if curve else []
    figures = "".join(_figure(sample, float(fps)) for sample in made)
    body.append(f'<section><h2>samples, and the clips they follow</h2><div class="made">{figures}</div></section>')
    return sheet(f"{name}: training", STYLE, "\n".join(body), f"Written by filmwright {escape(__version__)}.")


def _figure(sample: Sample, fps: float) -> str:
    pictures = [moving(list(rgb), fps) for rgb in (sample.rgb, sample.real) if rgb is not None]
    shown = " ".join(f'<img alt="" src="{picture}">' for picture in pictures)
    says = f"{escape(sample.caption)} <small>{escape(sample.asked)}</small>"
    return f"<figure>{shown}<figcaption>{says}</figcaption></figure>"


def _larger(rgb: UInt8[np.ndarray, "F H W 3"]) -> UInt8[np.ndarray, "F h w 3"]:
    times = max(1, -(-LEAST // min(rgb.shape[1:3])))
    return rgb.repeat(times, 1).repeat(times, 2)


def _moments(rgb: UInt8[np.ndarray, "F H W 3"]) -> list[UInt8[np.ndarray, "H W 3"]]:
    return list(rgb[np.linspace(0, len(rgb) - 1, min(MOMENTS, len(rgb))).round().astype(int)])


def _laid(rows: Sequence[Sequence[UInt8[np.ndarray, "H W 3"]]]) -> UInt8[np.ndarray, "h w 3"]:
    """Pictures of one size as a wall."""
    height, width = (size + GAP for size in rows[0][0].shape[:2])
    wall = np.full((GAP + height * len(rows), GAP + width * len(rows[0]), 3), GROUND, np.uint8)
    for i, row in enumerate(rows):
        for j, picture in enumerate(row):
            wall[GAP + i * height : (i + 1) * height, GAP + j * width : (j + 1) * width] = picture
    return wall
