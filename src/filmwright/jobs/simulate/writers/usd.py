"""USD: a stage a clip, with its camera, moving meshes, materials and light, for Omniverse, Blender and usdview."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from filmwright.core.clip import Clip

from .. import loose
from ..lossless import decoded, encoded
from ..sidecars import clips as clips_of
from ..sidecars import sidecars
from ..stage import stage

STAGES = "stages"


class UsdStages:
    """A clip is a stage and the film that was made of it, in one folder with the pictures that stages share."""

    def has(self, folder: Path, shard: str) -> bool:
        """Whether a shard is there; then it is whole."""
        return loose.has(folder, shard)

    def write(self, clips: Iterable[Clip], folder: Path, shard: str) -> None:
        """Write the clips of a shard, whole or not at all."""
        loose.write(((clip.key, _files(clip)) for clip in clips), folder, shard)

    def finish(self, folder: Path) -> None:
        """Nothing speaks of all shards."""

    def read(self, folder: Path) -> Iterator[Clip]:
        """All clips in order. Raises BadAsset where a file is broken."""
        yield from clips_of(folder, _pictures)


def _files(clip: Clip) -> dict[str, bytes]:
    files = stage(clip) | {f"{clip.key}.mp4": encoded(clip.frames)}
    return {f"{STAGES}/{name}": data for name, data in files.items()} | sidecars(clip)


def _pictures(key: str, files: loose.Files) -> UInt8[np.ndarray, "F H W 3"]:
    return decoded(files[f"{STAGES}/{key}.mp4"])


def build() -> UsdStages:
    """Takes no options."""
    return UsdStages()
