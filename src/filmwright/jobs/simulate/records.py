"""A clip apart from its pictures, as JSON and as arrays: what every format keeps, in the same words."""

import io
import json
import zipfile
from fractions import Fraction
from typing import Any

import numpy as np

from filmwright.core.clip import Clip, Lens, Track
from filmwright.core.frames import Frames, Passes

PASSES = ("depth", "normals", "ids", "flow", "visible")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # files carry no time of the day they were written: same clip, same bytes


def as_json(clip: Clip) -> str:
    """Everything but pictures. Floats are written so that they come back the same."""
    told = {
        "key": clip.key,
        "fps": str(clip.frames.fps),
        "captions": list(clip.captions),
        "facts": dict(clip.facts),
        "camera": {
            "intrinsics": clip.lens.intrinsics.tolist(),
            "world_from_camera": clip.lens.world_from_camera.tolist(),
        },
        "tracks": [_track(t) for t in clip.tracks],
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def from_json(text: str, rgb: np.ndarray, passes: Passes) -> Clip:
    """The clip with its pictures. Raises KeyError, TypeError or ValueError for other JSON."""
    told = json.loads(text)
    num = len(rgb)
    lens = Lens(
        intrinsics=np.array(told["camera"]["intrinsics"], float).reshape(num, 3, 3),
        world_from_camera=np.array(told["camera"]["world_from_camera"], float).reshape(num, 4, 4),
    )
    return Clip(
        key=told["key"],
        frames=Frames(rgb=rgb, fps=Fraction(told["fps"]), passes=passes),
        lens=lens,
        tracks=tuple(_track_back(t, num) for t in told["tracks"]),
        captions=tuple(told["captions"]),
        facts=told["facts"],
    )


def packed(passes: Passes) -> bytes:
    """The passes as an .npz that numpy.load reads; lightly compressed, for flat parts shrink and noise does not."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in PASSES:
            array = getattr(passes, name)
            if array is None:
                continue
            file = io.BytesIO()
            np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            archive.writestr(info, file.getbuffer(), zipfile.ZIP_DEFLATED, compresslevel=1)
    return out.getvalue()


def unpacked(data: bytes) -> Passes:
    """The passes of an .npz."""
    with np.load(io.BytesIO(data), allow_pickle=False) as held:
        return Passes(**{name: held[name] for name in PASSES if name in held})


def _track(track: Track) -> dict[str, Any]:
    boxes = [None if np.isnan(box).any() else box.tolist() for box in track.box]
    return {
        "id": track.id,
        "name": track.name,
        "label": track.label,
        "size": track.size.tolist(),
        "world_from_object": track.world_from_object.tolist(),
        "box": boxes,
        "pixels": track.pixels.tolist(),
    }


def _track_back(told: dict[str, Any], num: int) -> Track:
    boxes = [[np.nan] * 4 if box is None else box for box in told["box"]]
    return Track(
        id=told["id"],
        name=told["name"],
        label=told["label"],
        size=np.array(told["size"], float),
        world_from_object=np.array(told["world_from_object"], float).reshape(num, 4, 4),
        box=np.array(boxes, np.float32).reshape(num, 4),
        pixels=np.array(told["pixels"], np.int32),
    )
