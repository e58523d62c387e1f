"""A live session: the newest pose wins, nobody's queue grows, sets change without a gap."""

import threading
import time
from contextlib import ExitStack

import cv2
import numpy as np
import pytest

from filmwright.core.camera import look_at
from filmwright.core.errors import BadFilm, RenderFailed
from filmwright.core.frames import Frames
from filmwright.core.shot import Look
from filmwright.film.frames.renderers import Live, renderers
from filmwright.jobs.film import Choice, Film
from filmwright.jobs.plan import plan
from filmwright.jobs.realtime import Filmset, Open, Pose, Session, build_set, packed, understood, unpacked
from filmwright.jobs.realtime.filmset import locked, shots

ASKED = Open(type="open", width=32, height=16, quality=95)
SOON = 20.0  # seconds that are waited for what has to come


class Slow:
    """Films grey pictures, as bright as the eye's x; while `gate` is closed, nothing comes back."""

    def __init__(self, side_by_side=1):
        self.side_by_side, self.gate, self.begun, self.fails = side_by_side, threading.Event(), [], False
        self.gate.set()

    def at_once(self, _scene, shot):
        x = float(shot.path.eye[0, 0])
        self.begun.append(x)
        assert self.gate.wait(SOON)
        if self.fails:
            raise RenderFailed("no light")
        return Frames(rgb=np.full((1, shot.height, shot.width, 3), round(x), np.uint8), fps=shot.fps)


class Client:
    """Keeps what it is told."""

    def __init__(self):
        self.told, self.came = [], threading.Condition()

    def __call__(self, one):
        with self.came:
            self.told.append(one)
            self.came.notify_all()

    def wait(self, number):
        with self.came:
            assert self.came.wait_for(lambda: len(self.told) >= number, SOON), self.told
            return self.told[number - 1]


@pytest.fixture(scope="module")
def stage():
    return plan(Film()).stage


@pytest.fixture
def live(stage):
    with ExitStack() as stack:

        def opened(renderer, asked=ASKED):
            client = Client()
            session = Session(Filmset(stage=stage, look=Look(), renderer=renderer, warnings=()), asked, client)
            stack.callback(session.close)
            stack.callback(renderer.gate.set)
            return session, client

        yield opened


def pose(number, x=None):
    return Pose(type="pose", id=number, eye=(number if x is None else x, 0, 0), target=(0, 500, 0))


def until(true):
    end = time.monotonic() + SOON
    while not true():
        assert time.monotonic() < end
        time.sleep(0.002)


def brightness(made):
    return cv2.imdecode(np.frombuffer(made.jpeg, np.uint8), cv2.IMREAD_COLOR).mean(axis=(0, 2))


def test_a_pose_becomes_a_frame_with_its_times(live):
    session, client = live(Slow())
    session.steer(pose(60))
    made = client.wait(1)
    assert (made.frame, made.pose.id, made.skipped) == (1, 60, 0)
    assert 0 <= made.received <= made.begun <= made.made <= session.now()
    assert brightness(made) == pytest.approx(np.full(32, 60), abs=2)


def test_the_newest_pose_wins(live):
    renderer = Slow()
    session, client = live(renderer)
    renderer.gate.clear()
    session.steer(pose(1))
    until(lambda: renderer.begun == [1])
    for number in range(2, 11):
        session.steer(pose(number))
    session.steer(pose(4))  # it comes late on its way
    renderer.gate.set()
    made = client.wait(2)
    assert renderer.begun == [1, 10]
    assert (made.pose.id, made.skipped) == (10, 8)


def test_nothing_is_filmed_while_nobody_moves(live):
    renderer = Slow(2)
    session, client = live(renderer)
    session.steer(pose(1))
    client.wait(1)
    session.seen(1)
    time.sleep(0.05)
    assert renderer.begun == [1]


def test_a_frame_that_a_newer_one_has_overtaken_is_dropped(live):
    class Uneven(Slow):
        def at_once(self, _scene, shot):
            if shot.path.eye[0, 0] == 1:
                self.begun.append(1.0)
                assert self.gate.wait(SOON)
                return Frames(rgb=np.zeros((1, 16, 32, 3), np.uint8), fps=shot.fps)
            return Frames(rgb=np.ones((1, 16, 32, 3), np.uint8), fps=shot.fps)

    renderer = Uneven(2)
    session, client = live(renderer)
    renderer.gate.clear()
    session.steer(pose(1))
    until(lambda: renderer.begun == [1.0])
    session.steer(pose(2))
    assert client.wait(1).pose.id == 2
    renderer.gate.set()
    session.seen(1)
    until(lambda: session._making == 0)
    session.steer(pose(3))
    assert (client.wait(2).pose.id, client.told[1].skipped) == (3, 1)
    assert [made.frame for made in client.told] == [1, 2]


@pytest.mark.parametrize("side_by_side", [1, 2])
def test_a_client_that_says_nothing_gets_a_few_frames_and_then_the_newest(live, side_by_side):
    session, client = live(Slow(side_by_side))
    for number in range(1, 200):
        session.steer(pose(number))
        time.sleep(0.001)
    time.sleep(0.05)
    sent = len(client.told)
    assert 1 <= sent <= side_by_side + 1
    assert client.told[-1].pose.id < 199
    session.seen(sent)
    assert client.wait(sent + 1).pose.id == 199  # and not one of those that came before it


def test_a_client_much_slower_than_the_renderer_gets_one_frame_at_a_time(live):
    session, client = live(Slow(2))
    for number in range(1, 4):
        session.steer(pose(number))
        client.wait(number)
        time.sleep(0.2)
        session.seen(number)
    for number in range(4, 40):
        session.steer(pose(number))
        time.sleep(0.005)
    assert len(client.told) == 4
    assert len(session._sent) == 1


def test_two_eyes_stand_side_by_side(live):
    session, client = live(Slow(2), ASKED.model_copy(update={"eyes": 2, "ipd": 1.0}))
    session.steer(Pose(type="pose", id=1, eye=(100, 0, 0), target=(100, -5, 0)))  # its right is -x
    levels = brightness(client.wait(1))
    assert levels.shape == (64,)
    assert levels[:30] == pytest.approx(np.full(30, 100.5), abs=2)
    assert levels[34:] == pytest.approx(np.full(30, 99.5), abs=2)
    left, right = shots(client.told[0].pose, Look(), width=32, height=16, eyes=2, ipd=1.0)
    assert (left.path.eye[0] - right.path.eye[0]).tolist() == pytest.approx([1, 0, 0])


def test_another_set_takes_over_and_the_old_one_is_closed_when_its_frames_are_done(live, stage):
    old, new, closed = Slow(), Slow(), []
    session, client = live(old)
    session._set._stack.callback(lambda: closed.append("old"))
    session.steer(pose(1))
    client.wait(1)
    session.seen(1)
    old.gate.clear()
    session.steer(pose(2))
    until(lambda: old.begun == [1, 2])
    other = Filmset(stage=stage, look=Look(), renderer=new, warnings=())
    change = threading.Thread(target=session.restage, args=(other,))
    change.start()
    time.sleep(0.05)
    assert closed == []
    old.gate.set()
    change.join(SOON)
    assert closed == ["old"]
    session.seen(2)
    assert client.wait(3).pose.id == 2  # the client has not moved: it sees the new set all the same
    assert new.begun == [2]


def test_what_fails_is_told_and_ends_it(live):
    renderer = Slow()
    renderer.fails = True
    session, client = live(renderer)
    session.steer(pose(1))
    assert isinstance(client.wait(1), RenderFailed)


@pytest.mark.parametrize(
    ("eye", "target", "roll"),
    [((1, -2, 0.5), (0, 0, 0.4), 0.0), ((0, 1, 2), (1, 1, 0), 0.7), ((0, 0, 3), (0, 0, 0), -1.0)],
)
def test_a_matrix_is_filmed_as_it_is(eye, target, roll):
    matrix = look_at(np.array(eye, float), np.array(target, float), roll=roll)
    np.testing.assert_allclose(locked(matrix, 0.7).at(0.5).world_from_camera, matrix, atol=1e-9)
    said = Pose(type="pose", id=1, matrix=tuple(matrix.ravel()))
    np.testing.assert_allclose(said.world_from_camera, matrix)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "the message"),
        ("[1]", "the message"),
        ('{"type": "dance"}', "dance"),
        ('{"type": "open", "width": 9000}', "width"),
        ('{"type": "open", "scene": "sample", "path": "/etc"}', "path"),
        ('{"type": "pose", "id": 1}', "give eye and target, or a matrix"),
        ('{"type": "pose", "id": -1, "eye": [0,0,0], "target": [1,1,1]}', "id"),
        ('{"type": "pose", "id": 1, "eye": [0,0,0], "target": [0,0,0]}', "the same place"),
        ('{"type": "pose", "id": 1, "eye": [0,0,1e9], "target": [0,0,0]}', "eye"),
        ('{"type": "pose", "id": 1, "eye": [0,0,NaN], "target": [0,0,0]}', "finite"),
        ('{"type": "pose", "id": 1, "matrix": [2,0,0,0,0,2,0,0,0,0,2,0,0,0,0,1]}', "no rotation"),
        ('{"type": "pose", "id": 1, "matrix": [1,0,0,0]}', "matrix"),
        ('{"type": "prompt"}', "prompt"),
        ('{"type": "seen", "frame": 1.5}', "frame"),
        (" " * 70_000, "too long"),
    ],
)
def test_messages_that_are_none(text, says):
    with pytest.raises(BadFilm, match=says):
        understood(text)


def test_a_frame_is_packed_with_its_head():
    head, picture = unpacked(packed({"frame": 3, "t": 1.5}, b"jpeg"))
    assert (head, picture) == ({"frame": 3, "t": 1.5}, b"jpeg")


@pytest.mark.parametrize("name", renderers.names())
def test_every_renderer_films_at_once_what_it_films_in_a_row(name, stage):
    options = {"quality": "draft", "workers": 1} if name == "warp" else {}
    renderer = renderers.open(name, **options)
    (shot,) = shots(
        Pose(type="pose", id=1, eye=(0.5, -2.4, 0.9), target=(0, 0, 0.4)), Look(), width=32, height=24, eyes=1, ipd=0.0
    )
    assert isinstance(renderer, Live)
    try:
        np.testing.assert_array_equal(
            renderer.at_once(stage.scene, shot).rgb, next(iter(renderer.render(stage.scene, shot))).rgb
        )
    finally:
        if hasattr(renderer, "close"):
            renderer.close()


def test_standard_frames_stand_on_those_before_them(stage):
    (shot,) = shots(pose(1), Look(), width=16, height=16, eyes=1, ipd=0.0)
    with (
        renderers.open("warp", quality="standard", workers=1) as renderer,
        pytest.raises(BadFilm, match="quality draft"),
    ):
        renderer.at_once(stage.scene, shot)


def test_a_set_is_lit_and_exposed():
    choice = Choice(use="warp", quality="draft", workers=1)
    made = build_set(Film(trust={"moderator": {"use": "none"}}), choice)
    try:
        assert made.look.exposure != 0
        assert np.ptp(made.stage.bounds, axis=0) @ np.ptp(made.stage.bounds, axis=0) == pytest.approx(1, abs=0.01)
        (shot,) = shots(
            Pose(type="pose", id=1, matrix=tuple(made.camera.world_from_camera.ravel())),
            *(made.look,),
            width=48,
            height=48,
            eyes=1,
            ipd=0.0,
        )
        rgb = made.film(shot).rgb
        assert 40 < rgb.mean() < 220
        assert rgb.std() > 10
    finally:
        made.close()
