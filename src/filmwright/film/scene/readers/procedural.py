"""A product made by code: the bundled sample. Needs no file."""

from pathlib import Path
from typing import Literal

from filmwright.core.scene import Scene

from ..procedural.flacon import flacon


class Procedural:
    """Makes one design; the path it is asked to read is not opened."""

    def __init__(self, design: str, color: str, label: str, seed: int) -> None:
        self.design, self.color, self.label, self.seed = design, color, label, seed

    def read(self, path: Path) -> Scene:
        """The design as a scene in metres, +Z up, standing on z = 0 with its label towards -Y."""
        del path
        return flacon(color=self.color, label=self.label, seed=self.seed)


def build(
    *,
    design: Literal["flacon"] = "flacon",
    color: Literal["emerald", "oxblood", "midnight"] = "emerald",
    label: str = "ORVANE",
    seed: int = 0,
) -> Procedural:
    """A design in one of its colours with a name on its label."""
    return Procedural(design, color, label, seed)
