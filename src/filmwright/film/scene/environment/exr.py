"""OpenEXR pictures, through the format's own library."""

import io
from pathlib import Path

import numpy as np
import OpenEXR
from jaxtyping import Float32

from filmwright.core.errors import BadAsset

from .panorama import check_size


def exr_pixels(path: Path, data: bytes, max_pixels: int) -> Float32[np.ndarray, "H W 3"]:
    """The first part's linear RGB (grey from Y alone), row 0 on top; raises BadAsset for broken files."""
    if data[:4] != b"v/1\x01":
        raise BadAsset(f"{path} is no OpenEXR file: it begins with {data[:4]!r}. Check what it is.")
    try:
        with OpenEXR.File(io.BytesIO(data), header_only=True) as file:
            low, high = file.header()["dataWindow"]
        check_size(path, int(high[0]) - int(low[0]) + 1, int(high[1]) - int(low[1]) + 1, max_pixels)
        with OpenEXR.File(io.BytesIO(data), separate_channels=True) as file:
            channels = {name: channel.pixels for name, channel in file.channels().items()}
    except BadAsset:
        raise
    except Exception as err:  # the library raises RuntimeError, ValueError and its own for broken files
        raise BadAsset(f"{path} is a broken OpenEXR file: {err}. Get the file again.") from err
    names = next((names for names in (("R", "G", "B"), ("Y", "Y", "Y")) if all(n in channels for n in names)), None)
    if names is None:
        raise BadAsset(f"{path} has the channels {', '.join(channels)}; R, G and B are due. Save it again as RGB.")
    return np.stack([np.asarray(channels[name], np.float32) for name in names], axis=2)
