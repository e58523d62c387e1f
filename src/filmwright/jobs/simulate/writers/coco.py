"""COCO-video: PNG frames and one instances.json with tracks and masks, as TAO and CocoVID have it."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, UInt8

from filmwright.core.clip import Clip

from .. import loose
from ..png import from_png, png
from ..rle import rle
from ..sidecars import clips as clips_of
from ..sidecars import sidecars

IMAGES, PARTS, ALL = "images", "annotations/parts", "annotations/instances.json"


class Coco:
    """A clip is a folder of frames and a part of the annotations; the parts become one file at the end."""

    def has(self, folder: Path, shard: str) -> bool:
        """Whether a shard is there; then it is whole."""
        return loose.has(folder, shard)

    def write(self, clips: Iterable[Clip], folder: Path, shard: str) -> None:
        """Write the clips of a shard, whole or not at all."""
        loose.write(((clip.key, _files(clip)) for clip in clips), folder, shard)

    def finish(self, folder: Path) -> None:
        """Join the parts: ids count from 1 over all clips in order, categories are the labels in order."""
        parts = []
        for key, hashes in loose.sealed(folder):
            path = f"{PARTS}/{key}.json"
            parts.append(json.loads(loose.loaded(folder, path, hashes[path])))
        loose.conclude(folder, ALL, _json(_joined(parts)))

    def read(self, folder: Path) -> Iterator[Clip]:
        """All clips in order. Raises BadAsset where a file is broken."""
        yield from clips_of(folder, _pictures)


def _files(clip: Clip) -> dict[str, bytes]:
    frames = {f"{IMAGES}/{_frame(clip.key, i)}": png(rgb) for i, rgb in enumerate(clip.frames.rgb)}
    return frames | {f"{PARTS}/{clip.key}.json": _json(_part(clip))} | sidecars(clip)


def _pictures(key: str, files: loose.Files) -> UInt8[np.ndarray, "F H W 3"]:
    names = sorted(path for path in files if path.startswith(f"{IMAGES}/{key}/"))
    return np.stack([from_png(files[name]) for name in names])


def _frame(key: str, index: int) -> str:
    return f"{key}/{index:06d}.png"


def _part(clip: Clip) -> dict[str, Any]:
    """What a clip adds, numbered within the clip and with labels in place of categories."""
    num, height, width = clip.frames.rgb.shape[:3]
    size = {"width": width, "height": height}
    about = {"name": clip.key, "length": num, "fps": float(clip.frames.fps), "captions": list(clip.captions)}
    images = [{"file_name": _frame(clip.key, i), "frame_index": i, "frame_id": i} | size for i in range(num)]
    tracks = [{"id": t.id, "name": t.name, "label": t.label} for t in clip.tracks]
    ids = clip.frames.passes.ids
    seen = [] if ids is None else [_annotation(i, t.id, ids[i] == t.id) for i in range(num) for t in clip.tracks]
    return {"video": about | size, "images": images, "tracks": tracks, "annotations": [a for a in seen if a["area"]]}


def _annotation(frame: int, track: int, mask: Bool[np.ndarray, "H W"]) -> dict[str, Any]:
    """One thing in one frame: box and area are those of its mask."""
    area = int(mask.sum())
    if not area:
        return {"area": 0}
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    left, top = int(columns[0]), int(rows[0])
    return {
        "frame": frame,
        "track": track,
        "bbox": [left, top, int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top],
        "area": area,
        "iscrowd": 0,
        "segmentation": {"size": list(mask.shape), "counts": rle(mask)},
    }


def _joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    labels = sorted({track["label"] for part in parts for track in part["tracks"]})
    category = {label: i for i, label in enumerate(labels, 1)}
    out: dict[str, Any] = {"videos": [], "images": [], "tracks": [], "annotations": []}
    for video, part in enumerate(parts, 1):
        first, num_tracks, num_seen = (len(out[name]) + 1 for name in ("images", "tracks", "annotations"))
        of_video = {"video_id": video}
        tracks = {told["id"]: (i, category[told["label"]]) for i, told in enumerate(part["tracks"], num_tracks)}
        out["videos"].append(part["video"] | {"id": video})
        out["images"] += [told | {"id": i} | of_video for i, told in enumerate(part["images"], first)]
        for told in part["tracks"]:
            number, kind = tracks[told["id"]]
            own = {"id": number, "name": told["name"], "object": told["id"], "category_id": kind}
            out["tracks"].append(own | of_video)
        for i, told in enumerate(part["annotations"], num_seen):
            own = {key: value for key, value in told.items() if key not in ("frame", "track")}
            number, kind = tracks[told["track"]]
            named = {"track_id": number, "instance_id": number, "category_id": kind}
            out["annotations"].append(own | named | {"id": i, "image_id": first + told["frame"]} | of_video)
    return out | {"categories": [{"id": i, "name": label} for label, i in category.items()]}


def _json(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode()


def build() -> Coco:
    """Takes no options."""
    return Coco()
