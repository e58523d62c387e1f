"""Camera moves by name: where the eye goes while it looks at the middle of a scene."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from filmwright.core.camera import Path

KEYS = 9
TURN, REACH, RISE = 70.0, 0.45, 0.9  # degrees around; share of the distance; metres up: in one second at speed 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a move is at its middle."""

    distance: float  # metres
    azimuth: float  # radians about +Z
    elevation: float  # radians
    target: tuple[float, float, float]


def path(move: str, start: Start, *, amount: float, fov: float) -> Path:
    """A move through `start` halfway; `amount` is its speed times the seconds that it lasts, `fov` radians."""
    share = np.linspace(-0.5, 0.5, KEYS) * amount if move != "still" else np.zeros(1)
    distance = start.distance * np.exp(-REACH * _DOLLY.get(move, 0) * share)
    azimuth = start.azimuth + np.radians(TURN) * _ORBIT.get(move, 0) * share
    flat = distance * np.cos(start.elevation)
    up = distance * np.sin(start.elevation) + RISE * _CRANE.get(move, 0) * share
    target = np.array(start.target) + np.zeros((len(share), 3))
    eye = target + np.stack([flat * np.cos(azimuth), flat * np.sin(azimuth), up], -1)
    eye[:, 2] = np.maximum(eye[:, 2], 0.15)
    turn, tilt = np.radians(TURN / 3) * _PAN.get(move, 0) * share, np.radians(TURN / 4) * _TILT.get(move, 0) * share
    target = eye + _turned(target - eye, turn, tilt)
    num = len(share)
    return Path(
        eye=eye,
        target=target,
        fov_y=np.full(num, fov),
        focus=np.linalg.norm(target - eye, axis=1),
        aperture=np.zeros(num),
        roll=np.zeros(num),
    )


_ORBIT = {"orbit left": -1, "orbit right": 1}
_DOLLY = {"zoom in": 1, "zoom out": -1}
_CRANE = {"crane up": 1, "crane down": -1}
_PAN = {"pan left": 1, "pan right": -1}
_TILT = {"tilt up": 1, "tilt down": -1}
MOVES = ("still", *_ORBIT, *_DOLLY, *_CRANE, *_PAN, *_TILT)


def _turned(
    way: Float[np.ndarray, "K 3"], turn: Float[np.ndarray, " K"], tilt: Float[np.ndarray, " K"]
) -> Float[np.ndarray, "K 3"]:
    """Ways turned to the left about +Z, and up, in radians."""
    flat = np.hypot(way[:, 0], way[:, 1])
    azimuth = np.arctan2(way[:, 1], way[:, 0]) + turn
    elevation = np.arctan2(way[:, 2], flat) + tilt
    length = np.linalg.norm(way, axis=1)
    level = length * np.cos(elevation)
    return np.stack([level * np.cos(azimuth), level * np.sin(azimuth), length * np.sin(elevation)], -1)
