"""OBJ and MTL: statements, polygons, materials, what is missing and what is broken."""

import warnings

import numpy as np
import pytest

from filmwright.core.errors import BadAsset, FilmWarning
from filmwright.core.scene import AlphaMode
from filmwright.film.scene.obj.materials import height_normals
from filmwright.film.scene.readers import readers
from tests.scans import CORNERS, SIDES, obj_text, png, volume, world_triangles

RED = np.full((4, 4, 3), (200, 10, 10), np.uint8)
SQUARE = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n"
MAPPED = SQUARE + "vt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\n"


def put(tmp_path, text, name="a.obj"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(tmp_path, text, **options):
    return readers.open("obj", **{"units": "m", "up": "z", **options}).read(put(tmp_path, text))


def only(tmp_path, text, **options):
    scene = read(tmp_path, text, **options)
    assert len(scene.meshes) == 1
    return scene.meshes[0]


def material_of(tmp_path, mtl, *, faces="f 1/1 2/2 3/3 4/4\n", name="a.mtl"):
    put(tmp_path, "newmtl skin\n" + mtl, name)
    return only(tmp_path, f"mtllib {name}\n{MAPPED}usemtl skin\n{faces}").material


def test_a_tetrahedron(tmp_path):
    scene = read(tmp_path, obj_text(CORNERS, SIDES))
    assert volume(world_triangles(scene)) == pytest.approx(1 / 6)
    assert scene.meshes[0].material.base_color == (0.6, 0.6, 0.6, 1)
    assert (scene.name, scene.source) == ("a", tmp_path / "a.obj")


CORNER_FORMS = {
    "positions": "f 1 2 3 4",
    "negative": "f -4 -3 -2 -1",
    "with uv": "f 1/1 2/2 3/3 4/4",
    "with normals": "f 1//1 2//1 3//1 4//1",
    "with both": "f 1/1/1 2/2/1 3/3/1 4/4/1",
    "all negative": "f -4/-4/-1 -3/-3/-1 -2/-2/-1 -1/-1/-1",
    "mixed": "f 1/1/1 2 3//1 4/4",
    "with a slash too many": "f 1/1/ 2/2/ 3/3/ 4/4/",
    "with tabs and a comment": "f\t1\t2   3 4  # a square",
    "over two lines": "f 1 2 \\\n3 4",
}


@pytest.mark.parametrize("form", CORNER_FORMS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_corners_in_every_form(tmp_path, form, newline):
    text = f"# a comment\n\n{MAPPED}vn 0 0 2\ng group\ns off\n  {CORNER_FORMS[form]}".replace("\n", newline)
    mesh = only(tmp_path, text)
    assert len(mesh.faces) == 2
    assert mesh.normals == pytest.approx(np.tile([0, 0, 1], (len(mesh.normals), 1)))
    if form in ("with uv", "with both", "all negative"):
        flipped = np.stack([mesh.positions[:, 0], 1 - mesh.positions[:, 1]], axis=1)
        assert mesh.uv == pytest.approx(flipped)  # v counts from the top row


def test_negative_numbers_count_from_their_own_place(tmp_path):
    text = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf -3 -2 -1\nv 0 0 5\nv 1 0 5\nv 0 1 5\nf -3 -2 -1\n"
    found = world_triangles(read(tmp_path, text))
    assert sorted(found[:, 0, 2]) == [0, 5]


def test_corners_that_share_all_are_one_vertex(tmp_path):
    text = MAPPED + "vn 0 0 1\nvn 0 0 -1\nf 1/1/1 2/2/1 3/3/1\nf 1/1/1 3/3/1 4/4/1\nf 3/3/2 2/2/2 1/1/2\n"
    mesh = only(tmp_path, text)
    assert len(mesh.positions) == 4 + 3


def test_concave_polygons_keep_their_shape(tmp_path):
    arrow = "v 0 0 0\nv 2 1 0\nv 0 2 0\nv 0.5 1 0\n"
    comb = (
        "v 0 0 0\nv 5 0 0\nv 5 3 0\nv 4 3 0\nv 4 1 0\nv 3 1 0\nv 3 3 0\nv 2 3 0\nv 2 1 0\nv 1 1 0\nv 1 3 0\nv 0 3 0\n"
    )
    for text, area in (
        (arrow + "f 1 2 3 4\n", 1.5),
        (arrow + "f 4 1 2 3\n", 1.5),
        (comb + "f 1 2 3 4 5 6 7 8 9 10 11 12\n", 11),
    ):
        found = world_triangles(read(tmp_path, text))
        signed = np.cross(found[:, 1] - found[:, 0], found[:, 2] - found[:, 0])[:, 2] / 2
        assert (signed > 0).all()
        assert signed.sum() == pytest.approx(area)


def test_vertex_colours_are_srgb(tmp_path):
    mesh = only(tmp_path, "v 0 0 0 1 0.5 0\nv 1 0 0 1 0.5 0\nv 0 1 0 1 0.5 0\nf 1 2 3\n")
    assert mesh.colors[0] == pytest.approx([1, 0.21404, 0, 1], abs=1e-4)
    assert mesh.material.base_color == (1, 1, 1, 1)


def test_materials_split_meshes(tmp_path):
    put(tmp_path, "newmtl red one\nKd 1 0 0\nnewmtl blue\nKd 0 0 1\n", "two words.mtl")
    text = f"mtllib two words.mtl\n{SQUARE}usemtl red one\nf 1 2 3\nusemtl blue\nf 1 3 4\nusemtl red one\nf 4 2 1\n"
    scene = read(tmp_path, text)
    assert [(m.material.name, len(m.faces)) for m in scene.meshes] == [("red one", 2), ("blue", 1)]
    assert scene.meshes[1].material.base_color == (0, 0, 1, 1)
    assert [node.name for node in scene.nodes] == ["a", "red one", "blue"]


def test_several_libraries_on_one_line(tmp_path):
    put(tmp_path, "newmtl a\nKd 1 0 0\n", "one.mtl")
    put(tmp_path, "newmtl b\nKd 0 0 1\n", "two.mtl")
    scene = read(tmp_path, f"mtllib one.mtl two.mtl\n{SQUARE}usemtl a\nf 1 2 3\nusemtl b\nf 1 3 4\n")
    assert [m.material.base_color for m in scene.meshes] == [(1, 0, 0, 1), (0, 0, 1, 1)]


def test_texture_names_with_spaces_and_options(tmp_path):
    (tmp_path / "the label.png").write_bytes(png(RED))
    found = material_of(tmp_path, "map_Kd -clamp on -s 2 3 1 -o 0.5 0.25 the label.png\n").base_color_texture
    assert np.array_equal(found.pixels, RED)
    assert (found.wrap_u, found.wrap_v) == ("clamp", "clamp")
    for u, v in ((0, 0), (1, 0), (0.3, 0.8)):  # MTL moves coordinates that count from the bottom
        moved = np.array(found.uv_transform).reshape(2, 3) @ [u, 1 - v, 1]
        assert moved == pytest.approx([2 * u + 0.5, 1 - (3 * v + 0.25)])


def test_windows_paths_below_the_folder(tmp_path):
    (tmp_path / "tex").mkdir()
    (tmp_path / "tex" / "a.png").write_bytes(png(RED))
    assert material_of(tmp_path, "map_Kd tex\\a.png\n").base_color_texture is not None


OPACITY = {
    "": 1,
    "d 0.25": 0.25,
    "d 1.0": 1,
    "Tr 0.0": 1,
    "Tr 0.25": 0.75,
    "Tr 1.0": 1,  # Meshlab's way to say opaque
    "d 0.5\nTr 0.9": 0.5,
}


@pytest.mark.parametrize("mtl", OPACITY)
def test_opacity(tmp_path, mtl):
    found = material_of(tmp_path, mtl + "\n")
    assert found.base_color[3] == OPACITY[mtl]
    assert found.alpha_mode == (AlphaMode.BLEND if OPACITY[mtl] < 1 else AlphaMode.OPAQUE)


def test_meshlab_writes_opacity_as_tr(tmp_path):
    put(tmp_path, "# Converted by Meshlab Group\nnewmtl skin\nTr 0.25\n", "m.mtl")
    assert only(tmp_path, f"mtllib m.mtl\n{SQUARE}usemtl skin\nf 1 2 3\n").material.base_color[3] == 0.25


def test_what_would_be_invisible_is_shown_with_a_warning(tmp_path):
    with pytest.warns(FilmWarning, match="fully transparent"):
        assert material_of(tmp_path, "d 0\n").base_color[3] == 1


ROUGHNESS = {
    "Ns 0": 0.5,
    "": 0.5,
    "Ks 0 0 0\nNs 10": 1,
    "Ns 30": (2 / 32) ** 0.25,
    "Pr 0.3\nNs 900": 0.3,
    "Ns 1000": 0.2114,
}


@pytest.mark.parametrize("mtl", ROUGHNESS)
def test_roughness(tmp_path, mtl):
    assert material_of(tmp_path, mtl + "\n").roughness == pytest.approx(ROUGHNESS[mtl], abs=1e-3)


def test_numbers_of_the_pbr_extension(tmp_path):
    found = material_of(tmp_path, "Kd 0.5 0.5 0.5\nPm 0.9\nPr 0.2\nPc 0.8\nPcr 0.1\nKe 2 3 4\nNi 1.33\n")
    assert (found.metallic, found.roughness, found.clearcoat, found.clearcoat_roughness) == (0.9, 0.2, 0.8, 0.1)
    assert (found.emission, found.ior) == ((2, 3, 4), 1.33)
    assert found.base_color[:3] == pytest.approx([0.21404] * 3, abs=1e-4)


def test_roughness_and_metallic_pictures_are_packed(tmp_path):
    (tmp_path / "r.png").write_bytes(png(np.full((4, 4), 77)))
    (tmp_path / "m.png").write_bytes(png(np.full((2, 2), 33)))
    found = material_of(tmp_path, "map_Pr r.png\nmap_Pm m.png\n")
    assert found.metallic_roughness_texture.pixels.shape == (4, 4, 3)
    assert found.metallic_roughness_texture.pixels[0, 0].tolist() == [255, 77, 33]
    assert (found.metallic, found.roughness) == (1, 1)


def test_normal_maps_and_height_maps(tmp_path):
    normal = np.full((4, 4, 3), (128, 128, 255), np.uint8)
    ramp = np.tile(np.arange(0, 160, 40, dtype=np.uint8), (4, 1))
    (tmp_path / "n.png").write_bytes(png(normal))
    (tmp_path / "h.png").write_bytes(png(ramp))
    for word in ("norm", "map_Bump -bm 1.0", "bump"):
        assert np.array_equal(material_of(tmp_path, f"{word} n.png\n").normal_texture.pixels, normal)
    made = material_of(tmp_path, "map_Bump h.png\n").normal_texture.pixels
    assert (made[:, 1:3, 0] < 110).all()  # the surface rises to the right: normals lean left
    assert (made[..., 1] == 128).all()
    rising = height_normals(np.ascontiguousarray(ramp.T[::-1]), slope=2.0)
    assert (rising[1:3, :, 1] < 110).all()  # and down where it rises upwards


def test_alpha_pictures(tmp_path):
    (tmp_path / "c.png").write_bytes(png(RED))
    (tmp_path / "hard.png").write_bytes(png(np.array([[0, 255], [255, 0]])))
    (tmp_path / "soft.png").write_bytes(png(np.full((4, 4), 100)))
    hard = material_of(tmp_path, "map_d hard.png\n")
    assert hard.alpha_mode == AlphaMode.MASK
    assert hard.base_color_texture.pixels[..., 3].tolist() == [[0, 255], [255, 0]]
    soft = material_of(tmp_path, "map_Kd c.png\nmap_d soft.png\n")
    assert soft.alpha_mode == AlphaMode.BLEND
    assert soft.base_color_texture.pixels[0, 0].tolist() == [200, 10, 10, 100]


def test_black_under_a_picture_is_white(tmp_path):
    (tmp_path / "c.png").write_bytes(png(RED))
    assert material_of(tmp_path, "Kd 0 0 0\nmap_Kd c.png\n").base_color == (1, 1, 1, 1)


def test_emission_pictures(tmp_path):
    (tmp_path / "e.png").write_bytes(png(RED))
    found = material_of(tmp_path, "map_Ke e.png\n")
    assert (found.emission, found.emission_texture.pixels.shape) == ((1, 1, 1), (4, 4, 3))


def test_missing_files_have_stated_stand_ins(tmp_path):
    with pytest.warns(FilmWarning, match=r"gone.png is missing: light grey stands in"):
        assert material_of(tmp_path, "Kd 1 1 1\nmap_Kd gone.png\n").base_color == (0.6, 0.6, 0.6, 1)
    with pytest.warns(FilmWarning, match=r"material file 'gone.mtl'.*light grey"):
        assert only(tmp_path, f"mtllib gone.mtl\n{SQUARE}usemtl a\nf 1 2 3\n").material.base_color == (0.6, 0.6, 0.6, 1)
    put(tmp_path, "newmtl b\n", "b.mtl")
    with pytest.warns(FilmWarning, match=r"material 'a', which its material files do not have"):
        only(tmp_path, f"mtllib b.mtl\n{SQUARE}usemtl a\nf 1 2 3\n")


def test_a_texture_bomb(tmp_path):
    (tmp_path / "c.png").write_bytes(png(np.zeros((64, 64, 3))))
    put(tmp_path, "newmtl skin\nmap_Kd c.png\n", "a.mtl")
    path = put(tmp_path, f"mtllib a.mtl\n{MAPPED}usemtl skin\nf 1/1 2/2 3/3\n")
    with pytest.raises(BadAsset, match="64 x 64 pixels, above the limit of 4,095"):
        readers.open("obj", max_pixels=4095).read(path)


@pytest.mark.parametrize("name", ["../c.png", "/etc/passwd", "C:\\maps\\c.png", "http://example.com/c.png", "link.png"])
def test_pictures_and_libraries_stay_in_the_folder(tmp_path, name):
    folder = tmp_path / "den"
    folder.mkdir()
    (tmp_path / "c.png").write_bytes(png(RED))
    (folder / "link.png").symlink_to(tmp_path / "c.png")
    with pytest.raises(BadAsset, match=r"a\.obj refers to"):
        material_of(folder, f"map_Kd {name}\n")
    with pytest.raises(BadAsset, match=r"a\.obj refers to"):
        read(folder, f"mtllib {name}\n{SQUARE}f 1 2 3\n")


BROKEN = {
    "out of range": (SQUARE + "f 1 2 5\n", r"names 'v' 5, but the file has 4"),
    "zero": (SQUARE + "f 0 1 2\n", "names 'v' 0"),
    "too far back": (SQUARE + "f -1 -2 -5\n", "names 'v' -5"),
    "before its vertices": ("f -1 -2 -3\n" + SQUARE, "names 'v' -1"),
    "no such uv": (MAPPED + "f 1/1 2/2 3/9\n", "names 'vt' 9"),
    "no such normal": (SQUARE + "f 1//1 2//1 3//1\n", "names 'vn' 1"),
    "no number": (SQUARE + "f 1 2 x\n", "no number"),
    "a fraction": (SQUARE + "f 1 2 3.5\n", "no number|not made of corners"),
    "four parts": (SQUARE + "f 1/1/1/1 2 3\n", "not made of corners"),
    "not finite": ("v 0 0 0\nv 1 nan 0\nv 0 1 0\nf 1 2 3\n", "not finite"),
    "infinite": ("v 0 0 0\nv 1 inf 0\nv 0 1 0\nf 1 2 3\n", "not finite"),
    "past float32": ("v 0 0 0\nv 1 1e300 0\nv 0 1 0\nf 1 2 3\n", "not finite"),
    "two coordinates": ("v 0 0\nv 1 1\nv 0 1\nf 1 2 3\n", "2 numbers where 3 are due"),
    "words": ("v one two three\n", "no number"),
    "points alone": (SQUARE, "no triangles"),
    "lines alone": (SQUARE + "l 1 2 3\nf 1 2\n", "no triangles"),
    "flat": ("v 0 0 0\nv 1 0 0\nv 2 0 0\nf 1 2 3\n", "no triangles"),
    "bytes": (bytes(range(256)) * 4, "no triangles"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_files(tmp_path, case):
    text, match = BROKEN[case]
    with pytest.raises(BadAsset, match=match) as info:
        read(tmp_path, text)
    assert "a.obj" in str(info.value)


def test_guesses(tmp_path):
    bottle = np.float32([[x, y, z] for x in (-3, 3) for y in (-3, 3) for z in (0, 22)])
    faces = [[0, 2, 3], [4, 5, 7], [0, 1, 5], [2, 6, 7]]
    scene = read(tmp_path, obj_text(bottle, faces), units="auto", up="auto")
    assert np.ptp(world_triangles(scene).reshape(-1, 3), axis=0) == pytest.approx([0.06, 0.06, 0.22])  # cm, on z = 0
    scene = read(tmp_path, obj_text(bottle[:, [0, 2, 1]] * 10, faces), units="auto", up="auto")
    assert np.ptp(world_triangles(scene).reshape(-1, 3), axis=0) == pytest.approx([0.06, 0.06, 0.22])  # mm, +Y up
    scene = read(tmp_path, obj_text(bottle, faces), units="in", up="y")
    assert np.ptp(world_triangles(scene).reshape(-1, 3), axis=0) == pytest.approx([0.1524, 0.5588, 0.1524])


def test_a_plain_file_gives_no_warning(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read(tmp_path, obj_text(CORNERS, SIDES), units="auto", up="auto")
