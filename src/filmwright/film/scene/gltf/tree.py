"""The node tree of a glTF file as core's nodes: +Z up, parents before children."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from filmwright.core.errors import BadAsset
from filmwright.core.pose import decompose, rotation_matrix
from filmwright.core.scene import Channel, Mesh, Node

from ..check import checked_mesh
from . import document
from .buffers import Gltf, pick
from .materials import Pictures
from .primitives import Primitive, primitive

Z_UP = (1.0, 0.0, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)  # from glTF's +Y up
MAX_NODES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tree:
    """The nodes, with the place in them of each of the file's nodes."""

    nodes: tuple[Node, ...]
    place: dict[int, int] = field(default_factory=dict)


def tree(gltf: Gltf, channels: tuple[tuple[int, Channel], ...]) -> Tree:
    """The nodes of the file's default scene under one that turns +Y up to +Z up, without meshes."""
    nodes = [Node(name=gltf.path.stem, matrix=Z_UP)]
    place: dict[int, int] = {}
    moves: dict[int, list[Channel]] = {}
    for index, channel in channels:
        moves.setdefault(index, []).append(channel)
    waiting = [(index, 0) for index in reversed(_roots(gltf))]
    while waiting:
        index, parent = waiting.pop()
        made = pick(gltf, gltf.document.nodes, index, "node")
        if index in place:
            raise BadAsset(f"{gltf.path}: node {index} is reached twice: its nodes form no tree. Export it again.")
        if len(nodes) > MAX_NODES:
            raise BadAsset(f"{gltf.path} has more than {MAX_NODES:,} nodes. Join its parts.")
        place[index] = len(nodes)
        nodes.append(_node(gltf, made, index, parent, tuple(moves.get(index, ()))))
        waiting += [(child, place[index]) for child in reversed(made.children)]
    return Tree(nodes=tuple(nodes), place=place)


def _roots(gltf: Gltf) -> list[int]:
    scenes = gltf.document.scenes
    if scenes:
        return pick(gltf, scenes, gltf.document.scene or 0, "scene").nodes
    children = {child for node in gltf.document.nodes for child in node.children}
    return [i for i in range(len(gltf.document.nodes)) if i not in children]


def _node(gltf: Gltf, made: document.Node, index: int, parent: int, channels: tuple[Channel, ...]) -> Node:
    if made.matrix is not None:
        matrix = np.array(made.matrix).reshape(4, 4).T
        trs = [np.asarray(part) for part in decompose(matrix)]
    else:
        trs = [np.array(made.translation), rotation_matrix(np.array(made.rotation)), np.array(made.scale)]
        matrix = _composed(*trs)
    if not (np.abs(matrix) < 1e12).all() or abs(matrix[3] - [0, 0, 0, 1]).max() > 1e-6:
        raise BadAsset(
            f"{gltf.path}: node {index} has a matrix that places nothing: {matrix.tolist()}. Export it again."
        )
    held = [c for c in channels if len(c.times) == 1]
    moving = tuple(c for c in channels if len(c.times) > 1)
    if held:
        for channel in held:
            value = channel.values[0].astype(float)
            trs[("translation", "rotation", "scale").index(channel.path)] = (
                rotation_matrix(value) if channel.path == "rotation" else value
            )
        matrix = _composed(*trs)
    if moving and (trs[2] <= 0).any():  # a matrix does not tell which axes are mirrored: say each part by itself
        moving += _spelled_out(made, held, {c.path for c in moving})
    name = made.name or f"node {index}"
    return Node(name=name, parent=parent, matrix=tuple(map(float, matrix.ravel())), channels=moving)


def _composed(translation: np.ndarray, rotation: np.ndarray, scale: np.ndarray) -> Float[np.ndarray, "4 4"]:
    out = np.eye(4)
    out[:3, :3] = rotation * scale
    out[:3, 3] = translation
    return out


def _spelled_out(made: document.Node, held: list[Channel], moving: set[str]) -> tuple[Channel, ...]:
    told = {channel.path: channel for channel in held}
    out = []
    for path in ("translation", "rotation", "scale"):
        if path in told:
            out.append(told[path])
        elif path not in moving:
            value = np.array([getattr(made, path)], np.float32)
            out.append(Channel(path=path, times=np.zeros(1, np.float32), values=value))
    return tuple(out)


def read_primitives(gltf: Gltf, pictures: Pictures, mesh: int, weights: list[float]) -> list[Primitive]:
    """Every primitive of a mesh that has faces."""
    made = pick(gltf, gltf.document.meshes, mesh, "mesh")
    morph = weights or made.weights
    found = (primitive(gltf, pictures, mesh, i, morph) for i in range(len(made.primitives)))
    return [p for p in found if p is not None]


def checked_meshes(parts: list[Primitive], crease: float) -> list[Mesh]:
    """The sound meshes of some primitives."""
    found = (checked_mesh(part.raw, crease=crease) for part in parts)
    return [mesh for mesh in found if mesh is not None]
