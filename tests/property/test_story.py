"""Films of any product, shape, length, mood and seed: framed whole, on the beat, without a jerk."""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from filmwright.core.camera import project
from filmwright.film.shots.brief import Brief
from filmwright.film.shots.directors import directors
from filmwright.film.shots.story.kinds import KINDS
from filmwright.film.shots.story.pace import PACE
from filmwright.film.shots.story.subject import subject_of

WHOLE = {"reveal", "orbit", "crane", "hero", "end-card"}
SIZES = [(640, 360), (360, 640), (360, 360), (360, 450)]

proportion = st.floats(0.05, 1.0)
products = st.tuples(proportion, proportion, proportion)


briefs = st.fixed_dictionaries(
    {
        "mood": st.sampled_from(list(PACE)),
        "seconds": st.fractions(min_value=3, max_value=14, max_denominator=8),
        "fps": st.sampled_from([Fraction(24), Fraction(25), Fraction(30)]),
        "seed": st.integers(0, 2**31),
        "tagline": st.sampled_from(["", "Slow down."]),
        "name": st.sampled_from(["", "Fuze"]),
        "size": st.sampled_from(SIZES),
    }
)
macros = st.sampled_from([k for k in KINDS if k.startswith("macro")])


def brief_of(size, **rest):
    return Brief(text="", width=size[0], height=size[1], **rest)


def moves_of(shot):
    """Eye, direction of view and time at the middle of every frame."""
    cameras = [shot.camera(float(f)) for f in range(shot.num_frames)]
    matrices = np.stack([c.world_from_camera for c in cameras])
    return matrices[:, :3, 3], matrices[:, :3, 2], np.arange(len(cameras)) / float(shot.fps)


@settings(max_examples=14, deadline=None, derandomize=True)
@given(size=products, brief=briefs, round_=st.booleans())
def test_any_film(stage_of, size, brief, round_):
    brief = brief_of(**brief)
    stage = stage_of(size, round_=round_)
    board = directors.open("story").plan(stage, brief)
    assert board.seconds * brief.fps == round(brief.seconds * brief.fps)
    beat = Fraction(60) / Fraction(board.music.bpm).limit_denominator(100_000)
    for cut in board.cuts:
        assert abs(float(cut / beat) - round(cut / beat)) < 1e-3
    for shot in board.shots:
        _is_framed(shot, stage)
        eye, forward, t = moves_of(shot)
        _is_smooth(shot, eye, forward, t)
        _keeps_clear(eye, stage)


def _is_framed(shot, stage):
    """All of the product is in the picture, clear of its edge, in every shot that shows the whole of it."""
    if shot.kind not in WHOLE:
        return
    size = np.array([shot.width, shot.height])
    for frame in np.linspace(-0.5, shot.num_frames - 0.5, 9):
        seen = project(shot.camera(float(frame)), stage.points, width=shot.width, height=shot.height)
        assert (seen[:, 2] > 0).all()
        places = seen[:, :2] / size
        assert places.min() >= 0.03, (shot.name, places.min(0), places.max(0))
        assert places.max() <= 0.97, (shot.name, places.min(0), places.max(0))
    spread = np.ptp(places, axis=0)
    assert spread.max() > 0.22  # and is no speck either


def _is_smooth(shot, eye, forward, t):
    """Speed without a step, bounded acceleration and jerk: in metres, and in the direction of view."""
    if len(t) < 8:
        return
    step = t[1] - t[0]
    length = float(shot.seconds)
    reach = np.linalg.norm(np.diff(eye, axis=0), axis=1).sum()
    speed = np.diff(eye, axis=0) / step
    change = np.linalg.norm(np.diff(speed, axis=0), axis=1)
    usual = reach / length
    # A quintic from rest to rest has a peak acceleration of 5.8 and a peak jerk of 60 in its own units.
    assert change.max() <= 9 * usual * step / length + 1e-6, (shot.name, change.max())
    jerk = np.diff(eye, n=3, axis=0) / step**3
    assert np.linalg.norm(jerk, axis=1).max() <= 150 * reach / length**3 + 1e-3, shot.name
    turns = np.diff(forward, n=2, axis=0)
    assert np.abs(turns).max() < 0.02


def _keeps_clear(eye, stage):
    assert eye[:, 2].min() >= 0.02
    gap = np.linalg.norm(stage.points[None] - eye[:: max(1, len(eye) // 12), None], axis=2).min()
    assert gap > 0.1
    low, high = stage.bounds
    assert not ((eye > low) & (eye < high)).all(1).any()


@settings(max_examples=20, deadline=None, derandomize=True)
@given(
    size=products,
    kind=st.sampled_from([k for k in KINDS if k.startswith("macro")]),
    brief=briefs,
    which=st.integers(0, 2),
)
def test_macros_look_at_their_place(stage_of, size, kind, brief, which):
    stage = stage_of(size)
    brief = brief_of(**brief | {"seconds": Fraction(3)})
    board = directors.open("story", shots=[{"kind": kind, "interest": which}]).plan(stage, brief)
    (shot,) = board.shots
    point = np.array([subject_of(stage).interests[which].point])
    for frame in np.linspace(0, shot.num_frames - 1, 9):
        camera = shot.camera(float(frame))
        x, y, depth = project(camera, point, width=shot.width, height=shot.height)[0]
        assert 0.05 < x / shot.width < 0.95
        assert 0.05 < y / shot.height < 0.95
        assert depth > 0.1
    sharp = shot.camera(float(shot.num_frames - 1))
    f = 1 / (2 * np.tan(sharp.fov_y / 2))
    assert sharp.aperture * f * abs(1 / sharp.focus - 1 / depth) < 0.002  # the place ends in focus
