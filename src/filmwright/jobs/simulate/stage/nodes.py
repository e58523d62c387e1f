"""The tree of a scene as prims."""

import numpy as np
from jaxtyping import Float64
from pxr import Usd, UsdGeom

from filmwright.core.clip import Clip
from filmwright.core.pose import local_transform
from filmwright.core.scene import Node, Scene

from .meshes import add_mesh
from .placing import place


def add_node(held: Usd.Stage, path: str, clip: Clip, node: Node) -> None:
    """A node without what hangs below it; frames are shown at their middles."""
    times = [(i + 0.5) / float(clip.frames.fps) for i in range(len(clip.frames.rgb))] if node.channels else [0.0]
    prim = UsdGeom.Xform.Define(held, path).GetPrim()
    matrices: Float64[np.ndarray, "F 4 4"] = np.stack([local_transform(node, time) for time in times])
    place(prim, matrices)


def add_below(
    held: Usd.Stage,
    clip: Clip,
    scene: Scene,
    paths: dict[int, str],
    pictures: dict[str, bytes],
    *,
    without: tuple[int, ...] = (),
) -> None:
    """The meshes of nodes that stand at `paths` already, and the nodes below them, but for some."""
    paths = dict(paths)
    for i, node in enumerate(scene.nodes):
        if node.parent in paths and i not in without:
            paths[i] = f"{paths[node.parent]}/part_{i:03d}"
            add_node(held, paths[i], clip, node)
        if i in paths and node.mesh is not None:
            add_mesh(held, f"{paths[i]}/mesh", scene.meshes[node.mesh], pictures)
