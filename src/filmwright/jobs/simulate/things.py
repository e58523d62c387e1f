"""Objects of a scene: a solid in a material or a scan, brought to size, with the words for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from jaxtyping import Float

from filmwright.core.errors import BadAsset
from filmwright.core.pose import world_transforms
from filmwright.core.scene import Mesh, Node
from filmwright.film.frames.rays.pyramids import reduced
from filmwright.film.scene.procedural.solids import solid
from filmwright.film.scene.readers import reader_name, readers

from .dice import Dice
from .distribution import drawn, drawn_within
from .recipe import Objects
from .vocabulary import COLORS, PATTERNS, material

MOST_FACES = 200_000  # of a scan, so that thousands of clips can be made of it
MOST_TEXELS = 1024  # a side of its textures: a scan fills some hundred pixels of a clip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Thing:
    """One object about its own middle, +Z up."""

    name: str  # "a red matte cube" without the article
    label: str
    parts: tuple[tuple[Mesh, Float[np.ndarray, "4 4"]], ...]  # meshes, and where they stand in the object
    size: Float[np.ndarray, "3"]  # metres
    facts: dict[str, object]

    @property
    def points(self) -> Float[np.ndarray, "V 3"]:
        """All its vertices, about its middle."""
        return np.concatenate([m.positions.astype(float) @ t[:3, :3].T + t[:3, 3] for m, t in self.parts])


def things(objects: Objects, dice: Dice, index: int) -> list[Thing]:
    """The objects of one clip, in no two colours alike where there are enough."""
    found: list[Thing] = []
    taken: set[str] = set()
    for i in range(drawn(objects.count, dice.child("count"), index)):
        own = dice.child("object", i)
        if objects.scans and own.child("scan").uniform() < objects.scan_share:
            found.append(_scan(own.child("which").choice(objects.scans), _size(objects, own, index)))
        else:
            found.append(_solid(objects, own, index, taken))
            taken.add(str(found[-1].facts["color"]))
    return found


def _solid(objects: Objects, dice: Dice, index: int, taken: set[str]) -> Thing:
    shape = drawn(objects.shape, dice.child("shape"), index)
    kind = drawn(objects.material, dice.child("material"), index)
    colors = dice.child("color")
    color = next((c for _ in range(20) if (c := drawn(objects.color, colors, index)) not in taken), "grey")
    other = dice.child("other").choice([c for c in COLORS if c != color])
    rough, repeats = dice.child("roughness").uniform(), dice.child("repeats").integer(2, 5)
    look = material(color, kind, other=other, roughness=rough, repeats=repeats)
    scale = _size(objects, dice, index)
    mesh = solid(shape, look)
    extent = np.ptp(mesh.positions, axis=0) * scale
    facts = {"shape": shape, "color": color, "material": kind, "metres": scale}
    if kind in PATTERNS:
        facts["second_color"] = other
    part = (mesh, np.diag([scale, scale, scale, 1.0]))
    return Thing(name=f"{color} {kind} {shape}", label=shape, parts=(part,), size=extent.astype(float), facts=facts)


def _scan(path: Path, scale: float) -> Thing:
    parts, extent = read_scan(path)
    grown = np.diag([scale, scale, scale, 1.0])
    label = path.stem.replace("_", " ").replace("-", " ").lower()
    return Thing(
        name=label,
        label=label,
        parts=tuple((mesh, grown @ place) for mesh, place in parts),
        size=extent * scale,
        facts={"scan": path.name, "metres": scale},
    )


@cache
def read_scan(path: Path) -> tuple[tuple[tuple[Mesh, Float[np.ndarray, "4 4"]], ...], Float[np.ndarray, "3"]]:
    """A scan at rest, its meshes about its middle and one metre along the longest side. Raises BadAsset."""
    name = reader_name(path)
    if name not in readers.names():
        raise BadAsset(f"cannot read {path}: no reader for {path.suffix or 'a file without an ending'!r}.")
    scene = readers.open(name).read(path)
    world = world_transforms(scene, 0.0)
    placed = [(scene.meshes[n.mesh], world[i]) for i, n in enumerate(scene.nodes) if n.mesh is not None]
    faces = sum(len(mesh.faces) for mesh, _ in placed)
    if faces > MOST_FACES:
        raise BadAsset(f"{path} has {faces:,} triangles; data are made of scans of up to {MOST_FACES:,}. Decimate it.")
    points = np.concatenate([m.positions.astype(float) @ t[:3, :3].T + t[:3, 3] for m, t in placed])
    low, high = points.min(0), points.max(0)
    grow = 1.0 / max(float((high - low).max()), 1e-9)
    centred = np.diag([grow, grow, grow, 1.0])
    centred[:3, 3] = -grow * (low + high) / 2
    parts = tuple((replace(m, material=reduced(m.material, MOST_TEXELS)), centred @ place) for m, place in placed)
    return parts, (high - low) * grow


def nodes_of(thing: Thing, first_node: int, first_mesh: int, root: Node) -> tuple[list[Node], list[Mesh]]:
    """The thing under its root node: nodes and meshes to append to a scene that has so many already."""
    nodes = [root]
    for i, (_, place) in enumerate(thing.parts):
        matrix = tuple(map(float, place.ravel()))
        nodes.append(Node(name=thing.name, parent=first_node, mesh=first_mesh + i, matrix=matrix))
    return nodes, [mesh for mesh, _ in thing.parts]


def _size(objects: Objects, dice: Dice, index: int) -> float:
    return drawn_within(objects.size, dice.child("size"), index, what="objects.size", low=0.01, high=20.0)


def spots(sizes: Sequence[float], dice: Dice) -> Float[np.ndarray, "N 2"]:
    """Places on the ground, metres from the middle, where things of these sizes do not touch: the first innermost."""
    found: list[np.ndarray] = []
    for i, size in enumerate(sizes):
        reach = 0.25 if i == 0 else 0.6
        for _ in range(200):
            angle, away = dice.uniform(0, 2 * np.pi), reach * dice.uniform() ** 0.5
            spot = away * np.array([np.cos(angle), np.sin(angle)])
            if all(np.hypot(*(spot - other)) > 0.62 * (size + sizes[j]) for j, other in enumerate(found)):
                break
            reach += 0.02
        found.append(spot)
    return np.array(found).reshape(-1, 2)
