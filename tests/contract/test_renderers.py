"""Every renderer, built-in or installed, must pass these. A new file is tested without touching this one."""

from contextlib import AbstractContextManager
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from filmwright.core.camera import Path
from filmwright.core.errors import BadAsset, MissingExtra
from filmwright.core.scene import AreaLight, Environment, Material, Mesh, Node, Scene
from filmwright.core.shot import Look, Shot
from filmwright.film.frames.renderers import renderers

ALL = ("depth", "normals", "ids", "flow", "albedo", "radiance")


KEY = AreaLight(
    name="key", center=(0.0, 0.0, 3.0), half_u=(0.0, 1.0, 0.0), half_v=(1.0, 0.0, 0.0), radiance=(8.0, 8.0, 8.0)
)


def a_shot(**changes):
    """A quarter of a second on its way around the origin."""
    turn = np.linspace(0.0, 0.4, 4)
    path = Path(
        eye=np.stack([3 * np.sin(turn), -3 * np.cos(turn), np.full(4, 1.0)], 1),
        target=np.zeros((4, 3)),
        fov_y=np.full(4, 0.7),
        focus=np.full(4, 3.0),
        aperture=np.full(4, 0.01),
        roll=np.zeros(4),
    )
    shot = Shot(name="s", seconds=Fraction(1, 4), height=18, width=24, path=path, seed=5)
    return replace(shot, **changes)


@cache
def a_scene():
    """A lit pyramid on a floor; always the same object, so that a renderer may keep it open."""
    corners = np.float32([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0], [0, 0, 1]])
    sides = np.int32([[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]])
    ground = np.int32([[0, 1, 2], [0, 2, 3]])
    return Scene(
        name="pyramid",
        meshes=(
            Mesh(positions=corners * np.float32(4) * np.float32([1, 1, 0]), faces=ground),
            Mesh(positions=corners * np.float32(0.5), faces=sides, material=Material(base_color=(0.8, 0.1, 0.1, 1.0))),
        ),
        nodes=(Node(name="floor", mesh=0), Node(name="pyramid", mesh=1)),
        lights=(KEY,),
        environment=Environment(pixels=np.full((4, 8, 3), 0.2, np.float32)),
    )


@pytest.fixture(scope="module", params=renderers.names())
def renderer(request):
    try:
        opened = renderers.open(request.param)
    except MissingExtra as err:
        pytest.skip(str(err))
    if isinstance(opened, AbstractContextManager):
        with opened:
            yield opened
    else:
        yield opened


@pytest.fixture(scope="module")
def film(renderer):
    """A whole shot with every pass, rendered once for all tests that look at it."""
    return list(renderer.render(a_scene(), a_shot(), passes=ALL))


def test_gives_every_frame_once_in_order(film):
    shot = a_shot()
    assert sum(len(piece.rgb) for piece in film) == shot.num_frames
    starts = [piece.start + i / piece.fps for piece in film for i in range(len(piece.rgb))]
    assert starts == [Fraction(i) / shot.fps for i in range(shot.num_frames)]
    assert all(piece.fps == shot.fps and piece.rgb.shape[1:] == (shot.height, shot.width, 3) for piece in film)


def test_pictures_are_pictures(film):
    for piece in film:
        assert piece.rgb.max() > 30
        assert piece.rgb.std() > 2


def test_same_shot_same_pixels(renderer, film):
    again = [piece.rgb for piece in renderer.render(a_scene(), a_shot())]  # passes or not
    assert all(np.array_equal(x.rgb, y) for x, y in zip(film, again, strict=True))


def test_passes_are_whole_and_of_their_kind(film):
    for piece in film:
        shape, passes = piece.rgb.shape[:3], piece.passes
        assert passes.depth.shape == passes.ids.shape == passes.visible.shape == shape
        assert passes.flow.shape == (*shape, 2)
        assert passes.normals.shape == passes.albedo.shape == passes.radiance.shape == (*shape, 3)
        assert (passes.depth > 0).all()
        assert np.linalg.norm(passes.normals, axis=-1) == pytest.approx(1.0, abs=1e-3)
        assert passes.ids.min() >= 0
        assert np.isfinite(passes.flow).all()
        assert (passes.albedo >= 0).all()
        assert np.isfinite(passes.radiance).all()
        assert passes.radiance.max() > 0


def test_gives_only_the_passes_asked_for(renderer):
    piece = next(iter(renderer.render(a_scene(), a_shot(), passes=("depth",), frames=range(1))))
    assert piece.passes.depth is not None
    assert piece.passes.flow is piece.passes.visible is piece.passes.ids is piece.passes.radiance is None


def test_picked_frames_are_those_of_the_shot(renderer, film):
    picked = list(renderer.render(a_scene(), a_shot(), passes=ALL, frames=range(1, 6, 3)))
    assert [piece.start for piece in picked] == [Fraction(1, 24), Fraction(4, 24)]
    whole = {piece.start: piece for piece in film}
    for piece in picked:
        same = whole[piece.start].passes
        assert np.array_equal(piece.passes.depth, same.depth)
        assert np.array_equal(piece.passes.ids, same.ids)
        assert np.array_equal(piece.passes.flow, same.flow)
        difference = piece.rgb.astype(float) - whole[piece.start].rgb
        assert np.abs(difference).mean() < 12  # but for noise and what is accumulated over time


def test_a_shot_left_in_the_middle_does_not_disturb_the_next(renderer, film):
    pieces = renderer.render(a_scene(), a_shot())
    next(pieces)
    pieces.close()
    again = [piece.rgb for piece in renderer.render(a_scene(), a_shot())]
    assert np.array_equal(again[-1], film[-1].rgb)


def test_an_empty_scene_is_filmed_or_refused_as_a_bad_asset(renderer):
    try:
        piece = next(iter(renderer.render(Scene(name="x"), a_shot(look=Look(bloom=0.1)), frames=range(1))))
    except BadAsset:
        return
    assert piece.rgb.shape == (1, 18, 24, 3)


def test_the_fingerprint_is_steady_and_tells_options_apart(renderer):
    assert renderer.fingerprint
    assert renderer.fingerprint == renderer.fingerprint


@pytest.mark.parametrize("name", renderers.names())
def test_has_a_description_and_options_with_defaults(name):
    assert renderers.about(name)
    try:
        options = renderers.options(name)
    except MissingExtra as err:
        pytest.skip(str(err))
    assert all(value is not options for value in options.values())
