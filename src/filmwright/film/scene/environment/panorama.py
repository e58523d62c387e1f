"""A panorama as photographers store it, in the directions that core's Environment wants."""

import warnings
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from filmwright.core.errors import BadAsset, FilmWarning


def check_size(path: Path, width: int, height: int, max_pixels: int) -> None:
    """Raise BadAsset for a header that promises too much, or no equirectangular picture; call before decoding."""
    if width < 1 or height < 1:
        raise BadAsset(f"{path} says that it is {width} x {height} pixels. The file is broken: get it again.")
    if width * height > max_pixels:
        raise BadAsset(f"{path} has {width} x {height} pixels, above the limit of {max_pixels:,}. Make it smaller.")
    if abs(width - 2 * height) > 1:
        raise BadAsset(
            f"{path} is {width} x {height} pixels, but an equirectangular environment is twice as wide as high. "
            "Convert it to latitude-longitude first."
        )


def panorama(path: Path, pixels: Float32[np.ndarray, "H W 3"]) -> Float32[np.ndarray, "H W 3"]:
    """Columns of a picture seen from inside, which run clockwise from above, to core's order: from +X, against it.

    The picture's middle looks along +Y. Values that are not finite become the brightest one that is, negative ones 0,
    with a FilmWarning; raises BadAsset for a picture that is black.
    """
    finite = np.isfinite(pixels)
    if not finite.all():
        brightest = np.float32(pixels[finite].max(initial=0))
        pixels = np.where(finite, pixels, np.where(np.isnan(pixels), np.float32(0), brightest))
        warnings.warn(
            FilmWarning(
                f"{path} has {int((~finite).any(axis=2).sum()):,} pixels that are not finite: {brightest:g}, the "
                "brightest value of the rest, stands in for infinity and 0 for no number."
            ),
            stacklevel=3,
        )
    pixels = pixels.clip(0, None)
    if not pixels.any():
        raise BadAsset(f"{path} is black: it gives no light. Choose another environment.")
    width = pixels.shape[1]
    return np.ascontiguousarray(pixels[:, (3 * width // 4 - 1 - np.arange(width)) % width], np.float32)
