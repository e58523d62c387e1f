"""Small recipes and clips for the tests of simulate."""

from fractions import Fraction

import numpy as np

from filmwright.core.clip import Clip, Lens, Track
from filmwright.core.frames import Frames, Passes
from filmwright.jobs.simulate.recipe import Recipe, read_recipe

SMALL = {"num_clips": 3, "num_frames": 6, "height": 48, "width": 64, "fps": 12, "shard": 2}


def recipe(**tables) -> Recipe:
    """A small recipe with these keys and tables."""
    from pathlib import Path

    return read_recipe(SMALL | tables, where=Path("recipe.toml"))


def made_up(key="000007", *, num=3, height=16, width=24, backdrop=False) -> Clip:
    """A clip with numbers that are hard to write: NaN, infinity, tiny and negative ones, letters of the world."""
    rng = np.random.default_rng(int(key))
    passes = Passes()
    if not backdrop:
        depth = rng.uniform(0.1, 50, (num, height, width)).astype(np.float32)
        depth[:, :4] = np.inf
        passes = Passes(
            depth=depth,
            normals=rng.normal(size=(num, height, width, 3)).astype(np.float32),
            ids=rng.integers(0, 3, (num, height, width)).astype(np.int32),
            flow=rng.normal(size=(num, height, width, 2)).astype(np.float32) * np.float32(1e-7),
            visible=rng.random((num, height, width)) < 0.5,
        )
    box = rng.uniform(0, 16, (num, 4)).astype(np.float32)
    box[0] = np.nan
    track = Track(
        id=1,
        name="빨간 공",
        label="sphere",
        world_from_object=rng.normal(size=(num, 4, 4)),
        size=rng.uniform(0.1, 1, 3),
        box=box,
        pixels=np.array([0, *range(5, 4 + num)], np.int32),
    )
    return Clip(
        key=key,
        frames=Frames(
            rgb=rng.integers(0, 256, (num, height, width, 3)).astype(np.uint8), fps=Fraction(30000, 1001), passes=passes
        ),
        lens=Lens(intrinsics=rng.normal(size=(num, 3, 3)), world_from_camera=rng.normal(size=(num, 4, 4))),
        tracks=() if backdrop else (track,),
        captions=("A “quoted” caption, 한국어", "short"),
        facts={"camera": {"speed": 0.1 + 0.2, "move": "still"}, "list": [1, None, True], "seed": 3},
    )
