"""A picture file -> its pixels."""

from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageOps, UnidentifiedImageError

from filmwright.core.errors import BadAsset


def read_picture(path: Path) -> UInt8[np.ndarray, "H W 3"]:
    """The pixels as they are shown: upright, sRGB, 8 bits. Raises BadAsset."""
    try:
        with Image.open(path) as picture:
            return np.array(ImageOps.exif_transpose(picture).convert("RGB"))
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, SyntaxError) as err:
        raise BadAsset(f"{path} can't be read as a picture ({err}). Copy or save it again.") from err
