"""A film's picture laid on its original's: undo the geometry, find the place, then fit exactly."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float32, UInt8

from filmwright.core.mark import Geometry

from .heat import SIDE

QUICK = 96  # pixels of the shorter side for a first look


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Laid:
    """The film's picture in the original's frame."""

    rgb: UInt8[np.ndarray, "H W 3"]
    both: Bool[np.ndarray, "H W"]  # where the film has a picture
    likeness: float  # correlation there, -1 to 1


def small(rgb: UInt8[np.ndarray, "_ _ 3"], side: int = SIDE) -> UInt8[np.ndarray, "h w 3"]:
    """Smaller, so that the shorter side has so many pixels."""
    scale = side / min(rgb.shape[:2])
    size = (round(rgb.shape[1] * scale), round(rgb.shape[0] * scale))
    return cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


def lay(
    film: UInt8[np.ndarray, "_ _ 3"],
    original: UInt8[np.ndarray, "H W 3"],
    geometry: Geometry,
    *,
    quick: bool = False,
    exactly: bool = False,
) -> Laid:
    """The film's picture as it lies on the original's; `quick` only finds how alike they are, `exactly` fits it."""
    there = small(original, QUICK) if quick else original
    place = _place(film, there, geometry)
    size = there.shape[1::-1]
    shrunk = _shrunk(film, place)
    gray, wanted = (cv2.cvtColor(p, cv2.COLOR_RGB2GRAY) for p in (shrunk, there))
    place = _scaled(place, film, gray)
    if exactly and geometry != Geometry():
        place = _exactly(wanted, gray, place)
    laid = cv2.warpAffine(gray, place, size, flags=cv2.INTER_LINEAR)
    both = cv2.warpAffine(np.full(gray.shape, 255, np.uint8), place, size, flags=cv2.INTER_NEAREST) > 0
    likeness = _likeness(laid, wanted, both)
    if quick:
        return Laid(rgb=there, both=both, likeness=likeness)
    rgb = cv2.warpAffine(shrunk, place, size, flags=cv2.INTER_LINEAR)
    return Laid(rgb=rgb, both=both, likeness=likeness)


def _place(
    film: UInt8[np.ndarray, "_ _ 3"], original: UInt8[np.ndarray, "H W 3"], geometry: Geometry
) -> Float32[np.ndarray, "2 3"]:
    """The affine map from the film's pixels to the original's: its shape from the mark, its place from the picture."""
    height, width = original.shape[:2]
    rows, columns = film.shape[:2]
    if geometry == Geometry():
        return np.array([[width / columns, 0, 0], [0, height / rows, 0]], np.float32)
    turn = np.radians(geometry.rotation)
    scale = min(height, width) / min(rows, columns)
    shrink = np.diag([scale / (geometry.zoom * geometry.stretch), scale / geometry.zoom])
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ shrink
    if geometry.flipped:
        matrix = np.diag([-1.0, 1.0]) @ matrix
    middle = np.array([width - 1, height - 1]) / 2 - matrix @ (np.array([columns - 1, rows - 1]) / 2)
    place = np.column_stack([matrix, middle]).astype(np.float32)
    return _slid(film, original, place)


def _slid(
    film: UInt8[np.ndarray, "_ _ 3"], original: UInt8[np.ndarray, "H W 3"], place: Float32[np.ndarray, "2 3"]
) -> Float32[np.ndarray, "2 3"]:
    """Moved to where it fits best: the middle of what both may show is looked for in the original."""
    height, width = original.shape[:2]
    laid = cv2.warpAffine(film, place, (width, height), flags=cv2.INTER_AREA)
    there = cv2.warpAffine(np.full(film.shape[:2], 255, np.uint8), place, (width, height)) > 0
    rows, columns = np.flatnonzero(there.all(1) | there[:, width // 2]), np.flatnonzero(there[height // 2])
    if len(rows) < 8 or len(columns) < 8:
        return place
    top, left = rows[0] + len(rows) // 8, columns[0] + len(columns) // 8
    patch = laid[top : rows[-1] + 1 - len(rows) // 8, left : columns[-1] + 1 - len(columns) // 8]
    fit = cv2.matchTemplate(original, patch, cv2.TM_CCOEFF_NORMED)
    _, _, _, (x, y) = cv2.minMaxLoc(fit)
    moved = place.copy()
    moved[:, 2] += (x - left, y - top)
    return moved


def _shrunk(film: UInt8[np.ndarray, "_ _ 3"], place: Float32[np.ndarray, "2 3"]) -> UInt8[np.ndarray, "h w 3"]:
    """The film's picture at about the scale it will have, so that nothing flickers for lack of samples."""
    scale = min(1.0, float(np.sqrt(abs(np.linalg.det(place[:, :2])))))
    size = (max(round(film.shape[1] * scale), 2), max(round(film.shape[0] * scale), 2))
    return cv2.resize(film, size, interpolation=cv2.INTER_AREA)


def _scaled(
    place: Float32[np.ndarray, "2 3"], film: UInt8[np.ndarray, "_ _ 3"], shrunk: UInt8[np.ndarray, "h w"]
) -> Float32[np.ndarray, "2 3"]:
    """The same map, from the shrunk picture's pixels."""
    back = np.array([film.shape[1] / shrunk.shape[1], film.shape[0] / shrunk.shape[0]])
    matrix = place[:, :2] * back
    return np.column_stack([matrix, place[:, :2] @ ((back - 1) / 2) + place[:, 2]]).astype(np.float32)


def _exactly(
    wanted: UInt8[np.ndarray, "H W"], film: UInt8[np.ndarray, "h w"], place: Float32[np.ndarray, "2 3"]
) -> Float32[np.ndarray, "2 3"]:
    """Fitted to parts of a pixel (enhanced correlation coefficient, Evangelidis and Psarakis, 2008), or left alone."""
    start = cv2.invertAffineTransform(place)
    everywhere = np.full(film.shape, 255, np.uint8)
    until = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 1e-4)
    try:
        _, fitted = cv2.findTransformECC(wanted, film, start, cv2.MOTION_AFFINE, until, everywhere, 5)
    except cv2.error:  # it did not converge
        return place
    return cv2.invertAffineTransform(fitted).astype(np.float32)


def _likeness(laid: UInt8[np.ndarray, "H W"], wanted: UInt8[np.ndarray, "H W"], both: Bool[np.ndarray, "H W"]) -> float:
    if both.mean() < 0.05:
        return 0.0
    one, other = laid[both].astype(np.float32), wanted[both].astype(np.float32)
    one, other = one - one.mean(), other - other.mean()
    power = float(np.sqrt((one**2).sum() * (other**2).sum()))
    if power < len(one):  # both even: as alike as their levels
        return 1.0 if abs(float(laid[both].mean()) - float(wanted[both].mean())) < 12 else 0.0
    return float((one * other).sum()) / power
