"""Scene + Shot -> Frames, by camera. One file here is one renderer."""

from collections.abc import Collection, Iterator
from typing import Protocol, runtime_checkable

from filmwright.core.frames import Frames, PassName
from filmwright.core.plugins import Slot
from filmwright.core.scene import Scene
from filmwright.core.shot import Shot


@runtime_checkable
class Renderer(Protocol):
    """A camera that films scenes."""

    @property
    def fingerprint(self) -> str:
        """Everything besides scene and shot that decides the pixels: quality, options, version of the code."""
        ...

    def render(
        self, scene: Scene, shot: Shot, *, passes: Collection[PassName] = (), frames: range | None = None
    ) -> Iterator[Frames]:
        """Yield the shot in order, in pieces small enough to hold in memory, with the passes asked for.

        `frames` picks some of the shot's frames (stills, metering); each is as it would be in the whole shot,
        but for what a driver accumulates over time.
        """
        ...


@runtime_checkable
class Live(Protocol):
    """A renderer that can also film what is asked for from one moment to the next."""

    @property
    def side_by_side(self) -> int:
        """How many frames it makes at the same time."""
        ...

    def at_once(self, scene: Scene, shot: Shot) -> Frames:
        """The first frame of a shot, quickly. Threads may ask at the same time, once one frame of the scene is made."""
        ...


renderers: Slot[Renderer] = Slot(__name__, "renderer")
