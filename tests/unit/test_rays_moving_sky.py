"""A sky that moves lights each frame by its own moment, in any order and any process."""

from dataclasses import replace

import numpy as np
import pytest

from filmwright.core.errors import BadAsset
from filmwright.core.scene import Environment, Material, Scene
from filmwright.film.frames.rays.moving import MovingSky
from filmwright.film.frames.rays.nouns import Sampling
from filmwright.film.frames.rays.prefilter import harmonics, soft_sky
from filmwright.film.frames.rays.tracer import Tracer
from filmwright.film.frames.renderers import renderers
from tests.worlds import quad, shot, sphere, world

DRAFT, PATHS = Sampling(samples=1, antialias=False), Sampling(integrator="path", samples=4)


def moving(*pictures: np.ndarray, period: float = 2.0) -> Environment:
    stack = np.stack(pictures).astype(np.float32)
    return Environment(pixels=stack.mean(0), pictures=stack, period=period)


def under(environment: Environment) -> Scene:
    ball = sphere(Material(base_color=(0.6, 0.5, 0.4, 1.0), roughness=0.3), detail=3)
    ground = quad(Material(roughness=0.9), (0, 0, -1), (4, 0, 0), (0, 4, 0))
    return replace(world(ball, ground), environment=environment)


def picture(seed: int, height: int = 16) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.1, 2.0, (height, 2 * height, 3)).astype(np.float32)


def looked(scene: Scene, frames: list[int], sampling: Sampling) -> list[np.ndarray]:
    with Tracer(scene) as tracer:
        return [tracer.trace(shot((0, -5, 1)), frame, sampling).radiance for frame in frames]


@pytest.mark.parametrize("sampling", [DRAFT, PATHS])
def test_a_sky_whose_pictures_are_alike_is_the_still_one_to_the_bit(sampling):
    still = Environment(pixels=picture(1))
    (before,) = looked(under(still), [7], sampling)
    (after,) = looked(under(moving(still.pixels, still.pixels)), [7], sampling)
    np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("sampling", [DRAFT, PATHS])
def test_a_frame_depends_on_its_moment_alone(sampling):
    scene = under(moving(picture(1), picture(2), picture(3)))
    forth, back = looked(scene, [0, 9, 17], sampling), looked(scene, [17, 9, 0], sampling)
    for one, other in zip(forth, reversed(back), strict=True):
        np.testing.assert_array_equal(one, other)
    assert np.abs(forth[0] - forth[1]).mean() > 0.02


def test_any_number_of_workers_makes_the_same_frames():
    scene = under(moving(picture(1), picture(2)))
    made = []
    for workers in (1, 2):
        with renderers.open("warp", quality="draft", workers=workers, device="cpu") as renderer:
            made.append(np.concatenate([f.rgb for f in renderer.render(scene, shot((0, -5, 1)), frames=range(4))]))
    np.testing.assert_array_equal(*made)


def test_a_white_card_gets_the_light_between_two_pictures():
    """An even sky of 1 becomes one of 3 in a second, and comes back: a card under it has the sky's own radiance."""
    even = [np.full((8, 16, 3), level, np.float32) for level in (1.0, 3.0)]
    card = quad(Material(base_color=(1.0, 1.0, 1.0, 1.0), roughness=1.0, ior=1.0), (0, 0, 0), (2, 0, 0), (0, 2, 0))
    scene = replace(world(card), environment=moving(*even))
    take = shot((0, -0.1, 4), seconds=2)
    with Tracer(scene) as tracer:
        light = [float(tracer.trace(take, frame, PATHS).radiance.mean()) for frame in range(0, 48, 6)]
    moments = np.array([take.moment(float(frame)) for frame in range(0, 48, 6)])
    np.testing.assert_allclose(light, 1 + 2 * np.minimum(moments, 2 - moments), rtol=0.02)


def test_blurred_light_of_a_moment_is_that_of_the_sky_of_that_moment():
    """What is summed up from differences, against the moment's sky blurred by itself; its light spreads by 0.5."""
    smooth = [np.repeat(np.repeat(picture(seed, 8), 8, 0), 8, 1) for seed in (4, 5, 6)]
    environment = moving(*smooth, period=3.0)
    pixels, soft, irradiance = MovingSky(environment).at(1.25)
    now = Environment(pixels=smooth[1] * 0.75 + smooth[2] * 0.25)
    np.testing.assert_allclose(pixels, now.pixels, rtol=1e-5)
    np.testing.assert_allclose(irradiance, harmonics(now), atol=1e-5)
    for mine, right in zip(soft, soft_sky(now), strict=True):
        assert np.sqrt(((mine - right) ** 2).mean()) < 0.05


def test_a_film_without_length_is_refused():
    with pytest.raises(BadAsset, match="period"):
        MovingSky(moving(picture(1), picture(2), period=0.0))
