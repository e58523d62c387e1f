"""glTF materials: factors, textures, samplers, extensions, missing pictures."""

import math

import numpy as np
import pytest

from filmwright.core.errors import BadAsset, FilmWarning
from filmwright.core.scene import AlphaMode
from filmwright.film.scene.readers import readers
from tests.scans import CORNERS, SIDES, Maker, png, tetrahedron

RED = np.full((2, 3, 3), (200, 10, 10), np.uint8)
GREEN = np.full((3, 2, 4), (10, 200, 10, 128), np.uint8)


def material_of(tmp_path, made, name="thing.glb", **options):
    return readers.open("gltf", **options).read(made.save(tmp_path, name)).meshes[0].material


def with_material(made=None, **material):
    made = made or Maker()
    made.add("materials", **material)
    made.node(mesh=made.mesh({"POSITION": CORNERS}, SIDES, material=0))
    return made


def test_the_default_material(tmp_path):
    found = material_of(tmp_path, tetrahedron())
    assert (found.base_color, found.metallic, found.roughness) == ((1, 1, 1, 1), 1, 1)


def test_the_defaults_of_a_material(tmp_path):
    found = material_of(tmp_path, with_material(name="plain"))
    assert (found.name, found.base_color, found.metallic, found.roughness) == ("plain", (1, 1, 1, 1), 1, 1)
    assert (found.alpha_mode, found.double_sided, found.emission, found.ior) == (
        AlphaMode.OPAQUE,
        False,
        (0, 0, 0),
        1.5,
    )


def test_factors(tmp_path):
    found = material_of(
        tmp_path,
        with_material(
            pbrMetallicRoughness={
                "baseColorFactor": [0.1, 0.2, 0.3, 0.4],
                "metallicFactor": 0.5,
                "roughnessFactor": 0.6,
            },
            emissiveFactor=[0.1, 0.2, 0.3],
            alphaMode="MASK",
            alphaCutoff=0.7,
            doubleSided=True,
        ),
    )
    assert found.base_color == (0.1, 0.2, 0.3, 0.4)
    assert (found.metallic, found.roughness, found.emission) == (0.5, 0.6, (0.1, 0.2, 0.3))
    assert (found.alpha_mode, found.alpha_cutoff, found.double_sided) == (AlphaMode.MASK, 0.7, True)


def test_all_textures(tmp_path):
    made = Maker()
    pictures = [np.full((1 + i, 2, 3), 40 * i, np.uint8) for i in range(5)]
    for pixels in pictures:
        made.picture(pixels)
    with_material(
        made,
        pbrMetallicRoughness={"baseColorTexture": {"index": 0}, "metallicRoughnessTexture": {"index": 1}},
        normalTexture={"index": 2, "scale": 0.5},
        occlusionTexture={"index": 3, "strength": 0.25, "texCoord": 1},
        emissiveTexture={"index": 4},
        emissiveFactor=[1, 1, 1],
        alphaMode="BLEND",
    )
    found = material_of(tmp_path, made)
    kinds = ("base_color", "metallic_roughness", "normal", "occlusion", "emission")
    for kind, pixels in zip(kinds, pictures, strict=True):
        assert np.array_equal(getattr(found, f"{kind}_texture").pixels, pixels)
    assert (found.normal_scale, found.occlusion_strength, found.alpha_mode) == (0.5, 0.25, AlphaMode.BLEND)
    assert (found.base_color_texture.texcoord, found.occlusion_texture.texcoord) == (0, 1)


def test_one_image_is_decoded_once_and_materials_are_shared(tmp_path):
    made = Maker()
    made.picture(RED)
    with_material(made, pbrMetallicRoughness={"baseColorTexture": {"index": 0}}, emissiveTexture={"index": 0})
    made.node(mesh=made.mesh({"POSITION": CORNERS}, SIDES, material=0))
    meshes = readers.open("gltf").read(made.save(tmp_path)).meshes
    assert meshes[0].material is meshes[1].material
    assert meshes[0].material.base_color_texture.pixels is meshes[0].material.emission_texture.pixels


def test_wrapping(tmp_path):
    made = Maker()
    made.add("samplers", wrapS=33071, wrapT=33648)
    made.picture(RED, sampler=0)
    made.picture(RED)
    with_material(made, pbrMetallicRoughness={"baseColorTexture": {"index": 0}}, normalTexture={"index": 1})
    found = material_of(tmp_path, made)
    assert (found.base_color_texture.wrap_u, found.base_color_texture.wrap_v) == ("clamp", "mirror")
    assert (found.normal_texture.wrap_u, found.normal_texture.wrap_v) == ("repeat", "repeat")


def test_alpha_and_grey_pictures(tmp_path):
    made = Maker()
    made.picture(GREEN)
    made.picture(np.full((2, 2), 99, np.uint8))
    with_material(made, pbrMetallicRoughness={"baseColorTexture": {"index": 0}}, normalTexture={"index": 1})
    found = material_of(tmp_path, made)
    assert np.array_equal(found.base_color_texture.pixels, GREEN)
    assert np.array_equal(found.normal_texture.pixels, np.full((2, 2, 3), 99))


def test_pictures_beside_the_file(tmp_path):
    made = Maker()
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "the label.png").write_bytes(png(RED))
    made.add("images", uri="maps/the%20label.png")
    made.add("textures", source=0)
    with_material(made, pbrMetallicRoughness={"baseColorTexture": {"index": 0}})
    assert np.array_equal(material_of(tmp_path, made, "a.gltf").base_color_texture.pixels, RED)


def test_texture_transform_scales_then_turns_then_moves(tmp_path):
    made = Maker()
    made.picture(RED)
    transform = {"offset": [0.5, 0.25], "rotation": math.pi / 2, "scale": [2, 3], "texCoord": 1}
    info = {"index": 0, "extensions": {"KHR_texture_transform": transform}}
    made.doc["extensionsUsed"] = made.doc["extensionsRequired"] = ["KHR_texture_transform"]
    with_material(made, pbrMetallicRoughness={"baseColorTexture": info})
    found = material_of(tmp_path, made).base_color_texture
    assert found.texcoord == 1
    matrix = np.array(found.uv_transform).reshape(2, 3)
    assert matrix @ [0, 0, 1] == pytest.approx([0.5, 0.25])
    # A quarter counter-clockwise on a picture whose v runs down: u turns to -v, v to u.
    assert matrix @ [1, 0, 1] == pytest.approx([0.5, 0.25 - 2])
    assert matrix @ [0, 1, 1] == pytest.approx([0.5 + 3, 0.25])


def test_extensions_of_materials(tmp_path):
    made = Maker()
    made.picture(RED)
    extensions = {
        "KHR_materials_unlit": {},
        "KHR_materials_clearcoat": {"clearcoatFactor": 0.8, "clearcoatRoughnessFactor": 0.1},
        "KHR_materials_transmission": {"transmissionFactor": 0.9, "transmissionTexture": {"index": 0}},
        "KHR_materials_ior": {"ior": 1.33},
        "KHR_materials_emissive_strength": {"emissiveStrength": 5},
    }
    made.doc["extensionsUsed"] = list(extensions)
    with_material(made, emissiveFactor=[0.2, 0.4, 0.6], extensions=extensions)
    found = material_of(tmp_path, made)
    assert found.unlit
    assert (found.clearcoat, found.clearcoat_roughness, found.transmission, found.ior) == (0.8, 0.1, 0.9, 1.33)
    assert found.emission == pytest.approx((1, 2, 3))
    assert np.array_equal(found.transmission_texture.pixels, RED)


def test_specular_glossiness_becomes_a_dielectric(tmp_path):
    old = {"diffuseFactor": [0.5, 0.25, 0.125, 1], "glossinessFactor": 0.7}
    made = with_material(extensions={"KHR_materials_pbrSpecularGlossiness": old})
    with pytest.warns(FilmWarning, match="specular-glossiness"):
        found = material_of(tmp_path, made)
    assert found.base_color == (0.5, 0.25, 0.125, 1)
    assert (found.metallic, found.roughness) == (0, pytest.approx(0.3))


@pytest.mark.parametrize("name", ["KHR_materials_sheen", "KHR_materials_volume", "KHR_lights_punctual", "VENDOR_own"])
def test_extensions_that_are_only_used_are_left_out_with_a_warning(tmp_path, name):
    made = tetrahedron()
    made.doc["extensionsUsed"] = [name]
    with pytest.warns(FilmWarning, match=name):
        material_of(tmp_path, made)


STAND_INS = {
    "baseColorTexture": ("light grey", lambda m: m.base_color == (0.6, 0.6, 0.6, 1)),
    "metallicRoughnessTexture": ("satin non-metal", lambda m: (m.metallic, m.roughness) == (0, 0.5)),
    "normalTexture": ("smooth", lambda m: m.normal_texture is None),
    "occlusionTexture": ("no baked occlusion", lambda m: m.occlusion_texture is None),
    "emissiveTexture": ("no emission", lambda m: m.emission == (0, 0, 0)),
}


@pytest.mark.parametrize("kind", STAND_INS)
def test_a_missing_picture_has_a_stated_stand_in(tmp_path, kind):
    made = Maker()
    made.add("images", uri="gone.png")
    made.add("textures", source=0)
    info = {kind: {"index": 0}}
    deep = (
        {"pbrMetallicRoughness": info} if "olor" in kind or "etallic" in kind else {**info, "emissiveFactor": [1, 1, 1]}
    )
    with_material(made, name="skin", **deep)
    words, holds = STAND_INS[kind]
    with pytest.warns(FilmWarning, match=f"gone.png of skin .* is missing: .*{words}"):
        assert holds(material_of(tmp_path, made, "a.gltf"))


def test_a_texture_without_a_picture_has_one_too(tmp_path):
    made = Maker()
    made.add("textures")
    with_material(made, pbrMetallicRoughness={"baseColorTexture": {"index": 0}})
    with pytest.warns(FilmWarning, match="names no picture"):
        assert material_of(tmp_path, made).base_color == (0.6, 0.6, 0.6, 1)


def test_a_texture_bomb_is_refused_before_it_is_decoded(tmp_path, monkeypatch):
    from PIL import ImageFile

    made = Maker()
    made.picture(np.zeros((64, 64, 3)))
    with_material(made, pbrMetallicRoughness={"baseColorTexture": {"index": 0}})
    assert material_of(tmp_path, made, max_pixels=64 * 64).base_color_texture is not None
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _: pytest.fail("decoded"))
    with pytest.raises(BadAsset, match=r"64 x 64 pixels, above the limit of 4,095.*max_pixels"):
        material_of(tmp_path, made, max_pixels=64 * 64 - 1)


def test_a_header_that_promises_terapixels(tmp_path):
    import struct
    import zlib

    head = struct.pack(">II5B", 2_000_000, 2_000_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    bomb += struct.pack(">I", 1 << 20) + b"IDAT" + zlib.compress(bytes(1 << 20))
    made = Maker()
    made.add("images", bufferView=made.view(bomb))
    made.add("textures", source=0)
    with_material(made, pbrMetallicRoughness={"baseColorTexture": {"index": 0}})
    with pytest.raises(BadAsset, match="above the limit"):
        material_of(tmp_path, made)


def test_many_pictures_have_a_limit_together(tmp_path):
    made = Maker()
    for _ in range(7):
        made.picture(np.zeros((16, 16, 3)))
        made.add("materials", pbrMetallicRoughness={"baseColorTexture": {"index": len(made.doc["textures"]) - 1}})
        made.node(mesh=made.mesh({"POSITION": CORNERS}, SIDES, material=len(made.doc["materials"]) - 1))
    assert material_of(tmp_path, made, max_pixels=300)
    with pytest.raises(BadAsset, match="together"):
        material_of(tmp_path, made, max_pixels=256)


@pytest.mark.parametrize("data", [b"no picture at all", png(RED)[:40], png(np.zeros((99, 99, 3)))[:-60], b""])
def test_broken_picture_data(tmp_path, data):
    made = Maker()
    made.add("images", bufferView=made.view(data))
    made.add("textures", source=0)
    with_material(made, pbrMetallicRoughness={"baseColorTexture": {"index": 0}})
    with pytest.raises(BadAsset, match=r"image 0 of .*thing.glb is .*pictur"):
        material_of(tmp_path, made)


def test_sixteen_bits_are_cut_to_eight(tmp_path):
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(np.array([[0, 0x80FF], [0xFFFF, 0x00FF]], np.uint16)).save(out, "PNG")
    made = Maker()
    made.add("images", bufferView=made.view(out.getvalue()))
    made.add("textures", source=0)
    with_material(made, normalTexture={"index": 0})
    assert material_of(tmp_path, made).normal_texture.pixels[..., 0].tolist() == [[0, 0x80], [255, 0]]
