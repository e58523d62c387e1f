"""Units and up-axis of formats that do not say them: to metres, +Z up."""

import logging
from typing import Literal

import numpy as np
from jaxtyping import Float, Float32

_log = logging.getLogger(__name__)

Units = Literal["auto", "m", "cm", "mm", "in"]
Up = Literal["auto", "y", "z"]
_METRES = {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254}
_LIKELY = (3.0, 100.0)  # the longest diagonals taken as metres and as centimetres


def placing(
    name: str, positions: Float32[np.ndarray, "V 3"], *, units: Units, up: Up, usual_units: Units, usual_up: Up
) -> tuple[float, ...]:
    """The row-major matrix that brings a file's axes and units to metres, +Z up.

    Units of "auto": those of the format where it has some (`usual_units`) and the product would be over 5 mm in them;
    else metres for a diagonal of at most 3, centimetres for one of at most 100, millimetres past that. Up of "auto":
    `usual_up`, unless the product clearly stands along the other axis.
    """
    low, high = positions.min(axis=0).astype(float), positions.max(axis=0).astype(float)
    diagonal = float(np.linalg.norm(high - low))
    unit = _unit(diagonal, usual_units) if units == "auto" else units
    axis = _up(positions, usual_up) if up == "auto" else up
    _log.info("%s: taken as %s, +%s up; the reader's options units and up change that", name, unit, axis.upper())
    out = np.diag([*[_METRES[unit]] * 3, 1.0])
    if axis == "y":
        out = out @ np.array([[1, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
    return tuple(map(float, out.ravel()))


def _unit(diagonal: float, usual: Units) -> str:
    if usual != "auto" and diagonal * _METRES[usual] > 0.005:
        return usual
    return "m" if diagonal <= _LIKELY[0] else "cm" if diagonal <= _LIKELY[1] else "mm"


def _up(positions: Float32[np.ndarray, "V 3"], usual: Up) -> str:
    """The usual axis, unless the other has the better stand: it starts at the origin's plane or on a flat base."""
    usual_axis = 1 if usual == "y" else 2
    other_axis = 3 - usual_axis
    low, high = positions.min(axis=0).astype(float), positions.max(axis=0).astype(float)
    grounded = _grounded(low, high)
    if grounded[other_axis] and not grounded[usual_axis]:
        return "xyz"[other_axis]
    if not grounded[usual_axis] and _base(positions, usual_axis) < 0.4 and _base(positions, other_axis) > 0.7:
        return "xyz"[other_axis]
    return "xyz"[usual_axis]


def _grounded(low: Float[np.ndarray, "3"], high: Float[np.ndarray, "3"]) -> list[bool]:
    """For each axis: the shape begins where it is 0 there, and lies around 0 along the other horizontal ones."""
    size = np.maximum(high - low, 1e-12)
    begins = np.abs(low) < 0.05 * size
    around = np.abs(high + low) < 0.3 * size
    return [bool(begins[a] and around[[b for b in range(3) if b != a]].all()) for a in range(3)]


def _base(positions: Float32[np.ndarray, "V 3"], axis: int) -> float:
    """How much of the shape's footprint, looking down `axis`, its lowest 2% cover: a box's share, 0 to 1."""
    heights = positions[:, axis]
    lowest = positions[heights <= heights.min() + 0.02 * np.ptp(heights)]
    across = [a for a in range(3) if a != axis]
    whole = np.ptp(positions[:, across], axis=0).astype(float).clip(1e-12)
    return float(np.prod(np.ptp(lowest[:, across], axis=0) / whole))
