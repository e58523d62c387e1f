"""A scene without mirrored nodes, and without nodes that carry nothing."""

from dataclasses import replace

import numpy as np

from filmwright.core.pose import world_transforms
from filmwright.core.scene import Mesh, Node, Scene


def unmirrored(scene: Scene) -> Scene:
    """The same scene without mirrored nodes: a mesh under one is mirrored itself, its faces turned, on a child node.

    So faces are counter-clockwise seen from outside in the world too (glTF 2.0, 3.7.4 leaves that to the reader).
    """
    world = world_transforms(scene, 0.0)
    nodes, meshes = list(scene.nodes), list(scene.meshes)
    mirrored: dict[int, int] = {}
    for i, node in enumerate(scene.nodes):
        if node.mesh is None or np.linalg.det(world[i, :3, :3]) >= 0:
            continue
        if node.mesh not in mirrored:
            mirrored[node.mesh] = len(meshes)
            meshes.append(_mirror(scene.meshes[node.mesh]))
        nodes[i] = replace(node, mesh=None)
        flip = tuple(map(float, np.diag([-1.0, 1.0, 1.0, 1.0]).ravel()))
        nodes.append(Node(name=node.name, parent=i, mesh=mirrored[node.mesh], matrix=flip))
    return replace(scene, nodes=tuple(nodes), meshes=tuple(meshes))


def _mirror(mesh: Mesh) -> Mesh:
    flip = np.array([-1, 1, 1], np.float32)
    return replace(
        mesh,
        positions=mesh.positions * flip,
        faces=np.ascontiguousarray(mesh.faces[:, ::-1]),
        normals=None if mesh.normals is None else mesh.normals * flip,
        tangents=None if mesh.tangents is None else mesh.tangents * np.array([-1, 1, 1, -1], np.float32),
    )


def pruned(scene: Scene) -> Scene:
    """The same scene without nodes that carry no mesh, themselves or below, and meshes that no node carries."""
    needed = [node.mesh is not None for node in scene.nodes]
    for i in range(len(needed) - 1, 0, -1):
        parent = scene.nodes[i].parent
        if needed[i] and parent is not None:
            needed[parent] = True
    place = np.cumsum(needed) - 1
    kept = sorted({node.mesh for node in scene.nodes if node.mesh is not None})
    number = {old: new for new, old in enumerate(kept)}
    nodes = tuple(
        replace(
            node,
            parent=None if node.parent is None else int(place[node.parent]),
            mesh=None if node.mesh is None else number[node.mesh],
        )
        for node, keep in zip(scene.nodes, needed, strict=True)
        if keep
    )
    return replace(scene, nodes=nodes, meshes=tuple(scene.meshes[i] for i in kept))
