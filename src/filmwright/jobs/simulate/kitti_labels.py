"""The words of KITTI tracking: a line for each thing in each frame, the calibration and the camera's poses."""

import re
from itertools import product

import numpy as np
from jaxtyping import Float64

from filmwright.core.clip import Clip, Track

_CORNERS = np.array([*product((-0.5, 0.5), repeat=3)])
_VELO = np.array([[0.0, -1, 0, 0], [0, 0, -1, 0], [1, 0, 0, 0]])  # camera from x forward, y left, z up
PIXEL = 0.5  # KITTI's pixel centres are whole numbers, ours are at halves


def labels(clip: Clip) -> str:
    """`label_02/<seq>.txt`: frame, track, type, truncated, occluded, alpha, 2D box, h w l, x y z, rotation_y.

    A thing has a line where something of it is seen (Geiger et al. 2012; readme of devkit_tracking).
    """
    lines = []
    for i in range(len(clip.frames.rgb)):
        hidden = _partly_hidden(clip, i)
        for track in clip.tracks:
            if track.pixels[i] and not np.isnan(track.box[i]).any():
                lines.append(_line(clip, track, i, occluded=track.id in hidden))
    return "".join(f"{line}\n" for line in lines)


def calibration(clip: Clip) -> str:
    """`calib/<seq>.txt`: one camera, that of the first frame; a laser scanner in its place, looking where it looks."""
    intrinsics = clip.lens.intrinsics[0].copy()
    intrinsics[:2] -= PIXEL * intrinsics[2]
    camera = np.concatenate([intrinsics, np.zeros((3, 1))], 1)
    rows = {f"P{i}": camera for i in range(4)}
    rows |= {"R0_rect": np.eye(3), "Tr_velo_cam": _VELO, "Tr_imu_velo": np.eye(4)[:3]}
    return "".join(f"{name}: {_numbers(matrix)}\n" for name, matrix in rows.items())


def poses(clip: Clip) -> str:
    """`poses/<seq>.txt` of KITTI odometry: the camera of each frame from where the first one is, 3x4, a line each."""
    moved = np.linalg.inv(clip.lens.world_from_camera[0]) @ clip.lens.world_from_camera
    return "".join(f"{_numbers(matrix[:3])}\n" for matrix in moved)


def _line(clip: Clip, track: Track, frame: int, *, occluded: bool) -> str:
    corners = _in_camera(clip, track, frame)
    place, extent, turn = upright(corners)
    left, top, right, bottom = map(float, track.box[frame])
    alpha = (turn - np.arctan2(place[0], place[2]) + np.pi) % (2 * np.pi) - np.pi
    box = (left, top, right - 1, bottom - 1)  # KITTI counts the last pixel that is in
    numbers = " ".join(f"{v:.6f}" for v in (alpha, *box, *extent, *place, turn))
    kind = re.sub(r"\s+", "_", track.label) or "Misc"
    return f"{frame} {track.id} {kind} {_truncated(clip, track, corners, frame)} {int(occluded)} {numbers}"


def upright(
    corners: Float64[np.ndarray, "8 3"],
) -> tuple[Float64[np.ndarray, "3"], Float64[np.ndarray, "3"], float]:
    """KITTI's box around a box in the camera's axes: the middle of its bottom, height width length, rotation_y.

    It has one angle, about the camera's y axis, towards where the thing's own x axis points. Where the camera
    looks level at a thing that stands upright it is the thing's own box; where not, the smallest one around it.
    """
    ahead = corners[4:].mean(0) - corners[:4].mean(0)
    turn = float(np.arctan2(-ahead[2], ahead[0]))
    cos, sin = np.cos(turn), np.sin(turn)
    rotation = np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
    own = corners @ rotation
    low, high = own.min(0), own.max(0)
    bottom = np.array([(low[0] + high[0]) / 2, high[1], (low[2] + high[2]) / 2])  # y points down
    length, height, width = high - low
    return rotation @ bottom, np.array([height, width, length]), turn


def _in_camera(clip: Clip, track: Track, frame: int) -> Float64[np.ndarray, "8 3"]:
    pose = np.linalg.inv(clip.lens.world_from_camera[frame]) @ track.world_from_object[frame]
    return (_CORNERS * track.size) @ pose[:3, :3].T + pose[:3, 3]


def _truncated(clip: Clip, track: Track, corners: Float64[np.ndarray, "8 3"], frame: int) -> int:
    """0: its picture is whole, 1: it touches the frame's edge, 2: and more than half of it may lie outside."""
    height, width = clip.frames.rgb.shape[1:3]
    size = np.array([width, height])
    box = track.box[frame]
    if (box[:2] > 0).all() and (box[2:] < size).all():
        return 0
    if (corners[:, 2] <= 0).any():
        return 2
    seen = corners @ clip.lens.intrinsics[frame].T
    points = seen[:, :2] / seen[:, 2:]
    low, high = points.min(0), points.max(0)
    inside = np.clip(high, 0, size) - np.clip(low, 0, size)
    return 1 if 2 * inside.prod() >= (high - low).prod() else 2


def _partly_hidden(clip: Clip, frame: int) -> set[int]:
    """The things that have a pixel beside a nearer one of another thing."""
    ids, depth = clip.frames.passes.ids, clip.frames.passes.depth
    if ids is None or depth is None:
        return set()
    found: set[int] = set()
    for axis in range(2):
        here, there = np.moveaxis(ids[frame], axis, 0)[:-1], np.moveaxis(ids[frame], axis, 0)[1:]
        near, far = np.moveaxis(depth[frame], axis, 0)[:-1], np.moveaxis(depth[frame], axis, 0)[1:]
        both = (here != there) & (here > 0) & (there > 0)
        found |= {*here[both & (near > far)].tolist(), *there[both & (near < far)].tolist()}
    return found


def _numbers(matrix: Float64[np.ndarray, "R C"]) -> str:
    return " ".join(f"{value:.12e}" for value in matrix.ravel())
