"""Radiance HDR pictures (Ward, Real Pixels, Graphics Gems II 1991; Radiance file formats)."""

import re
from pathlib import Path

import numpy as np
from jaxtyping import Float32, UInt8

from filmwright.core.errors import BadAsset

from .panorama import check_size


def radiance_pixels(path: Path, data: bytes, max_pixels: int) -> Float32[np.ndarray, "H W 3"]:
    """Linear RGB, row 0 on top; raises BadAsset for broken files and other formats than RGBE in normal order."""
    head = data[: 1 << 16]
    size = re.search(rb"\n\n-Y (\d{1,7}) \+X (\d{1,7})\n", head.replace(b"\r\n", b"\n"))
    if not head.startswith(b"#?") or size is None or b"\r\n" in head[: size.end()]:
        raise BadAsset(f"{path} is no Radiance picture with its top row first. Save it again as .hdr or .exr.")
    fields = head[: size.start()].decode("latin-1")
    if "FORMAT=32-bit_rle_xyze" in fields:
        raise BadAsset(f"{path} holds XYZ colours. Save it again in RGB (FORMAT=32-bit_rle_rgbe).")
    height, width = int(size[1]), int(size[2])
    check_size(path, width, height, max_pixels)
    if len(data) - size.end() < height * 4:
        raise BadAsset(_cut_short(path, 0))
    rgbe = _scanlines(path, memoryview(data)[size.end() :], height, width)
    gain = np.prod([float(x) for x in re.findall(r"^EXPOSURE=\s*([0-9.eE+-]+)\s*$", fields, re.M)] or [1.0])
    scale = np.ldexp(np.float32(1), rgbe[..., 3].astype(np.int32) - 136)  # 128 of bias and 8 bits of mantissa
    scale[rgbe[..., 3] == 0] = 0
    return (rgbe[..., :3] * scale[..., None] / np.float32(gain if gain > 0 else 1)).astype(np.float32)


def _scanlines(path: Path, data: memoryview, height: int, width: int) -> UInt8[np.ndarray, "H W 4"]:
    out = np.zeros((height, width, 4), np.uint8)
    at = 0
    for row in range(height):
        try:
            if 8 <= width < 32768 and bytes(data[at : at + 4]) == bytes([2, 2, width >> 8, width & 255]):
                line, at = _planes(data, at + 4, width)
                out[row] = np.frombuffer(line, np.uint8).reshape(4, width).T
            else:
                line, at = _pixels(data, at, width)
                out[row] = np.frombuffer(line, np.uint8).reshape(width, 4)
        except (IndexError, ValueError) as err:
            raise BadAsset(_cut_short(path, row)) from err
    return out


def _planes(data: memoryview, at: int, width: int) -> tuple[bytes, int]:
    """One scanline in the adaptive run-length encoding: R, G, B and E by themselves."""
    out = bytearray()
    for end in range(width, 4 * width + 1, width):
        while len(out) < end:
            count = data[at]
            if count > 128:
                out += bytes(data[at + 1 : at + 2]) * (count - 128)
                at += 2
            else:
                out += data[at + 1 : at + 1 + count]
                at += 1 + count
            if count == 0 or at > len(data) or len(out) > end:
                raise ValueError(count)
    return bytes(out), at


def _pixels(data: memoryview, at: int, width: int) -> tuple[bytes, int]:
    """One scanline of whole pixels; 1, 1, 1, n repeats the last one n times, shifted for each repeat in a row."""
    plain = bytes(data[at : at + 4 * width])
    if len(plain) == 4 * width and b"\1\1\1" not in plain:
        return plain, at + 4 * width
    out = bytearray()
    shift = 0
    while len(out) < 4 * width:
        pixel = bytes(data[at : at + 4])
        at += 4
        if len(pixel) < 4:
            raise ValueError(at)
        if pixel[:3] == b"\1\1\1":
            out += out[-4:] * min(pixel[3] << shift, width)
            shift = min(shift + 8, 24)
            if not out:
                raise ValueError(at)
        else:
            out += pixel
            shift = 0
    if len(out) > 4 * width:
        raise ValueError(at)
    return bytes(out), at


def _cut_short(path: Path, row: int) -> str:
    return f"{path} is truncated or broken at row {row}. Get the file again."
