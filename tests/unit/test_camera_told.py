"""What the lens of a clip commands: the same as the film shows, also where the camera travels."""

import numpy as np
import pytest

from filmwright.core.camera import Camera, look_at, project
from filmwright.core.clip import Lens
from filmwright.core.frames import Passes
from filmwright.jobs.evaluate.commanded import Motion, as_similarity, flow_of, from_facts, in_words
from filmwright.jobs.evaluate.known import moving
from filmwright.jobs.evaluate.similarity import fit, from_middle
from tests.known_clips import film, going, reading, refused, subject

WIDTH, HEIGHT, FOCAL = 96, 72, 120.0


def lens(poses, focal=FOCAL):
    focals = np.broadcast_to(focal, len(poses))
    intrinsics = [[[f, 0, WIDTH / 2], [0, f, HEIGHT / 2], [0, 0, 1]] for f in focals]
    return Lens(intrinsics=np.array(intrinsics), world_from_camera=np.stack(poses))


def turned(axis, angle):
    """A camera that turned by `angle` about its own x (tilt), y (pan) or z (roll)."""
    c, s = np.cos(angle), np.sin(angle)
    out = np.eye(4)
    i, j = [k for k in range(3) if k != axis]
    sign = -1 if axis == 1 else 1
    out[i, i], out[j, j], out[i, j], out[j, i] = c, c, -sign * s, sign * s
    return out


def asked(given, depth=None):
    every = np.ones((HEIGHT, WIDTH), bool)
    return in_words(fit(from_middle(every), flow_of(given, 0, every, depth)))


ANGLE = 0.01


@pytest.mark.parametrize(
    ("axis", "name", "expected"),
    [(1, "pan", FOCAL * ANGLE), (0, "tilt", FOCAL * ANGLE), (2, "roll", np.degrees(ANGLE))],
)
def test_a_camera_that_turns(axis, name, expected):
    found = asked(lens([np.eye(4), turned(axis, ANGLE)]))
    rest = {"pan", "tilt", "zoom", "roll"} - {name}
    assert getattr(found, name) == pytest.approx(expected, rel=0.06)
    assert all(abs(getattr(found, other)) < 0.05 for other in rest)


def test_a_lens_that_grows_longer():
    assert asked(lens([np.eye(4)] * 2, focal=[120, 123])).zoom == pytest.approx(2.5)


def test_a_camera_that_rolls_as_look_at_says():
    poses = [look_at(np.zeros(3), np.array([0.0, 5.0, 0.0]), roll=roll) for roll in (0.0, 0.02)]
    assert asked(lens(poses)).roll == pytest.approx(np.degrees(0.02), rel=1e-3)


def test_a_camera_that_travels_past_a_wall():
    """At 4 metres a step of 0.1 to the right is focal * 0.1 / 4 pixels."""
    step = np.eye(4)
    step[0, 3] = 0.1
    depth = np.full((HEIGHT, WIDTH), 4.0, np.float32)
    assert asked(lens([np.eye(4), step]), depth).pan == pytest.approx(FOCAL * 0.1 / 4, rel=1e-3)
    assert asked(lens([np.eye(4), step]), np.full_like(depth, np.inf)).pan == pytest.approx(0, abs=1e-9)


def test_it_is_where_the_projection_puts_points():
    one, two = (look_at(np.array(eye), np.zeros(3)) for eye in ([0.3, -4.0, 1.0], [0.5, -3.9, 1.2]))
    fov = 2 * np.arctan(HEIGHT / 2 / FOCAL)
    picked = np.zeros((HEIGHT, WIDTH), bool)
    picked[::9, ::11] = True
    rows, columns = np.nonzero(picked)
    depth = (3.5 + np.random.default_rng(1).random((HEIGHT, WIDTH))).astype(np.float32)
    near = depth[picked].astype(float)
    local = np.stack([(columns + 0.5 - WIDTH / 2) / FOCAL, (rows + 0.5 - HEIGHT / 2) / FOCAL, np.ones(len(rows))], 1)
    world = (local * near[:, None]) @ one[:3, :3].T + one[:3, 3]
    moved = [
        project(Camera(world_from_camera=pose, fov_y=fov), world, width=WIDTH, height=HEIGHT) for pose in (one, two)
    ]
    assert flow_of(lens([one, two]), 0, picked, depth) == pytest.approx((moved[1] - moved[0])[:, :2], abs=1e-6)


def test_a_film_that_obeys_its_lens_has_no_error():
    """The camera rolls and zooms about its axis, which moves a picture exactly by a similarity."""
    motion = going(size=1.01, turn=-0.01)
    poses = [turned(2, 0.01 * i) for i in range(6)]
    told = lens(poses, focal=FOCAL * 1.01 ** np.arange(6))
    assert reading("camera_error", subject(film(motion, 6), lens=told)).value == pytest.approx(0, abs=0.05)
    still = lens([np.eye(4)] * 6)
    off = reading("camera_error", subject(film(motion, 6), lens=still)).value
    assert off == pytest.approx(reading("camera_motion", subject(film(motion, 6))).value, abs=0.05)


def test_depth_is_asked_for_where_the_camera_travels():
    poses = [np.eye(4)] * 4
    poses[3] = poses[3] + np.eye(4, k=3) * 0.1
    pieces = film(going(right=-3), 4)
    assert (
        refused("camera_error", subject(pieces, lens=lens(poses))) == "needs passes: depth, because the camera travels"
    )
    depth = Passes(depth=np.full((4, HEIGHT, WIDTH), 4.0, np.float32))
    steady = [np.eye(4) + np.eye(4, k=3) * 0.1 * i for i in range(4)]
    found = reading("camera_error", subject(pieces, lens=lens(steady), passes=depth))
    assert found.value == pytest.approx(0, abs=0.05)  # 120 * 0.1 / 4 = 3 pixels a frame to the left
    assert found.note == "against its lens"


def test_what_moves_by_itself_is_left_out_where_exact_flow_tells_it():
    """The camera stands; a thing with two thirds of all texture slides by 2 pixels a frame."""
    rgb = np.repeat(film(num=1), 5, 0)
    thing, flow = film(num=1, seed=5)[0, :, :64], np.zeros((5, HEIGHT, WIDTH, 2), np.float32)
    for i, picture in enumerate(rgb):
        picture[:, 10 + 2 * i : 74 + 2 * i] = thing
        flow[i, :, 10 + 2 * i : 74 + 2 * i, 0] = 2
    still = lens([np.eye(4)] * 5)
    known = subject(rgb, lens=still, passes=Passes(flow=flow, visible=np.ones((5, HEIGHT, WIDTH), bool)))
    assert reading("camera_error", known).value == pytest.approx(0, abs=0.1)
    assert reading("camera_error", subject(rgb, lens=still)).value > 1.5  # the picture alone can't tell


def test_an_even_wall_is_not_taken_for_a_camera_that_stands():
    """Three quarters of the picture are flat: its flow is a guess, what has texture pans by 2."""
    rgb = film(going(right=-2), 5)
    rgb[:, :54] = 90
    parts = {part.name: part.value for part in reading("camera_motion", subject(rgb)).parts}
    assert parts["pan"] == pytest.approx(2, abs=0.1)


def test_facts_that_are_no_motion_are_none():
    assert from_facts({"motion": {"pan": 1, "roll": 2}}) == Motion(pan=1.0, roll=2.0)
    for facts in ({}, {"motion": None}, {"motion": "zoom in"}, {"motion": {}}, {"motion": {"pan": "far"}}):
        assert from_facts(facts) is None
    assert refused("camera_error", subject(film(num=3))).startswith("needs a commanded motion")


def test_words_and_similarity_are_one():
    motion = Motion(pan=1.0, tilt=-2.0, zoom=3.0, roll=-4.0)
    back = in_words(as_similarity(motion))
    assert [back.pan, back.tilt, back.zoom, back.roll] == pytest.approx([1, -2, 3, -4])


def test_the_fit_leaves_out_what_moves_by_itself():
    every = from_middle(np.ones((40, 40), bool))
    motion = going(right=2, down=-1, size=1.01, turn=0.02)
    flow = motion.move(every) - every
    flow[:600] = [-9, 5]  # more than a third
    found = fit(every, flow)
    assert [found.right, found.down, found.size, found.turn] == pytest.approx([2, -1, 1.01, 0.02], abs=1e-3)
    with pytest.raises(ValueError, match="two points"):
        fit(every[:1], flow[:1])


def test_the_known_clips_move_as_they_say():
    pieces = list(moving(going(right=3), num_frames=2))
    assert np.array_equal(pieces[1].rgb[0, :, 3:], pieces[0].rgb[0, :, :-3])
    assert np.array_equal(pieces[0].passes.visible[0], np.arange(96)[None].repeat(72, 0) < 93)
