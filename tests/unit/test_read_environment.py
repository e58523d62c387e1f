"""The user's own HDR and EXR: values, directions, what is broken."""

import io
import struct

import numpy as np
import OpenEXR
import pytest

from filmwright.core.errors import BadAsset, FilmWarning
from filmwright.film.scene.environment import read_environment
from tests.scans import png

WIDTH, HEIGHT = 16, 8


def panorama():
    """A picture with every pixel of its own, exact in RGBE: its row in R, its column in G."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    return np.stack([rows + 128.0, columns + 128.0, np.full_like(rows, 200.0)], axis=2).astype(np.float32)


def rgbe(pixels):
    _, exponent = np.frexp(pixels.max(axis=2))
    mantissa = np.floor(pixels * np.ldexp(256.0, -exponent)[..., None])
    return np.concatenate([mantissa, (exponent + 128)[..., None]], axis=2).astype(np.uint8)


def hdr(pixels, *, kind="new", fields="FORMAT=32-bit_rle_rgbe\n", size=None):
    coded = rgbe(pixels)
    height, width = coded.shape[:2]
    out = f"#?RADIANCE\n{fields}\n{size or f'-Y {height} +X {width}'}\n".encode()
    for row in coded:
        if kind == "flat":
            out += row.tobytes()
        elif kind == "old":
            out += b"".join(p.tobytes() for p in row[:1]) + bytes([1, 1, 1, width - 1])
        else:
            out += bytes([2, 2, width >> 8, width & 255])
            for plane in row.T:
                if (plane == plane[0]).all():
                    out += bytes([128 + width, plane[0]])
                else:
                    out += bytes([width]) + plane.tobytes()
    return out


def exr(channels):
    out = io.BytesIO()
    with OpenEXR.File({"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}, channels) as file:
        file.write(out)
    return out.getvalue()


def read(tmp_path, data, name="sky.hdr", **options):
    path = tmp_path / name
    path.write_bytes(data)
    return read_environment(path, **options)


def seen(environment, x, y, z):
    """What shines from a direction, by core's own formula."""
    u, v = np.arctan2(y, x) / (2 * np.pi) % 1, np.arccos(z) / np.pi
    height, width = environment.pixels.shape[:2]
    return environment.pixels[min(int(v * height), height - 1), min(int(u * width), width - 1)]


@pytest.mark.parametrize("kind", ["new", "flat"])
def test_hdr_values(tmp_path, kind):
    found = read(tmp_path, hdr(panorama(), kind=kind))
    assert found.pixels.shape == (HEIGHT, WIDTH, 3)
    assert found.pixels.dtype == np.float32
    assert sorted(found.pixels[3, :, 1].tolist()) == [c + 128 for c in range(WIDTH)]
    assert (found.pixels[:, 0, 0] == np.arange(HEIGHT) + 128).all()  # row 0 is straight up


def test_hdr_old_runs(tmp_path):
    even = np.repeat(panorama()[:, :1], WIDTH, axis=1)
    assert np.array_equal(read(tmp_path, hdr(even, kind="old")).pixels, even)


def test_hdr_exposure_is_taken_back(tmp_path):
    fields = "EXPOSURE= 2.0\nEXPOSURE=2\nFORMAT=32-bit_rle_rgbe\n"
    assert read(tmp_path, hdr(panorama(), fields=fields)).pixels.max() == 50


def test_the_middle_lies_behind_the_product(tmp_path):
    found = read(tmp_path, hdr(panorama()))
    step = 1e-3
    assert seen(found, -step, 1, 0)[1] - 128 == WIDTH // 2 - 1  # the left of the middle is on the left, -X
    assert seen(found, step, 1, 0)[1] - 128 == WIDTH // 2
    assert seen(found, 1, step, 0)[1] - 128 == WIDTH * 3 // 4 - 1  # and to the right of it lies +X
    assert seen(found, -step, -1, 0)[1] - 128 == 0
    assert seen(found, 0, 0.1, 0.995)[0] - 128 == 0


@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_exr_is_the_same_light(tmp_path, kind):
    pixels = panorama()
    expected = read(tmp_path, hdr(pixels)).pixels
    assert np.array_equal(read(tmp_path, exr({"RGB": pixels.astype(kind)}), "sky.exr").pixels, expected)
    alpha = np.concatenate([pixels, pixels[..., :1]], axis=2).astype(kind)
    assert np.array_equal(read(tmp_path, exr({"RGBA": alpha}), "sky.exr").pixels, expected)


def test_grey_exr(tmp_path):
    found = read(tmp_path, exr({"Y": panorama()[..., 0].copy()}), "sky.exr").pixels
    assert (found == found[..., :1]).all()


def test_values_that_are_not_finite(tmp_path):
    pixels = panorama()
    pixels[0, 0, 0], pixels[1, 1, 1], pixels[2, 2, 2] = np.inf, np.nan, -5
    with pytest.warns(FilmWarning, match="2 pixels that are not finite"):
        found = read(tmp_path, exr({"RGB": pixels}), "sky.exr").pixels
    assert found.max() == 200
    assert found.min() == 0


def test_an_odd_width_is_no_trouble(tmp_path):
    assert read(tmp_path, exr({"RGB": np.ones((5, 11, 3), np.float32)}), "sky.exr").pixels.shape == (5, 11, 3)


GOOD = hdr(panorama())
BROKEN = {
    "another ending": (png(np.zeros((2, 4, 3))), "sky.png", "no environment that can be read"),
    "empty": (b"", "sky.hdr", "is empty"),
    "no header": (b"hello", "sky.hdr", "no Radiance picture"),
    "upside down": (hdr(panorama(), size="+Y 8 +X 16"), "sky.hdr", "no Radiance picture with its top row first"),
    "other colours": (hdr(panorama(), fields="FORMAT=32-bit_rle_xyze\n"), "sky.hdr", "XYZ"),
    "cut": (GOOD[:-20], "sky.hdr", "truncated or broken at row 7"),
    "cut early": (GOOD[:80], "sky.hdr", "truncated"),
    "overfull": (GOOD.replace(bytes([144]), bytes([255])), "sky.hdr", "truncated or broken at row 0"),
    "square": (hdr(panorama()[:, :8]), "sky.hdr", "8 x 8 pixels, but an equirectangular"),
    "black": (hdr(panorama() * 0), "sky.hdr", "is black"),
    "huge": (b"#?RADIANCE\n\n-Y 500000 +X 1000000\n", "sky.hdr", "above the limit"),
    "no exr": (b"hello", "sky.exr", "no OpenEXR file"),
    "broken exr": (b"v/1\x01" + struct.pack("<I", 2) + b"x" * 50, "sky.exr", "broken OpenEXR"),
    "cut exr": (exr({"RGB": panorama()})[:-50], "sky.exr", "broken OpenEXR"),
    "square exr": (exr({"RGB": panorama()[:, :8].copy()}), "sky.exr", "8 x 8 pixels, but"),
    "depth": (exr({"Z": panorama()[..., 0].copy()}), "sky.exr", "has the channels Z"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_files(tmp_path, case):
    data, name, match = BROKEN[case]
    with pytest.raises(BadAsset, match=match) as info:
        read(tmp_path, data, name)
    assert name in str(info.value)


def test_limits(tmp_path):
    with pytest.raises(BadAsset, match="above the limit of 127"):
        read(tmp_path, GOOD, max_pixels=127)
    with pytest.raises(BadAsset, match="above the limit of 127"):
        read(tmp_path, exr({"RGB": panorama()}), "sky.exr", max_pixels=127)
    with pytest.raises(BadAsset, match="no file"):
        read_environment(tmp_path / "gone.hdr")
