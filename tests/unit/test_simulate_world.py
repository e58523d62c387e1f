"""Worlds, and the truth of what is said of them."""

import json
from dataclasses import replace

import numpy as np
import pytest

from filmwright.core.camera import Camera, project
from filmwright.core.content import content_hash
from filmwright.core.errors import BadAsset, BadFilm
from filmwright.film.frames.renderers import renderers
from filmwright.jobs.simulate.filming import Factory
from filmwright.jobs.simulate.motions import MOTIONS
from filmwright.jobs.simulate.moves import MOVES
from filmwright.jobs.simulate.recipe import load_recipe
from filmwright.jobs.simulate.world import world
from filmwright.jobs.simulate.writers import writers
from tests.scans import ASSETS
from tests.simulated import recipe

ONE = {"count": 1, "shape": "sphere", "color": "red", "material": "matte", "size": 0.6}
VERBS = {
    "still": "stands still", "spinning": "spins", "sliding left": "slides to the left", "rising": "rises",
    "sliding right": "slides to the right", "coming closer": "comes closer", "going away": "goes away",
    "bouncing": "bounces",
}  # fmt: skip
HALF = {"azimuth": 30.0, "elevation": 20.0, "distance": 4.0, "fov": 40.0}


@pytest.fixture(scope="module")
def renderer():
    with renderers.open("warp", quality="draft", workers=1) as opened:
        yield opened


def clip(renderer, index=0, **tables):
    return Factory(recipe(**tables), renderer).clip(index)


def test_the_same_number_is_the_same_clip_whatever_was_made_before(renderer):
    once = Factory(recipe(), renderer)
    first = [content_hash(once.clip(i)) for i in range(3)]
    assert content_hash(Factory(recipe(), renderer).clip(2)) == first[2]
    assert len(set(first)) == 3
    assert content_hash(Factory(recipe(seed=1), renderer).clip(0)) != first[0]


def test_a_change_of_one_part_leaves_the_others_as_they_were():
    plain, lit = world(recipe(), 1), world(recipe(light={"kind": "night"}), 1)
    assert plain.facts["objects"] == lit.facts["objects"]
    assert plain.facts["camera"] == lit.facts["camera"]
    assert lit.facts["light"]["kind"] == "night"


def test_passes_tracks_and_camera_tell_of_the_same_things(renderer):
    made = clip(renderer, objects=ONE | {"motion": "sliding right"}, camera=HALF | {"move": "orbit left"})
    passes, track = made.frames.passes, made.tracks[0]
    for f in range(len(made.frames.rgb)):
        seen = passes.ids[f] == track.id
        assert track.pixels[f] == seen.sum() > 20
        rows, columns = np.nonzero(seen)
        assert track.box[f].tolist() == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        middle = track.world_from_object[f, :3, 3]
        eye = made.lens.world_from_camera[f]
        local = np.linalg.inv(eye) @ [*middle, 1]
        x, y, depth = made.lens.intrinsics[f] @ local[:3]
        assert x / depth == pytest.approx(columns.mean() + 0.5, abs=0.7)
        assert y / depth == pytest.approx(rows.mean() + 0.5, abs=0.7)
        assert passes.depth[f][seen].min() == pytest.approx(depth - 0.3, abs=0.02)  # a ball of 0.6 m
        fov = 2 * np.arctan(made.frames.rgb.shape[1] / 2 / made.lens.intrinsics[f, 1, 1])
        camera = Camera(world_from_camera=eye, fov_y=float(fov))
        there = project(camera, middle[None], width=64, height=48)[0]
        assert there[:2] == pytest.approx([x / depth, y / depth])


def test_the_flow_leads_to_the_same_point(renderer):
    made = clip(renderer, objects=ONE | {"motion": "spinning"}, camera=HALF | {"move": "orbit right"})
    passes, lens = made.frames.passes, made.lens
    y, x = np.mgrid[:48, :64] + 0.5
    ground = (passes.ids[0] == 0) & np.isfinite(passes.depth[0]) & passes.visible[0]
    way = np.stack([x, y, np.ones_like(x)], -1) @ np.linalg.inv(lens.intrinsics[0]).T
    points = way * passes.depth[0][..., None]
    points = points[ground] @ lens.world_from_camera[0, :3, :3].T + lens.world_from_camera[0, :3, 3]
    local = (points - lens.world_from_camera[1, :3, 3]) @ lens.world_from_camera[1, :3, :3]
    there = local @ lens.intrinsics[1].T
    expected = there[:, :2] / there[:, 2:] - np.stack([x, y], -1)[ground]
    assert ground.sum() > 500
    assert np.abs(expected).max() > 0.5
    assert passes.flow[0][ground] == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize("motion", MOTIONS)
def test_words_for_motions_are_true_in_the_picture(renderer, motion):
    made = clip(renderer, objects=ONE | {"motion": motion}, camera=HALF | {"move": "still"}, num_frames=12)
    box = made.tracks[0].box
    across, down = (box[-1] - box[0])[[0, 2]].mean(), (box[-1] - box[0])[[1, 3]].mean()
    grown = (box[:, 2] - box[:, 0])[[0, -1]]
    turned = np.abs(np.diff(made.tracks[0].world_from_object[:, :3, :3], axis=0)).max()
    if motion == "sliding left":
        assert across < -4
    elif motion == "sliding right":
        assert across > 4
    elif motion == "coming closer":
        assert grown[1] > grown[0] + 2
    elif motion == "going away":
        assert grown[1] < grown[0] - 2
    elif motion == "rising":
        assert down < -4
    elif motion == "bouncing":
        assert np.ptp(box[:, 1]) > 4
    elif motion == "spinning":
        assert turned > 0.1
    else:
        assert np.array_equal(box, np.repeat(box[:1], len(box), 0))
    assert (motion == "spinning") == (turned > 0)
    assert VERBS[motion] in made.captions[0]


@pytest.mark.parametrize("move", MOVES)
def test_words_for_camera_moves_are_true_in_the_picture(renderer, move):
    made = clip(renderer, objects=ONE | {"motion": "still"}, camera=HALF | {"move": move}, num_frames=12)
    box, flow = made.tracks[0].box, made.frames.passes.flow
    eye = made.lens.world_from_camera[:, :3, 3]
    away = np.linalg.norm(eye - [0, 0, 0.35], axis=1)
    right = made.lens.world_from_camera[0, :3, 0]
    width, shift = box[:, 2] - box[:, 0], (box[-1] - box[0])
    moved = (eye[-1] - eye[0]) @ right
    if move == "still":
        assert np.abs(flow[np.isfinite(flow)]).max() < 1e-3
    elif move == "zoom in":
        assert width[-1] > width[0] + 1
        assert away[-1] < away[0] - 0.3
    elif move == "zoom out":
        assert width[-1] < width[0] - 1
    elif move.startswith("orbit"):
        assert np.ptp(away) < 0.05
        assert moved * (1 if "right" in move else -1) > 0.5
    elif move.startswith("crane"):
        assert (eye[-1, 2] - eye[0, 2]) * (1 if "up" in move else -1) > 0.3
    elif move.startswith("pan"):
        assert shift[[0, 2]].mean() * (1 if "left" in move else -1) > 4  # the picture moves against the camera
        assert np.ptp(eye, axis=0).max() < 1e-9
    else:
        assert shift[[1, 3]].mean() * (1 if "up" in move else -1) > 3
        assert np.ptp(eye, axis=0).max() < 1e-9


def test_something_is_drawn_anew_at_its_frames(renderer):
    change = {"every": 2, "what": "light.kind", "to": {"sequence": ["daylight", "night"]}}
    made = clip(
        renderer, objects=ONE | {"motion": "still"}, camera=HALF | {"move": "still"}, on_frame=[change], num_frames=6
    )
    bright = made.frames.rgb.mean((1, 2, 3))
    assert bright[[1, 4, 5]] == pytest.approx(bright[0], rel=1e-3)
    assert bright[3] == pytest.approx(bright[2], rel=1e-2)
    assert bright[0] > 1.5 * bright[2]
    assert made.facts["light"]["drawn_anew"] == [0, 2, 4]


def test_facts_are_json_and_captions_several(renderer):
    made = clip(renderer, index=2)
    assert json.loads(json.dumps(dict(made.facts))) == made.facts
    assert len(set(made.captions)) == len(made.captions) == 4
    for fact in made.facts["objects"]:
        assert fact["color"] in made.captions[0]
        assert fact["shape"] in made.captions[0]


def test_backdrops_have_no_surfaces(renderer):
    made = clip(renderer, backdrops={"share": 1.0, "kind": "bokeh"})
    assert made.frames.passes.depth is None
    assert made.facts["family"] == "backdrop"
    assert made.facts["says"] in made.captions[0].lower()


def test_a_scan_stands_in_for_solids(renderer):
    path = ASSETS / "scans" / "Duck.glb"
    if not path.exists():
        pytest.skip("the real scans are not at hand")
    made = clip(renderer, objects=ONE | {"scans": [str(path)], "scan_share": 1.0}, camera=HALF | {"move": "still"})
    assert made.tracks[0].label == "duck"
    assert max(made.tracks[0].size) == pytest.approx(0.6, abs=1e-6)
    assert made.tracks[0].pixels.min() > 50


def test_what_a_recipe_gets_wrong_is_told(tmp_path):
    cases = {
        "[objects]\nshape = 'blob'": "objects.shape: no shape is called 'blob'",
        "[camera]\nmove = {choice = ['still', 'loop']}": "no camera move is called 'loop'",
        "[camera]\ndistance = {unifrom = [1, 2]}": "no distribution is called 'unifrom'",
        "[objects]\ncount = {choice = ['a']}": "numbers are wanted here, not 'a'",
        "[[on_frame]]\nevery = 2\nwhat = 'camera.move'\nto = 'still'": "can't be drawn anew",
        "[[on_frame]]\nevery = 2\nwhat = 'light.kind'\nto = 'blob'": "no light is called 'blob'",
        "[[on_frame]]\nevery = 2\nlight = 'night'": "on_frame.0.what: Field required; on_frame.0.to: Field required",
        "name = '../up'": "name: ",
        "siez = 3": "siez: ",
        "a = ": "is not TOML",
    }
    for text, told in cases.items():
        (tmp_path / "recipe.toml").write_text(text)
        with pytest.raises(BadFilm, match=r"recipe\.toml") as error:
            load_recipe(tmp_path / "recipe.toml")
        assert told in str(error.value)
    with pytest.raises(BadFilm, match="no recipe"):
        load_recipe(tmp_path / "other.toml")


def test_a_scan_that_can_not_be_read_is_told(renderer, tmp_path):
    (tmp_path / "thing.xyz").write_text("0 0 0")
    with pytest.raises(BadAsset, match=r"thing\.xyz"):
        clip(renderer, objects=ONE | {"scans": [str(tmp_path / "thing.xyz")], "scan_share": 1.0})


def test_ids_are_of_things_also_where_a_thing_has_many_parts():
    decided = world(recipe(objects={"count": 3}), 0)
    assert len(decided.roots) == 3
    scene = decided.scenes[0][1]
    assert [scene.nodes[r].name for r in decided.roots] == [t.name for t in decided.things]
    assert replace(scene, name="other").nodes == scene.nodes


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({"objects": {"size": {"normal": [-1.0, 0.01]}}}, "'objects.size' drew -"),
        ({"camera": {"distance": {"uniform": [-2.0, -1.0]}}}, "'camera.distance' drew -"),
        ({"camera": {"fov": 179.0}}, "'camera.fov' drew 179"),
    ],
)
def test_a_draw_that_makes_no_sense_is_told(tables, told):
    with pytest.raises(BadFilm, match=told):
        world(recipe(**tables), 0)


def test_a_ground_may_be_empty_and_pictures_odd(renderer, tmp_path):
    made = clip(renderer, objects={"count": 0}, num_frames=1, height=33, width=17)
    assert made.tracks == ()
    assert "empty" in made.captions[0].lower()
    assert not made.frames.passes.ids.any()
    writer = writers.open("webdataset")
    writer.write([made], tmp_path, "odd-000000")
    (back,) = writer.read(tmp_path)
    assert content_hash(back) == content_hash(made)
