"""A product made by code: the bundled sample. Needs no file."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

from filmwright.core.errors import BadFilm
from filmwright.core.scene import Scene

from ..procedural import flacon, speaker

_MAKERS: dict[str, Callable[..., Scene]] = {"flacon": flacon.flacon, "speaker": speaker.speaker}
_COLORS = {"flacon": tuple(flacon.COLORS), "speaker": tuple(speaker.COLORS)}


class Procedural:
    """Makes one design; the path it is asked to read is not opened."""

    def __init__(self, design: str, color: str, label: str, seed: int) -> None:
        self.design, self.color, self.label, self.seed = design, color, label, seed

    def read(self, path: Path) -> Scene:
        """The design as a scene in metres, +Z up, standing on z = 0 with its label towards -Y.

        Raises MissingFont for a label with letters that the bundled fonts lack.
        """
        del path
        scene = _MAKERS[self.design](color=self.color, label=self.label, seed=self.seed)
        return replace(scene, name=self.label.title())


def build(
    *,
    design: Literal["flacon", "speaker"] = "flacon",
    color: str = "",
    label: str = "ORVANE",
    seed: int = 0,
) -> Procedural:
    """A design in one of its colours (the first if none is named), with a name of 2 to 10 letters on its front."""
    color = color or _COLORS[design][0]
    if color not in _COLORS[design]:
        raise BadFilm(f"the {design} has no color {color!r}. It comes in: {', '.join(_COLORS[design])}.")
    if not 2 <= len(label.strip()) <= 10:
        raise BadFilm(f"a label has 2 to 10 letters, got {label!r} with {len(label.strip())}. Choose a shorter name.")
    return Procedural(design, color, label.strip(), seed)
