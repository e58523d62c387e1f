"""The label that a law asks for: plain words on dark glass in a free corner, from the first picture on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from jaxtyping import Float32, UInt8

from filmwright.core.errors import BadFilm
from filmwright.core.frames import Frames
from filmwright.core.shot import Box, Title

from .fonts import font_stack
from .layout import SAFE, Setting, reference, set_text
from .legibility import WHITE, Treatment, shaded
from .light import dithered, to_display, to_linear
from .styles import set_title

CORNERS = ("top left", "top right", "bottom left", "bottom right")  # players' controls lie below: the top goes first
GO = 0.5  # seconds in which the label leaves, after its time
GLASS = 8.0  # k of luminance / (1 + k luminance): white under it contrasts with the words by 6.2 (WCAG 2.2: 4.5)
_GLASS = Treatment(ink=WHITE, strength=GLASS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """A label in its place: set words on a plate of dark glass, in pixels of the picture."""

    setting: Setting
    left: int
    top: int
    right: int
    bottom: int
    corner: str

    def of(self, rgb: UInt8[np.ndarray, "H W 3"]) -> UInt8[np.ndarray, "h w 3"]:
        """The part of a picture under the plate."""
        return rgb[self.top : self.bottom, self.left : self.right]

    def meets(self, box: tuple[float, float, float, float]) -> bool:
        """Whether it comes closer to a box of pixels (left, top, right, bottom) than half a letter."""
        left, top, right, bottom = box
        air = _padding(self.setting.size)
        across = self.left < right + air and left < self.right + air
        return across and self.top < bottom + air and top < self.bottom + air


def notice(
    frames: Iterable[Frames],
    text: str,
    *,
    seconds: Fraction,
    size: float = 0.05,
    titles: Sequence[Title] = (),
    mood: str = "calm",
    fonts: Sequence[Path] = (),
) -> Iterator[Frames]:
    """Lay a label over the film's first `seconds`: whole from the first picture on, then it fades.

    `size` is the height of its capitals as a share of the picture's shorter side; lines of `text` stay lines. It
    stands in a corner that is free of the film's `titles`. Lay it on after all fades, or they would hide it. Raises
    MissingFont, or BadFilm where it does not fit.
    """
    plate: Plate | None = None
    glass = ink = np.zeros((0, 0), np.float32)
    for piece in frames:
        if plate is None:
            height, width = piece.rgb.shape[1:3]
            plate = set_notice(
                text, width=width, height=height, seconds=seconds, size=size, titles=titles, mood=mood, fonts=fonts
            )
            glass, ink = _glass(plate), _ink(plate)
        first, fps = float(piece.start), float(piece.fps)
        shown = [_shown(first + i / fps - float(seconds)) for i in range(len(piece.rgb))]
        if not any(shown):
            yield piece
            continue
        rgb = piece.rgb.copy()
        for i, share in enumerate(shown):
            if share > 0:
                plate.of(rgb[i])[:] = _drawn(
                    plate.of(rgb[i]), glass * share, ink * share, round((first + i / fps) * 1e3)
                )
        yield replace(piece, rgb=rgb)


def set_notice(
    text: str,
    *,
    width: int,
    height: int,
    seconds: Fraction,
    size: float = 0.05,
    titles: Sequence[Title] = (),
    mood: str = "calm",
    fonts: Sequence[Path] = (),
) -> Plate:
    """Set a label and find its corner without drawing it: raises MissingFont or BadFilm before a film is rendered."""
    if not text.strip():
        raise BadFilm("the label has no text. Give it some, or leave it out.")
    setting = _set(text, width, height, size, fonts)
    until = float(seconds) + GO
    taken = [
        set_title(title, width, height, mood, fonts).bounds
        for title in titles
        if float(title.start) < until and title.end > 0
    ]
    plates = [_placed(setting, corner, width, height) for corner in CORNERS]
    for plate in plates:
        if not any(plate.meets(box) for box in taken):
            return plate
    raise BadFilm(
        f"the label {text!r} finds no corner free of titles in the first {until:.1f} s. Shorten the titles, or let the "
        "film begin without them."
    )


def _set(text: str, width: int, height: int, size: float, fonts: Sequence[Path]) -> Setting:
    """The words at their size, in as many lines as that takes."""
    faces = [file.open() for file in font_stack(text, voice="sans", weight=600, own=fonts)]
    em = size * min(width, height) / faces[0].cap_height
    pad = _padding(em)
    inside = Box(left=SAFE + pad / width, right=1 - SAFE - pad / width, top=SAFE, bottom=0.6)
    setting = set_text(
        text,
        faces,
        inside,
        width=width,
        height=height,
        size=em / reference(width, height),
        tracking=0.01,
        leading=1.3,
        max_lines=6,
        align="left",
        saving=1e-4,  # the size is the law's: lines are added, letters are not made smaller
    )
    if setting.size < 0.999 * em:
        raise BadFilm(
            f"the label {text!r} does not fit a picture of {width}x{height} with letters of {size:.0%} of its shorter "
            "side. Shorten it."
        )
    return setting


def _placed(setting: Setting, corner: str, width: int, height: int) -> Plate:
    """The plate in its corner of the title-safe area: the same air on all four sides of the ink."""
    pad = _padding(setting.size)
    margin = round(SAFE * min(width, height))
    left, top, right, bottom = setting.bounds
    wide, tall = int(np.ceil(right - left)) + 2 * pad, int(np.ceil(bottom - top)) + 2 * pad
    x = margin if "left" in corner else width - margin - wide
    y = margin if "top" in corner else height - margin - tall
    dx, dy = round(x + pad - left), round(y + pad - top)
    moved = Setting(
        letters=tuple(replace(letter, x=letter.x + dx, y=letter.y + dy) for letter in setting.letters),
        size=setting.size,
        lines=tuple((a + dx, b + dy, c + dx, d + dy) for a, b, c, d in setting.lines),
    )
    return Plate(setting=moved, left=x, top=y, right=x + wide, bottom=y + tall, corner=corner)


def _padding(em: float) -> int:
    return max(round(0.42 * em), 2)


def _shown(late: float) -> float:
    """How much of the label is there, `late` seconds after its time."""
    share = min(max(1 - late / GO, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def _glass(plate: Plate) -> Float32[np.ndarray, "h w"]:
    """Coverage of the plate: a rectangle with round, soft corners."""
    height, width = plate.bottom - plate.top, plate.right - plate.left
    radius = min(0.36 * plate.setting.size, height / 2, width / 2)
    x = np.abs(np.arange(width) + 0.5 - width / 2) - (width / 2 - radius)
    y = np.abs(np.arange(height) + 0.5 - height / 2) - (height / 2 - radius)
    away = np.hypot(np.maximum(x, 0)[None, :], np.maximum(y, 0)[:, None])
    return np.clip(radius - away + 0.5, 0, 1).astype(np.float32)


def _ink(plate: Plate) -> Float32[np.ndarray, "h w"]:
    mask = np.zeros((plate.bottom - plate.top, plate.right - plate.left), np.float32)
    plate.setting.paint(mask, left=plate.left, top=plate.top)
    return mask


def _drawn(
    rgb: UInt8[np.ndarray, "h w 3"], glass: Float32[np.ndarray, "h w"], ink: Float32[np.ndarray, "h w"], seed: int
) -> UInt8[np.ndarray, "h w 3"]:
    linear = shaded(to_linear(rgb), _GLASS, glass)
    white = to_linear(np.rint(np.array(WHITE) * 255).astype(np.uint8))
    linear += (white - linear) * ink[..., None]
    return np.where(glass[..., None] > 0, dithered(to_display(linear), seed), rgb)
