"""A recipe and a number to a clip."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64, Int32

from filmwright.core.clip import Clip, Lens, Track, staged
from filmwright.core.frames import Frames, Passes, PassName
from filmwright.core.scene import Scene
from filmwright.core.shot import Shot
from filmwright.film.frames.renderers import Renderer, renderers

from .backdrops import Canvas, backdrops
from .captions import captions, captions_of_backdrop
from .dice import Dice
from .distribution import drawn
from .recipe import Recipe
from .world import World, world

PASSES: tuple[PassName, ...] = ("depth", "normals", "ids", "flow")


class Factory:
    """Makes the clips of one recipe, any of them at any time; keeps its renderer open."""

    def __init__(self, recipe: Recipe, renderer: Renderer) -> None:
        self.recipe, self._renderer = recipe, renderer

    def clip(self, index: int) -> Clip:
        """Clip number `index`: the same in any process and order."""
        dice = self._dice(index)
        if self._is_backdrop(dice):
            return self._backdrop(index, dice.child("backdrop"))
        return self._of(world(self.recipe, index), index)

    def staged(self, index: int) -> Clip:
        """The same for a writer: with its scenes, where it has some."""
        if self._is_backdrop(self._dice(index)):
            return self.clip(index)
        decided = world(self.recipe, index)
        return staged(self._of(decided, index), decided.scenes, decided.roots)

    def _dice(self, index: int) -> Dice:
        return Dice("filmwright simulate", self.recipe.seed, index)

    def _is_backdrop(self, dice: Dice) -> bool:
        return dice.child("family").uniform() < self.recipe.backdrops.share

    def _of(self, decided: World, index: int) -> Clip:
        frames = _joined([self._filmed(decided, *span) for span in _spans(decided)])
        ids = _things_alone(decided, frames.passes.ids)
        frames = replace(frames, passes=replace(frames.passes, ids=ids))
        return Clip(
            key=f"{index:06d}",
            frames=frames,
            lens=lens_of(decided.shot),
            tracks=_tracks(decided, ids),
            captions=captions(decided, self._dice(index).child("captions")),
            facts=decided.facts | self._made(index),
        )

    def _filmed(self, decided: World, scene: Scene, first: int, last: int) -> list[Frames]:
        return list(self._renderer.render(scene, decided.shot, passes=PASSES, frames=range(first, last)))

    def _backdrop(self, index: int, dice: Dice) -> Clip:
        r = self.recipe
        kind = drawn(r.backdrops.kind, dice.child("kind"), index)
        canvas = Canvas(num_frames=r.num_frames, height=r.height, width=r.width, fps=r.fps)
        painted = backdrops.open(kind).paint(dice.child("paint"), canvas)
        still = Lens(
            intrinsics=np.repeat(_intrinsics(np.radians(40.0), r.height, r.width)[None], r.num_frames, 0),
            world_from_camera=np.repeat(np.eye(4)[None], r.num_frames, 0),
        )
        facts = {"family": "backdrop", "kind": kind, "says": painted.says, "moves": painted.moves}
        return Clip(
            key=f"{index:06d}",
            frames=Frames(rgb=painted.rgb, fps=Fraction(r.fps)),
            lens=still,
            captions=captions_of_backdrop(painted),
            facts=facts | {"backdrop": dict(painted.facts)} | self._made(index),
        )

    def _made(self, index: int) -> dict[str, Any]:
        return {"seed": self.recipe.seed, "index": index}


@contextmanager
def factory(recipe: Recipe) -> Iterator[Factory]:
    """A factory with its renderer open, in this process alone."""
    options = recipe.render.options()
    if recipe.render.use == "warp":
        options = {"workers": 1} | options
    with ExitStack() as stack:
        renderer = renderers.open(recipe.render.use, **options)
        if isinstance(renderer, AbstractContextManager):
            stack.enter_context(renderer)
        yield Factory(recipe, renderer)


def lens_of(shot: Shot) -> Lens:
    """The shot's camera at every frame."""
    cameras = [shot.camera(float(f)) for f in range(shot.num_frames)]
    return Lens(
        intrinsics=np.stack([_intrinsics(c.fov_y, shot.height, shot.width) for c in cameras]),
        world_from_camera=np.stack([c.world_from_camera for c in cameras]),
    )


def _intrinsics(fov_y: float, height: int, width: int) -> Float64[np.ndarray, "3 3"]:
    focal = height / 2 / np.tan(fov_y / 2)
    return np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1.0]])


def _spans(decided: World) -> Iterator[tuple[Scene, int, int]]:
    starts = [*(first for first, _ in decided.scenes), decided.shot.num_frames]
    for (first, scene), last in zip(decided.scenes, starts[1:], strict=True):
        yield scene, first, last


def _joined(spans: list[list[Frames]]) -> Frames:
    pieces = [piece for span in spans for piece in span]

    def whole(name: str) -> Any:
        return np.concatenate([getattr(piece.passes, name) for piece in pieces])

    passes = Passes(**{name: whole(name) for name in (*PASSES, "visible")})
    return Frames(rgb=np.concatenate([p.rgb for p in pieces]), fps=pieces[0].fps, passes=passes)


def _things_alone(decided: World, ids: Any) -> Int32[np.ndarray, "F H W"]:
    """Node ids to the numbers of things, from 1 on; ground and sky are 0."""
    table = np.zeros(len(decided.scenes[0][1].nodes) + 1, np.int32)
    for i, root in enumerate(decided.roots):
        table[root + 1 :] = i + 1  # the nodes of a thing stand together, the next thing's after them
    return table[ids]


def _tracks(decided: World, ids: Int32[np.ndarray, "F H W"]) -> tuple[Track, ...]:
    found = []
    for i, thing in enumerate(decided.things):
        seen = ids == i + 1
        found.append(
            Track(
                id=i + 1,
                name=thing.name,
                label=thing.label,
                world_from_object=decided.poses[i, :-1],
                size=thing.size,
                box=np.stack([_box(frame) for frame in seen]),
                pixels=seen.sum((1, 2)).astype(np.int32),
            )
        )
    return tuple(found)


def _box(seen: np.ndarray) -> Float32[np.ndarray, "4"]:
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    if not len(rows):
        return np.full(4, np.nan, np.float32)
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], np.float32)
