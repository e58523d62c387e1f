"""USD: the stage's camera sees what the clip's does, its meshes fill the id pass, and the validators have no word."""

import sys
from dataclasses import fields, replace
from fractions import Fraction

import cv2
import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, UsdLux, UsdShade, UsdValidation

from filmwright.core.clip import Clip, Staged, staged
from filmwright.core.content import content_hash
from filmwright.core.errors import MissingExtra
from filmwright.core.scene import AlphaMode, AreaLight, Environment, Material, Mesh, Node, Scene, Texture
from filmwright.jobs.simulate import factory, read, simulate
from filmwright.jobs.simulate.stage.sets import add_sets
from filmwright.jobs.simulate.writers import writers
from tests.simulated import made_up, recipe

CHANGING = {"every": 2, "what": "light.kind", "to": {"choice": ["daylight", "neon"]}}


@pytest.fixture(scope="module")
def clips():
    tables = {"objects": {"count": 3, "motion": "spinning"}, "camera": {"move": "orbit left"}, "on_frame": [CHANGING]}
    with factory(recipe(**tables, num_frames=4)) as held:
        return [held.staged(i) for i in range(2)]


@pytest.fixture(scope="module")
def folder(clips, tmp_path_factory):
    found = tmp_path_factory.mktemp("usd")
    writers.open("usd").write(clips, found, "made-000000")
    return found


def opened(folder, key):
    return Usd.Stage.Open(str(folder / f"stages/{key}.usdc"))


def seen_by(stage, points, frame, clip):
    """World points [N, 3] as pixels of the stage's camera, by USD's own frustum."""
    frustum = UsdGeom.Camera.Get(stage, "/World/Camera").GetCamera(frame).frustum
    matrix = frustum.ComputeViewMatrix() * frustum.ComputeProjectionMatrix()
    flat = np.array([matrix.Transform(Gf.Vec3d(*p.tolist())) for p in points])[:, :2]
    height, width = clip.frames.rgb.shape[1:3]
    return (flat * (1, -1) + 1) / 2 * (width, height)


def projected(clip, points, frame):
    local = np.linalg.inv(clip.lens.world_from_camera[frame])
    seen = (points @ local[:3, :3].T + local[:3, 3]) @ clip.lens.intrinsics[frame].T
    return seen[:, :2] / seen[:, 2:]


def errors(stage):
    context = UsdValidation.ValidationContext(UsdValidation.ValidationRegistry().GetOrLoadAllValidators())
    return [f"{e.GetName()}: {e.GetMessage()}" for e in context.Validate(stage)]


def test_a_tracks_origin_is_where_the_clip_has_it_at_every_time(clips, folder):
    for clip in clips:
        stage = opened(folder, clip.key)
        for frame in range(4):
            for track in clip.tracks:
                prim = stage.GetPrimAtPath(f"/World/track_{track.id:03d}")
                place = np.array(UsdGeom.Xformable(prim).ComputeLocalToWorldTransform(frame)).T
                np.testing.assert_array_equal(place, track.world_from_object[frame])
                np.testing.assert_allclose(
                    seen_by(stage, place[None, :3, 3], frame, clip),
                    projected(clip, place[None, :3, 3], frame),
                    atol=1e-4,
                )
                assert prim.GetDisplayName() == track.name
                assert prim.GetAttribute("semantics:labels:class").Get() == [track.label]


def test_a_principal_point_off_the_middle_and_a_lens_that_changes(clips, tmp_path):
    clip = clips[0]
    k = clip.lens.intrinsics.copy()
    k[:, 0, 2] += (3, 5, 7, 9)
    k[:, 1, 2] -= 4
    k[:, 1, 1] *= (1.0, 1.1, 1.2, 1.3)
    moved = replace(clip, lens=replace(clip.lens, intrinsics=k))
    writers.open("usd").write([moved], tmp_path, "made-000000")
    stage, points = opened(tmp_path, clip.key), np.random.default_rng(0).uniform(-0.5, 0.5, (20, 3))
    for frame in range(4):
        np.testing.assert_allclose(seen_by(stage, points, frame, moved), projected(moved, points, frame), atol=1e-4)


def test_the_meshes_of_a_track_fill_what_the_id_pass_shows_of_it(clips, folder):
    for clip in clips:
        stage, ids = opened(folder, clip.key), clip.frames.passes.ids
        for frame in range(4):
            filled = {t.id: silhouette(stage, clip, t.id, frame) for t in clip.tracks}
            for number, shape in filled.items():
                assert not ((ids[frame] == number) & ~shape).any()
            everything = np.any([*filled.values()], 0)
            assert (everything != (ids[frame] > 0)).mean() < 0.04  # edges, which cv2 draws a pixel wider


def silhouette(stage, clip, number, frame):
    shape = np.zeros(clip.frames.rgb.shape[1:3], np.uint8)
    for prim in Usd.PrimRange(stage.GetPrimAtPath(f"/World/track_{number:03d}")):
        if prim.IsA(UsdGeom.Mesh):
            mesh = UsdGeom.Mesh(prim)
            place = np.array(UsdGeom.Xformable(prim).ComputeLocalToWorldTransform(frame)).T
            points = np.array(mesh.GetPointsAttr().Get()) @ place[:3, :3].T + place[:3, 3]
            flat = np.round(seen_by(stage, points, frame, clip) - 0.5).astype(np.int32)
            for face in np.array(mesh.GetFaceVertexIndicesAttr().Get()).reshape(-1, 3):
                cv2.fillConvexPoly(shape, flat[face], 1)
    return shape > 0


def test_the_stage_says_what_its_numbers_mean(clips, folder):
    stage = opened(folder, clips[0].key)
    assert UsdGeom.GetStageUpAxis(stage) == "Z"
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1.0
    assert (stage.GetTimeCodesPerSecond(), stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (12.0, 0.0, 3.0)
    assert stage.GetDefaultPrim().GetPath() == "/World"
    assert stage.GetPrimAtPath("/Render/settings").GetAttribute("resolution").Get() == Gf.Vec2i(64, 48)


def test_light_that_changes_takes_turns(clips, folder):
    stage = opened(folder, clips[0].key)
    for frame in range(4):
        seen = [UsdGeom.Imageable.Get(stage, f"/World/set_{k:03d}").ComputeVisibility(frame) for k in range(2)]
        assert seen == (["inherited", "invisible"] if frame < 2 else ["invisible", "inherited"])
    for k, (_, scene) in enumerate(clips[0].scenes):
        light = UsdLux.RectLight.Get(stage, f"/World/set_{k:03d}/lamp_000")
        radiance = np.array(light.GetColorAttr().Get()) * light.GetIntensityAttr().Get()
        np.testing.assert_allclose(radiance, scene.lights[0].radiance, rtol=1e-6)
        place = np.array(UsdGeom.Xformable(light).ComputeLocalToWorldTransform(2 * k)).T
        np.testing.assert_allclose(place[:3, 3], scene.lights[0].center)
        shines = np.cross(scene.lights[0].half_u, scene.lights[0].half_v)
        np.testing.assert_allclose(-place[:3, 2], shines / np.linalg.norm(shines), atol=1e-12)
        assert np.linalg.det(place[:3, :3]) == pytest.approx(1)


def test_what_waits_for_its_turn_is_far_away_for_readers_that_know_no_visibility(clips, folder):
    stage = opened(folder, clips[0].key)
    for k in range(2):
        lamp = UsdGeom.Xformable(stage.GetPrimAtPath(f"/World/set_{k:03d}/lamp_000"))
        for frame in range(4):
            for moment in (-0.4, 0.0, 0.4):  # a shutter may open a little before its frame and close after it
                height = lamp.ComputeLocalToWorldTransform(frame + moment)[3][2]
                assert height > 0 if frame // 2 == k else height < -9e4


def test_a_ground_that_stays_is_there_once_and_one_that_changes_takes_turns(clips, folder):
    def grounds(stage):
        return [str(p.GetPath()) for p in stage.Traverse() if p.IsA(UsdGeom.Mesh) and "track" not in str(p.GetPath())]

    assert grounds(opened(folder, clips[0].key)) == ["/World/node_000/mesh"]
    change = {"every": 2, "what": "ground.color", "to": {"sequence": ["red", "blue"]}}
    with factory(recipe(on_frame=[change], num_frames=4)) as held:
        clip = held.staged(0)
    stage = Usd.Stage.CreateInMemory()
    add_sets(stage, "/World", clip, {})
    assert grounds(stage) == ["/World/set_000/node_000/mesh", "/World/set_001/node_000/mesh"]
    for frame in range(4):
        heights = [
            UsdGeom.Xformable(stage.GetPrimAtPath(path)).ComputeLocalToWorldTransform(frame)[3][2]
            for path in grounds(stage)
        ]
        assert [height == 0 for height in heights] == [frame < 2, frame >= 2]


def test_the_sky_looks_where_the_scenes_does():
    """A dome's direction for a pixel, by OpenEXR's convention, is that of the mirrored pixel of ours."""
    width, height, rotation = 8, 4, 0.3
    scene = Scene(name="", environment=Environment(pixels=np.zeros((height, width, 3), np.float32), rotation=rotation))
    stage = Usd.Stage.CreateInMemory()
    add_sets(stage, "/World", staged(made_up(), ((0, scene),), ()), {})
    turn = np.array(UsdGeom.Xformable(stage.GetPrimAtPath("/World/set_000/sky")).ComputeLocalToWorldTransform(0)).T
    for column in range(width):
        longitude = np.pi - 2 * np.pi * (column + 0.5) / width
        ours = 2 * np.pi * (width - 1 - column + 0.5) / width + rotation
        direction = turn[:3, :3] @ (np.sin(longitude), 0, np.cos(longitude))
        np.testing.assert_allclose(direction, (np.cos(ours), np.sin(ours), 0), atol=1e-12)
    np.testing.assert_allclose(turn[:3, :3] @ (0, 1, 0), (0, 0, 1), atol=1e-12)


def test_the_validators_have_no_word(clips, folder):
    for clip in clips:
        assert errors(opened(folder, clip.key)) == []
    broken = opened(folder, clips[0].key)
    broken.ClearDefaultPrim()
    for prim in broken.Traverse():
        if shader := UsdShade.Shader(prim):
            shader.GetPrim().CreateAttribute("inputs:file", Sdf.ValueTypeNames.Asset).Set("/gone.png")
    assert len(errors(broken)) >= 2


def test_no_path_is_absolute_and_every_picture_is_there(clips, folder):
    stage = opened(folder, clips[0].key)
    named = [
        a.Get().path for p in stage.Traverse() for a in p.GetAttributes() if a.GetTypeName() == "asset" and a.Get()
    ]
    assert named
    assert all(path.startswith("./") and (folder / "stages" / path).is_file() for path in named)
    assert str(folder.parent).encode() not in (folder / "stages/000000.usdc").read_bytes()


def every_kind() -> Staged:
    """A thing with every kind of material and picture, about the middle of a clip's track."""
    rng = np.random.default_rng(1)
    pictures = [Texture(pixels=rng.integers(0, 256, (4, 6, c)).astype(np.uint8)) for c in (1, 2, 3, 4)]
    moved = replace(
        pictures[2], texcoord=1, uv_transform=(2.0, 0.0, 0.5, 0.0, 2.0, 0.0), wrap_u="mirror", wrap_v="clamp"
    )
    looks = [
        Material(base_color=(0.5, 0.6, 0.7, 0.8), base_color_texture=pictures[3], alpha_mode=AlphaMode.BLEND),
        Material(metallic_roughness_texture=pictures[2], normal_texture=moved, occlusion_texture=pictures[0]),
        Material(unlit=True, emission=(1.0, 2.0, 3.0), emission_texture=pictures[1], alpha_mode=AlphaMode.MASK),
        Material(emission=(1.0, 2.0, 3.0), emission_texture=pictures[1], transmission=0.9, double_sided=True),
    ]
    corners, faces = np.eye(3, dtype=np.float32), np.array([[0, 1, 2]], np.int32)
    uv = rng.random((3, 2)).astype(np.float32)
    meshes = [Mesh(positions=corners, faces=faces, uv=uv, uv1=uv * 2, material=look) for look in looks]
    meshes.append(Mesh(positions=corners, faces=faces, normals=corners, colors=rng.random((3, 4)).astype(np.float32)))
    nodes = [Node(name="thing"), *(Node(name="part", parent=0, mesh=i) for i in range(len(meshes)))]
    lamp = AreaLight(
        name="", center=(0.0, 0.0, 3.0), half_u=(1.0, 0.0, 0.0), half_v=(0.0, 2.0, 0.0), radiance=(1.0, 2.0, 3.0)
    )
    return staged(made_up(), ((0, Scene(name="", meshes=tuple(meshes), nodes=tuple(nodes), lights=(lamp,))),), (0,))


def test_every_kind_of_material_passes_and_reads_its_pictures(tmp_path):
    writers.open("usd").write([every_kind()], tmp_path, "made-000000")
    stage = opened(tmp_path, "000007")
    assert errors(stage) == []
    assert stage.GetTimeCodesPerSecond() == pytest.approx(Fraction(30000, 1001))
    mesh = UsdGeom.Mesh.Get(stage, "/World/track_001/part_002/mesh")
    st = [np.array(UsdGeom.PrimvarsAPI(mesh).GetPrimvar(name).Get()) for name in ("st", "st1")]
    uv = every_kind().scenes[0][1].meshes[1].uv
    np.testing.assert_allclose(st[0], uv * (1, -1) + (0, 1), atol=1e-6)
    np.testing.assert_allclose(st[1], (uv * 4 + (0.5, 0)) * (1, -1) + (0, 1), atol=1e-6)
    material, _ = UsdShade.MaterialBindingAPI(mesh).ComputeBoundMaterial()
    surface = material.ComputeSurfaceSource()[0]
    source = surface.GetInput("normal").GetConnectedSource()[0]
    assert source.GetPrim().GetAttribute("inputs:wrapS").Get() == "mirror"
    path = tmp_path / "stages" / source.GetPrim().GetAttribute("inputs:file").Get().path
    shown = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)[..., ::-1]
    np.testing.assert_array_equal(shown, every_kind().scenes[0][1].meshes[1].material.normal_texture.pixels)


def test_clips_share_their_pictures(tmp_path):
    writers.open("usd").write([every_kind(), replace(every_kind(), key="000008")], tmp_path, "made-000000")
    assert len([*(tmp_path / "stages/textures").iterdir()]) == 4
    assert [clip.key for clip in writers.open("usd").read(tmp_path)] == ["000007", "000008"]
    assert errors(opened(tmp_path, "000008")) == []


def test_a_clip_alone_has_boxes_of_its_tracks_size(tmp_path):
    writers.open("usd").write([made_up()], tmp_path, "made-000000")
    stage = opened(tmp_path, "000007")
    assert errors(stage) == []
    scale = UsdGeom.Xformable(stage.GetPrimAtPath("/World/track_001/box")).ComputeLocalToWorldTransform(0)
    place = made_up().tracks[0]
    np.testing.assert_allclose(np.array(scale).T, place.world_from_object[0] @ np.diag([*place.size, 1]), rtol=1e-6)


def test_simulate_gives_the_writer_scenes_and_the_reader_clips(tmp_path):
    table = recipe(writer={"use": "usd"}, num_clips=1, num_frames=2)
    simulate(table, tmp_path)
    stage = opened(tmp_path, "000000")
    assert [p.IsA(UsdGeom.Mesh) for p in stage.Traverse()].count(True) >= 2
    with factory(table) as held:
        made = held.clip(0)
        assert content_hash(without_scenes(held.staged(0))) == content_hash(made)
    assert [content_hash(clip) for clip in read(tmp_path)] == [content_hash(made)]


def without_scenes(clip):
    return Clip(**{part.name: getattr(clip, part.name) for part in fields(Clip)})


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    for name in [n for n in sys.modules if n == "pxr" or "simulate.stage" in n or n.endswith("writers.usd")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pxr", None)
    with pytest.raises(MissingExtra, match=r"filmwright\[usd\]"):
        writers.open("usd")
