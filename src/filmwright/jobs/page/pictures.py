"""Small pictures inside a page."""

import io
from base64 import b64encode

import cv2
import numpy as np
from jaxtyping import UInt8
from PIL import Image

SHOWN = 480  # pixels of the longer side


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


def strip(pictures: tuple[bytes, ...]) -> str:
    """Pictures in a row."""
    shown = "".join(f'<img alt="" src="{data(picture)}">' for picture in pictures)
    single = " one" if len(pictures) == 1 else ""
    return f'<div class="strip{single}">{shown}</div>' if shown else ""
