"""Pictures in memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float32, Int32, UInt8

PassName = Literal["depth", "normals", "ids", "flow", "albedo", "radiance"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Passes:
    """What the camera knows besides colour, one value a pixel at its centre, without lens or motion blur."""

    depth: Float32[np.ndarray, "F H W"] | None = None  # metres along the optical axis; inf where nothing is hit
    normals: Float32[np.ndarray, "F H W 3"] | None = None  # world space, unit length, towards the camera
    ids: Int32[np.ndarray, "F H W"] | None = None  # node index + 1; 0 where nothing is hit
    flow: Float32[np.ndarray, "F H W 2"] | None = None  # pixels (right, down) from this frame to the next
    visible: Bool[np.ndarray, "F H W"] | None = None  # with flow: the point is seen in the next frame too
    albedo: Float32[np.ndarray, "F H W 3"] | None = None  # linear base colour
    radiance: Float32[np.ndarray, "F H W 3"] | None = None  # scene-linear light before exposure, noise as it is


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frames:
    """A run of pictures: sRGB, 0 to 255, the first shown at `start` seconds."""

    rgb: UInt8[np.ndarray, "F H W 3"]
    fps: Fraction
    start: Fraction = Fraction(0)  # seconds
    passes: Passes = Passes()

    def __post_init__(self) -> None:
        if self.rgb.ndim != 4 or self.rgb.shape[-1] != 3 or self.rgb.dtype != np.uint8:
            raise ValueError(f"frames must be uint8 [F, H, W, 3], got {self.rgb.dtype} {list(self.rgb.shape)}")


def singles(frames: Iterable[Frames]) -> Iterator[Frames]:
    """One picture at a time, each with its own passes."""
    for piece in frames:
        for i in range(len(piece.rgb)):
            kept = {part.name: getattr(piece.passes, part.name) for part in fields(Passes)}
            passes = Passes(**{name: None if value is None else value[i : i + 1] for name, value in kept.items()})
            yield replace(piece, rgb=piece.rgb[i : i + 1], start=piece.start + i / piece.fps, passes=passes)
