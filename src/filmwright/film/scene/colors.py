"""Display colours to light."""

import numpy as np
from jaxtyping import Float32, Shaped


def linear(encoded: Shaped[np.ndarray, "*S"]) -> Float32[np.ndarray, "*S"]:
    """sRGB-encoded values, 0 to 1 or uint8, to linear ones (IEC 61966-2-1)."""
    values = encoded.astype(np.float32) / np.float32(255) if encoded.dtype == np.uint8 else encoded.astype(np.float32)
    values = values.clip(0, 1)
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)
