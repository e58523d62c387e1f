"""Does a picture show a face? Haar cascades (Viola and Jones 2001) that OpenCV brings along, made to agree.

A cascade alone sees faces in labels, leaves and feathers. So a box counts where two cascades that were trained apart
both see it, and two eyes lie in it as eyes do. It finds faces that look at the camera, upright or tilted to 35 degrees,
from 5% of the picture's longer side on. It misses faces seen from the side, behind sunglasses or a mask, upside down
and smaller ones, and it can't tell a photograph from a good drawing, or whose face it is: that is for a person to say.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

SIDE, SMALLEST = 800, 40  # pixels: of the longer side, of a face
TILTS = (0.0, -25.0, 25.0)  # degrees that the picture is turned by; each adds its time
STEP = 1.1  # from one size that is looked at to the next
EVIDENCE = 1.7  # two eyes in leaves reach 1.3, a portrait 2.1 to 6
EYED = 200  # pixels of a box's width as eyes are looked for
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A face in a picture."""

    left: int  # pixels
    top: int
    width: int
    height: int
    confidence: float  # 0.5 to 1; grows with what speaks for it, and is no probability


def faces(rgb: UInt8[np.ndarray, "H W 3"]) -> tuple[Face, ...]:
    """The faces in a picture, the surest first."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    scale = SIDE / max(grey.shape)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=method), np.uint8)
    found = sorted((face for tilt in TILTS for face in _tilted(small, tilt)), key=lambda f: -f[1])
    kept: list[tuple[Box, float]] = []
    for box, confidence in found:
        if all(_overlap(box, other) < 0.2 for other, _ in kept):
            kept.append((box, confidence))
    return tuple(_face(box, confidence, scale, rgb.shape) for box, confidence in kept)


def _tilted(grey: UInt8[np.ndarray, "H W"], tilt: float) -> Iterator[tuple[Box, float]]:
    """Faces of a picture turned by so many degrees, in the coordinates of the picture as it was."""
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), tilt, 1.0)
    turned = cv2.warpAffine(grey, turn, (width, height), borderMode=cv2.BORDER_REPLICATE) if tilt else grey
    back = cv2.invertAffineTransform(turn)
    for box, confidence in _agreed(np.asarray(turned, np.uint8)):
        x, y, w, h = box
        cx, cy = back @ (x + w / 2, y + h / 2, 1.0)
        if 0 <= cx < width and 0 <= cy < height:
            yield (round(cx - w / 2), round(cy - h / 2), w, h), confidence


def _agreed(grey: UInt8[np.ndarray, "H W"]) -> Iterator[tuple[Box, float]]:
    """Boxes that both cascades see, and that have eyes."""
    for box, level in _boxes("frontalface_alt", grey, SMALLEST):
        x, y, w, h = box
        left, top = max(0, x - w // 3), max(0, y - h // 3)
        around = np.ascontiguousarray(grey[top : y + h + h // 3, left : x + w + w // 3])
        others = _boxes("frontalface_default", around, w // 2)
        second = max((lv for b, lv in others if _overlap((b[0] + left, b[1] + top, *b[2:]), box) > 0.4), default=None)
        if second is None:
            continue
        evidence = max(0.0, level - 106) + second / 3  # both grow by about 2 from leaves to faces
        if evidence >= EVIDENCE and _has_eyes(grey[y : y + int(0.65 * h), x : x + w]):
            yield box, min(1.0, 0.5 + 0.1 * evidence)


def _has_eyes(upper: UInt8[np.ndarray, "H W"]) -> bool:
    """Whether two eyes lie side by side in the upper part of a face; the stricter cascade must see one of them."""
    scale = EYED / upper.shape[1]
    crop = np.asarray(cv2.resize(upper, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)
    strict = [box for box, _ in _boxes("eye_tree_eyeglasses", crop, 26, neighbours=3)]
    eyes = strict + [box for box, _ in _boxes("eye", crop, 26, neighbours=3)]
    middles = [(x + w / 2, y + h / 2) for x, y, w, h in eyes]
    return any(
        a < len(strict)
        and 0.25 * EYED < abs(middles[a][0] - middles[b][0]) < 0.65 * EYED
        and abs(middles[a][1] - middles[b][1]) < 0.2 * EYED
        for a, b in combinations(range(len(eyes)), 2)
    )


def _boxes(name: str, grey: UInt8[np.ndarray, "H W"], smallest: int, *, neighbours: int = 3) -> list[tuple[Box, float]]:
    found, _, levels = _cascade(name).detectMultiScale3(
        grey, scaleFactor=STEP, minNeighbors=neighbours, minSize=(smallest, smallest), outputRejectLevels=True
    )
    boxes = np.reshape(np.asarray(found, int), (-1, 4)).tolist()
    return [((x, y, w, h), float(lv)) for (x, y, w, h), lv in zip(boxes, np.ravel(levels), strict=True)]


@cache
def _cascade(name: str) -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / f"haarcascade_{name}.xml"))


def _overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    wide = max(0, min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0]))
    high = max(0, min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1]))
    return wide * high / (a[2] * a[3] + b[2] * b[3] - wide * high)


def _face(box: Box, confidence: float, scale: float, shape: tuple[int, ...]) -> Face:
    """In the picture's own pixels, inside its borders."""
    left, top = (max(0, round(v / scale)) for v in box[:2])
    right = min(shape[1], round((box[0] + box[2]) / scale))
    bottom = min(shape[0], round((box[1] + box[3]) / scale))
    return Face(left=left, top=top, width=right - left, height=bottom - top, confidence=round(confidence, 2))
