"""USD and USDZ: meshes with their UsdPreviewSurface materials, as they stand at the beginning."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pxr import UsdGeom

from filmwright.core.errors import BadAsset
from filmwright.core.scene import Mesh, Node, Scene

from ..check import check_counts, checked_mesh
from ..textures import MAX_PIXELS
from ..tidy import pruned, unmirrored
from ..usd.layers import opened
from ..usd.materials import Looks
from ..usd.meshes import raw_meshes, shown_meshes, what_it_is

_Z_UP = np.array([[1, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]], float)  # from +Y up


@dataclass(frozen=True, slots=True, kw_only=True)
class UsdReader:
    """Reads .usd, .usda, .usdc and .usdz files."""

    max_pixels: int
    crease: float

    def read(self, path: Path) -> Scene:
        """The file's scene; raises BadAsset for what is broken or refers to files elsewhere."""
        stage = opened(path)
        units = np.diag([*[UsdGeom.GetStageMetersPerUnit(stage)] * 3, 1.0])
        turn = _Z_UP if UsdGeom.GetStageUpAxis(stage) == UsdGeom.Tokens.y else np.eye(4)
        looks = Looks(path=path, max_pixels=self.max_pixels)
        nodes, meshes = [Node(name=path.stem, matrix=_flat(turn @ units))], list[Mesh]()
        shared: dict[tuple[str, ...], range] = {}  # the meshes that several instances show
        num_faces = 0
        for made, world in shown_meshes(stage, path):
            if not (np.abs(world) < 1e12).all():
                where = made.GetPath()
                raise BadAsset(f"{path}, {where}: its matrix places nothing: {world.tolist()}. Export it again.")
            key = what_it_is(made)
            if key not in shared:
                start = len(meshes)
                checked = (checked_mesh(raw, crease=self.crease) for raw in raw_meshes(looks, made))
                meshes += [mesh for mesh in checked if mesh is not None]
                shared[key] = range(start, len(meshes))
            name = made.GetPrim().GetName()
            nodes += [Node(name=name, parent=0, mesh=mesh, matrix=_flat(world)) for mesh in shared[key]]
            num_faces += sum(len(meshes[mesh].faces) for mesh in shared[key])
            check_counts(str(path), triangles=num_faces)
        if not meshes:
            raise BadAsset(f"{path} has no triangles to film. Export it again with its meshes.")
        return pruned(unmirrored(Scene(name=path.stem, meshes=tuple(meshes), nodes=tuple(nodes), source=path)))


def _flat(matrix: np.ndarray) -> tuple[float, ...]:
    return tuple(map(float, matrix.ravel()))


def build(*, max_pixels: int = MAX_PIXELS, crease: float = 40.0) -> UsdReader:
    """Refuses textures of more than `max_pixels`.

    Meshes without normals are smoothed over edges of less than `crease` degrees.
    """
    return UsdReader(max_pixels=max_pixels, crease=crease)
