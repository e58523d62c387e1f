"""An open font: which letters it has, how it shapes them, how it draws them."""

import ctypes
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import freetype
import numpy as np
import uharfbuzz
from freetype.raw import FT_Outline_Translate
from jaxtyping import UInt8

from filmwright.core.errors import BadAsset


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaped:
    """One glyph of a shaped run, in shares of the em; y grows upwards."""

    glyph: int
    cluster: int  # index into the run's text of its first letter
    x: float  # offset from the pen
    y: float
    advance: float


class Face:
    """One font at one weight. Sizes are pixels of the em."""

    def __init__(self, path: Path, index: int, weight: int) -> None:
        self.path = path
        try:
            self._face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)), index)
            self._drawn = freetype.Face(str(path), index)
        except (OSError, freetype.FT_Exception, uharfbuzz.HarfBuzzError) as err:
            raise BadAsset(f"{path} can't be read as a font ({err}). Give a TrueType or OpenType file.") from err
        if not self._face.upem or not self._face.glyph_count or not self._drawn.is_scalable:
            raise BadAsset(f"{path} holds no outlines. Give a TrueType or OpenType file.")
        self._font = uharfbuzz.Font(self._face)
        if any(axis.tag == "wght" for axis in self._face.axis_infos):
            self._font.set_variations({"wght": weight})
            self._drawn.set_var_design_coords(
                [_between(weight, a) if a.tag == "wght" else a.default_value for a in self._face.axis_infos]
            )

    @cached_property
    def letters(self) -> frozenset[str]:
        """Every letter the font has."""
        return frozenset(map(chr, self._face.unicodes))

    @cached_property
    def cap_height(self) -> float:
        """Height of an H, in ems; of a typical face where it has none."""
        return self._height("H", 0.7)

    @cached_property
    def x_height(self) -> float:
        """Height of an x, in ems."""
        return self._height("x", 0.5)

    def _height(self, char: str, otherwise: float) -> float:
        glyph = self._font.get_nominal_glyph(ord(char))
        extents = self._font.get_glyph_extents(glyph) if glyph else None
        return extents.y_bearing / self._face.upem if extents else otherwise

    def shape(self, text: str, *, ligatures: bool = True) -> tuple[Shaped, ...]:
        """HarfBuzz's glyphs of a run of one script, left to right as they stand on the line."""
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        uharfbuzz.shape(self._font, buffer, {"kern": True, "liga": ligatures, "clig": ligatures})
        em = self._face.upem
        return tuple(
            Shaped(
                glyph=info.codepoint,
                cluster=info.cluster,
                x=place.x_offset / em,
                y=place.y_offset / em,
                advance=place.x_advance / em,
            )
            for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
        )

    def ink(self, glyph: int) -> tuple[float, float, float, float]:
        """Left, bottom, right, top of a glyph's outline about its origin, in ems; y grows upwards."""
        box, em = self._font.get_glyph_extents(glyph), self._face.upem
        if box is None:
            return 0.0, 0.0, 0.0, 0.0
        top, bottom = box.y_bearing / em, (box.y_bearing + box.height) / em
        return box.x_bearing / em, bottom, (box.x_bearing + box.width) / em, top

    def draw(self, glyph: int, size: float, dx: float, dy: float) -> tuple[UInt8[np.ndarray, "h w"], int, int]:
        """Exact coverage of a glyph moved by (dx, dy) pixels, y downwards, without hinting; and its left and top.

        Left and top are whole pixels from the origin to the array's first column and row.
        """
        self._drawn.set_char_size(max(round(size * 64), 1))
        self._drawn.load_glyph(glyph, freetype.FT_LOAD_NO_HINTING | freetype.FT_LOAD_NO_BITMAP)
        slot = self._drawn.glyph
        FT_Outline_Translate(ctypes.byref(slot._FT_GlyphSlot.contents.outline), round(dx * 64), round(-dy * 64))
        slot.render(freetype.FT_RENDER_MODE_NORMAL)
        raw = slot._FT_GlyphSlot.contents.bitmap
        rows, pitch, width = raw.rows, raw.pitch, raw.width
        pixels = np.frombuffer(ctypes.string_at(raw.buffer, rows * pitch), np.uint8) if rows else np.zeros(0, np.uint8)
        return pixels.reshape(rows, pitch)[:, :width], slot.bitmap_left, -slot.bitmap_top


def _between(weight: int, axis: uharfbuzz.OTVarAxisInfo) -> float:
    return float(min(max(weight, axis.min_value), axis.max_value))


@lru_cache(maxsize=64)
def open_face(path: Path, index: int, weight: int) -> Face:
    """The font in `path`, opened once. Raises BadAsset where the file is none."""
    return Face(path, index, weight)
