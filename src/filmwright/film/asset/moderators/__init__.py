"""Words and pictures -> signals of what may be wrong with them. One file here is one provider."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import UInt8

from filmwright.core.plugins import Slot
from filmwright.core.verdict import Signal, What


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exhibit:
    """One thing to be judged: words, or a picture."""

    what: What
    where: str  # how a person would name it: "brief", "frame at 3.2 s"
    text: str = ""
    rgb: UInt8[np.ndarray, "H W 3"] | None = None


@runtime_checkable
class Moderator(Protocol):
    """Looks at exhibits and says what it notices; deciding is the policy's work."""

    def look(self, exhibits: Iterable[Exhibit]) -> tuple[Signal, ...]:
        """All signals, weak ones included, and at least one for each exhibit.

        What a provider can't judge by its nature (a picture, for one that reads) has category "unseen"; where it
        can't answer this time, "provider-down". Only `none` keeps silent.
        """
        ...


moderators: Slot[Moderator] = Slot(__name__, "moderator")
