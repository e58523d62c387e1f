"""Sound in memory."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sound:
    """Stereo samples, -1 to 1."""

    samples: Float32[np.ndarray, "S 2"]
    rate: int = 48_000  # samples a second

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.samples) / self.rate
