"""Every director plans films that can be made: tried on each by itself."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from filmwright.core.content import content_hash
from filmwright.film.shots.brief import Brief
from filmwright.film.shots.directors import directors

BRIEFS = {
    "plain": Brief(text=""),
    "short": Brief(text="", seconds=Fraction(3), mood="energetic", tagline="Go", name="Block"),
    "upright": Brief(
        text="", seconds=Fraction(12), width=720, height=1280, mood="luxury", tagline="Slow", name="Block"
    ),
    "square": Brief(text="", seconds=Fraction(31, 4), width=720, height=720, mood="playful", fps=Fraction(30)),
    "ntsc": Brief(text="", seconds=Fraction(9), fps=Fraction(30000, 1001), mood="technical", music=False),
}


@pytest.fixture(scope="module", params=directors.names())
def director(request):
    return directors.open(request.param)


@pytest.fixture(scope="module", params=BRIEFS)
def brief(request):
    return BRIEFS[request.param]


@pytest.fixture(scope="module")
def board(director, brief, stage_of):
    return director.plan(stage_of(), brief)


def test_the_film_is_as_long_as_asked_to_the_frame(board, brief):
    frames = sum(s.num_frames for s in board.shots) - sum(j.seconds * brief.fps for j in board.joins)
    assert frames == round(brief.seconds * brief.fps)
    assert board.seconds * brief.fps == frames


def test_joins_stand_between_shots(board):
    assert len(board.joins) == len(board.shots) - 1
    assert len(board.cuts) == len(board.shots)
    for join, before, after in zip(board.joins, board.shots, board.shots[1:], strict=False):
        assert join.seconds >= 0
        assert (join.kind == "cut") == (join.seconds == 0)
        assert join.seconds < min(before.seconds, after.seconds)
    assert all(a < b for a, b in zip(board.cuts, board.cuts[1:], strict=False))


def test_every_shot_can_be_rendered(board, brief):
    names = [s.name for s in board.shots]
    assert len(set(names)) == len(names)
    for shot in board.shots:
        assert (shot.width, shot.height, shot.fps) == (brief.width, brief.height, brief.fps)
        assert shot.num_frames == shot.seconds * shot.fps >= 1
        for frame in np.linspace(-0.5, shot.num_frames - 0.5, 9):
            camera = shot.camera(float(frame))
            assert np.isfinite(camera.world_from_camera).all()
            assert np.linalg.det(camera.world_from_camera[:3, :3]) == pytest.approx(1.0)
            assert camera.position[2] >= 0.02
            assert 0.02 < camera.fov_y < 2.0
            assert np.isfinite(camera.focus)
            assert camera.focus > 0.05
            assert 0 <= camera.aperture < 0.5


def test_titles_stand_in_the_film_and_in_the_picture(board):
    for title in board.titles:
        assert title.text
        assert 0 <= title.start < title.end <= board.seconds
        assert 0.03 <= title.box.left < title.box.right <= 0.97
        assert 0.03 <= title.box.top < title.box.bottom <= 0.97


def test_music_is_asked_for_as_the_brief_says(board, brief):
    assert (board.music is not None) == brief.music
    assert board.music is None or board.music.bpm > 0
    assert 0 <= board.fade_in + board.fade_out < board.seconds


def test_the_same_is_planned_again(director, brief, board, stage_of):
    assert content_hash(director.plan(stage_of(), brief)) == content_hash(board)


def test_another_seed_gives_another_film(director, stage_of):
    stage = stage_of()
    brief = Brief(text="", seconds=Fraction(15))
    films = {content_hash(director.plan(stage, replace(brief, seed=s)).shots) for s in range(4)}
    assert len(films) == 4
