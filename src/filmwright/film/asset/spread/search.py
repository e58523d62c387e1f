"""Where the pattern lies in what was seen: shift by correlation, the rest of the geometry by trying."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, product
from math import cos, exp, log, pi, radians, sin, sqrt

import cv2
import numpy as np
from jaxtyping import Complex, Float, Float32

from filmwright.core.mark import Geometry

from .evidence import spectrum
from .pattern import TILE, Bins, Pattern

SURE = 9.0  # standard deviations at which looking for a better geometry ends
STEP = 0.01  # of scale: at half a step the band's edge is a sixth of a cycle off at the picture's border
BETWEEN = 8  # benchmarks/watermark_chance.py
TURN = 0.4  # degrees, for the same reason
AS_MARKED = Geometry()
NUM_SHIFTS = TILE * TILE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sight:
    """The pattern as one geometry shows it: `score` standard deviations above chance, the bins aligned."""

    geometry: Geometry
    score: float
    shift: tuple[float, float]  # pixels of the tile (down, right)
    values: Complex[np.ndarray, " K"]


class Search:
    """Looks for the pilots in a field, and counts how often it looked: luck grows with that."""

    def __init__(self, field: Float32[np.ndarray, "h w"], pattern: Pattern) -> None:
        self.field, self.pattern, self.looks = field, pattern, 0

    def look(self, geometry: Geometry = AS_MARKED, *, exactly: bool = False) -> Sight:
        """The best shift under one geometry; to a quarter of a pixel if `exactly`."""
        self.looks += 1
        bins = self.pattern.bins
        values = spectrum(straightened(self.field, geometry), bins) * bins.carrier
        score, shift = _best_shift(values, bins, exactly=exactly)
        return Sight(geometry=geometry, score=score, shift=shift, values=values * _turn(bins, shift))

    def weighed(self, sight: Sight, fields: Iterable[Float32[np.ndarray, "h w"]]) -> Sight:
        """The same sight with each of these fields counted by how well its pilots are seen: shots and codecs differ."""
        bins = self.pattern.bins
        turn, total = bins.carrier * _turn(bins, sight.shift), np.zeros(len(bins.phase), np.complex64)
        for field in fields:
            values = spectrum(straightened(field, sight.geometry), bins) * turn
            total += max(float(values.real[bins.pilots].mean()), 0.0) * values
        return replace(sight, values=total / np.sqrt(np.mean(np.abs(total) ** 2) + 1e-12))

    def through(self, geometries: Iterable[Geometry]) -> Sight:
        """The best of many geometries, then improved step by step; ends early where one is beyond doubt."""
        best: Sight | None = None
        for geometry in geometries:
            sight = self.look(geometry)
            if best is None or sight.score > best.score:
                best = sight
            if best.score >= SURE:
                break
        if best is None:
            raise ValueError("no geometry to look at")
        return self._improved(best)

    def _improved(self, best: Sight) -> Sight:
        best = self.look(best.geometry, exactly=True)
        for size in (0.5, 0.25, 0.12):
            better = True
            while better:
                near = max((self.look(g, exactly=True) for g in _beside(best.geometry, size)), key=lambda s: s.score)
                better = near.score > best.score + 0.02
                best = near if better else best
        return best

    def false_alarm(self, score: float) -> float:
        """How probable it is that unmarked pictures reach this score in any look at any shift, at most.

        Scores over all shifts, those between pixels too, are a smooth Gaussian field: this is the mean number of its
        peaks that are as high (Adler, "The Geometry of Random Fields", 1981, chapter 6). A search climbs to peaks
        between the geometries it looks at, too: measured, its scores are as if it had looked `BETWEEN` times as often.
        """
        bins, height = self.pattern.bins, max(score, 1.0)
        slope = 2 * pi**2 * float(np.mean(bins.radius[bins.pilots] ** 2))  # its variance, down as well as to the right
        peaks = NUM_SHIFTS * slope * height * exp(-(height**2) / 2) / (2 * pi) ** 1.5
        return min(1.0, peaks * (1 if self.looks == 1 else BETWEEN * self.looks))


def straightened(field: Float32[np.ndarray, "h w"], geometry: Geometry) -> Float32[np.ndarray, "H W"]:
    """The field as it would be had the pictures kept the geometry they were marked in."""
    if geometry == AS_MARKED:
        return field
    height, width = field.shape
    across, down = geometry.zoom * geometry.stretch, geometry.zoom
    size = (max(round(width / across), 8), max(round(height / down), 8))
    if down > 1.2:  # what the smaller grid can't hold would fold into the band
        field = cv2.GaussianBlur(field, (0, 0), 0.35 * down)
    turn = radians(geometry.rotation)
    matrix = np.array([[across * cos(turn), down * sin(turn)], [-across * sin(turn), down * cos(turn)]])
    if geometry.flipped:
        matrix[:, 0] *= -1
    centre = np.array([width - 1, height - 1]) / 2 - matrix @ (np.array(size) - 1) / 2
    place = np.column_stack([matrix, centre]).astype(np.float32)
    return cv2.warpAffine(field, place, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)


def usual(bars: float = 1.0) -> Iterator[Geometry]:
    """What most copies are: as marked, mirrored, or with bars that leave this share of the shorter side."""
    yield AS_MARKED
    yield Geometry(flipped=True)
    if 0.2 < bars < 0.99:  # less is a dark picture, not a framed one
        yield from (Geometry(zoom=bars * exp(STEP * i)) for i in (0, -1, 1))


def common() -> Iterator[Geometry]:
    """Crops, frames around the picture, changed shapes and slight turns."""
    zooms = _sweep(0.52, 2.4)
    for flipped in (False, True):
        yield from (Geometry(zoom=zoom, flipped=flipped) for zoom in zooms)
    for stretch in _sweep(0.55, 1.8):
        yield Geometry(stretch=stretch)
        yield Geometry(stretch=stretch, zoom=1 / stretch)
    yield from (Geometry(zoom=z, rotation=r) for z, r in product(_sweep(0.96, 1.2), _turns()))


def every() -> Iterator[Geometry]:
    """All of it together: slow."""
    for flipped, zoom, rotation in product((False, True), _sweep(0.52, 2.4), _turns()):
        yield Geometry(zoom=zoom, rotation=rotation, flipped=flipped)
    for stretch, zoom in product(_sweep(0.55, 1.8), _sweep(0.8, 1.8)):
        yield Geometry(stretch=stretch, zoom=zoom)


def _sweep(low: float, high: float) -> list[float]:
    """Scales in equal ratios, those next to 1 first."""
    count = round(max(-log(low), log(high)) / STEP)
    steps = chain.from_iterable((i, -i) for i in range(1, count + 1))
    return [s for s in (exp(STEP * i) for i in chain([0], steps)) if low <= s <= high]


def _turns(most: float = 5.2) -> list[float]:
    """Angles in degrees, small ones first."""
    count = int(most / TURN)
    return list(chain.from_iterable((TURN * i, -TURN * i) for i in range(1, count + 1)))


def _beside(geometry: Geometry, size: float) -> list[Geometry]:
    """The geometries a step of this size away."""
    near = []
    for way in (size, -size):
        near.append(replace(geometry, zoom=geometry.zoom * (1 + STEP * way)))
        near.append(replace(geometry, stretch=geometry.stretch * (1 + STEP * way)))
        near.append(replace(geometry, rotation=geometry.rotation + TURN * way))
    return near


def _turn(bins: Bins, shift: tuple[float, float]) -> Complex[np.ndarray, " K"]:
    """What undoes a shift."""
    return np.exp(2j * np.pi * (bins.fy * shift[0] + bins.fx * shift[1]) / TILE).astype(np.complex64)


def _best_shift(values: Complex[np.ndarray, " K"], bins: Bins, *, exactly: bool) -> tuple[float, tuple[float, float]]:
    pilots = values[bins.pilots]
    spread = sqrt(0.5 * float((np.abs(pilots) ** 2).sum()) + 1e-12)
    surface = bins.inverse(pilots, bins.pilots) * (NUM_SHIFTS / 2)
    row, column = divmod(int(surface.argmax()), TILE)
    if not exactly:
        return float(surface[row, column]) / spread, (float(row), float(column))
    fine = np.arange(-3, 4) / 4
    down = np.exp(2j * np.pi * np.outer(row + fine, bins.fy[bins.pilots]) / TILE)
    across = np.exp(2j * np.pi * np.outer(column + fine, bins.fx[bins.pilots]) / TILE)
    scores = np.einsum("ik,jk,k->ij", down, across, pilots).real
    i, j = divmod(int(scores.argmax()), len(fine))
    return float(scores[i, j]) / spread, (float(row + fine[i]), float(column + fine[j]))


def soft_bits(sight: Sight, pattern: Pattern) -> Float[np.ndarray, " N"]:
    """Log-likelihood ratios of the coded bits: each repetition counts by how well the pilots of its ring are seen."""
    bins = pattern.bins
    real = sight.values.real.astype(float)
    gain = _gains(real, bins)[bins.rings]
    noise = max(float(np.mean(np.abs(sight.values) ** 2)) / 2 - float(np.mean(gain**2)), 0.05)
    llr = (2 * gain * real / noise)[bins.data].sum(0)
    return llr * (1.0 - 2.0 * bins.scramble)


def _gains(real: Float[np.ndarray, " K"], bins: Bins) -> Float[np.ndarray, " J"]:
    """Mean of each ring's pilots, drawn towards the mean of all as far as the ring has few of them."""
    ring, pilots = bins.rings[bins.pilots], real[bins.pilots]
    count = np.bincount(ring)
    few = 30
    return np.maximum((np.bincount(ring, pilots) + few * pilots.mean()) / (count + few), 1e-3)
