"""Stills beside the film: the poster, and the contact sheet of a storyboard or a film."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float32, UInt8
from PIL import Image, ImageCms

from filmwright.core.errors import BadFilm
from filmwright.core.files import whole
from filmwright.core.frames import Frames
from filmwright.core.shot import Box

from .fonts import Voice, font_stack
from .layout import Setting, set_text
from .light import LUMA, to_display, to_linear

QUALITY = 92  # of JPEGs; above it files grow and nobody sees why
_SHEET_WIDTH = 1920  # pixels
_MARGIN, _GAP = 64, 32  # pixels of a sheet
_GROUND, _TEXT, _QUIET = 22, 232, 150  # sRGB greys: a dark neutral wall, its labels, its small print


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Still:
    """One picture for a contact sheet, with what its label says."""

    rgb: UInt8[np.ndarray, "H W 3"]
    name: str
    start: float  # seconds into the film
    seconds: float


def poster(frames: Frames, path: Path, *, quality: int = QUALITY) -> Path:
    """Write the best of a few pictures as a JPEG or PNG, by `path`'s ending: the sharpest, richest, best exposed one.

    Raises BadFilm for another ending or no picture, CannotWrite where the disk refuses.
    """
    if not len(frames.rgb):
        raise BadFilm("there is no picture to make a poster of: the shot has zero frames.")
    best = max(frames.rgb, key=appeal)
    return _save(best, path, quality=quality)


def appeal(rgb: UInt8[np.ndarray, "H W 3"]) -> float:
    """How good a poster a picture makes: detail in its middle, colour, and light that is neither black nor burnt."""
    step = max(1, min(rgb.shape[:2]) // 360)
    small = rgb[::step, ::step].astype(np.float32) / 255
    tone = small @ LUMA
    height, width = tone.shape
    middle = tone[height // 5 : height - height // 5, width // 5 : width - width // 5]
    detail = float(np.abs(np.diff(middle, axis=0)).mean() + np.abs(np.diff(middle, axis=1)).mean())
    color = float((small.max(-1) - small.min(-1)).mean())
    lost = float(((tone < 0.02) | (tone > 0.98)).mean())
    return detail * 10 + color - lost


def contact_sheet(
    stills: Sequence[Still], path: Path, *, title: str = "", what: str = "shot", fonts: Sequence[Path] = ()
) -> Path:
    """Write one labelled still per shot, or `what` else, on a dark wall, in reading order; JPEG or PNG by the ending.

    Raises BadFilm where there are no stills, MissingFont for names no font at hand can set, CannotWrite.
    """
    if not stills:
        raise BadFilm("there are no stills to put on a contact sheet: the film has no shots.")
    columns = _columns(stills)
    cell = (_SHEET_WIDTH - 2 * _MARGIN - (columns - 1) * _GAP) // columns
    tall = max(round(cell * still.rgb.shape[0] / still.rgb.shape[1]) for still in stills)
    label, head = 76, 150 if title else _MARGIN
    rows = -(-len(stills) // columns)
    height = head + rows * (tall + label) + (rows - 1) * _GAP // 2 + _MARGIN // 2
    sheet = np.full((height, _SHEET_WIDTH, 3), _GROUND, np.uint8)
    if title:
        seconds = max(still.start + still.seconds for still in stills)
        facts = f"{len(stills)} {what if len(stills) == 1 else what + 's'}   {seconds:.1f} s"
        _write(sheet, title, (_MARGIN, 40, 1300, 70), 44.0, _TEXT, fonts=fonts, voice="serif", weight=400)
        _write(sheet, facts, (1300, 40, _SHEET_WIDTH - _MARGIN - 1300, 70), 22.0, _QUIET, align="right", fonts=fonts)
    for i, still in enumerate(stills):
        left = _MARGIN + (i % columns) * (cell + _GAP)
        top = head + (i // columns) * (tall + label + _GAP // 2)
        _hang(sheet, still, i + 1, left, top, cell, fonts)
    return _save(sheet, path, quality=QUALITY)


def _columns(stills: Sequence[Still]) -> int:
    """Wide pictures in few columns, tall ones in more."""
    shape = stills[0].rgb.shape[1] / stills[0].rgb.shape[0]
    most = 3 if shape > 1.2 else 4 if shape > 0.9 else 5
    return 2 if len(stills) in (1, 2, 4) and shape > 1.2 else min(most, max(len(stills), 3))


def _hang(
    sheet: UInt8[np.ndarray, "H W 3"],
    still: Still,
    number: int,
    left: int,
    top: int,
    width: int,
    fonts: Sequence[Path],
) -> None:
    """One picture with its number, name and times below it."""
    height = round(width * still.rgb.shape[0] / still.rgb.shape[1])
    small = Image.fromarray(still.rgb).resize((width, height), Image.Resampling.LANCZOS)
    sheet[top : top + height, left : left + width] = np.asarray(small)
    times = f"{still.start:.2f} – {still.start + still.seconds:.2f} s"
    below = top + height + 12
    _write(sheet, str(number), (left, below, 40, 30), 19.0, _QUIET, fonts=fonts)
    _write(sheet, still.name, (left + 36, below, width - 200, 30), 19.0, _TEXT, fonts=fonts, weight=600)
    _write(sheet, times, (left + width - 164, below, 164, 30), 17.0, _QUIET, align="right", fonts=fonts)


def _write(
    sheet: UInt8[np.ndarray, "H W 3"],
    text: str,
    place: tuple[int, int, int, int],
    size: float,
    grey: int,
    *,
    fonts: Sequence[Path],
    align: Literal["left", "right"] = "left",
    voice: Voice = "sans",
    weight: int = 500,
) -> None:
    """Set a line of `size` pixels into left, top, width, height."""
    left, top, width, height = place
    faces = [file.open() for file in font_stack(text, voice=voice, weight=weight, own=fonts)]
    # a label stands in a little picture of its own, so safe areas and references do not apply to it
    setting = set_text(
        text,
        faces,
        Box(left=0.0, top=0.0, right=1.0, bottom=1.0),
        width=width,
        height=height,
        size=size / height,
        tracking=0.0,
        leading=1.2,
        max_lines=1,
        align=align,
        safe=0.0,
    )
    area = sheet[top : top + height, left : left + width]
    area[:] = _inked(area, setting, grey)


def _inked(area: UInt8[np.ndarray, "h w 3"], setting: Setting, grey: int) -> UInt8[np.ndarray, "h w 3"]:
    mask: Float32[np.ndarray, "h w"] = np.zeros(area.shape[:2], np.float32)
    setting.paint(mask)
    linear = to_linear(area)
    linear += (to_linear(np.array([grey] * 3, np.uint8)) - linear) * mask[..., None]
    return np.rint(to_display(linear)).astype(np.uint8)


def _save(rgb: UInt8[np.ndarray, "H W 3"], path: Path, *, quality: int) -> Path:
    """Write a picture whole, tagged as sRGB."""
    kind = path.suffix.lower()
    if kind not in (".jpg", ".jpeg", ".png"):
        raise BadFilm(f"a picture can't be written as {path.suffix or 'a file without an ending'!r}. Use .jpg or .png.")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = Image.fromarray(np.ascontiguousarray(rgb))
    with whole(path) as part:
        if kind == ".png":
            image.save(part, icc_profile=profile, optimize=True)
        else:  # 4:4:4, for red labels have sharp edges
            image.save(part, quality=quality, subsampling=0, optimize=True, progressive=True, icc_profile=profile)
    return path
