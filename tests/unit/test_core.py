"""The nouns: cameras, poses, plans, hashes, files, slots."""

import errno
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from filmwright.core.camera import Camera, Path, look_at, project
from filmwright.core.content import content_hash
from filmwright.core.errors import BadFilm, CannotWrite, UnknownDriver
from filmwright.core.files import sweep, whole
from filmwright.core.plugins import Slot
from filmwright.core.pose import sample, slerp, world_transforms
from filmwright.core.scene import Channel, Node, Scene
from filmwright.core.shot import Join, Shot, Storyboard
from filmwright.film.frames.renderers import renderers

LOCKED = Path(
    eye=np.array([[0.0, -2.0, 1.0]]),
    target=np.zeros((1, 3)),
    fov_y=np.array([0.5]),
    focus=np.array([2.0]),
    aperture=np.zeros(1),
    roll=np.zeros(1),
)


def test_the_target_is_projected_to_the_middle():
    camera = Camera(world_from_camera=look_at(np.array([1.0, -2.0, 0.5]), np.array([0.0, 0.3, 0.2])), fov_y=0.6)
    x, y, depth = project(camera, np.array([[0.0, 0.3, 0.2]]), width=64, height=48)[0]
    assert (x, y) == pytest.approx((32, 24))
    assert depth == pytest.approx(np.linalg.norm([1.0, -2.3, 0.3]))


def test_up_is_up_and_right_is_right():
    camera = Camera(world_from_camera=look_at(np.array([0.0, -5.0, 0.0]), np.zeros(3)), fov_y=np.pi / 2)
    above, right = project(camera, np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]), width=100, height=100)[:, :2]
    assert above == pytest.approx([50, 40])
    assert right == pytest.approx([60, 50])
    assert np.linalg.det(camera.world_from_camera[:3, :3]) == pytest.approx(1)


def test_a_camera_straight_above_has_a_frame():
    assert np.isfinite(look_at(np.array([0.0, 0.0, 3.0]), np.zeros(3))).all()


def test_a_move_passes_through_its_keys_and_straight_lines_stay_straight():
    eye = np.linspace([0, -3, 1], [2, -3, 1], 5)
    path = replace(
        LOCKED,
        **{k: np.repeat(getattr(LOCKED, k), 5, 0) for k in ("target", "fov_y", "focus", "aperture", "roll")},
        eye=eye,
    )
    for fraction in (0.0, 0.25, 0.4, 0.9, 1.0, 1.1, -0.1):
        assert path.at(fraction).position == pytest.approx([2 * fraction, -3, 1])


def spinning(interpolation: str = "linear") -> Scene:
    half = np.sin(np.pi / 4)
    spin = Channel(
        path="rotation",
        times=np.array([0, 1], np.float32),
        values=np.array([[0, 0, 0, 1], [0, 0, half, half]], np.float32),
        interpolation=interpolation,
    )
    arm = np.eye(4)
    arm[0, 3] = 1
    nodes = (Node(name="hub", channels=(spin,)), Node(name="arm", parent=0, matrix=tuple(arm.ravel())))
    return Scene(name="fan", nodes=nodes, duration=2.0)


@pytest.mark.parametrize(
    ("seconds", "interpolation", "where"),
    [
        (0.0, "linear", [1, 0, 0]),
        (0.5, "linear", [np.cos(np.pi / 4), np.sin(np.pi / 4), 0]),
        (0.5, "step", [1, 0, 0]),
        (1.0, "linear", [0, 1, 0]),
        (1.7, "linear", [0, 1, 0]),
        (2.5, "linear", [np.cos(np.pi / 4), np.sin(np.pi / 4), 0]),
    ],
)
def test_children_turn_with_their_parents_and_time_loops(seconds, interpolation, where):
    assert world_transforms(spinning(interpolation), seconds)[1, :3, 3] == pytest.approx(where, abs=1e-6)


def test_a_cubic_channel_meets_hermite_by_hand():
    values = np.zeros((2, 3, 3), np.float32)
    values[0, 2], values[1, 1] = [2, 0, 0], [1, 0, 0]  # out-tangent 2 a second, second value 1
    channel = Channel(path="translation", times=np.array([0, 2], np.float32), values=values, interpolation="cubic")
    # t = 1/2: h10 = 1/8 with tangent 2 * span 2, h01 = 1/2 with value 1
    assert sample(channel, 1.0) == pytest.approx([1 / 8 * 4 + 1 / 2, 0, 0])


def test_slerp_goes_the_short_way():
    a, b = np.array([0, 0, 0, 1.0]), -np.array([0, 0, np.sin(0.2), np.cos(0.2)])
    assert abs(slerp(a, b, 0.5) @ np.array([0, 0, np.sin(0.1), np.cos(0.1)])) == pytest.approx(1)


def board(*seconds: str, joins: tuple[Join, ...]) -> Storyboard:
    shots = tuple(Shot(name=str(i), seconds=Fraction(s), path=LOCKED) for i, s in enumerate(seconds))
    return Storyboard(title="t", shots=shots, joins=joins)


def test_cuts_and_length_of_a_plan():
    plan = board("2", "3", "1", joins=(Join(), Join(kind="dissolve", seconds=Fraction(1, 2))))
    assert plan.seconds == Fraction(11, 2)
    assert plan.cuts == (0, 2, Fraction(19, 4))
    assert plan.spans == ((0, 2), (2, Fraction(19, 4)), (Fraction(19, 4), Fraction(11, 2)))


def test_content_hash_sees_every_change_and_nothing_else():
    shot = Shot(name="a", path=LOCKED)
    again = Shot(name="a", path=replace(LOCKED, eye=LOCKED.eye.copy()))
    assert content_hash(shot) == content_hash(again)
    moved = replace(LOCKED, eye=LOCKED.eye + 1e-9)
    others = [replace(shot, seed=1), replace(shot, path=moved), replace(shot, name="b"), replace(shot, width=1282)]
    assert len({content_hash(s) for s in [shot, *others]}) == 5
    assert content_hash("ab", "c") != content_hash("a", "bc")
    assert content_hash(np.zeros(4, np.float32)) != content_hash(np.zeros((2, 2), np.float32))


def test_what_has_no_content_is_refused():
    with pytest.raises(TypeError, match="object has no content hash"):
        content_hash(object())


def test_a_file_is_whole_or_absent(tmp_path):
    goal = tmp_path / "deep" / "film.bin"
    with whole(goal) as part:
        part.write_bytes(b"first")
    with pytest.raises(ZeroDivisionError), whole(goal) as part:
        part.write_bytes(bytes(1 // len(part.suffixes[5:])))
    assert goal.read_bytes() == b"first"
    assert [p.name for p in goal.parent.iterdir()] == ["film.bin"]


def test_a_full_disk_says_so_and_keeps_the_earlier_file(tmp_path):
    goal = tmp_path / "film.bin"
    goal.write_bytes(b"first")
    with pytest.raises(CannotWrite, match=r"film\.bin: the disk is full.*--out"), whole(goal):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert goal.read_bytes() == b"first"


def test_a_file_where_a_folder_should_be(tmp_path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(CannotWrite, match="is a file, not a folder"), whole(tmp_path / "taken" / "film.bin"):
        pass


def test_sweep_removes_only_the_parts_of_dead_processes(tmp_path):
    import os

    dead, alive = tmp_path / ".a.part-999999999.mkv", tmp_path / f".a.part-{os.getpid()}.mkv"
    for path in (dead, alive, tmp_path / "a.mkv"):
        path.write_bytes(b"x")
    sweep(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([alive.name, "a.mkv"])


def test_an_unknown_driver_gets_a_hint():
    with pytest.raises(UnknownDriver, match=r"no renderer is called 'testcart'\. Did you mean 'testcard'"):
        renderers.open("testcart")


def test_a_wrong_option_is_named():
    with pytest.raises(BadFilm, match=r"renderer 'testcard' does not accept these options: bar: .*It has: bars"):
        renderers.open("testcard", bar=3)


def test_a_missing_library_names_its_extra(tmp_path, monkeypatch):
    package = tmp_path / "someslot"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "gsplat.py").write_text('"""Splats."""\nimport surely_not_installed\n')
    monkeypatch.syspath_prepend(tmp_path)
    from filmwright.core.errors import MissingExtra

    slot: Slot[object] = Slot("someslot", "renderer")
    assert slot.about("gsplat") == "Splats."
    with pytest.raises(MissingExtra, match=r"needs 'surely_not_installed'.*pip install 'filmwright\[gsplat\]'"):
        slot.open("gsplat")


def test_a_built_in_name_is_never_shadowed(monkeypatch):
    from importlib.metadata import EntryPoint

    taken = EntryPoint(name="testcard", value="evil.testcard", group="filmwright.renderers")
    monkeypatch.setattr("filmwright.core.plugins.entry_points", lambda **_group: [taken])
    with pytest.raises(UnknownDriver, match=r"'testcard' \(evil.testcard\), but that name is built in"):
        renderers.names()
