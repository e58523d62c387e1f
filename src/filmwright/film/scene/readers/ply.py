"""Stanford PLY: text and binary, vertex colours, normals, Meshlab's textures."""

from dataclasses import dataclass
from pathlib import Path

from filmwright.core.scene import Scene

from ..plain import plain_scene
from ..ply.header import header
from ..ply.meshes import meshes
from ..ply.tables import tables
from ..sources import file_bytes
from ..textures import MAX_PIXELS
from ..upright import Units, Up


@dataclass(frozen=True, slots=True, kw_only=True)
class PlyReader:
    """Reads .ply files, which say neither units nor what is up."""

    units: Units
    up: Up
    max_pixels: int
    crease: float

    def read(self, path: Path) -> Scene:
        """The file's scene; raises BadAsset for what is broken, unsafe, or no mesh."""
        data = file_bytes(path)
        head = header(path, data)
        raws = list(meshes(path, head, tables(path, head, data), max_pixels=self.max_pixels))
        return plain_scene(path, raws, units=self.units, up=self.up, usual_up="y", crease=self.crease)


def build(*, units: Units = "auto", up: Up = "auto", max_pixels: int = MAX_PIXELS, crease: float = 40.0) -> PlyReader:
    """Takes coordinates as `units` with `up` upwards; refuses textures of more than `max_pixels`.

    "auto" guesses units from the size, and +Y up unless the shape clearly stands along +Z. Meshes without normals
    are smoothed over edges of less than `crease` degrees.
    """
    return PlyReader(units=units, up=up, max_pixels=max_pixels, crease=crease)
