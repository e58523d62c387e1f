"""Words as outlines, and their exact distance fields: for relief and for paint alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import font_manrope
import font_source_serif_pro
import numpy as np
import uharfbuzz as hb
from jaxtyping import Float, Float32

from filmwright.core.errors import MissingFont

SERIF = Path(font_source_serif_pro.font_files_ttf["SourceSerifProSemibold"])
SANS = Path(font_manrope.font_files["ManropeSemiBold"])

CURVE_STEPS = 10  # segments a Bezier curve


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lettering:
    """Closed outlines as segments (x0, z0, x1, z1) in millimetres, x to the right, z up."""

    segments: Float[np.ndarray, "S 4"]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, bottom, right, top of the ink."""
        x, z = self.segments[:, [0, 2]], self.segments[:, [1, 3]]
        return float(x.min()), float(z.min()), float(x.max()), float(z.max())


def write(
    text: str, font: Path, *, cap_height: float, tracking: float = 0.0, center: float = 0.0, baseline: float = 0.0
) -> Lettering:
    """One line of `text`, shaped with kerning, its ink centred on x = `center`; millimetres, tracking in cap heights.

    Raises MissingFont where the font lacks a letter.
    """
    face = hb.Face(hb.Blob.from_file_path(str(font)))
    shaper = hb.Font(face)
    h = shaper.get_nominal_glyph(ord("H"))
    scale = cap_height / shaper.get_glyph_extents(h).y_bearing
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(shaper, buffer, {"kern": True, "liga": tracking == 0})
    pen, found = 0.0, []
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        if info.codepoint == 0:
            raise MissingFont(f"{font.stem} has no letter {text[info.cluster]!r}. Write the label in Latin letters.")
        glyph = np.array(list(_outline(shaper, info.codepoint)), float).reshape(-1, 4) * scale
        found.append(glyph + np.array([pen + position.x_offset * scale, position.y_offset * scale] * 2))
        pen += position.x_advance * scale + tracking * cap_height
    segments = np.concatenate(found) if found else np.zeros((0, 4))
    if len(segments) == 0:
        raise MissingFont(f"the label {text!r} has no ink. Write it in letters.")
    shift = center - (segments[:, [0, 2]].min() + segments[:, [0, 2]].max()) / 2
    return Lettering(segments=segments + np.array([shift, baseline, shift, baseline]))


def _outline(font: hb.Font, glyph: int) -> Iterator[tuple[float, float, float, float]]:
    """The glyph's contours in font units, curves cut into chords."""
    pen = _Pen()
    font.draw_glyph_with_pen(glyph, pen)
    for contour in pen.contours:
        for (x0, y0), (x1, y1) in zip(contour, contour[1:] + contour[:1], strict=True):
            if (x0, y0) != (x1, y1):
                yield x0, y0, x1, y1


class _Pen:
    """Collects contours as points; its methods' names are the fontTools pen protocol's."""

    def __init__(self) -> None:
        self.contours: list[list[tuple[float, float]]] = []

    def moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self.contours.append([point])

    def lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self.contours[-1].append(point)

    def qCurveTo(self, control: tuple[float, float], end: tuple[float, float]) -> None:  # noqa: N802
        start = self.contours[-1][-1]
        third = [tuple(p + (c - p) * 2 / 3 for p, c in zip(q, control, strict=True)) for q in (start, end)]
        self.curveTo(third[0], third[1], end)  # type: ignore[arg-type]

    def curveTo(  # noqa: N802
        self, first: tuple[float, float], second: tuple[float, float], end: tuple[float, float]
    ) -> None:
        a, b, c, d = (np.array(p, float) for p in (self.contours[-1][-1], first, second, end))
        for t in np.linspace(0, 1, CURVE_STEPS + 1)[1:]:
            s = 1 - t
            point = s**3 * a + 3 * s * s * t * b + 3 * s * t * t * c + t**3 * d
            self.contours[-1].append((float(point[0]), float(point[1])))

    def closePath(self) -> None:  # noqa: N802
        return None

    endPath = closePath  # noqa: N815


def distance(
    lettering: Lettering, x: Float[np.ndarray, " W"], z: Float[np.ndarray, " H"], *, reach: float
) -> Float32[np.ndarray, "H W"]:
    """Signed distance to the outline on a grid of evenly rising x and z: inside positive, cut to ± `reach` mm."""
    near = np.full((len(z), len(x)), reach * reach, np.float32)
    dx, dz = float(x[1] - x[0]), float(z[1] - z[0])
    for x0, z0, x1, z1 in lettering.segments:
        left, right = sorted((x0, x1))
        low, high = sorted((z0, z1))
        i = slice(max(int((left - reach - x[0]) / dx), 0), max(int((right + reach - x[0]) / dx) + 2, 0))
        j = slice(max(int((low - reach - z[0]) / dz), 0), max(int((high + reach - z[0]) / dz) + 2, 0))
        px, pz = (x[i] - x0)[None], (z[j] - z0)[:, None]
        if px.size == 0 or pz.size == 0:
            continue
        ax, az = x1 - x0, z1 - z0
        t = np.clip((px * ax + pz * az) / (ax * ax + az * az), 0.0, 1.0)
        np.minimum(near[j, i], (px - t * ax) ** 2 + (pz - t * az) ** 2, out=near[j, i], casting="same_kind")
    return np.where(_inside(lettering, x, z), 1, -1).astype(np.float32) * np.sqrt(near)


def _inside(lettering: Lettering, x: Float[np.ndarray, " W"], z: Float[np.ndarray, " H"]) -> np.ndarray:
    """Where the winding number is not zero, by counting the crossings to the left on each row."""
    turns = np.zeros((len(z), len(x) + 1), np.int32)
    for x0, z0, x1, z1 in lettering.segments:
        low, high = sorted((z0, z1))
        rows = np.nonzero((z >= low) & (z < high))[0]
        if len(rows):
            cross = x0 + (z[rows] - z0) * (x1 - x0) / (z1 - z0)
            np.add.at(turns, (rows, np.searchsorted(x, cross)), 1 if z1 > z0 else -1)
    inside: np.ndarray = np.cumsum(turns, axis=1)[:, :-1] != 0
    return inside
