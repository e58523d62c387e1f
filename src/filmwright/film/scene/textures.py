"""Picture files to pixels, with a limit that is checked before anything is decoded."""

import io
import warnings
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image, UnidentifiedImageError

from filmwright.core.errors import BadAsset, FilmWarning

from .sources import file_bytes

MAX_PIXELS = 8192 * 8192
GREY = 0.6  # linear; what a missing base colour looks like
_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TGA", "TIFF", "GIF")
_AGAIN = "Save it again as PNG or JPEG."


def decode(data: bytes, what: str, *, max_pixels: int = MAX_PIXELS) -> UInt8[np.ndarray, "H W C"]:
    """The pixels of an encoded picture, 3 channels or 4 with alpha, row 0 on top, as stored.

    Grey is repeated over R, G and B and 16 bits are cut to 8. `what` names the picture in messages. Raises BadAsset
    if the header promises more than `max_pixels`, and for data that no decoder understands.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's bomb warning (ours below is stricter) and remarks on metadata
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                width, height = image.size
                if width * height > max_pixels:
                    raise BadAsset(_too_large(what, f"{width} x {height}", max_pixels))
                image.load()
                return _eight_bit(image)
    except Image.DecompressionBombError as err:
        raise BadAsset(_too_large(what, "far more", max_pixels)) from err
    except UnidentifiedImageError as err:
        raise BadAsset(f"{what} is no picture that can be read (known: {', '.join(_FORMATS)}). {_AGAIN}") from err
    except BadAsset:
        raise
    except Exception as err:  # decoders raise what they like at broken data: OSError, SyntaxError, struct.error, ...
        raise BadAsset(f"{what} is broken picture data: {err}. {_AGAIN}") from err


def load(path: Path, *, stand_in: str, max_pixels: int = MAX_PIXELS) -> UInt8[np.ndarray, "H W C"] | None:
    """The pixels of a picture file; None, with a FilmWarning that tells the stand-in, where there is no such file."""
    if not path.is_file():
        missing(str(path), stand_in)
        return None
    return decode(file_bytes(path), str(path), max_pixels=max_pixels)


def missing(what: str, stand_in: str) -> None:
    """Warn that a picture is not there and what takes its place."""
    warnings.warn(
        FilmWarning(f"the texture {what} is missing: {stand_in} stands in for it. Put the file there to see it."),
        stacklevel=3,
    )


def _too_large(what: str, came: str, max_pixels: int) -> str:
    return (
        f"{what} has {came} pixels, above the limit of {max_pixels:,}. "
        "Make it smaller, or raise the reader's option max_pixels."
    )


def _eight_bit(image: Image.Image) -> UInt8[np.ndarray, "H W C"]:
    if image.mode.startswith("I") or image.mode == "F":
        deep = np.asarray(image)
        grey = (deep >> 8 if deep.dtype.kind in "iu" else deep * 255).clip(0, 255).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=2)
    alpha = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    return np.array(image.convert("RGBA" if alpha else "RGB"))
