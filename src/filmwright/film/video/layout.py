"""A title's words -> glyphs in the picture: lines broken and balanced, fitted into the box, optically aligned."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float32

from filmwright.core.errors import BadFilm
from filmwright.core.shot import Box

from .faces import Face
from .fonts import script
from .shaping import Row, shape_row

SAFE = 0.05  # of each side: the title-safe area of SMPTE ST 2046-1
_SPACE = 0.25  # ems of a usual word space
SMALLEST = 0.022  # of the reference height, the em size below which nobody reads it


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A glyph in the picture: the pixel position of its origin, and how it moves when tracking is spread."""

    face: Face
    id: int
    size: float  # pixels of its em
    x: float
    y: float
    spread: float  # pixels it moves right for each pixel of tracking
    order: float  # 0 for the title's first letter, 1 for its last


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A title, set. `lines` are (left, top, right, bottom) of each line's ink in pixels."""

    letters: tuple[Letter, ...]
    size: float  # pixels of the em
    lines: tuple[tuple[float, float, float, float], ...]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of all the ink, in pixels."""
        left, top, right, bottom = zip(*self.lines, strict=True)
        return min(left), min(top), max(right), max(bottom)

    def paint(self, mask: Float32[np.ndarray, "h w"], *, left: int = 0, top: int = 0) -> None:
        """Paint the letters at rest into a mask whose corner is at (left, top) of the picture."""
        for letter in self.letters:
            paint_letter(mask, letter, left=left, top=top)
        np.minimum(mask, 1, out=mask)


def paint_letter(
    mask: Float32[np.ndarray, "h w"],
    letter: Letter,
    *,
    left: int,
    top: int,
    dx: float = 0.0,
    dy: float = 0.0,
    shown: float = 1.0,
) -> None:
    """Add a letter's exact coverage to a mask whose corner is at (left, top), moved by (dx, dy) pixels."""
    x, y = letter.x + dx - left, letter.y + dy - top
    whole_x, whole_y = int(np.floor(x)), int(np.floor(y))
    ink, ink_left, ink_top = letter.face.draw(letter.id, letter.size, x - whole_x, y - whole_y)
    column, row = whole_x + ink_left, whole_y + ink_top
    y0, x0 = max(-row, 0), max(-column, 0)
    y1, x1 = min(ink.shape[0], mask.shape[0] - row), min(ink.shape[1], mask.shape[1] - column)
    if y1 > y0 and x1 > x0:
        mask[row + y0 : row + y1, column + x0 : column + x1] += ink[y0:y1, x0:x1] * np.float32(shown / 255)


def reference(width: int, height: int) -> float:
    """The height that type sizes are shares of: a tall picture's letters follow its width."""
    return float(min(height, 1.15 * width))


def set_text(
    text: str,
    faces: Sequence[Face],
    box: Box,
    *,
    width: int,
    height: int,
    size: float,
    tracking: float,
    leading: float,
    max_lines: int,
    align: Literal["left", "center", "right"],
    safe: float = SAFE,
    saving: float = 0.14,
) -> Setting:
    """Set `text` at `size` (a share of the reference height) or as large as fits `box` inside the safe area.

    Few lines and large letters are weighed against each other: a line less is worth `saving` of the size. Lines are
    balanced. Raises BadFilm where the letters would be too small to read.
    """
    left, right = max(box.left, safe) * width, min(box.right, 1 - safe) * width
    top, bottom = max(box.top, safe) * height, min(box.bottom, 1 - safe) * height
    nominal = size * reference(width, height)
    best: tuple[float, float, list[Row]] | None = None
    for rows in _ways(polished(text), faces, tracking, max_lines):
        wide = max(row.width for row in rows)
        tall = _reach(rows[0])[0] + leading * (len(rows) - 1) + _reach(rows[-1])[1]
        em = min(nominal, (right - left) / max(wide, 1e-6), (bottom - top) / tall)
        merit = em * (1 - saving * (len(rows) - 1))
        if best is None or merit > best[0]:
            best = merit, em, rows
    assert best is not None
    _, em, rows = best
    if em < SMALLEST * reference(width, height):
        raise BadFilm(f"the title {text!r} is too long for its place: it would be {em:.0f} pixels high. Shorten it.")
    return _placed(rows, em, faces[0].cap_height, leading, (left, top, right, bottom), align)


def polished(text: str) -> str:
    """Typewriter signs as a typesetter would set them: curly quotes, dashes, ellipses."""
    text = re.sub(r"(?<=[\s(\[])\"|^\"", "“", text).replace('"', "”")
    text = re.sub(r"(?<=[\s(\[])'(?=\w)|^'(?=\w)", "‘", text).replace("'", "’")
    return text.replace("...", "…").replace(" -- ", " — ").replace("--", "—").strip()


def _ways(text: str, faces: Sequence[Face], tracking: float, max_lines: int) -> Iterator[list[Row]]:
    """The balanced way to set the text on each number of lines; line breaks in it are kept."""
    paragraphs = [pieces(line) for line in text.splitlines() if line.strip()] or [[""]]
    widths: dict[str, Row] = {}

    def row(words: Sequence[str]) -> Row:
        line = "".join(words).strip()
        if line not in widths:
            widths[line] = shape_row(line, faces, tracking=tracking)
        return widths[line]

    most = max(max_lines, len(paragraphs))
    for extra in range(most - len(paragraphs) + 1):
        counts = [1] * len(paragraphs)
        counts[int(np.argmax([len(p) for p in paragraphs]))] += extra
        if any(count > len(p) for count, p in zip(counts, paragraphs, strict=True)):
            return
        yield [row(line) for p, count in zip(paragraphs, counts, strict=True) for line in _balanced(p, count, row)]


def pieces(line: str) -> list[str]:
    """What a line may be broken between: words with their space, and single Chinese or Japanese letters.

    Korean breaks at spaces only, as headlines do. A one-letter last word stays with the word before it.
    """
    out: list[str] = []
    for word in re.findall(r"\S+\s*", line):
        if any(script(char) in ("CJK", "HIRAGANA", "KATAKANA") for char in word):
            out += re.findall(r"[「『（“‘]*.[、。，．！？」』）”’ー…\s]*", word)
        else:
            out.append(word)
    if len(out) > 2 and len(out[-1].strip()) < 2:
        out[-2:] = ["".join(out[-2:])]
    return out


def _balanced(words: list[str], count: int, row: Callable[[Sequence[str]], Row]) -> list[list[str]]:
    """Break into `count` lines so that the widest is as narrow as it can be and the others follow it."""
    # words by themselves, with a space between: near enough to choose by, and quick for any number of words
    ends_at = np.cumsum([0.0, *(row([word]).width + (_SPACE if word != word.rstrip() else 0.0) for word in words)])
    measure = ends_at[None, :] - ends_at[:-1, None]
    target = measure[0, len(words)] / count
    cost = [{0: (0.0, 0)}]  # per line: end -> (cost so far, start)
    for line in range(count):
        ends: dict[int, tuple[float, int]] = {}
        for start, (so_far, _) in cost[-1].items():
            for end in range(start + 1, len(words) - (count - line - 1) + 1):
                total = so_far + (measure[start, end] / target - 1) ** 2 - _pause(words[end - 1])
                if end not in ends or total < ends[end][0]:
                    ends[end] = (total, start)
        cost.append(ends)
    lines, end = [], len(words)
    for ends in reversed(cost[1:]):
        start = ends[end][1]
        lines.append(words[start:end])
        end = start
    return lines[::-1]


def _reach(row: Row) -> tuple[float, float]:
    """How far a row's ink goes above its baseline and below it, in ems."""
    inks = [(g.face.ink(g.id), g) for g in row.glyphs]
    above = max((g.y + ink[3] * g.scale for ink, g in inks), default=0.0)
    return above, max((-g.y - ink[1] * g.scale for ink, g in inks), default=0.0)


def _pause(word: str) -> float:
    """How welcome a line's end is after a word: at a full stop more than at a comma, more than anywhere else."""
    last = word.rstrip()[-1:]
    return 0.16 if last in ".!?…。！？" else 0.06 if last in ",;:—、，" else 0.0


def _placed(
    rows: Sequence[Row],
    em: float,
    cap: float,
    leading: float,
    box: tuple[float, float, float, float],
    align: Literal["left", "center", "right"],
) -> Setting:
    """Put rows into a box of pixels: ink to the edges, capitals and baselines about its middle."""
    share = {"left": 0.0, "center": 0.5, "right": 1.0}[align]
    left, top, right, bottom = box
    block = (cap + leading * (len(rows) - 1)) * em
    rise, depth = _reach(rows[0])[0] * em, _reach(rows[-1])[1] * em
    middle = min((top + bottom) / 2, bottom - depth - block / 2)  # tails stay inside, too,
    middle = max(middle, top + rise - cap * em + block / 2)  # and so do accents
    baseline = float(round(middle - block / 2 + cap * em))  # at rest on whole pixels: crisp
    total = max(sum(len(row.glyphs) for row in rows) - 1, 1)
    letters: list[Letter] = []
    lines = []
    for row in rows:
        origin = left + (right - left - row.width * em) * share - row.left * em
        inks = []
        for glyph in row.glyphs:
            x, y, size = origin + glyph.x * em, baseline - glyph.y * em, glyph.scale * em
            spread = glyph.step - share * row.steps
            order = len(letters) / total
            letters.append(Letter(face=glyph.face, id=glyph.id, size=size, x=x, y=y, spread=spread, order=order))
            low, high = glyph.face.ink(glyph.id)[1::2]
            inks.append((y - high * size, y - low * size))
        x0 = origin + row.left * em
        lines.append((x0, min(t for t, _ in inks), x0 + row.width * em, max(b for _, b in inks)))
        baseline += leading * em
    return Setting(letters=tuple(letters), size=em, lines=tuple(lines))
