"""How long work reports itself. Libraries report; only doors draw bars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import UInt8


@dataclass(frozen=True, slots=True)
class Step:
    """`done` of `total` units of `what`; `total` is None while it can't be known."""

    what: str
    done: int
    total: int | None = None
    unit: str = "frames"
    picture: UInt8[np.ndarray, "H W 3"] | None = field(default=None, compare=False, repr=False)  # what is new, to show


Report = Callable[[Step], None]


def silent(_step: Step) -> None:
    """The default report."""
