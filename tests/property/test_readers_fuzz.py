"""Damaged files: whatever is flipped, cut or doubled, a reader gives a scene or a FilmError, never anything else."""

import tempfile
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filmwright.core.errors import FilmError, FilmWarning
from filmwright.film.scene.environment import read_environment
from filmwright.film.scene.readers import readers
from tests.scans import CORNERS, SIDES, Maker, obj_text, ply_text, png, stl_bytes

FAST = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def rich_glb() -> bytes:
    """A little of everything: a texture, an animation, a skin, a sparse accessor, a strip."""
    made = Maker()
    made.picture(np.arange(48).reshape(4, 4, 3))
    made.add("materials", pbrMetallicRoughness={"baseColorTexture": {"index": 0}}, alphaMode="MASK")
    joints, weights = np.zeros((4, 4), "u1"), np.tile(np.float32([1, 0, 0, 0]), (4, 1))
    sparse = {
        "count": 1,
        "indices": {"bufferView": made.view(b"\x02"), "componentType": 5121},
        "values": {"bufferView": made.view(CORNERS[2].tobytes())},
    }
    positions = made.accessor(CORNERS, sparse=sparse)
    attributes = {"POSITION": positions, "TEXCOORD_0": CORNERS[:, :2], "JOINTS_0": joints, "WEIGHTS_0": weights}
    mesh = made.mesh(attributes, SIDES, material=0)
    made.node(mesh=mesh, skin=0)
    made.node(mesh=made.mesh({"POSITION": CORNERS, "NORMAL": CORNERS + 1}, mode=5), scale=[-1, 1, 1])
    made.add("skins", joints=[1])
    made.animation(1, "rotation", [0, 1], np.float32([[0, 0, 0, 1], [0, 0, 1, 0]]))
    return made.glb()


def binary_ply() -> bytes:
    head = ply_text(CORNERS, SIDES.tolist()).split("end_header\n")[0].replace("ascii", "binary_little_endian")
    faces = b"".join(b"\x03" + np.array(f, "<i4").tobytes() for f in SIDES)
    return head.encode() + b"end_header\n" + CORNERS.tobytes() + faces


HDR = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 4 +X 8\n" + (b"\x02\x02\x00\x08" + (b"\x88\x85" * 3 + b"\x88\x81")) * 4
FILES = {
    "a.glb": rich_glb(),
    "b.gltf": rich_glb()[20 : 20 + int.from_bytes(rich_glb()[12:16], "little")],
    "c.obj": obj_text(CORNERS, SIDES).encode() + b"vt 0 1\nvn 0 0 1\nusemtl x\nf 1/1/1 2/1/1 3/1/1 4//1\nf -1 -2 -3\n",
    "d.ply": ply_text(CORNERS, SIDES.tolist()).encode(),
    "e.ply": binary_ply(),
    "f.stl": stl_bytes(CORNERS[SIDES.astype(int)]),
    "g.hdr": HDR,
}


def read(path: Path):
    if path.suffix == ".hdr":
        return read_environment(path)
    return readers.open({"glb": "gltf"}.get(path.suffix[1:], path.suffix[1:])).read(path)


@st.composite
def damaged(draw, data: bytes) -> bytes:
    """A few bytes changed, a piece cut out or doubled, or the end gone."""
    out = bytearray(data)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(out) - 1, 0)))
        size = draw(st.integers(1, 40))
        kind = draw(st.sampled_from(["set", "flip", "digit", "cut", "double", "end"]))
        if kind == "set":
            out[at : at + 1] = bytes([draw(st.sampled_from([0, 1, 47, 127, 128, 255]))])
        elif kind == "flip" and out:
            out[at] ^= 1 << draw(st.integers(0, 7))
        elif kind == "digit":
            digits = [i for i, byte in enumerate(out) if 48 <= byte < 58]
            if digits:
                out[digits[at % len(digits)]] = draw(st.sampled_from(list(b"0123456789-")))
        elif kind == "cut":
            del out[at : at + size]
        elif kind == "double":
            out[at:at] = out[at : at + size]
        else:
            del out[at:]
    return bytes(out)


@pytest.mark.parametrize("name", FILES)
def test_the_files_are_good_before_they_are_damaged(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(FILES[name])
    if name == "b.gltf":
        with pytest.raises(FilmError, match="binary chunk"):
            read(path)
    elif name == "c.obj":
        assert len(read(path).meshes) == 2
    else:
        assert read(path)


def outcome(work, name):
    """What comes out, or None for a FilmError that names its file."""
    told = ""
    try:
        return work()
    except FilmError as err:
        told = str(err)
    assert name in told
    return None


@pytest.mark.parametrize("name", FILES)
def test_damage_is_a_scene_or_a_film_error(name):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name

        @FAST
        @given(damaged(FILES[name]))
        def try_one(data: bytes) -> None:
            path.write_bytes(data)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                warnings.simplefilter("ignore", FilmWarning)
                for mesh in getattr(outcome(lambda: read(path), name), "meshes", ()):
                    assert np.isfinite(mesh.positions).all()
                    assert np.isfinite(mesh.normals).all()

        try_one()


@FAST
@given(damaged(png(np.arange(48).reshape(4, 4, 3))))
def test_damaged_pictures(data):
    from filmwright.film.scene.textures import decode

    pixels = outcome(lambda: decode(data, "a picture", max_pixels=1 << 20), "a picture")
    assert pixels is None or pixels.shape[2] in (3, 4)
