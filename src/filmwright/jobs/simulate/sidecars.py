"""What stands beside the files of a foreign format: a clip to the bit, but for its pictures."""

import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from filmwright.core.clip import Clip
from filmwright.core.errors import BadAsset
from filmwright.core.frames import Passes

from . import loose
from .records import as_json, from_json, packed, unpacked

FOLDER = "exact"
_BROKEN = (zipfile.BadZipFile, KeyError, TypeError, ValueError, OSError, EOFError)
Pictures = Callable[[str, loose.Files], UInt8[np.ndarray, "F H W 3"]]


def sidecars(clip: Clip) -> dict[str, bytes]:
    """A clip's JSON, and its passes where it has some."""
    files = {f"{FOLDER}/{clip.key}.json": as_json(clip).encode()}
    if clip.frames.passes.depth is not None:
        files[f"{FOLDER}/{clip.key}.passes.npz"] = packed(clip.frames.passes)
    return files


def clips(folder: Path, pictures: Pictures) -> Iterator[Clip]:
    """All clips of a data set of loose files; `pictures` finds those of a key in its files. Raises BadAsset."""
    for key, files in loose.read(folder):
        try:
            yield _clip(key, files, pictures(key, files))
        except _BROKEN as err:
            raise BadAsset(f"the files of clip {key} in {folder} do not fit together: {err}. Simulate again.") from err


def _clip(key: str, files: Mapping[str, bytes], rgb: UInt8[np.ndarray, "F H W 3"]) -> Clip:
    passes = files.get(f"{FOLDER}/{key}.passes.npz")
    return from_json(files[f"{FOLDER}/{key}.json"].decode(), rgb, Passes() if passes is None else unpacked(passes))
