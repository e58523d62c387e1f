"""A spread-spectrum watermark in the luma: survives compression, scaling, cropping, turning; needs the maker's key."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import UInt8

from filmwright.core.errors import BadFilm
from filmwright.core.frames import Frames
from filmwright.core.mark import UNMARKED, Geometry, MarkReading
from filmwright.film.asset.home import secret
from filmwright.film.asset.spread.bars import Bars
from filmwright.film.asset.spread.budget import Budget
from filmwright.film.asset.spread.evidence import Evidence
from filmwright.film.asset.spread.masking import Overlay
from filmwright.film.asset.spread.pattern import Pattern
from filmwright.film.asset.spread.search import AS_MARKED, Search, Sight, common, every, soft_bits, usual

FIRST = 12  # pictures after which reading is tried; then at twice as many, and so on
ENOUGH = 1536  # pictures that are looked at, at most
SEEN = 1e-6  # probability of a false alarm below which the mark counts as present
HOPE = 5.0  # standard deviations below which decoding is not worth a try


class Tiled:
    """A periodic pattern whose phases are the key and whose signs are the message."""

    algorithm = "org.filmwright.tiled.1"

    def __init__(self, pattern: Pattern, level: float) -> None:
        self.pattern, self.level = pattern, level

    @property
    def num_bits(self) -> int:
        """Length of the message."""
        return self.pattern.num_bits

    def embed(self, frames: Iterable[Frames], payload: int) -> Iterator[Frames]:
        """The same frames, marked; the pattern stands still, so that nothing shimmers."""
        if not 0 <= payload < 1 << self.num_bits:
            raise BadFilm(f"the mark holds {self.num_bits} bits, got a message of {payload.bit_length()}.")
        overlay: Overlay | None = None
        budget = Budget()
        for piece in frames:
            size = piece.rgb.shape[1:3]
            if overlay is None or overlay.pattern.shape != size:
                overlay = Overlay(self.pattern.picture(payload, *size) * np.float32(self.level))
            rgb = np.empty_like(piece.rgb)
            for picture, marked in zip(piece.rgb, rgb, strict=True):
                overlay.lay(picture, marked, budget.level)
                budget.see(picture, marked)
            yield Frames(rgb=rgb, fps=piece.fps, start=piece.start, passes=piece.passes)

    def read(
        self, luma: Iterable[UInt8[np.ndarray, "H W"]], *, deep: bool = False, at: Geometry | None = None
    ) -> MarkReading:
        """Look at pictures until the message is read; then, if they end before, at ever more geometries."""
        evidence, bars, checkpoint = Evidence(), Bars(), FIRST
        for picture in islice(luma, ENOUGH):
            evidence.add(picture)
            bars.add(picture)
            if evidence.num_frames == checkpoint:
                checkpoint *= 2
                found = self._attempt(evidence, at)
                if found.payload is not None:
                    return found
        if not evidence.num_frames or not evidence.field.any():
            return replace(UNMARKED, num_bits=self.num_bits, num_frames=evidence.num_frames)
        found = self._attempt(evidence, at)
        further = (usual(bars.share), common(), *([every()] if deep else [])) if at is None else ((at,),)
        search = Search(evidence.field, self.pattern)
        for geometries in further if found.payload is None else ():
            sight = search.through(geometries)
            found = self._reading(search, sight, self._message(search, sight, evidence), evidence)
            if found.payload is not None:
                break
        return found

    def _attempt(self, evidence: Evidence, at: Geometry | None) -> MarkReading:
        """Read at one geometry, as it is."""
        search = Search(evidence.field, self.pattern)
        sight = search.look(at or AS_MARKED, exactly=True)
        return self._reading(search, sight, self._message(search, sight, evidence), evidence)

    def _message(self, search: Search, sight: Sight, evidence: Evidence) -> int | None:
        if sight.score < HOPE:
            return None
        decode, pattern = self.pattern.code.decode, self.pattern
        payload = decode(soft_bits(sight, pattern))
        return decode(soft_bits(search.weighed(sight, evidence.fields()), pattern)) if payload is None else payload

    def _reading(self, search: Search, sight: Sight, payload: int | None, evidence: Evidence) -> MarkReading:
        chance = search.false_alarm(sight.score)
        return MarkReading(
            present=chance < SEEN,
            false_alarm=chance,
            score=sight.score,
            payload=payload,
            num_bits=self.num_bits,
            num_frames=evidence.num_frames,
            geometry=sight.geometry,
        )


def build(*, key: Path | None = None, bits: Literal[64, 96] = 64, level: float = 1.0) -> Tiled:
    """`key` is a file whose bytes are the key, else the maker's own; `level` scales the mark against what is unseen."""
    return Tiled(Pattern(secret("mark") if key is None else key.read_bytes(), bits), level)
