"""Stage + brief -> storyboard. One file here is one way to direct."""

from typing import Protocol, runtime_checkable

from filmwright.core.plugins import Slot
from filmwright.core.shot import Storyboard
from filmwright.film.shots.brief import Brief
from filmwright.film.shots.stage import Stage


@runtime_checkable
class Director(Protocol):
    """Decides what is filmed, and how."""

    def plan(self, stage: Stage, brief: Brief) -> Storyboard:
        """Every shot of the film, fully decided. The same stage, brief and options give the same plan."""
        ...


directors: Slot[Director] = Slot(__name__, "director")
