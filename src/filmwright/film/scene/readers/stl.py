"""STL, text and binary: shape alone, in light grey."""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from filmwright.core.errors import BadAsset
from filmwright.core.scene import Material, Scene

from ..check import RawMesh, check_counts
from ..lines import begins, body, cut, floats
from ..normals import welded
from ..plain import plain_scene
from ..sources import file_bytes
from ..textures import GREY
from ..upright import Units, Up

_RECORD = np.dtype([("normal", "<f4", (3,)), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])


@dataclass(frozen=True, slots=True, kw_only=True)
class StlReader:
    """Reads .stl files, which say neither units nor what is up."""

    units: Units
    up: Up
    crease: float

    def read(self, path: Path) -> Scene:
        """The file's scene, corners at the same place made one vertex; raises BadAsset for what is broken."""
        corners = _corners(path, file_bytes(path))
        check_counts(str(path), triangles=len(corners) // 3)
        _, first, faces = np.unique(welded(corners), return_index=True, return_inverse=True)
        raw = RawMesh(
            where=str(path),
            positions=corners[first],
            faces=faces.reshape(-1, 3).astype(np.int64),
            material=Material(base_color=(GREY, GREY, GREY, 1.0), double_sided=True),
        )
        return plain_scene(
            path, [raw], units=self.units, up=self.up, usual_units="mm", usual_up="z", crease=self.crease
        )


def _corners(path: Path, data: bytes) -> Float32[np.ndarray, "C 3"]:
    """Three points for each facet (StereoLithography Interface Specification, 3D Systems 1989)."""
    count = struct.unpack_from("<I", data, 80)[0] if len(data) >= 84 else -1
    if data[:512].lstrip().lower().startswith(b"solid") and len(data) != 84 + 50 * count:
        return _text_corners(path, data)
    if count < 0 or len(data) < 84 + 50 * count:
        raise BadAsset(
            f"{path} is a truncated or broken STL: it promises {max(count, 0):,} triangles, "
            f"{84 + 50 * max(count, 0):,} bytes, and has {len(data):,}. Get the file again."
        )
    records = np.frombuffer(data, _RECORD, count, 84)
    return np.ascontiguousarray(records["corners"], np.float32).reshape(-1, 3)


def _text_corners(path: Path, data: bytes) -> Float32[np.ndarray, "C 3"]:
    lines = cut(data.lower())
    which = begins(lines, b"vertex")
    facets = len(begins(lines, b"endfacet"))
    values = floats(body(lines, which, skip=6), f"{path}: a 'vertex' line")
    if len(values) != 9 * facets or len(which) != 3 * facets:
        raise BadAsset(
            f"{path} has {len(which):,} 'vertex' lines of {len(values):,} numbers for {facets:,} facets. "
            "It is truncated or broken: get the file again."
        )
    with np.errstate(over="ignore"):
        return values.reshape(-1, 3).astype(np.float32)


def build(*, units: Units = "auto", up: Up = "auto", crease: float = 40.0) -> StlReader:
    """Takes coordinates as `units` with `up` upwards; edges of less than `crease` degrees are smoothed.

    "auto" takes millimetres, unless the product would then be under 5 mm, and +Z up unless the shape clearly stands
    along +Y.
    """
    return StlReader(units=units, up=up, crease=crease)
