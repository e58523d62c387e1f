"""Named parts, put together as a scene."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from filmwright.core.scene import Mesh, Node, Scene

METRE = 1000.0  # millimetres


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """One piece of a product, in millimetres."""

    name: str
    mesh: Mesh


def assemble(name: str, parts: Iterable[Part]) -> Scene:
    """A scene in metres: one root node, and below it one node a part."""
    pieces = list(parts)
    meshes = tuple(
        replace(p.mesh, positions=(p.mesh.positions.astype(float) / METRE).astype(np.float32)) for p in pieces
    )
    nodes = (Node(name=name), *(Node(name=p.name, parent=0, mesh=i) for i, p in enumerate(pieces)))
    return Scene(name=name, meshes=meshes, nodes=nodes)
