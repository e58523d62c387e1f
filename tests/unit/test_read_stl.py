"""STL: text and binary, welding, units, what is broken."""

import struct

import numpy as np
import pytest

from filmwright.core.errors import BadAsset
from filmwright.film.scene.readers import readers
from tests.scans import CORNERS, SIDES, stl_bytes, volume, world_triangles

TRIANGLES = CORNERS[SIDES.astype(int)]


def stl_text(triangles):
    out = ["solid by a test"]
    for t in triangles:
        out += [
            "facet normal 0 0 0",
            " outer loop",
            *(f"  vertex {x} {y} {z}" for x, y, z in t),
            " endloop",
            "endfacet",
        ]
    return "\n".join([*out, "endsolid"]) + "\n"


def read(tmp_path, data, **options):
    path = tmp_path / "a.stl"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return readers.open("stl", **options).read(path)


@pytest.mark.parametrize(
    "data",
    [
        stl_bytes(TRIANGLES),
        stl_bytes(TRIANGLES) + b"\0\0",
        b"solid" + stl_bytes(TRIANGLES)[5:],
        stl_text(TRIANGLES),
        stl_text(TRIANGLES).upper(),
        stl_text(TRIANGLES).replace("\n", "\r\n"),
    ],
    ids=["binary", "with bytes behind", "binary that says solid", "text", "capitals", "windows"],
)
def test_a_tetrahedron(tmp_path, data):
    scene = read(tmp_path, data, units="m", crease=180.0)
    assert volume(world_triangles(scene)) == pytest.approx(1 / 6)
    assert len(scene.meshes[0].positions) == 4
    assert scene.meshes[0].material.base_color == (0.6, 0.6, 0.6, 1)


def test_millimetres_are_usual_and_z_is_up(tmp_path):
    tall = TRIANGLES * np.float32([20, 20, 80])
    assert np.ptp(world_triangles(read(tmp_path, stl_bytes(tall))).reshape(-1, 3), axis=0) == pytest.approx(
        [0.02, 0.02, 0.08]
    )
    assert np.ptp(world_triangles(read(tmp_path, stl_bytes(tall / 100))).reshape(-1, 3), axis=0)[2] == pytest.approx(
        0.8
    )
    assert np.ptp(world_triangles(read(tmp_path, stl_bytes(tall), up="y")).reshape(-1, 3), axis=0)[1] == pytest.approx(
        0.08
    )


BROKEN = {
    "a short header": (b"abc", "truncated or broken STL"),
    "cut": (stl_bytes(TRIANGLES)[:-10], "promises 4 triangles"),
    "a huge count": (b"x" * 80 + struct.pack("<I", 2**32 - 1) + b"y" * 500, "promises 4,294,967,295 triangles"),
    "cut text": (stl_text(TRIANGLES)[:-60], "truncated or broken"),
    "words": (stl_text(TRIANGLES).replace("vertex 1.0", "vertex one"), "no number"),
    "not finite": (stl_bytes(TRIANGLES * np.float32(np.nan)), "not finite"),
    "empty": (stl_bytes([]), "no triangles"),
    "empty text": ("solid nothing\nendsolid\n", "no triangles"),
    "flat": (stl_bytes(TRIANGLES * 0), "no triangles"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_files(tmp_path, case):
    data, match = BROKEN[case]
    with pytest.raises(BadAsset, match=match) as info:
        read(tmp_path, data)
    assert "a.stl" in str(info.value)
