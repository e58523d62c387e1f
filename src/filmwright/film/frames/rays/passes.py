"""The passes of a frame: what stands at the pixels' centres."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import warp as wp

from filmwright.core.shot import Shot

from .centre import reached, see
from .device import fetched
from .upload import Upload
from .view import CENTRE, view_at
from .visible import visible_faces


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sight:
    """What is seen at a frame's pixel centres, as Warp arrays with one entry a pixel."""

    faces: Any  # -1 where there is none
    passes: dict[str, Any]  # depth is FAR where there is nothing
    smooth: Any  # normals without maps
    goal: Any  # where the points are in the world at the next frame


def sight(scene: Upload, shot: Shot, frame: int, *, albedo: bool) -> Sight:
    """What is seen at the pixels' centres, `albedo` where it is asked for. The scene is left in the frame's pose."""
    num, device = shot.width * shot.height, scene.device
    scene.pose(shot.moment(float(frame)))
    view, later = view_at(shot, float(frame)), view_at(shot, float(frame + 1))
    faces = visible_faces(scene, view, CENTRE, 0, -1)
    depth, ids = wp.empty(num, dtype=float, device=device), wp.empty(num, dtype=int, device=device)
    normals, smooth, flow = (wp.empty(num, dtype=wp.vec3, device=device) for _ in range(3))
    base = wp.empty(num if albedo else 0, dtype=wp.vec3, device=device)
    goal = wp.empty(num, dtype=wp.vec4, device=device)
    wp.launch(
        see,
        dim=num,
        inputs=[scene.world, view, later, scene.points_at(shot.moment(float(frame + 1))), faces],
        outputs=[depth, normals, smooth, ids, base, flow, goal],
        device=device,
    )
    arrays = {"depth": depth, "normals": normals, "ids": ids, "flow": flow} | ({"albedo": base} if albedo else {})
    return Sight(faces=faces, passes=arrays, smooth=smooth, goal=goal)


def passes_of(scene: Upload, shot: Shot, frame: int, seen: Sight) -> dict[str, np.ndarray]:
    """A frame's depth, normals, ids, flow and visible, and albedo if it was asked for, as core.frames.Passes has them.

    The scene is left in the pose of the next frame: there it is tried what of this one is still to be seen.
    """
    scene.pose(shot.moment(float(frame + 1)))
    visible = wp.zeros(shot.width * shot.height, dtype=int, device=scene.device)
    later = view_at(shot, float(frame + 1))
    wp.launch(reached, dim=len(visible), inputs=[scene.world, later, seen.goal], outputs=[visible], device=scene.device)
    found = {name: fetched(array, shot.height, shot.width) for name, array in seen.passes.items()}
    found["visible"] = fetched(visible, shot.height, shot.width) > 0
    found["flow"] = np.ascontiguousarray(found["flow"][..., :2])
    found["depth"] = np.where(found["ids"] == 0, np.float32(np.inf), found["depth"])
    return found
