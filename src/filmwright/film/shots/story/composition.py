"""Where in the picture the product stands, and from which side it is seen best."""

import numpy as np

from filmwright.core.shot import Box

from .subject import Subject
from .take import Take

_WIDE_PICTURE, _WIDE_PRODUCT = 1.2, 1.5  # width over height from which a picture, a product is wide
_LONG = 1.6  # likewise, from which a product is turned to fit an upright picture


def breadth(subject: Subject, azimuth: float = 0.0) -> float:
    """The product's width over its height seen level from `azimuth` (radians)."""
    across = subject.hull[:, :2] @ np.array([np.cos(azimuth), np.sin(azimuth)])
    return float(np.ptp(across) / max(subject.size[2], 1e-6))


def is_beside(take: Take) -> bool:
    """Words stand beside the product rather than over or under it: in a wide picture, unless it is wide itself."""
    return take.aspect > _WIDE_PICTURE and breadth(take.subject) < _WIDE_PRODUCT


def whole(share: float = 0.76) -> Box:
    """The middle of the picture, a little low: the eye puts the middle of a thing above the middle of a frame."""
    gap = (1 - share) / 2
    return Box(left=0.09, top=gap + 0.015, right=0.91, bottom=1 - gap + 0.015)


def hero_box(take: Take) -> Box:
    """The product large on a third of the picture, or under the words; in the middle where there are none."""
    if not take.words:
        return Box(left=0.08, top=0.08, right=0.92, bottom=0.9)
    if is_beside(take):
        return _beside(take.side, 0.5, 0.93, 0.09, 0.9)
    if take.aspect > _WIDE_PICTURE:
        return Box(left=0.1, top=0.36, right=0.9, bottom=0.9)
    return Box(left=0.09, top=0.31, right=0.91, bottom=0.9)


def card_box(take: Take) -> Box:
    """The product smaller and to a side, or in the upper part, so that the words have a place of their own.

    What stands on a plinth mirrors itself below: there the words go above.
    """
    if not take.words:
        return whole(0.62)
    if is_beside(take):
        return _beside(take.side, 0.54, 0.88, 0.14, 0.86)
    if len(take.subject.furniture):
        return Box(left=0.13, top=0.37, right=0.87, bottom=0.83)
    if take.aspect > _WIDE_PICTURE:
        return Box(left=0.2, top=0.09, right=0.8, bottom=0.63)
    return Box(left=0.13, top=0.1, right=0.87, bottom=0.64)


def _beside(side: float, left: float, right: float, top: float, bottom: float) -> Box:
    if side > 0:
        return Box(left=left, top=top, right=right, bottom=bottom)
    return Box(left=1 - right, top=top, right=1 - left, bottom=bottom)


def eye_level(take: Take) -> float:
    """Radians of elevation from which a thing of this shape shows itself: a bottle from level, a plate from above."""
    return _by_shape(take, [38, 26, 15, 9, 6]) + _from_above(take)


def hero_level(take: Take) -> float:
    """Radians of elevation of the low angle that makes it tall; a flat thing must still show its top."""
    return _by_shape(take, [26, 14, 1, -3, -5]) + 0.6 * _from_above(take)


def _by_shape(take: Take, degrees: list[int]) -> float:
    flat = np.clip(take.subject.flatness, 0.05, 3.0)
    return float(np.radians(np.interp(np.log(flat), np.log([0.05, 0.3, 0.8, 1.6, 3.0]), degrees)))


def _from_above(take: Take) -> float:
    """Radians by which the camera rises over a thing much wider than the picture: its depth then fills the height."""
    return float(np.radians(np.interp(breadth(take.subject) / take.aspect, [2.0, 4.0], [0.0, 11.0])))


def front(take: Take) -> float:
    """Radians of azimuth that the film calls the front: a long thing is turned away from a picture it does not fit."""
    if breadth(take.subject) < _LONG or take.aspect > _WIDE_PICTURE:
        return 0.0
    turns = np.radians(np.arange(0, 50, 5))
    fits = [breadth(take.subject, take.side * t) * (1 + 0.12 * t) for t in turns]
    return float(take.side * turns[int(np.argmin(fits))])
