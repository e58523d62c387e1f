"""The user's own light: HDR pictures of everything around, as core's Environment."""

from pathlib import Path

from filmwright.core.errors import BadAsset
from filmwright.core.scene import Environment

from ..sources import file_bytes
from .exr import exr_pixels
from .panorama import panorama
from .radiance import radiance_pixels

MAX_PIXELS = 8192 * 4096


def read_environment(path: Path, *, max_pixels: int = MAX_PIXELS) -> Environment:
    """An equirectangular .hdr or .exr picture as light; its middle lies behind the product, at +Y.

    Raises BadAsset for files that are broken, larger than `max_pixels`, of another kind, or not twice as wide as high.
    """
    suffix = path.suffix.lower()
    if suffix not in (".hdr", ".pic", ".exr"):
        raise BadAsset(f"{path} is no environment that can be read: Radiance .hdr and OpenEXR .exr are.")
    data = file_bytes(path)
    pixels = exr_pixels(path, data, max_pixels) if suffix == ".exr" else radiance_pixels(path, data, max_pixels)
    return Environment(pixels=panorama(path, pixels))
