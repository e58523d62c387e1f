"""Black bars around a picture that was fitted into a frame of another shape."""

import numpy as np
from jaxtyping import UInt8

FLAT = 3  # levels within which a line of pixels is one colour


class Bars:
    """Watches which lines at the borders are the same single colour in every picture."""

    def __init__(self) -> None:
        self._low: tuple[np.ndarray, np.ndarray] | None = None
        self._high: tuple[np.ndarray, np.ndarray] | None = None
        self._size = (1, 1)

    def add(self, luma: UInt8[np.ndarray, "H W"]) -> None:
        """Take in one picture; every fourth pixel is enough."""
        thin_rows, thin_columns = luma[:, ::4], luma[::4]
        low = (thin_rows.min(1), thin_columns.min(0))
        high = (thin_rows.max(1), thin_columns.max(0))
        if self._low is None or self._high is None:
            self._low, self._high, self._size = low, high, luma.shape
            return
        self._low = (np.minimum(self._low[0], low[0]), np.minimum(self._low[1], low[1]))
        self._high = (np.maximum(self._high[0], high[0]), np.maximum(self._high[1], high[1]))

    @property
    def share(self) -> float:
        """The picture's shorter side without bars, of the frame's shorter side: the zoom that the bars stand for."""
        if self._low is None or self._high is None:
            return 1.0
        lit = [np.flatnonzero(high.astype(int) - low > FLAT) for low, high in zip(self._low, self._high, strict=True)]
        sides = [int(lines[-1] - lines[0]) + 1 if len(lines) else 1 for lines in lit]
        return min(sides) / min(self._size)
