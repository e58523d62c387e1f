"""A clip becomes a sky without seams in time or place, and lights the product by its mean."""

import numpy as np
import pytest

from filmwright.core.content import content_hash
from filmwright.film.shots.backdrop import backdrop_color
from filmwright.film.shots.brief import Brief
from filmwright.film.shots.environments import SEEN, sky_irradiance
from filmwright.film.shots.lights import compass, irradiance
from filmwright.film.shots.measure import sample_surface
from filmwright.film.shots.moods import LIGHTING
from filmwright.film.shots.oklab import LUMINANCE
from filmwright.film.shots.scenery import HEIGHT, WIDTH, looped, scenery
from filmwright.film.shots.staging import before, stage
from filmwright.jobs.simulate.backdrops import Canvas, backdrops
from filmwright.jobs.simulate.dice import Dice
from tests.products import box, checker, product

WAYS = (compass(0.0, 0.0), compass(-40.0, 10.0), compass(40.0, 10.0), compass(0.0, 50.0))


@pytest.fixture(scope="module")
def bokeh():
    """Three clips of the same colour."""
    canvas = Canvas(num_frames=20, height=64, width=64, fps=8)
    painted = np.stack([backdrops.open("bokeh").paint(Dice("scenery", i), canvas).rgb for i in range(3)])
    return (painted.max(axis=-1, keepdims=True) * np.array([1.0, 0.8, 0.4])).astype(np.uint8)


@pytest.fixture(scope="module")
def around(bokeh):
    return scenery(bokeh, seconds=5.0)


def test_a_loop_has_no_jump_and_keeps_its_contrast(bokeh):
    clip = bokeh[0].astype(np.float32) / 255
    loop = looped(clip)
    assert len(loop) == 12
    steps = np.abs(np.roll(loop, -1, axis=0) - loop).mean((1, 2, 3))
    assert steps.max() < 0.4 * np.abs(clip[-1] - clip[0]).mean()  # without a dissolve it would have jumped so far
    assert loop[4].std() == pytest.approx(clip.std(), rel=0.1)  # in the middle of it
    np.testing.assert_array_equal(loop[8:], clip[8:12])


def test_the_sky_has_no_seam_and_shows_nothing_twice_in_a_picture(around):
    sky = around.pictures.astype(np.float32)
    assert sky.shape == (12, HEIGHT, WIDTH, 3)
    assert around.period == pytest.approx(5.0 * 12 / 20)
    seen = sky[0, HEIGHT // 2 - 110 : HEIGHT // 2 + 110] - sky[0].mean((0, 1))
    across = np.abs(np.roll(seen, -1, axis=1) - seen).mean((0, 2))  # tiles meet in some of these
    down = np.abs(np.diff(seen, axis=0)).mean((1, 2))
    apart = np.abs(seen[:, : WIDTH // 2] - seen[:, WIDTH // 2 :]).mean()  # of places that are strangers
    assert max(across.max(), down.max()) < 0.25 * apart
    tile = 102  # columns
    for left in range(0, WIDTH - 2 * tile, 24):
        first = seen[60:160, left : left + tile]
        for away in range(tile, 2 * tile, 6):  # up to 70 degrees on
            other = np.take(seen, np.arange(left + away, left + away + tile), axis=1, mode="wrap")[60:160]
            assert (first * other).mean() < 0.8 * np.sqrt((first**2).mean() * (other**2).mean())


def test_light_is_even_where_nobody_looks_and_one_on_average(around):
    sky = around.pictures.astype(np.float32)
    assert np.ptp(sky[:, -60:], axis=(0, 1, 2)).max() < 2e-3
    assert (sky[:, 100:400] @ LUMINANCE).mean() == pytest.approx(1.0, rel=0.2)
    assert np.quantile(sky[:, 100:400] @ LUMINANCE, 0.95) < 3


def test_a_sky_that_is_even_makes_even_surroundings():
    grey = scenery(np.full((1, 6, 20, 30, 3), 128, np.uint8), seconds=1.0)
    np.testing.assert_allclose(grey.pictures.astype(float), 1.0, atol=2e-3)


@pytest.mark.parametrize("mood", ["calm", "luxury"])
def test_a_product_before_it_keeps_its_card_its_place_and_its_highlights(around, mood):
    brief = Brief(text="", mood=mood)
    plain = stage(product(box(texture=checker())), brief)
    staged = before(plain, brief, around)
    sky = staged.scene.environment
    np.testing.assert_allclose(sky.pictures.astype(np.float32).mean(0), sky.pixels, rtol=2e-3, atol=1e-3)
    middle = staged.bounds.mean(axis=0)[None]
    light = [irradiance(staged.scene.lights, middle, way)[0] + sky_irradiance(sky, way) for way in WAYS]
    assert np.mean(light @ LUMINANCE) / np.pi == pytest.approx(1.0, rel=0.02)
    assert staged.product == plain.product
    assert content_hash(staged.scene.nodes[: len(plain.product)]) == content_hash(
        plain.scene.nodes[: len(plain.product)]
    )
    assert [node.name for node in staged.scene.nodes[len(plain.product) :]] == ["pedestal"]
    top = round((90 - 75) / 180 * HEIGHT)
    assert sky.pixels[:top].max() > 3 * np.median(
        sky.pixels[HEIGHT // 2 - 90 : HEIGHT // 2]
    )  # the glows of the ceiling
    assert np.ptp(sky.pictures[:, : round((90 - SEEN - 30) / 180 * HEIGHT)].astype(float), axis=0).max() < 0.01


def test_a_dark_clip_makes_a_darker_set_than_a_light_one():
    brief = Brief(text="", mood="calm")
    plain = stage(product(box(texture=checker())), brief)
    levels = []
    for grey in (30, 220):
        staged = before(plain, brief, scenery(np.full((1, 6, 20, 20, 3), grey, np.uint8), seconds=1.0))
        sky = staged.scene.environment
        levels.append(float(sky.pixels[HEIGHT // 2 + 10].mean()) * sky.strength)
    wall = backdrop_color(sample_surface(plain.scene, 4000), LIGHTING["calm"].backdrop).mean()
    assert levels[0] < 0.5 * levels[1]
    assert levels[0] < wall
