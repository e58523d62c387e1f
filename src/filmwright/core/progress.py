"""How long work reports itself. Libraries report; only doors draw bars."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """`done` of `total` units of `what`; `total` is None while it can't be known."""

    what: str
    done: int
    total: int | None = None
    unit: str = "frames"


Report = Callable[[Step], None]


def silent(_step: Step) -> None:
    """The default report."""
