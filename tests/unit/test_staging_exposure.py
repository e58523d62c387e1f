"""The exposure: dark, white, glossy and tiny products on synthetic pictures of known light."""

from itertools import pairwise

import numpy as np
import pytest

from filmwright.core.shot import Look
from filmwright.core.tone import tone_curve
from filmwright.film.shots.exposure import meter, trim
from filmwright.film.shots.moods import LIGHTING

MOODS = list(LIGHTING)
PRODUCT = (0, 1)


def picture(albedo, *, backdrop=0.7, share=0.2, glints=0.0, size=96):
    """A shaded ball of `albedo` (light 0.3 to 1.1 of a white card's) on a plain backdrop: radiance and ids."""
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    radius = np.sqrt(4 * share / np.pi)
    inside = x**2 + y**2 < radius**2
    shade = 0.7 - 0.4 * x / radius
    light = np.where(inside, albedo * shade, backdrop)
    if glints:
        light = np.where(inside & (np.hypot(x + 0.1, y + 0.1) < 0.06), glints, light)
    ids = np.where(inside, 2, 5).astype(np.int32)
    return np.repeat(light[None, ..., None], 3, axis=3).astype(np.float32), ids[None]


def shown(look: Look, radiance):
    """Display-linear light."""
    return tone_curve(white=look.white, contrast=look.contrast)(radiance[..., 0].astype(float) * 2.0**look.exposure)


def set_light(mood):
    """Radiance of a mood's own backdrop: Oklab lightness cubed is luminance."""
    backdrop = LIGHTING[mood].backdrop
    return backdrop.level * backdrop.lightness[0] ** 3


def on(look, radiance, ids):
    """The product's display-linear pixels."""
    return shown(look, radiance)[ids == 2]


@pytest.mark.parametrize("mood", MOODS)
def test_a_white_product_stays_white_and_keeps_its_drawing(mood):
    radiance, ids = picture(0.85, backdrop=set_light(mood))
    light = on(meter(radiance, ids, PRODUCT, mood), radiance, ids)
    assert np.median(light) > 0.33  # sRGB 155 and up
    assert np.quantile(light, 0.95) > 0.5
    assert np.quantile(light, 0.99) < 0.96  # not burnt


@pytest.mark.parametrize("mood", MOODS)
def test_a_black_product_stays_dark_and_shows_its_form(mood):
    radiance, ids = picture(0.03, backdrop=set_light(mood))
    light = on(meter(radiance, ids, PRODUCT, mood), radiance, ids)
    assert 0.02 < np.median(light) < 0.12  # sRGB 36 to 97
    assert np.quantile(light, 0.9) / np.quantile(light, 0.1) > 2.0


@pytest.mark.parametrize("mood", MOODS)
def test_glints_may_be_white_but_do_not_darken_the_product(mood):
    plain, ids = picture(0.2, backdrop=set_light(mood))
    glossy, _ = picture(0.2, backdrop=set_light(mood), glints=30.0)
    matt_light = np.median(on(meter(plain, ids, PRODUCT, mood), plain, ids))
    light = on(meter(glossy, ids, PRODUCT, mood), glossy, ids)
    assert np.median(light) > 0.7 * matt_light
    assert light.max() > 0.95


@pytest.mark.parametrize("mood", MOODS)
def test_a_tiny_product_is_exposed_like_a_large_one(mood):
    large, large_ids = picture(0.2, backdrop=set_light(mood), share=0.4)
    tiny, tiny_ids = picture(0.2, backdrop=set_light(mood), share=0.004)
    gap = meter(tiny, tiny_ids, PRODUCT, mood).exposure - meter(large, large_ids, PRODUCT, mood).exposure
    assert abs(gap) < 0.35


@pytest.mark.parametrize("mood", MOODS)
def test_the_set_does_not_burn(mood):
    radiance, ids = picture(0.05, backdrop=0.9)
    light = shown(meter(radiance, ids, PRODUCT, mood), radiance)
    assert light[ids == 5].max() <= LIGHTING[mood].grade.backdrop + 0.02


def test_brighter_products_are_brighter_in_the_picture():
    tones = []
    for albedo in (0.03, 0.1, 0.3, 0.8):
        radiance, ids = picture(albedo, backdrop=0.2)
        tones.append(np.median(on(meter(radiance, ids, PRODUCT, "calm"), radiance, ids)))
    assert all(b > 1.3 * a for a, b in pairwise(tones))


def test_only_the_product_is_metered_and_without_one_all_of_it():
    radiance, ids = picture(0.2, backdrop=0.02)
    brighter = np.where((ids == 5)[..., None], radiance * 3, radiance)
    assert meter(radiance, ids, PRODUCT, "calm") == meter(brighter, ids, PRODUCT, "calm")
    assert (
        meter(radiance, np.zeros_like(ids), PRODUCT, "calm").exposure > meter(radiance, ids, PRODUCT, "calm").exposure
    )


def test_a_picture_without_light_is_no_error():
    look = meter(np.zeros((1, 8, 8, 3), np.float32), np.ones((1, 8, 8), np.int32), PRODUCT, "calm")
    assert abs(look.exposure) <= 8
    assert np.isfinite(look.white)


@pytest.mark.parametrize("mood", MOODS)
def test_trim_leaves_a_well_exposed_shot_alone(mood):
    radiance, ids = picture(0.25, backdrop=set_light(mood))
    look = meter(radiance, ids, PRODUCT, mood)
    assert trim(look, radiance, ids, PRODUCT).exposure == pytest.approx(look.exposure, abs=0.02)


def test_trim_saves_what_burns_or_sinks_by_half_a_stop_at_most():
    radiance, ids = picture(0.25, backdrop=0.2)
    look = meter(radiance, ids, PRODUCT, "calm")
    burnt = trim(look, radiance * 6, ids, PRODUCT)
    assert -0.5 <= burnt.exposure - look.exposure < -0.2
    assert burnt.white > look.white
    sunk = trim(look, radiance * np.float32(0.06), ids, PRODUCT)
    assert 0.2 < sunk.exposure - look.exposure <= 0.5
