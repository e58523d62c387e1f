"""The passes of a frame: what stands at the pixels' centres."""

from typing import Any

import numpy as np
import warp as wp

from filmwright.core.shot import Shot

from .centre import reached, see
from .device import fetched
from .upload import Upload
from .view import CENTRE, view_of
from .visible import visible_faces


def passes_of(scene: Upload, shot: Shot, frame: int) -> dict[str, np.ndarray]:
    """Depth, normals, ids, albedo, flow and visible, as core.frames.Passes has them, of one frame."""
    found, goal = _seen(scene, shot, frame, frame + 1)
    scene.pose(shot.moment(float(frame + 1)))
    later = view_of(shot.camera(float(frame + 1)), shot.width, shot.height)
    visible = wp.zeros(shot.width * shot.height, dtype=int, device=scene.device)
    wp.launch(reached, dim=len(visible), inputs=[scene.world, later, goal], outputs=[visible], device=scene.device)
    found["visible"] = fetched(visible, shot.height, shot.width) > 0
    found["flow"] = np.ascontiguousarray(found["flow"][..., :2])
    found["depth"] = np.where(found["ids"] == 0, np.float32(np.inf), found["depth"])
    return found


def _seen(scene: Upload, shot: Shot, frame: int, other: int) -> tuple[dict[str, np.ndarray], Any]:
    """What is seen at the pixels' centres, with its way to another frame, and its place there in the world."""
    num, device = shot.width * shot.height, scene.device
    scene.pose(shot.moment(float(frame)))
    view = view_of(shot.camera(float(frame)), shot.width, shot.height)
    there = view_of(shot.camera(float(other)), shot.width, shot.height)
    faces = visible_faces(scene, view, CENTRE, 0, -1)
    depth, ids = wp.empty(num, dtype=float, device=device), wp.empty(num, dtype=int, device=device)
    normals, albedo, flow = (wp.empty(num, dtype=wp.vec3, device=device) for _ in range(3))
    goal = wp.empty(num, dtype=wp.vec4, device=device)
    wp.launch(
        see,
        dim=num,
        inputs=[scene.world, view, there, scene.points_at(shot.moment(float(other))), faces],
        outputs=[depth, normals, ids, albedo, flow, goal],
        device=device,
    )
    arrays = {"depth": depth, "normals": normals, "ids": ids, "albedo": albedo, "flow": flow}
    return {name: fetched(array, shot.height, shot.width) for name, array in arrays.items()}, goal
