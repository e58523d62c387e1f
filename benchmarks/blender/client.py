"""Starts Blender's environment, asks it to film, and reads what it wrote in the project's own conventions."""

import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from types import TracebackType

import numpy as np
import OpenEXR

from filmwright.core.frames import Passes

WORKER = Path(__file__).parent / "worker.py"
NOTHING = 1e9  # metres: Cycles' depth of the sky is 1e10


@dataclass(frozen=True, kw_only=True)
class Filming:
    """How Blender films a stage."""

    side: int  # pixels
    frames: tuple[int, int]  # first and last
    engine: str = "CYCLES"
    samples: int = 1
    bounces: int = 0  # of Cycles; 0 is direct light
    denoise: bool = False
    threads: int = 1


class Blender:
    """One running worker."""

    def __init__(self, python: Path) -> None:
        began = perf_counter()
        self._process = subprocess.Popen(
            [str(python), str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.python, self._began = python, began

    def __enter__(self) -> "Blender":
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._process.stdin.close()
        self._process.wait()

    def film(self, stage: Path, how: Filming, out: Path) -> dict[str, tuple[float, float]]:
        """CPU and wall seconds: "load" of the import, "first" of one frame with what it needs, "film" of them all."""
        ask = asdict(how) | {"stage": str(stage), "out": str(out)}
        self._process.stdin.write(json.dumps(ask).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"Blender's worker stopped. To see why, run: {self.python} {WORKER} and give it {ask}")
        return {name: tuple(seconds) for name, seconds in json.loads(line).items()}


def passes(folder: Path, first: int, last: int) -> Passes:
    """What Blender wrote of frames `first` to `last`, with the radiance that its Combined pass is."""
    found = [_channels(folder / f"{frame:04d}.exr") for frame in range(first, last + 1)]

    def whole(name: str, axes: str) -> np.ndarray:
        return np.stack([np.stack([one[f"{name}.{axis}"] for axis in axes], -1) for one in found])

    depth = whole("Depth", "Z")[..., 0]
    ids = whole("Object Index", "X")[..., 0] if "Object Index.X" in found[0] else None
    return Passes(
        depth=np.where(depth < NOTHING, depth, np.float32(np.inf)),
        normals=whole("Normal", "XYZ"),
        ids=None if ids is None else np.rint(ids).astype(np.int32),
        flow=whole("Vector", "ZW") * np.float32([-1, 1]),  # to the next frame, right counted as left
        radiance=whole("Combined", "RGB"),
    )


def _channels(path: Path) -> dict[str, np.ndarray]:
    """The channels of a multi-part file by name, without the view layer's."""
    with OpenEXR.File(str(path), separate_channels=True) as file:
        return {name.split(".", 1)[1]: channel.pixels for part in file.parts for name, channel in part.channels.items()}
