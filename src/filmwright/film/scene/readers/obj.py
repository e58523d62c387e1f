"""Wavefront OBJ with MTL: polygons, several materials, textures, vertex colours."""

from dataclasses import dataclass
from pathlib import Path

from filmwright.core.scene import Scene

from ..obj.materials import materials
from ..obj.statements import statements
from ..obj.vertices import meshes
from ..plain import plain_scene
from ..sources import file_bytes
from ..textures import MAX_PIXELS
from ..upright import Units, Up


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjReader:
    """Reads .obj files, which say neither units nor what is up."""

    units: Units
    up: Up
    max_pixels: int
    crease: float

    def read(self, path: Path) -> Scene:
        """The file's scene, a mesh for each material; raises BadAsset for what is broken or unsafe."""
        found = statements(path, file_bytes(path))
        raws = list(meshes(str(path), found, materials(path, found, max_pixels=self.max_pixels)))
        return plain_scene(path, raws, units=self.units, up=self.up, usual_up="y", crease=self.crease)


def build(*, units: Units = "auto", up: Up = "auto", max_pixels: int = MAX_PIXELS, crease: float = 40.0) -> ObjReader:
    """Takes coordinates as `units` with `up` upwards; refuses textures of more than `max_pixels`.

    "auto" guesses units from the size, and +Y up unless the shape clearly stands along +Z. Meshes without normals
    are smoothed over edges of less than `crease` degrees.
    """
    return ObjReader(units=units, up=up, max_pixels=max_pixels, crease=crease)
