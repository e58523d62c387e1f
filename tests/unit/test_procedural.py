"""Products made by code: solid, finite, standing, facing the front, and the same each time."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from filmwright.core.content import content_hash
from filmwright.core.errors import BadFilm, MissingFont
from filmwright.core.pose import world_transforms
from filmwright.core.scene import Mesh, Scene
from filmwright.film.scene.readers import readers

DESIGNS = ("flacon", "speaker")
SOLIDS = {
    "flacon": {"foot", "body", "collar", "cap", "inlay"},
    "speaker": {"foot", "cloth", "trim", "shell", "dial", "light"},
}


@cache
def scene_of(design: str, label: str = "ORVANE", color: str = "", seed: int = 0) -> Scene:
    return readers.open("procedural", design=design, label=label, color=color, seed=seed).read(Path("nowhere"))


def parts(scene: Scene) -> dict[str, Mesh]:
    return {n.name: scene.meshes[n.mesh] for n in scene.nodes if n.mesh is not None}


def edges(mesh: Mesh) -> np.ndarray:
    """Directed edges between places in space, [3N, 2]."""
    _, place = np.unique(mesh.positions, axis=0, return_inverse=True)
    corners = place.ravel()[mesh.faces]
    return np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])


def face_normals(mesh: Mesh) -> np.ndarray:
    a, b, c = (mesh.positions[mesh.faces[:, k]].astype(float) for k in range(3))
    return np.cross(b - a, c - a)


@pytest.mark.parametrize("design", DESIGNS)
def test_every_number_is_finite_and_every_index_in_range(design):
    for mesh in scene_of(design).meshes:
        for array in (mesh.positions, mesh.normals, mesh.uv, mesh.tangents):
            assert np.isfinite(array).all()
            assert len(array) == len(mesh.positions)
        assert mesh.faces.min() == 0
        assert mesh.faces.max() < len(mesh.positions)


@pytest.mark.parametrize("design", DESIGNS)
def test_solids_are_closed_and_turned_outwards(design):
    found = parts(scene_of(design))
    assert SOLIDS[design] < set(found)
    for name in SOLIDS[design]:
        directed, count = np.unique(edges(found[name]), axis=0, return_counts=True)
        assert (count == 1).all(), name  # no edge is walked twice the same way
        assert np.array_equal(directed, np.unique(directed[:, ::-1], axis=0)), name  # and each is walked both ways
        center = found[name].positions.mean(0)
        volume = np.sum(face_normals(found[name]) * (found[name].positions[found[name].faces[:, 0]] - center)) / 6
        assert volume > 0, name


@pytest.mark.parametrize("design", DESIGNS)
def test_reliefs_are_open_only_at_a_rim_below_their_ground(design):
    for name, mesh in parts(scene_of(design)).items():
        if name in SOLIDS[design]:
            continue
        directed, count = np.unique(edges(mesh), axis=0, return_counts=True)
        assert (count == 1).all(), name
        both = {tuple(e) for e in directed.tolist()}
        rim = {a for a, b in both if (b, a) not in both}
        places = np.unique(mesh.positions, axis=0)
        up = 2 if name == "monogram" else 1
        heights = places[:, up] if up == 2 else -places[:, up]
        assert rim, name
        inner = np.setdiff1d(np.arange(len(places)), list(rim))
        assert heights[list(rim)].max() < heights[inner].max(), name


@pytest.mark.parametrize("design", DESIGNS)
def test_normals_are_unit_and_agree_with_their_triangles(design):
    for name, mesh in parts(scene_of(design)).items():
        assert np.allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-4), name
        flat = face_normals(mesh)
        flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-30)
        agree = np.sum(mesh.normals[mesh.faces].mean(1) * flat, axis=1)
        assert (agree > 0.3).mean() > 0.99, name


@pytest.mark.parametrize("design", DESIGNS)
def test_it_stands_on_the_floor_about_the_axis(design):
    scene = scene_of(design)
    assert np.array_equal(world_transforms(scene, 0.0), np.broadcast_to(np.eye(4), (len(scene.nodes), 4, 4)))
    points = np.concatenate([m.positions for m in scene.meshes])
    assert points[:, 2].min() == 0.0
    assert 0.10 <= points[:, 2].max() <= 0.20
    standing = points[points[:, 2] < 1e-5]
    assert np.ptp(standing[:, 0]) > 0.03  # a foot ring, not a point
    assert np.ptp(standing[:, 1]) > 0.03
    assert np.abs((points.min(0) + points.max(0))[:2] / 2).max() < 1e-3


@pytest.mark.parametrize("design", DESIGNS)
def test_the_label_is_in_front_and_reads_from_the_left(design):
    letters = parts(scene_of(design, label="LOL"))["lettering"]
    body = np.concatenate([m.positions for n, m in parts(scene_of(design)).items() if n in ("body", "shell")])
    assert letters.positions[:, 1].min() < body[:, 1].min()
    assert letters.normals[:, 1].mean() < -0.5
    x, z = letters.positions[:, 0], letters.positions[:, 2]
    assert abs(x.min() + x.max()) < 1e-4
    first, last = x < x.min() * 0.4, x > x.max() * 0.4  # the two Ls: their stems are left, their feet at the bottom
    for letter in (first, last):
        stem = letter & (z > (z.min() + z.max()) / 2)
        assert x[stem].mean() < x[letter].mean() - 1e-4


@pytest.mark.parametrize("design", DESIGNS)
def test_uv_stay_in_the_picture_and_tangents_follow_them(design):
    for name, mesh in parts(scene_of(design)).items():
        assert mesh.uv.min() >= -1e-6, name
        assert mesh.uv.max() <= 1 + 1e-6, name
        tangent, normal = mesh.tangents[:, :3], mesh.normals
        assert np.allclose(np.linalg.norm(tangent, axis=1), 1, atol=1e-3), name
        assert np.abs(np.sum(tangent * normal, axis=1)).max() < 1e-2, name
        p, q = mesh.positions[mesh.faces].astype(float), mesh.uv[mesh.faces].astype(float)
        e1, e2, d1, d2 = p[:, 1] - p[:, 0], p[:, 2] - p[:, 0], q[:, 1] - q[:, 0], q[:, 2] - q[:, 0]
        area = d1[:, 0] * d2[:, 1] - d1[:, 1] * d2[:, 0]
        along_u = (e1 * d2[:, 1:] - e2 * d1[:, 1:]) * np.sign(area)[:, None]
        along_v = (e2 * d1[:, :1] - e1 * d2[:, :1]) * np.sign(area)[:, None]
        face_tangent, face_normal = tangent[mesh.faces].mean(1), normal[mesh.faces].mean(1)
        bitangent = np.cross(face_normal, face_tangent) * mesh.tangents[mesh.faces[:, 0], 3:]
        clear = np.abs(area) > 1e-9
        assert (np.sum(along_u * face_tangent, 1)[clear] > 0).mean() > 0.98, name
        assert (np.sum(along_v * bitangent, 1)[clear] < 0).mean() > 0.98, name  # v runs down, the bitangent up


@pytest.mark.parametrize("design", DESIGNS)
def test_triangle_and_texture_budget(design):
    scene = scene_of(design)
    assert 80_000 <= sum(len(m.faces) for m in scene.meshes) <= 150_000
    for mesh in scene.meshes:
        m = mesh.material
        for texture in (m.base_color_texture, m.metallic_roughness_texture, m.normal_texture):
            assert texture is None or (texture.pixels.dtype == np.uint8 and max(texture.pixels.shape) <= 2048)


def test_the_flacon_is_glossy_golden_and_labelled():
    found = parts(scene_of("flacon"))
    assert found["body"].material.clearcoat == 1
    for name in ("foot", "bezel", "lettering", "collar", "cap", "monogram"):
        material = found[name].material
        assert material.metallic == 1
        assert material.base_color[0] > material.base_color[1] > material.base_color[2]
    plate = found["plate"].material
    ink = plate.metallic_roughness_texture.pixels[..., 2]
    assert plate.base_color_texture.pixels.shape[1] == 2048
    assert 0.02 < (ink > 128).mean() < 0.2  # foil print on enamel
    rough = found["cap"].material.metallic_roughness_texture.pixels[..., 1]
    assert rough.min() < 40 < 60 < rough.max()  # polished and satin


def test_the_speaker_has_matt_cloth_metal_and_a_light():
    found = parts(scene_of("speaker"))
    assert found["shell"].material.roughness > 0.4
    assert min(found["shell"].material.base_color[:3]) > 0.6
    cloth = found["cloth"].material
    around, _, _, _, up, _ = cloth.normal_texture.uv_transform
    assert around == round(around)  # the weave closes at the seam
    assert up > 1
    assert cloth.normal_texture.wrap_u == cloth.normal_texture.wrap_v == "repeat"
    assert min(found["light"].material.emission) > 0
    assert found["dial"].material.metallic == 1


def test_the_same_seed_makes_the_same_bytes_and_another_only_another_grain():
    first, again, other = scene_of("flacon"), scene_of.__wrapped__("flacon"), scene_of("flacon", seed=5)
    assert content_hash(first) == content_hash(again)
    assert content_hash(first) != content_hash(other)
    for a, b in zip(first.meshes, other.meshes, strict=True):
        assert np.array_equal(a.positions, b.positions)


@pytest.mark.parametrize(("design", "color"), [("flacon", "oxblood"), ("flacon", "midnight"), ("speaker", "graphite")])
def test_a_color_changes_paint_and_not_shape(design, color):
    first, other = parts(scene_of(design)), parts(scene_of(design, color=color))
    name = "body" if design == "flacon" else "shell"
    assert first[name].material.base_color != other[name].material.base_color
    assert np.array_equal(first[name].positions, other[name].positions)


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"color": "mauve"}, BadFilm, "emerald, oxblood, midnight"),
        ({"label": "A VERY LONG NAME"}, BadFilm, "2 to 10 letters"),
        ({"label": " "}, BadFilm, "2 to 10 letters"),
        ({"design": "teapot"}, BadFilm, "flacon"),
        ({"label": "향수"}, MissingFont, "'향'"),
    ],
)
def test_wrong_options_say_what_to_do(options, error, says):
    with pytest.raises(error, match=says):
        readers.open("procedural", **options).read(Path("nowhere"))
