"""Simulated clips for the attribute classifier: python training/attributes/clips.py FOLDER [first part of parts]

Only colours and facts are kept, and where each object is in the middle of the clip, so this is quicker than `filmwright
simulate`; the pictures are the same. Parts may run side by side, and a killed run goes on where it stopped.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from filmwright.core.files import whole
from filmwright.film.frames.renderers import renderers
from filmwright.film.scene.procedural.solids import SOLIDS
from filmwright.jobs.simulate import Recipe, factory
from filmwright.jobs.simulate.filming import lens_of
from filmwright.jobs.simulate.motions import MOTIONS
from filmwright.jobs.simulate.moves import MOVES
from filmwright.jobs.simulate.recipe import Backdrops, Objects
from filmwright.jobs.simulate.vocabulary import COLORS
from filmwright.jobs.simulate.world import World, world

SHARD = 100  # clips a file
MOST = 3  # objects
SIZE = {"num_frames": 16, "height": 64, "width": 64, "fps": 16}


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Clips of one recipe, from as many numbers as it takes to have `num` of them."""

    name: str
    recipe: Recipe
    num: int
    all_pairs: bool  # else none of the pairs that are kept for the test


def _objects(seed: int, weights: tuple[int, ...]) -> Recipe:
    several = {"choice": [1, 2, 3], "weights": list(weights)}
    return Recipe(seed=seed, objects=Objects.model_validate({"count": several, "physics": 0.06}), **SIZE)


def _backdrops(seed: int) -> Recipe:
    return Recipe(seed=seed, backdrops=Backdrops(share=1.0), **SIZE)


SPLITS = (
    Split(name="test", recipe=_objects(9001, (1, 1, 1)), num=1600, all_pairs=True),
    Split(name="test-backdrops", recipe=_backdrops(9002), num=200, all_pairs=True),
    Split(name="train-backdrops", recipe=_backdrops(9003), num=600, all_pairs=True),
    Split(name="train", recipe=_objects(9004, (3, 2, 2)), num=12_000, all_pairs=False),
)


def kept_for_test(facts: dict[str, Any]) -> bool:
    """Whether the subject's shape and colour, or its motion and the camera's, are a pair that no training clip has.

    One shape of each colour, and one move of the camera for each motion.
    """
    subject = facts["objects"][0]
    shape, color = list(SOLIDS).index(subject["shape"]), list(COLORS).index(subject["color"])
    if (5 * shape + color) % len(SOLIDS) == 0:
        return True
    if subject["motion"] not in MOTIONS:
        return False
    motion, move = MOTIONS.index(subject["motion"]), MOVES.index(facts["camera"]["move"])
    return (3 * motion + move) % len(MOVES) == 0


def places(decided: World | None) -> Float32[np.ndarray, "N 2"]:
    """Where the middles of the objects are seen in the middle of the clip (right, down), pixels; NaN for none."""
    found = np.full((MOST, 2), np.nan, np.float32)
    if decided is not None:
        frame, lens = decided.shot.num_frames // 2, lens_of(decided.shot)
        eye = np.linalg.inv(lens.world_from_camera[frame])
        for i, pose in enumerate(decided.poses[:, frame]):
            seen = lens.intrinsics[frame] @ (eye[:3, :3] @ pose[:3, 3] + eye[:3, 3])
            found[i] = seen[:2] / seen[2]
    return found


def make(folder: Path, part: int, parts: int) -> None:
    """All shards of all splits whose turn it is."""
    folder.mkdir(parents=True, exist_ok=True)
    for split in SPLITS:
        numbers = range(part, split.num // SHARD, parts)
        missing = [k for k in numbers if not (folder / f"{split.name}-{k:03d}.npz").exists()]
        with ExitStack() as stack:
            film = _filmer(split.recipe, stack) if missing else None
            for k in missing:
                assert film is not None
                _write(folder / f"{split.name}-{k:03d}.npz", _clips(split, film, k))


def _filmer(recipe: Recipe, stack: ExitStack) -> Callable[[int, World | None], tuple[np.ndarray, Any]]:
    held = stack.enter_context(factory(recipe))
    renderer = stack.enter_context(renderers.open("warp", quality="draft", workers=1))

    def film(index: int, decided: World | None) -> tuple[np.ndarray, Any]:
        if decided is None:
            clip = held.clip(index)
            return clip.frames.rgb, dict(clip.facts)
        frames = renderer.render(decided.scenes[0][1], decided.shot, frames=range(recipe.num_frames))
        return np.concatenate([piece.rgb for piece in frames]), decided.facts

    return film


def _clips(split: Split, film: Callable[[int, World | None], tuple[np.ndarray, Any]], k: int) -> Iterator[Any]:
    """A shard draws its clips from numbers of its own."""
    done, index = 0, 10 * SHARD * k
    while done < SHARD:
        decided = None if split.recipe.backdrops.share else world(split.recipe, index)
        if decided is None or split.all_pairs or not kept_for_test(decided.facts):
            yield *film(index, decided), places(decided)
            done += 1
        index += 1


def _write(path: Path, clips: Iterator[Any]) -> None:
    pictures, facts, where = zip(*clips, strict=True)
    with whole(path) as part, part.open("wb") as file:
        np.savez(file, rgb=np.stack(pictures), facts=np.array([json.dumps(f) for f in facts]), places=np.stack(where))
    print(path.name, flush=True)


if __name__ == "__main__":
    make(Path(sys.argv[1]), *(map(int, sys.argv[2:4]) if len(sys.argv) > 3 else (0, 1)))
