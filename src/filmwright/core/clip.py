"""A simulated clip: pictures, and everything that is known exactly about them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64, Int32

from .frames import Frames
from .scene import Scene


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Track:
    """One object over the clip, by the id that it has in the id pass."""

    id: int
    name: str  # "red cube"
    label: str  # its kind: "cube"
    world_from_object: Float64[np.ndarray, "F 4 4"]  # the object's frame: its middle, its own axes
    size: Float64[np.ndarray, "3"]  # metres along its own axes
    box: Float32[np.ndarray, "F 4"]  # left, top, right, bottom of what is seen of it, pixels; NaN where nothing is
    pixels: Int32[np.ndarray, " F"]  # how many show it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lens:
    """The camera of each frame. OpenCV axes: x right, y down, z forward; pixel centres at halves."""

    intrinsics: Float64[np.ndarray, "F 3 3"]  # pixels
    world_from_camera: Float64[np.ndarray, "F 4 4"]  # metres


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clip:
    """What every writer writes and every reader gives back, equal to the bit.

    `frames` carry the passes depth, normals, ids, flow and visible where there are surfaces; a backdrop has none.
    `facts` are the parameters that it was made from, as JSON has them: draws, the camera's move, attributes, the seed.
    """

    key: str  # unique in its data set: "000042"
    frames: Frames
    lens: Lens
    tracks: tuple[Track, ...] = ()
    captions: tuple[str, ...] = ()  # the same said in several ways
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Staged(Clip):
    """A clip with what stood before its camera, for formats of geometry; a reader gives back the clip alone."""

    scenes: tuple[tuple[int, Scene], ...]  # first frame, scene: the next takes over where something is drawn anew
    nodes: tuple[int, ...]  # in each scene, the node of each track; its meshes hang below


def staged(clip: Clip, scenes: tuple[tuple[int, Scene], ...], nodes: tuple[int, ...]) -> Staged:
    """A clip with its scenes."""
    return Staged(**{part.name: getattr(clip, part.name) for part in fields(clip)}, scenes=scenes, nodes=nodes)
