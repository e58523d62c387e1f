"""Shots between the whole product and its details: a push in, a track along its longest side."""

from dataclasses import replace

import numpy as np

from filmwright.core.camera import Path

from .composition import breadth, eye_level, whole
from .ease import blend, scale, travel
from .framing import FLOOR
from .lens import fov_y
from .rig import Rig, moments
from .take import Take
from .wide import Move, around, sharp

_PART = 0.48  # of the longest side that a track shows at once


def push_in(take: Take) -> Path:
    """From the whole product to its most interesting side."""
    t = moments(take.seconds)
    level = float(np.degrees(eye_level(take)))
    start = around(take, Move(azimuth=(-8 * take.side, -8 * take.side), elevation=(level, level)), whole(0.8))
    share = travel(t, leave=take.pace.settle, arrive=0.6 * take.pace.settle)
    interest = take.interest
    normal = np.array(interest.normal)
    facing = -normal[1] > 0.35
    aim = np.array(interest.point) if facing else take.subject.center + np.array([0, 0, 0.12]) * take.subject.size
    field = np.clip(5.0 * interest.radius, 0.42, 0.75) * float(take.subject.size.max()) if facing else 0.6
    reach = start.distance[0] * field / _field(start)
    slowest = 1 - min(0.09 + 3.2 * take.pace.push * take.seconds, 0.62)
    reach = max(reach, start.distance[0] * slowest)
    near = (start.distance[0] - reach) / start.distance[0]
    part = min(1.0, near / max(1 - field / _field(start), 1e-6))
    lift = np.arctan2(aim[2] - start.anchor[0, 2], reach) * 0.3
    rig = replace(
        start,
        anchor=start.anchor[0] + (aim - start.anchor[0]) * (part * share)[:, None],
        azimuth=blend(start.azimuth[0], start.azimuth[0] + np.radians(6) * take.side, share),
        elevation=blend(start.elevation[0], max(start.elevation[0] + lift, np.radians(2)), share),
        distance=scale(float(start.distance[0]), reach, share),
        shift=start.shift * (1 - part * share)[:, None],
    )
    return sharp(take, rig)


def _field(rig: Rig) -> float:
    """Metres of height in the picture at the anchor."""
    return float(2 * rig.distance[0] * np.tan(rig.fov / 2))


def track(take: Take) -> Path:
    """Close along the longest side: up a bottle, across a sofa."""
    share = travel(moments(take.seconds), leave=take.pace.settle, arrive=take.pace.settle)
    size, turn = take.subject.size, np.radians(8.0 * take.side)
    upright = breadth(take.subject) < 1.1
    long = float(size[2]) if upright else float(size[2]) * breadth(take.subject)
    along = np.array([0.0, 0.0, 1.0]) if upright else np.array([np.cos(turn), np.sin(turn), 0.0]) * take.side
    field = _PART * long * (1.0 if upright else 1 / take.aspect)
    if upright:  # both sides of it stay in sight, as far as there is still a way to go
        field = max(field, min(0.9 * float(size[2]) * breadth(take.subject) / take.aspect, 0.75 * long))
    field = max(field, (0.45 if upright else 0.75) * min(float(size[2]), long), 0.25)
    reach = min(take.pace.drift * take.seconds * 2.2, 0.46) * long
    fov = fov_y(take.lens, take.width, take.height)
    level = max(0.6 * eye_level(take), np.radians(3.0))
    rig = Rig(
        anchor=take.subject.center + along * blend(-0.5, 0.5, share)[:, None] * reach,
        azimuth=turn + np.radians(blend(-3.0, 3.0, share)) * take.side,
        elevation=np.full(len(share), level),
        distance=np.full(len(share), field / 2 / np.tan(fov / 2) + 0.5 * float(size[1])),
        shift=np.zeros((len(share), 2)),
        fov=fov,
    )
    while rig.eyes[:, 2].min() < FLOOR:
        rig = replace(rig, elevation=rig.elevation + np.radians(1.0))
    return sharp(take, rig)
