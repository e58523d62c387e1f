"""How the stages of a film are run: one after the other in this process, or so that another process can go on.

A pipeline names its stages and says nothing of how they are run: `make` is the same function on the command line and in
a service whose workers may be killed between any two of them (jobs/orders).
"""

import time
from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar, runtime_checkable

T = TypeVar("T")


@runtime_checkable
class Stages(Protocol):
    """Runs the stages of one film. What a stage leaves is its value, and the files it has written in the film's folder.

    So a stage's value holds nothing that is open; and a stage reads nothing but values and files of those before it.
    """

    @property
    def seconds(self) -> Mapping[str, float]:
        """Spent in each stage so far, those of one name together; of what was made before by another process too."""
        ...

    def __call__(self, stage: str, work: Callable[[], T], part: str = "", *, share: float = 1.0) -> T:
        """The value of a stage; `part` tells apart those of one name, such as the shots, each a `share` of the work."""
        ...

    def again(self, stage: str, work: Callable[[], T]) -> T:
        """The value of a stage that every process does anew: it is quick, the same each time, and large to keep."""
        ...


class Straight:
    """One after the other, each once."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def __call__(self, stage: str, work: Callable[[], T], part: str = "", *, share: float = 1.0) -> T:  # noqa: ARG002
        """The value of a stage."""
        began = time.perf_counter()
        value = work()
        self.seconds[stage] = round(self.seconds.get(stage, 0.0) + time.perf_counter() - began, 3)
        return value

    def again(self, stage: str, work: Callable[[], T]) -> T:
        """The value of a stage."""
        return self(stage, work)
