"""glTF 2.0 and GLB: meshes, metallic-roughness materials, textures, node animation."""

from dataclasses import dataclass
from pathlib import Path

from filmwright.core.scene import Scene

from ..gltf.assembly import assembled
from ..gltf.buffers import opened
from ..gltf.container import parsed
from ..sources import file_bytes
from ..textures import MAX_PIXELS


@dataclass(frozen=True, slots=True, kw_only=True)
class GltfReader:
    """Reads .gltf and .glb files; a root node turns their +Y up to +Z up."""

    max_pixels: int
    animation: str
    crease: float

    def read(self, path: Path) -> Scene:
        """The file's scene; raises BadAsset for what is broken, unsafe or needs an unsupported extension."""
        document, chunk = parsed(path, file_bytes(path))
        return assembled(
            opened(path, document, chunk), max_pixels=self.max_pixels, animation=self.animation, crease=self.crease
        )


def build(*, max_pixels: int = MAX_PIXELS, animation: str = "", crease: float = 40.0) -> GltfReader:
    """Refuses textures of more than `max_pixels`; plays the animation of that name, or those that go together.

    Meshes without normals are smoothed over edges of less than `crease` degrees (0 is flat, as glTF asks).
    """
    return GltfReader(max_pixels=max_pixels, animation=animation, crease=crease)
