"""Skinned meshes as rigid pieces on the joints that move (glTF 2.0, 3.7.3)."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int64

from filmwright.core.errors import BadAsset, FilmWarning
from filmwright.core.pose import world_transforms
from filmwright.core.scene import Scene

from ..check import RawMesh
from .accessors import floats
from .buffers import Gltf, pick
from .primitives import Primitive
from .tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Skeleton:
    """A skin's joints at the start of the animation.

    `carrier` is each joint's nearest node, itself or above, that moves: joints with the same one never move
    against each other, and node 0 is the world.
    """

    skin: Float[np.ndarray, "J 4 4"]  # world-from-mesh at the start, of what each joint holds
    carrier: Int64[np.ndarray, " J"]
    world: Float[np.ndarray, "N 4 4"]  # world-from-node at the start


def skeleton(gltf: Gltf, tree: Tree, skin: int) -> Skeleton:
    """The joints of one of the file's skins."""
    made = pick(gltf, gltf.document.skins, skin, "skin")
    missing = [j for j in made.joints if j not in tree.place]
    if missing or not made.joints:
        raise BadAsset(f"{gltf.path}: skin {skin} has joints {missing} that are not in the scene. Export it again.")
    world = world_transforms(Scene(name="", nodes=tree.nodes), 0.0)
    nodes = np.array([tree.place[j] for j in made.joints])
    bind = np.broadcast_to(np.eye(4), (len(nodes), 4, 4))
    if made.inverse_bind_matrices is not None:
        given = floats(gltf, made.inverse_bind_matrices, (16,))
        if len(given) < len(nodes) or not np.isfinite(given).all():
            raise BadAsset(f"{gltf.path}: skin {skin} has broken inverse bind matrices. Export it again.")
        bind = given[: len(nodes)].reshape(-1, 4, 4).transpose(0, 2, 1).astype(float)
    carrier = np.array([_carrier(tree, int(n)) for n in nodes])
    return Skeleton(skin=world[nodes] @ bind, carrier=carrier, world=world)


def rigid_pieces(part: Primitive, bones: Skeleton) -> Iterator[tuple[int, RawMesh]]:
    """A skinned primitive as raw meshes, each with the node that carries it, exact while no triangle bends.

    A mesh with triangles between joints that move against each other stays in the pose of the animation's start,
    with a FilmWarning.
    """
    joints, weights = part.joints, part.weights
    if joints is None or weights is None:
        yield 0, part.raw
        return
    if int(joints.max(initial=0)) >= len(bones.carrier):
        raise BadAsset(f"{part.raw.where} names joint {int(joints.max())} of a skin with {len(bones.carrier)}.")
    held = np.where(weights > 1e-3, bones.carrier[joints], -1)
    first = held.max(axis=1)
    bends = ((held != -1) & (held != first[:, None])).any(axis=1)
    faces = part.raw.faces
    if len(faces) and int(faces.max()) >= len(first):
        yield 0, part.raw  # the mesh check tells what is wrong
        return
    owner = first[faces]
    if bends[faces].any() or (owner != owner[:, :1]).any():
        warnings.warn(
            FilmWarning(
                f"{part.raw.where} is bent by its skeleton; it stays in the animation's first pose in the film."
            ),
            stacklevel=2,
        )
        owner = np.zeros_like(owner)
    for carrier in np.unique(owner):
        piece = replace(part.raw, faces=faces[owner[:, 0] == carrier])
        yield from _posed(piece, joints, weights, bones, int(carrier))


def _carrier(tree: Tree, node: int) -> int:
    while node and not tree.nodes[node].channels:
        node = tree.nodes[node].parent or 0
    return node


def _posed(
    raw: RawMesh, joints: np.ndarray, weights: np.ndarray, bones: Skeleton, carrier: int
) -> Iterator[tuple[int, RawMesh]]:
    """The mesh skinned at the start, brought into its carrier's space (linear blend skinning)."""
    if abs(np.linalg.det(bones.world[carrier])) < 1e-30:
        return  # scaled to nothing at the start: it has no inverse, and is not seen
    matrices = np.einsum("vj,vjab->vab", weights, (np.linalg.inv(bones.world[carrier]) @ bones.skin)[joints])
    linear = matrices[:, :3, :3]
    positions = np.einsum("vab,vb->va", linear, raw.positions) + matrices[:, :3, 3]
    normals = raw.normals
    if normals is not None:
        cofactors = np.stack([np.cross(linear[:, (i + 1) % 3], linear[:, (i + 2) % 3]) for i in range(3)], axis=1)
        normals = np.einsum("vab,vb->va", cofactors, normals).astype(np.float32)
    tangents = raw.tangents
    if tangents is not None:
        turned = np.einsum("vab,vb->va", linear, tangents[:, :3])
        turned /= np.linalg.norm(turned, axis=1, keepdims=True).clip(1e-20)
        tangents = np.concatenate([turned, tangents[:, 3:]], axis=1).astype(np.float32)
    faces = raw.faces
    if len(faces) and np.linalg.det(linear[faces[0, 0]]) < 0:
        faces = faces[:, ::-1]
        normals = None if normals is None else -normals
    yield carrier, replace(raw, positions=positions.astype(np.float32), faces=faces, normals=normals, tangents=tangents)
