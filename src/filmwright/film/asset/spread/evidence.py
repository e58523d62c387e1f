"""What a reader keeps of pictures: the fine structure of all of them, added up, with their content suppressed."""

from collections.abc import Iterator

import cv2
import numpy as np
from jaxtyping import Complex, Float32, UInt8

from .pattern import RINGS, SIDE, TILE, Bins

INNER, OUTER = 0.4, 2.0  # pixels: the difference of Gaussians that passes the pattern's band
NEAR, AROUND = 9, 17  # pixels: windows over which contrast is judged, in one picture and in their sum
QUIET = 1.5  # levels: contrast below this is noise
SPAN = 12  # pictures that are added up before anybody weighs them
LOUD = 1.0  # a bin counts no more than this many times the usual


class Evidence:
    """Adds pictures up at the pattern's own scale."""

    def __init__(self) -> None:
        self.num_frames = 0
        self._spans: list[Float32[np.ndarray, "h w"]] = []  # sums of `SPAN` pictures each

    def add(self, luma: UInt8[np.ndarray, "H W"]) -> None:
        """Take in one picture; all must have one size."""
        height, width = luma.shape
        scale = SIDE / min(height, width)
        size = (round(width * scale), round(height * scale))
        small = cv2.resize(luma, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
        fine = _matched(_band(small.astype(np.float32)))
        if self.num_frames % SPAN == 0:
            self._spans.append(fine)
        else:
            cv2.accumulate(fine, self._spans[-1])
        self.num_frames += 1

    @property
    def field(self) -> Float32[np.ndarray, "h w"]:
        """The sum, with what stands still in all pictures evened out once more."""
        if not self._spans:
            raise ValueError("no picture was added")
        return _evened(np.add.reduce(self._spans) / np.float32(self.num_frames))

    def fields(self) -> Iterator[Float32[np.ndarray, "h w"]]:
        """The same of each span of pictures by itself, in order."""
        return (_evened(span / np.float32(SPAN)) for span in self._spans)


def spectrum(field: Float32[np.ndarray, "h w"], bins: Bins) -> Complex[np.ndarray, " K"]:
    """The pattern's bins in a field folded to one tile, as strong in each ring as in any other."""
    values = bins.forward(_folded(field))
    power = np.abs(values) ** 2
    ring = bins.rings
    usual = np.array([np.median(power[ring == i]) for i in range(RINGS)]) / np.log(2) + 1e-12
    values = values / np.sqrt(usual[ring])
    return values / np.maximum(1.0, np.abs(values) / LOUD)


def _band(small: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    return cv2.GaussianBlur(small, (0, 0), INNER) - cv2.GaussianBlur(small, (0, 0), OUTER)


def _matched(fine: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """Each place divided by its variance: what a matched filter makes of a pattern as strong everywhere as anywhere."""
    return fine / (_square(fine, NEAR) + np.float32(QUIET**2))


def _evened(field: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    return np.clip(field / (np.sqrt(_square(field, AROUND)) + np.float32(0.02)), -3.0, 3.0)


def _square(field: Float32[np.ndarray, "h w"], window: int) -> Float32[np.ndarray, "h w"]:
    """Mean square around each place; running sums end a little below zero."""
    return np.maximum(cv2.sqrBoxFilter(field, cv2.CV_32F, (window, window)), 0)


def _folded(field: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "T T"]:
    height, width = field.shape
    rows, columns = -(-height // TILE), -(-width // TILE)
    whole = np.zeros((rows * TILE, columns * TILE), np.float32)
    whole[:height, :width] = field
    return whole.reshape(rows, TILE, columns, TILE).sum((0, 2))
