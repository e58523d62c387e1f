"""PNG: pictures without loss, of 8 and of 16 bits."""

import cv2
import numpy as np
from jaxtyping import UInt8, UInt16

from filmwright.core.errors import BadAsset

QUICK = (cv2.IMWRITE_PNG_COMPRESSION, 1)


def png(picture: UInt8[np.ndarray, "H W C"] | UInt16[np.ndarray, "H W"] | UInt16[np.ndarray, "H W 3"]) -> bytes:
    """A picture as a file: one channel, RGB, or with alpha."""
    ordered = picture if picture.ndim == 2 else picture[..., [2, 1, 0, 3][: picture.shape[2]]]
    done, data = cv2.imencode(".png", np.ascontiguousarray(ordered), QUICK)
    assert done
    return data.tobytes()


def from_png(data: bytes) -> UInt8[np.ndarray, "H W 3"]:
    """The picture of 8 bits in a file. Raises BadAsset where there is none."""
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if found is None:
        raise BadAsset("a picture of a clip is no PNG. Simulate again.")
    return np.ascontiguousarray(found[..., ::-1])
