"""PLY: text and binary, columns under their many names, what is broken."""

import numpy as np
import pytest

from filmwright.core.errors import BadAsset, FilmWarning
from filmwright.film.scene.readers import readers
from tests.scans import CORNERS, SIDES, ply_text, png, volume, world_triangles

COLORS = "property uchar red\nproperty uchar green\nproperty uchar blue\n"
NUMPY = {"float": "f4", "double": "f8", "uchar": "u1", "int": "i4", "uint": "u4", "ushort": "u2", "short": "i2"}


def put(tmp_path, data, name="a.ply"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def read(tmp_path, data, **options):
    return readers.open("ply", **{"units": "m", "up": "z", **options}).read(put(tmp_path, data))


def binary(order, vertices, faces, *, counts="uchar", indices="int", extra=(), before=""):
    """A binary PLY; `extra` is a list of (type, name, values) for the vertices."""
    name = {"<": "binary_little_endian", ">": "binary_big_endian"}[order]
    head = f"ply\nformat {name} 1.0\ncomment by a test\n{before}element vertex {len(vertices)}\n"
    head += "".join(f"property float {axis}\n" for axis in "xyz")
    head += "".join(f"property {kind} {word}\n" for kind, word, _ in extra)
    head += f"element face {len(faces)}\nproperty list {counts} {indices} vertex_indices\nend_header\n"
    kinds = [("p", order + "f4", (3,)), *((word, order + NUMPY[kind]) for kind, word, _ in extra)]
    rows = np.zeros(len(vertices), kinds)
    rows["p"] = vertices
    for _, word, values in extra:
        rows[word] = values
    body = b"".join(
        np.array([len(f)], order + NUMPY[counts]).tobytes() + np.array(f, order + NUMPY[indices]).tobytes()
        for f in faces
    )
    return head.encode() + rows.tobytes() + body


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("counts", "indices"), [("uchar", "int"), ("int", "uint"), ("ushort", "short")])
def test_binary(tmp_path, order, counts, indices):
    scene = read(tmp_path, binary(order, CORNERS, SIDES.tolist(), counts=counts, indices=indices))
    assert volume(world_triangles(scene)) == pytest.approx(1 / 6)
    assert scene.meshes[0].material.base_color == (0.6, 0.6, 0.6, 1)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_text(tmp_path, newline):
    scene = read(tmp_path, ply_text(CORNERS, SIDES.tolist()).replace("\n", newline))
    assert volume(world_triangles(scene)) == pytest.approx(1 / 6)


@pytest.mark.parametrize("kind", ["text", "<", ">"])
@pytest.mark.parametrize("turn", [1, -1])
def test_triangles_and_quads_together(tmp_path, kind, turn):
    points = np.float32([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [2, 0, 0]])
    faces = [[0, 1, 2, 3], [1, 4, 2]][::turn]
    scene = read(tmp_path, ply_text(points, faces) if kind == "text" else binary(kind, points, faces))
    found = world_triangles(scene)
    assert np.cross(found[:, 1] - found[:, 0], found[:, 2] - found[:, 0])[:, 2].sum() / 2 == pytest.approx(1.5)


def test_vertex_colours_are_srgb(tmp_path):
    rgb = np.array([[255, 0, 128]] * 4, "u1")
    extra = [("uchar", word, rgb[:, i]) for i, word in enumerate(("red", "green", "blue"))]
    mesh = read(tmp_path, binary("<", CORNERS, SIDES.tolist(), extra=extra)).meshes[0]
    assert mesh.colors[0] == pytest.approx([1, 0, 0.21586, 1], abs=1e-4)
    assert mesh.material.base_color == (1, 1, 1, 1)
    text = read(tmp_path, ply_text(CORNERS, SIDES.tolist(), extra=COLORS, rows=rgb.tolist())).meshes[0]
    assert np.array_equal(text.colors[0], mesh.colors[0])
    dark = read(tmp_path, ply_text(CORNERS, SIDES.tolist(), extra=COLORS, rows=[[1, 1, 1]] * 4)).meshes[0]
    assert dark.colors[0, 0] == pytest.approx(1 / 255 / 12.92, rel=1e-3)


def test_float_colours(tmp_path):
    extra = COLORS.replace("uchar", "float")
    mesh = read(tmp_path, ply_text(CORNERS, SIDES.tolist(), extra=extra, rows=[[1, 0, 0.5]] * 4)).meshes[0]
    assert mesh.colors[0] == pytest.approx([1, 0, 0.21404, 1], abs=1e-4)


def test_normals_are_kept(tmp_path):
    extra = [("float", word, np.full(4, value)) for word, value in (("nx", 0), ("ny", 3), ("nz", 4))]
    mesh = read(tmp_path, binary("<", CORNERS, SIDES.tolist(), extra=extra)).meshes[0]
    assert mesh.normals == pytest.approx(np.tile([0, 0.6, 0.8], (4, 1)))


@pytest.mark.parametrize("names", [("s", "t"), ("u", "v"), ("texture_u", "texture_v")])
def test_vertex_uv_and_a_texture_whose_name_has_a_space(tmp_path, names):
    pixels = np.full((2, 2, 3), 50, np.uint8)
    (tmp_path / "my skin.png").write_bytes(png(pixels))
    extra = "".join(f"property float {n}\n" for n in names)
    text = ply_text(CORNERS, SIDES.tolist(), extra=extra, rows=[[0.25, 0.75]] * 4)
    text = text.replace("element vertex", "comment TextureFile my skin.png\nelement vertex")
    mesh = read(tmp_path, text, crease=180.0).meshes[0]
    assert mesh.uv == pytest.approx(np.tile([0.25, 0.25], (4, 1)))
    assert np.array_equal(mesh.material.base_color_texture.pixels, pixels)


def wedge_text(textures):
    names = "".join(f"comment TextureFile {name}\n" for name in textures)
    return (
        f"ply\nformat ascii 1.0\n{names}element vertex 4\nproperty float x\nproperty float y\nproperty float z\n"
        "element face 2\nproperty list uchar int vertex_indices\nproperty list uchar float texcoord\n"
        "property int texnumber\nend_header\n0 0 0\n1 0 0\n1 1 0\n0 1 0\n"
        "3 0 1 2 6 0 0 1 0 1 1 0\n3 0 2 3 6 0 0 0.5 0.5 0 1 1\n"
    )


def test_uv_at_corners_and_several_textures(tmp_path):
    for i, name in enumerate(("a.png", "b.png")):
        (tmp_path / name).write_bytes(png(np.full((2, 2, 3), 50 * i)))
    scene = read(tmp_path, wedge_text(["a.png", "b.png"]))
    assert [m.material.base_color_texture.pixels[0, 0, 0] for m in scene.meshes] == [0, 50]
    first = scene.meshes[0]
    assert first.uv == pytest.approx(np.stack([first.positions[:, 0], 1 - first.positions[:, 1]], axis=1))
    assert sorted(map(tuple, scene.meshes[1].uv.tolist())) == [(0, 0), (0, 1), (0.5, 0.5)]


def test_a_missing_texture(tmp_path):
    with pytest.warns(FilmWarning, match="gone.png is missing: light grey"):
        assert read(tmp_path, wedge_text(["gone.png", "gone.png"])).meshes[0].material.base_color == (0.6, 0.6, 0.6, 1)
    with pytest.raises(BadAsset, match="leaves its folder"):
        read(tmp_path, wedge_text(["../a.png"] * 2))


def test_elements_that_mean_nothing_are_passed_over(tmp_path):
    text = ply_text(CORNERS, SIDES.tolist()).replace(
        "element vertex", "element camera 2\nproperty float f\nelement vertex"
    )
    text = text.replace("end_header\n", "end_header\n1\n2\n")
    assert volume(world_triangles(read(tmp_path, text))) == pytest.approx(1 / 6)


GOOD = ply_text(CORNERS, SIDES.tolist())
BINARY = binary("<", CORNERS, SIDES.tolist())
BROKEN = {
    "another kind": ("solid\n", "is no PLY file"),
    "no end": ("ply\nformat ascii 1.0\nelement vertex 3\n", "header without an end"),
    "no format": ("ply\nelement vertex 3\nproperty float x\nend_header\n", "header without a format"),
    "an unknown format": (GOOD.replace("ascii", "zipped"), "no PLY: 'format zipped"),
    "an unknown type": (GOOD.replace("property float x", "property quad x"), "no PLY: 'property quad x'"),
    "a negative count": (GOOD.replace("vertex 4", "vertex -4"), "no PLY: 'element vertex -4'"),
    "a huge count": (GOOD.replace("vertex 4", "vertex 99999999999"), "above the limit"),
    "a large count": (GOOD.replace("vertex 4", "vertex 40000000"), "truncated"),
    "a large binary count": (BINARY.replace(b"vertex 4", b"vertex 40000000"), "truncated"),
    "many faces": (BINARY.replace(b"face 4", b"face 40000000"), "truncated"),
    "cut text": (GOOD[:-8], "truncated"),
    "cut binary": (BINARY[:-8], "truncated"),
    "words": (GOOD.replace("1.0 0.0", "one 0.0"), "no number"),
    "out of range": (ply_text(CORNERS, [[0, 1, 4]]), "names vertex 4, but its 4 vertices"),
    "negative": (ply_text(CORNERS, [[0, 1, -1]]), "names vertex -1"),
    "not finite": (GOOD.replace("1.0 0.0", "nan 0.0", 1), "not finite"),
    "points": (ply_text(CORNERS, []), "no triangles to film, only 4 points. Make a mesh"),
    "splats": (
        GOOD.replace("property float x", "property float f_dc_0\nproperty float x"),
        "Gaussian splats|truncated",
    ),
    "no coordinates": (GOOD.replace("property float x", "property float w"), "without x, y and z"),
    "flat": (ply_text(CORNERS * 0, SIDES.tolist()), "no triangles"),
    "strips": (GOOD.replace("element face 4", "element tristrips 4"), "strips are not read"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_files(tmp_path, case):
    data, match = BROKEN[case]
    with pytest.raises(BadAsset, match=match) as info:
        read(tmp_path, data)
    assert "a.ply" in str(info.value)
