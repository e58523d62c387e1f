"""USD and USDZ, authored here by Pixar's own library and as text."""

import warnings

import numpy as np
import pytest

from filmwright.core.errors import BadAsset, FilmWarning
from filmwright.core.scene import AlphaMode
from filmwright.film.scene.readers import reader_name, readers
from tests.scans import CORNERS, SIDES, png, volume, world_triangles

pytest.importorskip("pxr")
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, UsdUtils, Vt

RED_GREEN = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [9, 9, 9]]], np.uint8)
HEAD = '#usda 1.0\n(\n    metersPerUnit = 1\n    upAxis = "Z"\n)\n'


def tetrahedron(stage, path="/Thing", *, points=CORNERS, **more):
    mesh = UsdGeom.Mesh.Define(stage, path)
    mesh.CreatePointsAttr(Vt.Vec3fArray([Gf.Vec3f(*map(float, point)) for point in points]))
    mesh.CreateFaceVertexCountsAttr(more.get("counts", [3] * 4))
    mesh.CreateFaceVertexIndicesAttr(more.get("indices", [int(i) for i in SIDES.ravel()]))
    return mesh


def new_stage(tmp_path, *, up="Z", metres=1.0, name="thing.usda"):
    stage = Usd.Stage.CreateNew(str(tmp_path / name))
    UsdGeom.SetStageUpAxis(stage, up)
    UsdGeom.SetStageMetersPerUnit(stage, metres)
    return stage


def saved(stage):
    from pathlib import Path

    stage.GetRootLayer().Save()
    return Path(stage.GetRootLayer().realPath)


def read(path):
    return readers.open("usd").read(path)


def shader(stage, path, kind, **inputs):
    made = UsdShade.Shader.Define(stage, path)
    made.CreateIdAttr(kind)
    for name, (sort, value) in inputs.items():
        made.CreateInput(name, sort).Set(value)
    return made


def material(stage, path="/Look", **inputs):
    made = UsdShade.Material.Define(stage, path)
    surface = shader(stage, f"{path}/Surface", "UsdPreviewSurface", **inputs)
    made.CreateSurfaceOutput().ConnectToSource(surface.ConnectableAPI(), "surface")
    return made, surface


def picture(stage, surface, name, file, *, output="rgb", varname="st", parent="/Look", transform=None, **inputs):
    """Connect an input of a surface to a picture."""
    reader = shader(
        stage, f"{parent}/Uv{name}", "UsdPrimvarReader_float2", varname=(Sdf.ValueTypeNames.String, varname)
    )
    coordinates = reader
    if transform:
        coordinates = shader(stage, f"{parent}/Move{name}", "UsdTransform2d", **transform)
        coordinates.CreateInput("in", Sdf.ValueTypeNames.Float2).ConnectToSource(reader.ConnectableAPI(), "result")
    texture = shader(stage, f"{parent}/Picture{name}", "UsdUVTexture", file=(Sdf.ValueTypeNames.Asset, file), **inputs)
    texture.CreateInput("st", Sdf.ValueTypeNames.Float2).ConnectToSource(coordinates.ConnectableAPI(), "result")
    sort = Sdf.ValueTypeNames.Color3f if output == "rgb" else Sdf.ValueTypeNames.Float
    surface.CreateInput(name, sort).ConnectToSource(texture.ConnectableAPI(), output)


def with_uv(mesh, values, how="vertex", name="st"):
    primvar = UsdGeom.PrimvarsAPI(mesh).CreatePrimvar(name, Sdf.ValueTypeNames.TexCoord2fArray, how)
    primvar.Set(Vt.Vec2fArray([Gf.Vec2f(*value) for value in values]))


@pytest.mark.parametrize("ending", ["usd", "usda", "usdc", "usdz"])
def test_each_kind_of_file_has_the_reader(ending, tmp_path):
    assert reader_name(tmp_path / f"a.{ending.upper()}") == "usd"
    stage = new_stage(tmp_path, name=f"thing.{'usdc' if ending == 'usdz' else ending}")
    tetrahedron(stage)
    path = saved(stage)
    if ending == "usdz":
        assert UsdUtils.CreateNewUsdzPackage(str(path), str(tmp_path / "thing.usdz"))
        path = tmp_path / "thing.usdz"
    scene = read(path)
    assert volume(world_triangles(scene)) == pytest.approx(1 / 6)
    assert scene.name == "thing"


def test_metres_and_what_is_up(tmp_path):
    stage = new_stage(tmp_path, up="Y", metres=0.01)
    tetrahedron(stage, points=CORNERS * [100, 300, 200])
    triangles = world_triangles(read(saved(stage)))
    assert triangles.reshape(-1, 3).max(axis=0) == pytest.approx([1, 0, 3])
    assert triangles.reshape(-1, 3).min(axis=0) == pytest.approx([0, -2, 0])
    assert volume(triangles) == pytest.approx(1)


def test_the_tree_places_meshes(tmp_path):
    stage = new_stage(tmp_path)
    UsdGeom.Xform.Define(stage, "/A").AddTranslateOp().Set(Gf.Vec3d(10, 0, 0))
    mesh = tetrahedron(stage, "/A/B")
    mesh.AddTranslateOp().Set(Gf.Vec3d(0, 5, 0))
    mesh.AddRotateZOp().Set(90.0)
    points = world_triangles(read(saved(stage))).reshape(-1, 3)
    assert points.min(axis=0) == pytest.approx([9, 5, 0])
    assert points.max(axis=0) == pytest.approx([10, 6, 1])


def test_turned_mirrored_and_left_handed_faces_look_outwards(tmp_path):
    stage = new_stage(tmp_path)
    mirrored = tetrahedron(stage, "/A")
    mirrored.AddScaleOp().Set(Gf.Vec3f(-1, 1, 1))
    left = tetrahedron(stage, "/B", indices=[int(i) for i in SIDES[:, ::-1].ravel()])
    left.CreateOrientationAttr("leftHanded")
    assert volume(world_triangles(read(saved(stage)))) == pytest.approx(2 / 6)


def test_polygons_become_triangles(tmp_path):
    stage = new_stage(tmp_path)
    corners = np.float32([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0.5, 0.5, 1]])
    tetrahedron(stage, points=corners, counts=[4, 3, 3, 3, 3], indices=[3, 2, 1, 0, 0, 1, 4, 1, 2, 4, 2, 3, 4, 3, 0, 4])
    scene = read(saved(stage))
    assert len(scene.meshes[0].faces) == 6
    assert volume(world_triangles(scene)) == pytest.approx(1 / 3)


def test_what_is_not_shown_is_left_out(tmp_path):
    stage = new_stage(tmp_path)
    tetrahedron(stage, "/Shown")
    tetrahedron(stage, "/Hidden").MakeInvisible()
    tetrahedron(stage, "/Guide").CreatePurposeAttr("guide")
    tetrahedron(stage, "/Proxy").CreatePurposeAttr("proxy")
    UsdGeom.Sphere.Define(stage, "/Ball")
    with pytest.warns(FilmWarning, match="left out: Sphere"):
        scene = read(saved(stage))
    assert len(scene.meshes) == 1


def test_instances_are_shown_where_they_stand(tmp_path):
    stage = new_stage(tmp_path)
    tetrahedron(stage, "/Class/Mesh")
    stage.GetPrimAtPath("/Class").SetSpecifier(Sdf.SpecifierClass)
    for number in range(3):
        prim = UsdGeom.Xform.Define(stage, f"/I{number}")
        prim.AddTranslateOp().Set(Gf.Vec3d(number * 2, 0, 0))
        prim.GetPrim().GetReferences().AddInternalReference("/Class")
        prim.GetPrim().SetInstanceable(True)
    triangles = world_triangles(read(saved(stage)))
    assert sorted(set(np.floor(triangles.mean(axis=1)[:, 0]))) == [0, 2, 4]
    assert len(read(saved(stage)).meshes) == 1


def test_instances_that_inherit_other_looks_are_other_meshes(tmp_path):
    stage = new_stage(tmp_path)
    tetrahedron(stage, "/Class/Mesh")
    stage.GetPrimAtPath("/Class").SetSpecifier(Sdf.SpecifierClass)
    for name, rgb in (("Red", (1.0, 0.0, 0.0)), ("Blue", (0.0, 0.0, 1.0))):
        above = UsdGeom.Xform.Define(stage, f"/{name}").GetPrim()
        made, _ = material(stage, f"/Look{name}", diffuseColor=(Sdf.ValueTypeNames.Color3f, rgb))
        UsdShade.MaterialBindingAPI.Apply(above).Bind(made)
        prim = UsdGeom.Xform.Define(stage, f"/{name}/I").GetPrim()
        prim.GetReferences().AddInternalReference("/Class")
        prim.SetInstanceable(True)
    assert {mesh.material.name for mesh in read(saved(stage)).meshes} == {"LookRed", "LookBlue"}


def test_instances_in_instances_come_to_an_end(tmp_path, monkeypatch):
    monkeypatch.setattr("filmwright.film.scene.usd.meshes.MAX_NODES", 1000)
    stage = new_stage(tmp_path)
    tetrahedron(stage, "/L0/Mesh")
    for level in range(1, 21):
        for half in "ab":
            prim = UsdGeom.Xform.Define(stage, f"/L{level}/{half}").GetPrim()
            prim.GetReferences().AddInternalReference(f"/L{level - 1}")
            prim.SetInstanceable(True)
    with pytest.raises(BadAsset, match="more than 1,000 prims"):
        read(saved(stage))


def test_a_material_and_its_pictures(tmp_path):
    (tmp_path / "color.png").write_bytes(png(RED_GREEN))
    (tmp_path / "orm.png").write_bytes(png(np.full((2, 2, 3), [10, 120, 230])))
    stage = new_stage(tmp_path)
    mesh = tetrahedron(stage)
    with_uv(mesh, [(0, 0), (1, 0), (0, 1), (1, 1)])
    kinds = Sdf.ValueTypeNames
    made, surface = material(
        stage, clearcoat=(kinds.Float, 0.5), ior=(kinds.Float, 1.4), emissiveColor=(kinds.Color3f, (0.1, 0.2, 0.3))
    )
    picture(stage, surface, "diffuseColor", "color.png", wrapS=(kinds.Token, "mirror"), wrapT=(kinds.Token, "repeat"))
    picture(stage, surface, "roughness", "./orm.png", output="g")
    picture(stage, surface, "metallic", "./orm.png", output="b")
    UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(made)
    path = saved(stage)
    for file in (path, _packed(path, tmp_path / "thing.usdz")):
        found = read(file).meshes[0]
        look = found.material
        assert np.array_equal(look.base_color_texture.pixels, RED_GREEN)
        assert (look.base_color_texture.wrap_u, look.base_color_texture.wrap_v) == ("mirror", "repeat")
        assert (look.metallic_roughness_texture.pixels[..., 1:] == [120, 230]).all()
        assert (look.metallic, look.roughness, look.clearcoat) == (1, 1, 0.5)
        assert look.ior == pytest.approx(1.4)
        assert look.emission == pytest.approx((0.1, 0.2, 0.3))
        by_place = {
            tuple(map(float, p)): tuple(map(float, uv)) for p, uv in zip(found.positions, found.uv, strict=True)
        }
        assert by_place == {(0, 0, 0): (0, 1), (1, 0, 0): (1, 1), (0, 1, 0): (0, 0), (0, 0, 1): (1, 0)}


def _packed(path, to):
    assert UsdUtils.CreateNewUsdzPackage(str(path), str(to))
    return to


def test_numbers_without_pictures(tmp_path):
    stage = new_stage(tmp_path)
    mesh = tetrahedron(stage)
    kinds = Sdf.ValueTypeNames
    made, _ = material(
        stage,
        diffuseColor=(kinds.Color3f, (0.2, 0.4, 0.6)),
        metallic=(kinds.Float, 1.0),
        roughness=(kinds.Float, 0.25),
        opacity=(kinds.Float, 0.5),
    )
    UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(made)
    look = read(saved(stage)).meshes[0].material
    assert look.base_color == pytest.approx((0.2, 0.4, 0.6, 0.5))
    assert (look.metallic, look.roughness, look.alpha_mode) == (1, 0.25, AlphaMode.BLEND)


def test_subsets_have_materials_of_their_own(tmp_path):
    stage = new_stage(tmp_path)
    mesh = tetrahedron(stage)
    kinds = Sdf.ValueTypeNames
    colors = {"/Red": (1.0, 0.0, 0.0), "/Blue": (0.0, 0.0, 1.0)}
    looks = {path: material(stage, path, diffuseColor=(kinds.Color3f, rgb))[0] for path, rgb in colors.items()}
    UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(looks["/Red"])
    subset = UsdShade.MaterialBindingAPI(mesh).CreateMaterialBindSubset("part", [0, 2])
    UsdShade.MaterialBindingAPI.Apply(subset.GetPrim()).Bind(looks["/Blue"])
    scene = read(saved(stage))
    found = {made.material.name: (len(made.faces), made.material.base_color[:3]) for made in scene.meshes}
    assert found == {"Red": (2, (1, 0, 0)), "Blue": (2, (0, 0, 1))}
    assert volume(world_triangles(scene)) == pytest.approx(1 / 6)


@pytest.mark.parametrize(("how", "count"), [("constant", 1), ("uniform", 4), ("vertex", 4), ("faceVarying", 12)])
def test_colours_of_the_mesh_itself(how, count, tmp_path):
    stage = new_stage(tmp_path)
    mesh = tetrahedron(stage)
    values = [Gf.Vec3f(0.5, number / 16, 0) for number in range(count)]
    UsdGeom.PrimvarsAPI(mesh).CreatePrimvar("displayColor", Sdf.ValueTypeNames.Color3fArray, how).Set(values)
    found = read(saved(stage)).meshes[0]
    if how == "constant":
        assert found.material.base_color[:3] == (0.5, 0, 0)
        assert found.colors is None
        return
    assert found.material.base_color[:3] == (1, 1, 1)
    assert len({float(rgba[1]) for rgba in found.colors}) == count
    assert (found.colors[:, 0] == 0.5).all()


def test_a_moved_picture_shows_what_usd_says(tmp_path):
    """A point's texel is looked up by hand: scale, then turn, then move, v upwards, as the specification has it."""
    (tmp_path / "color.png").write_bytes(png(RED_GREEN))
    stage = new_stage(tmp_path)
    mesh = tetrahedron(stage)
    with_uv(mesh, [(0.1, 0.2), (0.3, 0.4), (0.5, 0.6), (0.7, 0.8)])
    made, surface = material(stage)
    kinds = Sdf.ValueTypeNames
    moved = {
        "scale": (kinds.Float2, (2.0, 3.0)),
        "rotation": (kinds.Float, 90.0),
        "translation": (kinds.Float2, (0.5, 0.25)),
    }
    picture(stage, surface, "diffuseColor", "color.png", transform=moved)
    UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(made)
    found = read(saved(stage)).meshes[0]
    a, b, x, c, d, y = found.material.base_color_texture.uv_transform
    for position, (u, v) in zip(found.positions, found.uv, strict=True):
        s, t = [(0.1, 0.2), (0.3, 0.4), (0.5, 0.6), (0.7, 0.8)][np.abs(CORNERS - position).sum(axis=1).argmin()]
        wanted = (-3 * t + 0.5, 2 * s + 0.25)
        assert (a * u + b * v + x, 1 - (c * u + d * v + y)) == pytest.approx(wanted, abs=1e-5)


def test_alpha_of_a_picture(tmp_path):
    (tmp_path / "leaf.png").write_bytes(png(np.dstack([RED_GREEN, [[255, 0], [255, 255]]])))
    stage = new_stage(tmp_path)
    mesh = tetrahedron(stage)
    with_uv(mesh, [(0, 0), (1, 0), (0, 1), (1, 1)])
    made, surface = material(stage, opacityThreshold=(Sdf.ValueTypeNames.Float, 0.3))
    picture(stage, surface, "diffuseColor", "leaf.png")
    UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(made)
    path = saved(stage)
    assert read(path).meshes[0].material.base_color_texture.pixels.shape[2] == 3  # opacity is not connected
    picture(stage, surface, "opacity", "leaf.png", output="a")
    look = read(saved(stage)).meshes[0].material
    assert look.base_color_texture.pixels[..., 3].tolist() == [[255, 0], [255, 255]]
    assert (look.alpha_mode, look.alpha_cutoff) == (AlphaMode.MASK, pytest.approx(0.3))


def test_a_missing_picture_and_a_foreign_material_have_stand_ins(tmp_path):
    stage = new_stage(tmp_path)
    for number, name in enumerate(("gone", "other")):
        mesh = tetrahedron(stage, f"/{name}")
        made, surface = material(stage, f"/Look{number}")
        if name == "gone":
            picture(stage, surface, "diffuseColor", "gone.png", parent=f"/Look{number}")
        else:
            surface.CreateIdAttr("ArnoldStandard")
        UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(made)
    with pytest.warns(FilmWarning) as told:
        scene = read(saved(stage))
    assert len(told) == 2
    assert all(made.material.base_color[0] == pytest.approx(0.6) for made in scene.meshes)


MESH = """def Mesh "m" {
    point3f[] points = [(0,0,0), (1,0,0), (0,1,0), (0,0,1)]
    int[] faceVertexCounts = [3, 3, 3, 3]
    int[] faceVertexIndices = %s
}
"""
FACES = "[0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3]"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("nonsense", "no valid USD"),
        ("#usda 1.0\ndef Mesh {", "no valid USD"),
        (HEAD, "no triangles"),
        (HEAD + MESH % "[0, 2, 1]", "faces of 12 corners and 3"),
        (HEAD + MESH % FACES.replace("3]", "9]"), "names vertex 9"),
        (HEAD + MESH % FACES.replace("3]", "-1]"), "names vertex -1"),
        (HEAD + (MESH % FACES).replace("(1,0,0)", "(nan,0,0)"), "not finite"),
        (HEAD + 'def "a" (references = @/etc/passwd@) {}', "not followed"),
        (HEAD + 'def "a" (references = @../outside.usda@) {}', "leaves its folder"),
        (HEAD + 'def "a" (payload = @../outside.usda@) {}', "leaves its folder"),
        (HEAD.replace("(\n", "(\n    subLayers = [@../outside.usda@]\n", 1), "leaves its folder"),
        (HEAD + 'def "a" (references = @http://169.254.169.254/a.usda@) {}', "not followed"),
        (HEAD + 'def "a" (references = @inner.usda@) {}', "leaves its folder"),
    ],
)
def test_what_is_broken_or_leads_elsewhere(text, says, tmp_path):
    folder = tmp_path / "asset"
    folder.mkdir()
    (tmp_path / "outside.usda").write_text(HEAD + MESH % FACES)
    (folder / "inner.usda").write_text(HEAD + 'def "a" (references = @../outside.usda@) {}')
    path = folder / "thing.usda"
    path.write_text(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(BadAsset, match=says):
            read(path)


@pytest.mark.parametrize("file", ["/etc/hostname", "../secret.png", "http://169.254.169.254/x.png"])
def test_pictures_elsewhere_are_not_read(file, tmp_path):
    folder = tmp_path / "asset"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(png(RED_GREEN))
    stage = new_stage(folder)
    mesh = tetrahedron(stage)
    made, surface = material(stage)
    picture(stage, surface, "diffuseColor", file)
    UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(made)
    with pytest.raises(BadAsset, match=r"not followed|leaves its folder"):
        read(saved(stage))


def test_a_picture_has_its_limit(tmp_path):
    (tmp_path / "color.png").write_bytes(png(RED_GREEN))
    stage = new_stage(tmp_path)
    mesh = tetrahedron(stage)
    made, surface = material(stage)
    picture(stage, surface, "diffuseColor", "color.png")
    UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(made)
    with pytest.raises(BadAsset, match="above the limit of 3"):
        readers.open("usd", max_pixels=3).read(saved(stage))
