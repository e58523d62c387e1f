"""Text -> a row of glyphs from several fonts, on one baseline and at matched sizes."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from .faces import Face
from .fonts import script

_JOINED = {"ARABIC", "SYRIAC", "MONGOLIAN", "NKO", "DEVANAGARI", "BENGALI"}  # their letters touch: no tracking
_RIGHT_TO_LEFT = ("R", "AL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """A glyph on a line, in ems of the line's size; x to the right, y up from the baseline."""

    face: Face
    id: int
    scale: float  # of its font, to match the others'
    x: float
    y: float
    step: int  # letters to its left, which tracking spreads


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A shaped line. `width` is from the first glyph's ink to the last one's, which begins at `left`."""

    glyphs: tuple[Glyph, ...]
    left: float
    width: float
    steps: int  # gaps that tracking spreads


def shape_row(text: str, faces: Sequence[Face], *, tracking: float, ligatures: bool = True) -> Row:
    """Set one line of text with `tracking` ems more between letters.

    Each letter comes from the first of `faces` that has it. Fonts are scaled so that their capitals are as high as
    the first font's, so that scripts match in size. Lines that begin right to left run so; a run of the other
    direction inside keeps its own (the base level and one embedding of Unicode's UAX 9).
    """
    glyphs: list[Glyph] = []
    pen, step = 0.0, 0
    for run, face in _visual(_runs(text, faces)):
        scale = min(max(faces[0].cap_height / face.cap_height, 0.8), 1.25)
        gap = 0.0 if any(script(char) in _JOINED for char in run) else tracking
        last = None
        for shaped in face.shape(run, ligatures=ligatures and tracking < 0.02):
            if last is not None and shaped.cluster != last:
                pen, step = pen + gap, step + (gap != 0.0 or tracking == 0.0)
            last = shaped.cluster
            glyphs.append(
                Glyph(face=face, id=shaped.glyph, scale=scale, x=pen + shaped.x * scale, y=shaped.y * scale, step=step)
            )
            pen += shaped.advance * scale
        pen, step = pen + gap, step + 1
    inks = [(g.x + box[0] * g.scale, g.x + box[2] * g.scale) for g in glyphs if (box := g.face.ink(g.id))[2] > box[0]]
    left = min((a for a, _ in inks), default=0.0)
    right = max((b for _, b in inks), default=0.0)
    return Row(glyphs=tuple(glyphs), left=left, width=right - left, steps=max(step - 1, 0))


def _runs(text: str, faces: Sequence[Face]) -> list[tuple[str, Face]]:
    """Cut a line where the font or the script changes; marks, joiners and spaces stay with what they follow."""
    runs: list[tuple[str, Face]] = []
    current = ""
    for char in text:
        follows = unicodedata.category(char)[0] == "M" or unicodedata.category(char) == "Cf" or char.isspace()
        face = next((f for f in faces if char in f.letters), faces[0])
        kind = script(char) if char.isalpha() else ""
        if runs and (follows or (face is runs[-1][1] and kind in ("", current))):
            runs[-1] = (runs[-1][0] + char, runs[-1][1])
        else:
            runs.append((char, face))
            current = kind or current
        current = kind or current
    return runs


def _visual(runs: list[tuple[str, Face]]) -> list[tuple[str, Face]]:
    """Runs in the order they stand on the line, left to right."""
    strong = (unicodedata.bidirectional(char) for run, _ in runs for char in run)
    first = next((kind for kind in strong if kind in ("L", *_RIGHT_TO_LEFT)), "L")
    return runs[::-1] if first in _RIGHT_TO_LEFT else runs
