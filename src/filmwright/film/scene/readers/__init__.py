"""A 3D file -> Scene. One file here is one reader."""

from pathlib import Path
from typing import Protocol, runtime_checkable

from filmwright.core.plugins import Slot
from filmwright.core.scene import Scene


@runtime_checkable
class Reader(Protocol):
    """Reads one family of files."""

    def read(self, path: Path) -> Scene:
        """The file's scene in metres, +Z up, with normals on every mesh.

        Raises BadAsset, naming the file and what to do, for anything broken, unsafe or unsupported; a texture
        that is missing gives a stated stand-in and a FilmWarning.
        """
        ...


readers: Slot[Reader] = Slot(__name__, "reader")

_ALSO = {"glb": "gltf", "usda": "usd", "usdc": "usd", "usdz": "usd"}


def reader_name(path: Path) -> str:
    """The driver that reads a file: it is called like the file's ending, or listed above."""
    ending = path.suffix.lower().removeprefix(".")
    return _ALSO.get(ending, ending)
