"""Dice -> a moving picture without objects, to be seen behind a product. One file here is one family."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32, UInt8

from filmwright.core.plugins import Slot

from ..dice import Dice


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """What is to be painted on."""

    num_frames: int
    height: int  # pixels
    width: int
    fps: int

    @property
    def seconds(self) -> Float32[np.ndarray, " F"]:
        """The middle of each frame's time."""
        return ((np.arange(self.num_frames) + 0.5) / self.fps).astype(np.float32)

    def places(self, margin: int = 0) -> tuple[Float32[np.ndarray, "1 W"], Float32[np.ndarray, "H 1"]]:
        """x to the right and y down of the pixels' middles, in heights of the picture, about its middle.

        With a margin there are so many pixels more on each side.
        """
        x = (np.arange(-margin, self.width + margin, dtype=np.float32)[None] + 0.5 - self.width / 2) / self.height
        y = (np.arange(-margin, self.height + margin, dtype=np.float32)[:, None] + 0.5 - self.height / 2) / self.height
        return x, y


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Painted:
    """A backdrop with the words for it."""

    rgb: UInt8[np.ndarray, "F H W 3"]  # sRGB
    says: str  # "slow golden bokeh", without the article
    moves: str  # "drifting upward"; empty where it stands still
    facts: Mapping[str, Any] = field(default_factory=dict)  # as JSON has them


@runtime_checkable
class Backdrop(Protocol):
    """Paints one family of backdrops."""

    def paint(self, dice: Dice, canvas: Canvas) -> Painted:
        """One backdrop: the same dice and canvas, the same pixels; what words say is what is seen."""
        ...


backdrops: Slot[Backdrop] = Slot(__name__, "backdrop")
