"""Small pictures inside a page."""

import io
from base64 import b64encode
from collections.abc import Sequence

import cv2
import numpy as np
from jaxtyping import UInt8
from PIL import Image

SHOWN = 480  # pixels of the longer side
LEAST, MOST = 128, 256  # pixels that a moving picture is brought to


def jpeg(rgb: UInt8[np.ndarray, "H W 3"], *, longest: int = SHOWN) -> bytes:
    """A small copy as JPEG."""
    scale = min(1.0, longest / max(rgb.shape[:2]))
    size = (max(round(rgb.shape[1] * scale), 1), max(round(rgb.shape[0] * scale), 1))
    out = io.BytesIO()
    Image.fromarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)).save(out, "JPEG", quality=82)
    return out.getvalue()


def data(picture: bytes) -> str:
    """A JPEG as an address that holds it."""
    return f"data:image/jpeg;base64,{b64encode(picture).decode()}"


def moving(pictures: Sequence[UInt8[np.ndarray, "H W 3"]], fps: float) -> str:
    """An animated WebP as an address that holds it; small pictures are shown with their pixels."""
    height, width = pictures[0].shape[:2]
    scale = max(1.0, LEAST / min(height, width)) if min(height, width) < LEAST else min(1.0, MOST / max(height, width))
    size = (round(width * scale), round(height * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
    frames = [Image.fromarray(cv2.resize(rgb, size, interpolation=way)) for rgb in pictures]
    out = io.BytesIO()
    frames[0].save(
        out, "WEBP", save_all=True, append_images=frames[1:], duration=round(1000 / fps), loop=0, quality=80, method=2
    )
    return f"data:image/webp;base64,{b64encode(out.getvalue()).decode()}"


def strip(pictures: tuple[bytes, ...]) -> str:
    """Pictures in a row."""
    shown = "".join(f'<img alt="" src="{data(picture)}">' for picture in pictures)
    single = " one" if len(pictures) == 1 else ""
    return f'<div class="strip{single}">{shown}</div>' if shown else ""
