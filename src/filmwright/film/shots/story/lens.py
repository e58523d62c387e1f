"""Focal lengths to angles, and pictures' tangents."""

from math import atan, hypot, tan

from filmwright.core.shot import Box

_DIAGONAL = hypot(36.0, 24.0)  # millimetres, of the full-frame sensor that focal lengths are quoted for


def fov_y(millimetres: float, width: int, height: int) -> float:
    """Vertical angle in radians of a 35mm-equivalent focal length: equal diagonals, whatever the picture's shape."""
    sensor_height = _DIAGONAL * height / hypot(width, height)
    return 2 * atan(sensor_height / 2 / millimetres)


def tangents(box: Box, fov: float, width: int, height: int) -> tuple[float, float, float, float]:
    """A box's left, top, right and bottom as tangents of the angle to the optical axis (x right, y down)."""
    up = tan(fov / 2)
    across = up * width / height
    return (
        (2 * box.left - 1) * across,
        (2 * box.top - 1) * up,
        (2 * box.right - 1) * across,
        (2 * box.bottom - 1) * up,
    )
