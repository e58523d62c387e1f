"""No mark: the film's signature then says that it has none."""

from collections.abc import Iterable, Iterator

import numpy as np
from jaxtyping import UInt8

from filmwright.core.frames import Frames
from filmwright.core.mark import UNMARKED, Geometry, MarkReading


class Unmarked:
    """Leaves frames as they are and finds nothing."""

    algorithm, num_bits = "", 0

    def embed(self, frames: Iterable[Frames], payload: int) -> Iterator[Frames]:  # noqa: ARG002
        """The frames themselves."""
        yield from frames

    def read(
        self,
        luma: Iterable[UInt8[np.ndarray, "H W"]],  # noqa: ARG002
        *,
        deep: bool = False,  # noqa: ARG002
        at: Geometry | None = None,  # noqa: ARG002
    ) -> MarkReading:
        """Nothing."""
        return UNMARKED


def build() -> Unmarked:
    """Takes no options."""
    return Unmarked()
