"""A recipe and a number to a world: things on a ground, in a light, before a camera, all decided."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
from jaxtyping import Float

from filmwright.core.camera import Path
from filmwright.core.errors import MissingExtra
from filmwright.core.pose import quaternions
from filmwright.core.scene import Channel, Mesh, Node, Scene
from filmwright.core.shot import Look, Shot
from filmwright.film.scene.procedural.solids import slab

from .dice import Dice
from .distribution import drawn, drawn_within
from .lights import LIGHTS, lamp, sky
from .motions import pose
from .moves import Start, path
from .recipe import OnFrame, Recipe
from .things import Thing, nodes_of, spots, things
from .vocabulary import material

GROUND = 60.0  # metres from the middle to its edge
BOUNDS = {"speed": (0.0, 10.0), "distance": (0.1, 50.0), "elevation": (-5.0, 90.0)}  # degrees and metres
BOUNDS |= {"azimuth": (-360.0, 360.0), "fov": (2.0, 150.0)}
LOOK = Look(white=3.0, contrast=1.05)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class World:
    """One clip, decided: `scenes` follow each other at the frames where something is drawn anew."""

    things: tuple[Thing, ...]
    poses: Float[np.ndarray, "N F 4 4"]  # world from object, at each frame and one more
    scenes: tuple[tuple[int, Scene], ...]  # first frame, scene
    roots: tuple[int, ...]  # the node of each thing; its meshes hang below
    shot: Shot
    facts: dict[str, Any]


def world(recipe: Recipe, index: int) -> World:
    """The world of one clip: same recipe, same number, same world."""
    dice = Dice("filmwright simulate", recipe.seed, index)
    seconds = (np.arange(recipe.num_frames + 1) + 0.5) / recipe.fps
    camera, right, said = _camera(recipe, dice.child("camera"), index)
    found = things(recipe.objects, dice.child("objects"), index)
    poses, motions = _poses(recipe, found, seconds, right, dice.child("motion"), index)
    base, roots = _furnished(found, poses, seconds)
    scenes, light = _lit(recipe, base, right, dice, index)
    shot = Shot(
        name=f"{index:06d}",
        kind=said["move"],
        seconds=Fraction(recipe.num_frames, recipe.fps),
        fps=Fraction(recipe.fps),
        height=recipe.height,
        width=recipe.width,
        path=camera,
        look=LOOK,
        seed=recipe.seed,
    )
    facts = {
        "family": "objects",
        "camera": said,
        "light": light,
        "objects": [t.facts | m for t, m in zip(found, motions, strict=True)],
    }
    return World(things=tuple(found), poses=poses, scenes=scenes, roots=roots, shot=shot, facts=facts)


def _camera(recipe: Recipe, dice: Dice, index: int) -> tuple[Path, Float[np.ndarray, "3"], dict[str, Any]]:
    """The camera's path, the picture's right on the ground at its middle, and what is said of it."""
    values: dict[str, Any] = {"move": drawn(recipe.camera.move, dice.child("move"), index)}
    for name, (low, high) in BOUNDS.items():
        value, own = getattr(recipe.camera, name), dice.child(name)
        values[name] = drawn_within(value, own, index, what=f"camera.{name}", low=low, high=high)
    azimuth = np.radians(values["azimuth"])
    start = Start(
        distance=values["distance"],
        azimuth=azimuth,
        elevation=np.radians(values["elevation"]),
        target=(0.0, 0.0, 0.35),
    )
    amount = values["speed"] * recipe.num_frames / recipe.fps
    camera = path(values["move"], start, amount=amount, fov=np.radians(values["fov"]))
    return camera, np.array([-np.sin(azimuth), np.cos(azimuth), 0.0]), values


def _poses(
    recipe: Recipe,
    found: Sequence[Thing],
    seconds: Float[np.ndarray, " F"],
    right: Float[np.ndarray, "3"],
    dice: Dice,
    index: int,
) -> tuple[Float[np.ndarray, "N F 4 4"], list[dict[str, Any]]]:
    """Where every thing is at every time, and what is said of its motion."""
    places = spots([float(t.size[:2].max()) for t in found], dice.child("spots"))
    if dice.child("physics").uniform() < recipe.objects.physics:
        return _physics().fall(found, places, seconds, dice.child("fall")), [{"motion": "falling"} for _ in found]
    out = np.repeat(np.eye(4)[None, None], len(found), 0).repeat(len(seconds), 1)
    said = []
    for i, thing in enumerate(found):
        own = dice.child("thing", i)
        motion = drawn(recipe.objects.motion, own.child("motion"), index) if i == 0 else "still"
        speed = float(drawn(recipe.objects.speed, own.child("speed"), index))
        away, turn = pose(motion, seconds - seconds.mean(), speed=speed, right=right)
        turn = turn + own.child("turn").uniform(0, 2 * np.pi)
        out[i, :, 0, 0], out[i, :, 0, 1] = np.cos(turn), -np.sin(turn)
        out[i, :, 1, 0], out[i, :, 1, 1] = np.sin(turn), np.cos(turn)
        out[i, :, :3, 3] = np.array([*places[i], float(thing.size[2]) / 2]) + away
        said.append({"motion": motion} | ({"speed": speed} if motion != "still" else {}))
    return out, said


def _physics() -> ModuleType:
    """MuJoCo is an extra: it is imported when something falls."""
    try:
        return import_module(f"{__package__}.physics")
    except ModuleNotFoundError as err:
        raise MissingExtra(
            "'objects.physics' needs MuJoCo, which is not installed. Run: pip install 'filmwright[physics]'"
        ) from err


def _furnished(
    found: Sequence[Thing], poses: Float[np.ndarray, "N F 4 4"], seconds: Float[np.ndarray, " F"]
) -> tuple[Scene, tuple[int, ...]]:
    """The things with their motion as animation, on a ground that has no look yet; the ground is the first node."""
    meshes: list[Mesh] = [slab(GROUND, material("grey", "matte"))]
    nodes, roots = [Node(name="ground", mesh=0)], []
    for thing, motion in zip(found, poses, strict=True):
        roots.append(len(nodes))
        moves = not np.allclose(motion, motion[0], rtol=0, atol=0)
        root = Node(
            name=thing.name,
            matrix=tuple(map(float, motion[0].ravel())),
            channels=_channels(motion, seconds) if moves else (),
        )
        more_nodes, more_meshes = nodes_of(thing, len(nodes), len(meshes), root)
        nodes, meshes = nodes + more_nodes, meshes + more_meshes
    duration = float(seconds[-1] + seconds[0])
    scene = Scene(name="simulated", meshes=tuple(meshes), nodes=tuple(nodes), duration=duration)
    return scene, tuple(roots)


def _channels(motion: Float[np.ndarray, "F 4 4"], seconds: Float[np.ndarray, " F"]) -> tuple[Channel, ...]:
    times = seconds.astype(np.float32)
    places, turns = motion[:, :3, 3].astype(np.float32), quaternions(motion[:, :3, :3]).astype(np.float32)
    return (
        Channel(path="translation", times=times, values=places),
        Channel(path="rotation", times=times, values=turns),
    )


def _lit(
    recipe: Recipe, base: Scene, right: Float[np.ndarray, "3"], dice: Dice, index: int
) -> tuple[tuple[tuple[int, Scene], ...], dict[str, Any]]:
    """The scene with its light and ground, again for each frame at which the recipe draws something of them anew."""
    starts = {0} | {f for change in recipe.on_frame for f in range(0, recipe.num_frames, change.every)}
    scenes, first = [], None
    for frame in sorted(starts):
        light = {n: _drawn(recipe, "light", n, frame, dice, index) for n in type(recipe.light).model_fields}
        ground = {n: _drawn(recipe, "ground", n, frame, dice, index) for n in type(recipe.ground).model_fields}
        kind, azimuth = LIGHTS[light["kind"]], np.arctan2(right[1], right[0]) - np.radians(light["azimuth"])
        shine = lamp(kind, light["strength"], azimuth=float(azimuth), elevation=float(np.radians(light["elevation"])))
        floor = slab(GROUND, material(ground["color"], ground["material"], other="grey"), repeat=2.0)
        scene = replace(
            base, meshes=(floor, *base.meshes[1:]), lights=(shine,), environment=sky(kind, light["strength"])
        )
        scenes.append((frame, scene))
        first = first or light | {"ground": ground}
    assert first is not None
    return tuple(scenes), first | ({"drawn_anew": sorted(starts)} if len(starts) > 1 else {})


def _drawn(recipe: Recipe, part: str, field: str, frame: int, dice: Dice, index: int) -> Any:
    """A field of light or ground as it is at a frame."""
    own = dice.child(part, field)
    change: OnFrame | None = next((c for c in recipe.on_frame if c.what == f"{part}.{field}"), None)
    if change is None:
        return drawn(getattr(getattr(recipe, part), field), own, index)
    turn = frame // change.every
    return drawn(change.to, own.child("turn", turn), index + turn)
