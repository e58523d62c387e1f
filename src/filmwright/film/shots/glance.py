"""What there is to see of a product from around it: small square pictures along horizontal and raised directions.

They are made of surface points and need no renderer: enough to know where the detail is and what hides what.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from .measure import Surface
from .oklab import oklab

SIZE = 96  # pixels a side
_SCALES = (1, 2, 4)  # pixels around a pixel that its detail is measured against
_TEXTURE_NOISE = 0.02  # Oklab contrast that the eye passes over
_BEND_WEIGHT = 0.16  # a bend of the surface counts less than a change of colour


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Glance:
    """One small picture: for every surface point that is seen, its pixel and the detail around it."""

    towards: Float[np.ndarray, "3"]  # unit, from the product to the eye
    seen: Int[np.ndarray, " S"]  # indices of the surface's points in the nearest layer
    facing: Float[np.ndarray, " S"]  # cosine between the surface and the eye, 0 to 1
    colour: Float[np.ndarray, " S"]  # contrast of colour around the point
    bend: Float[np.ndarray, " S"]  # change of the surface's direction around the point

    @property
    def detail(self) -> Float[np.ndarray, " S"]:
        """How much there is to look at, by point: colour first, then form, less where it is seen at a slant."""
        return (self.colour + _BEND_WEIGHT * self.bend) * self.facing


def directions(num_yaws: int, pitch: float = 0.0) -> Float[np.ndarray, "D 3"]:
    """Unit vectors around the z axis, `pitch` radians up; the first is the front, -Y, the next to its right."""
    yaw = 2 * np.pi * np.arange(num_yaws) / num_yaws
    flat = np.stack([np.sin(yaw), -np.cos(yaw), np.zeros(num_yaws)], axis=1)
    return flat * np.cos(pitch) + np.array([0.0, 0.0, np.sin(pitch)])


def glance(surface: Surface, towards: Float[np.ndarray, "3"], *, scales: tuple[int, ...] = _SCALES) -> Glance:
    """Look at `surface` from far away along -`towards`."""
    right = np.cross([0.0, 0.0, 1.0], towards)
    right = right / np.linalg.norm(right)
    up = np.cross(towards, right)
    middle = (surface.points.min(axis=0) + surface.points.max(axis=0)) / 2
    local = (surface.points - middle) @ np.stack([right, up, towards], axis=1)
    extent = float(np.linalg.norm(np.ptp(surface.points, axis=0)))
    pixel = np.clip(((local[:, :2] / extent + 0.5) * SIZE).astype(int), 0, SIZE - 1)
    flat = pixel[:, 1] * SIZE + pixel[:, 0]
    solid = surface.coverage > 0.1
    nearest = np.full(SIZE * SIZE, -np.inf)
    np.maximum.at(nearest, flat[solid], local[solid, 2])
    facing = np.abs(surface.normals @ towards)
    slack = extent / SIZE * (1.0 + 1.5 * np.sqrt(1 - np.minimum(facing, 1) ** 2) / np.maximum(facing, 0.25))
    seen = np.flatnonzero(solid & (local[:, 2] >= nearest[flat] - slack))
    flip = np.where(surface.normals[seen] @ towards < 0, -1.0, 1.0)[:, None]
    colour = _contrast(oklab(surface.colors[seen]), flat[seen], scales)
    bend = _contrast(surface.normals[seen] * flip, flat[seen], scales)
    return Glance(
        towards=towards,
        seen=seen,
        facing=facing[seen],
        colour=np.maximum(colour - _TEXTURE_NOISE, 0.0),
        bend=np.minimum(bend, 0.6),
    )


def _contrast(
    values: Float[np.ndarray, "S 3"], pixels: Int[np.ndarray, " S"], scales: tuple[int, ...]
) -> Float[np.ndarray, " S"]:
    """Standard deviation of the picture of `values` around each point's pixel, the mean over the scales."""
    count = np.bincount(pixels, minlength=SIZE * SIZE).reshape(SIZE, SIZE)
    filled = count > 0
    image = (
        np.stack([np.bincount(pixels, weights=v, minlength=SIZE * SIZE).reshape(SIZE, SIZE) for v in values.T], axis=-1)
        / np.maximum(count, 1)[..., None]
    )
    total = np.zeros((SIZE, SIZE))
    for reach in scales:
        total += _deviation(image, filled, reach)
    return (total / len(scales)).ravel()[pixels]


def _deviation(
    image: Float[np.ndarray, "S S C"], filled: Bool[np.ndarray, "S S"], reach: int
) -> Float[np.ndarray, "S S"]:
    """Standard deviation of the filled pixels within `reach`, over all channels."""
    mask = filled.astype(float)[..., None]
    weight = np.maximum(_box(mask, reach), 1e-9)
    mean = _box(image * mask, reach) / weight
    square = _box(image * image * mask, reach) / weight
    return np.sqrt(np.maximum(square - mean * mean, 0.0).sum(axis=-1))


def _box(image: Float[np.ndarray, "S S C"], reach: int) -> Float[np.ndarray, "S S C"]:
    """Sums over windows of 2 reach + 1, cut at the border."""
    for axis in (0, 1):
        pad = [(0, 0)] * 3
        pad[axis] = (reach + 1, reach)
        run = np.cumsum(np.pad(image, pad), axis=axis)
        size = image.shape[axis]
        image = np.take(run, np.arange(size) + 2 * reach + 1, axis=axis) - np.take(run, np.arange(size), axis=axis)
    return image
