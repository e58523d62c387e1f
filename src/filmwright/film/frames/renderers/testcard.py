"""Colour bars with a bright sweep. Needs nothing; made for tests and first runs."""

from collections.abc import Collection, Iterator
from fractions import Fraction

import numpy as np

from filmwright.core.frames import Frames, Passes, PassName
from filmwright.core.scene import Scene
from filmwright.core.shot import Shot


class TestCard:
    """Bars tinted by the shot's seed; a white column sweeps once over the shot."""

    __test__ = False

    def __init__(self, bars: int) -> None:
        self.bars = bars

    @property
    def fingerprint(self) -> str:
        """Number of bars."""
        return f"testcard {self.bars}"

    def render(
        self, scene: Scene, shot: Shot, *, passes: Collection[PassName] = (), frames: range | None = None
    ) -> Iterator[Frames]:
        """One frame a piece; every pass is that of a flat card one metre away that nothing moves."""
        del scene
        tint = np.random.default_rng(shot.seed).integers(64, 192, (self.bars, 3))
        column = np.arange(shot.width) * self.bars // shot.width
        for i in frames if frames is not None else range(shot.num_frames):
            rgb = np.broadcast_to(tint[column], (shot.height, shot.width, 3)).astype(np.uint8).copy()
            rgb[:, i * shot.width // shot.num_frames] = 255
            yield Frames(rgb=rgb[None], fps=shot.fps, start=Fraction(i) / shot.fps, passes=_card(rgb, passes))

    @property
    def side_by_side(self) -> int:
        """One."""
        return 1

    def at_once(self, scene: Scene, shot: Shot) -> Frames:
        """The first frame."""
        return next(self.render(scene, shot, frames=range(1)))


def _card(rgb: np.ndarray, passes: Collection[PassName]) -> Passes:
    shape = (1, *rgb.shape[:2])
    linear = (rgb[None].astype(np.float32) / 255) ** np.float32(2.2)
    flow = "flow" in passes
    return Passes(
        depth=np.ones(shape, np.float32) if "depth" in passes else None,
        normals=np.broadcast_to(np.array([0, -1, 0], np.float32), (*shape, 3)).copy() if "normals" in passes else None,
        ids=np.ones(shape, np.int32) if "ids" in passes else None,
        flow=np.zeros((*shape, 2), np.float32) if flow else None,
        visible=np.ones(shape, bool) if flow else None,
        albedo=linear if "albedo" in passes else None,
        radiance=linear if "radiance" in passes else None,
    )


def build(*, bars: int = 7) -> TestCard:
    """A test card of `bars` bars."""
    return TestCard(bars)
