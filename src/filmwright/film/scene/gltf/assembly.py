"""A glTF file, opened, as a scene."""

from dataclasses import replace

from filmwright.core.errors import BadAsset
from filmwright.core.scene import Mesh, Node, Scene

from ..check import MAX_TRIANGLES, checked_mesh
from ..tidy import pruned, unmirrored
from . import document
from .animation import played
from .buffers import Gltf
from .materials import Pictures
from .skins import rigid_pieces, skeleton
from .tree import Tree, checked_meshes, read_primitives, tree


def assembled(gltf: Gltf, *, max_pixels: int, animation: str, crease: float) -> Scene:
    """The scene of an opened file: its meshes where its tree puts them, its materials, its animation."""
    channels = played(gltf, animation)
    grown = tree(gltf, channels)
    pictures = Pictures(gltf=gltf, max_pixels=max_pixels)
    nodes, meshes = list(grown.nodes), list[Mesh]()
    shared: dict[tuple[float, ...], range] = {}  # the meshes that several nodes show
    for index, place in grown.place.items():
        made = gltf.document.nodes[index]
        if made.mesh is None:
            continue
        if made.skin is not None:
            _hang_skinned(gltf, grown, made, pictures, crease, nodes, meshes)
            continue
        key = (made.mesh, *made.weights)
        if key not in shared:
            start = len(meshes)
            meshes += checked_meshes(read_primitives(gltf, pictures, made.mesh, made.weights), crease)
            shared[key] = range(start, len(meshes))
        _hang(nodes, place, shared[key])
    _check_whole(gltf, nodes, meshes)
    duration = max((float(c.times[-1]) for node in nodes for c in node.channels), default=0.0)
    scene = Scene(name=gltf.path.stem, meshes=tuple(meshes), nodes=tuple(nodes), duration=duration, source=gltf.path)
    return pruned(unmirrored(scene))


def _hang(nodes: list[Node], place: int, meshes: range) -> None:
    """Let the node at `place` show meshes: one by itself, several through children."""
    if len(meshes) == 1:
        nodes[place] = replace(nodes[place], mesh=meshes[0])
        return
    nodes += [Node(name=f"{nodes[place].name}.{k}", parent=place, mesh=mesh) for k, mesh in enumerate(meshes)]


def _hang_skinned(
    gltf: Gltf,
    grown: Tree,
    made: document.Node,
    pictures: Pictures,
    crease: float,
    nodes: list[Node],
    meshes: list[Mesh],
) -> None:
    """Hang a skinned mesh's pieces on the joints that carry them; its own node's place does not count (3.7.3.2)."""
    assert made.mesh is not None
    assert made.skin is not None
    bones = skeleton(gltf, grown, made.skin)
    for part in read_primitives(gltf, pictures, made.mesh, made.weights):
        for carrier, raw in rigid_pieces(part, bones):
            mesh = checked_mesh(raw, crease=crease)
            if mesh is not None:
                nodes.append(Node(name=made.name or gltf.path.stem, parent=carrier, mesh=len(meshes)))
                meshes.append(mesh)


def _check_whole(gltf: Gltf, nodes: list[Node], meshes: list[Mesh]) -> None:
    shown = sum(len(meshes[node.mesh].faces) for node in nodes if node.mesh is not None)
    if not shown:
        raise BadAsset(f"{gltf.path} has no triangles to film. Export it again with its meshes.")
    if shown > MAX_TRIANGLES:
        raise BadAsset(
            f"{gltf.path} shows {shown:,} triangles, above the limit of {MAX_TRIANGLES:,}. Simplify it first."
        )
