"""KITTI: PNG frames, tracking labels and calibration, odometry poses, depth and flow as 16-bit PNG."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32, UInt8, UInt16

from filmwright.core.clip import Clip

from .. import loose
from ..kitti_labels import calibration, labels, poses
from ..png import from_png, png
from ..sidecars import clips as clips_of
from ..sidecars import sidecars

IMAGES, DEPTH = "training/image_02", "training/proj_depth/groundtruth/image_02"
FLOW, FLOW_SEEN = "training/flow_occ", "training/flow_noc"  # all of it; only what the next frame shows too
SEQUENCES = "training/evaluate_tracking.seqmap.training"


class Kitti:
    """A clip is a sequence; what KITTI can't hold (full rotations, a lens that changes) stands beside it, exact."""

    def has(self, folder: Path, shard: str) -> bool:
        """Whether a shard is there; then it is whole."""
        return loose.has(folder, shard)

    def write(self, clips: Iterable[Clip], folder: Path, shard: str) -> None:
        """Write the clips of a shard, whole or not at all."""
        loose.write(((clip.key, _files(clip)) for clip in clips), folder, shard)

    def finish(self, folder: Path) -> None:
        """List the sequences with their lengths, as the tracking benchmark's tools want it."""
        lines = []
        for key, hashes in loose.sealed(folder):
            num = sum(path.startswith(f"{IMAGES}/") for path in hashes)
            lines.append(f"{sequence(key)} empty 000000 {num:06d}\n")
        loose.conclude(folder, SEQUENCES, "".join(lines).encode())

    def read(self, folder: Path) -> Iterator[Clip]:
        """All clips in order. Raises BadAsset where a file is broken."""
        yield from clips_of(folder, _pictures)


def sequence(key: str) -> str:
    """The sequence of a clip: the tools look for four digits, and for more where there are more."""
    return f"{int(key):04d}" if key.isdecimal() and len(key) == 6 else key


def depth_map(depth: Float32[np.ndarray, "H W"]) -> UInt16[np.ndarray, "H W"]:
    """Metres times 256; 0 where nothing is hit or it is 256 m away and more (KITTI's depth devkit)."""
    steps = np.round(np.where(np.isfinite(depth), depth, 0.0) * 256.0)
    return np.where((steps > 0) & (steps < 65536), steps, 0).astype(np.uint16)


def flow_map(flow: Float32[np.ndarray, "H W 2"], valid: Bool[np.ndarray, "H W"]) -> UInt16[np.ndarray, "H W 3"]:
    """Pixels times 64 plus 2^15, and whether they hold; all 0 where not (KITTI's flow devkit)."""
    steps = np.round(flow.astype(float) * 64.0 + 32768.0)
    held = valid & ((steps >= 0) & (steps < 65536)).all(-1)
    return np.where(held[..., None], np.concatenate([steps, np.ones_like(steps[..., :1])], -1), 0).astype(np.uint16)


def _files(clip: Clip) -> dict[str, bytes]:
    name = sequence(clip.key)
    files = {f"{IMAGES}/{name}/{i:06d}.png": png(rgb) for i, rgb in enumerate(clip.frames.rgb)}
    for folder, text in (("label_02", labels), ("calib", calibration), ("poses", poses)):
        files[f"training/{folder}/{name}.txt"] = text(clip).encode()
    passes = clip.frames.passes
    if passes.depth is not None:
        files |= {f"{DEPTH}/{name}/{i:06d}.png": png(depth_map(depth)) for i, depth in enumerate(passes.depth)}
    if passes.flow is not None and passes.visible is not None:
        for i, (flow, visible) in enumerate(zip(passes.flow, passes.visible, strict=True)):
            files[f"{FLOW}/{name}/{i:06d}.png"] = png(flow_map(flow, np.ones_like(visible)))
            files[f"{FLOW_SEEN}/{name}/{i:06d}.png"] = png(flow_map(flow, visible))
    return files | sidecars(clip)


def _pictures(key: str, files: loose.Files) -> UInt8[np.ndarray, "F H W 3"]:
    names = sorted(path for path in files if path.startswith(f"{IMAGES}/{sequence(key)}/"))
    return np.stack([from_png(files[name]) for name in names])


def build() -> Kitti:
    """Takes no options."""
    return Kitti()
