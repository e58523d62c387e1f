"""Frames -> the same frames with an invisible message. One file here is one watermark."""

from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import UInt8

from filmwright.core.frames import Frames
from filmwright.core.mark import Geometry, MarkReading
from filmwright.core.plugins import Slot


@runtime_checkable
class Mark(Protocol):
    """Writes a message into pictures and reads it from pictures that went through the world."""

    @property
    def algorithm(self) -> str:
        """The name it goes by in a signature's soft binding; "" marks nothing."""
        ...

    @property
    def num_bits(self) -> int:
        """Length of the message."""
        ...

    def embed(self, frames: Iterable[Frames], payload: int) -> Iterator[Frames]:
        """The same frames, marked; nothing is held back longer than a piece. Raises BadFilm for a payload too long."""
        ...

    def read(
        self, luma: Iterable[UInt8[np.ndarray, "H W"]], *, deep: bool = False, at: Geometry | None = None
    ) -> MarkReading:
        """What can be read from pictures in order, given as luma; looks at no more of them than it needs.

        `deep` searches further: rotated, stretched and strongly scaled pictures. `at` searches nowhere else, which is
        quick where the geometry is known.
        """
        ...


marks: Slot[Mark] = Slot(__name__, "mark")
