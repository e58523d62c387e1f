"""Meshes from a format without a node tree, units or up-axis, as a scene."""

from pathlib import Path

import numpy as np

from filmwright.core.errors import BadAsset
from filmwright.core.scene import Node, Scene

from .check import RawMesh, check_counts, checked_mesh
from .upright import Units, Up, placing


def plain_scene(
    path: Path, raws: list[RawMesh], *, units: Units, up: Up, usual_up: Up, crease: float, usual_units: Units = "auto"
) -> Scene:
    """The checked meshes under one node that brings them to metres, +Z up; raises BadAsset if none has an area."""
    check_counts(str(path), triangles=sum(len(raw.faces) for raw in raws))
    named = [(raw.material.name, checked_mesh(raw, crease=crease)) for raw in raws]
    sound = [(name, mesh) for name, mesh in named if mesh is not None]
    if not sound:
        points = max((len(raw.positions) for raw in raws), default=0)
        kind = f"it has {points:,} points: make a mesh of them first" if points else "export it again with its mesh"
        raise BadAsset(f"{path} has no triangles to film; {kind}.")
    matrix = placing(
        path.name,
        np.concatenate([mesh.positions for _, mesh in sound]),
        units=units, up=up, usual_units=usual_units, usual_up=usual_up,
    )  # fmt: skip
    nodes = [Node(name=path.stem, mesh=0 if len(sound) == 1 else None, matrix=matrix)]
    if len(sound) > 1:
        nodes += [Node(name=name or f"part {i}", parent=0, mesh=i) for i, (name, _) in enumerate(sound)]
    return Scene(name=path.stem, meshes=tuple(mesh for _, mesh in sound), nodes=tuple(nodes), source=path)
