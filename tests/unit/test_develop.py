import numpy as np
import pytest

from filmwright.core.errors import BadFilm, RenderFailed
from filmwright.core.shot import Look
from filmwright.core.tone import MIDDLE, tone_curve
from filmwright.film.frames.bloom import glow
from filmwright.film.frames.develop import develop, display

LOOKS = [Look(), Look(white=1.0), Look(white=16.0, contrast=1.4), Look(white=2.5, contrast=0.8)]


def flat(color, height=8, width=8):
    return np.broadcast_to(np.asarray(color, np.float32), (height, width, 3)).copy()


def linear(srgb):
    x = srgb.astype(float) / 255
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)


def ramp(color, stops=(-8, 6), num=512):
    return (2.0 ** np.linspace(*stops, num)[None, :, None] * np.asarray(color)).astype(np.float32)


@pytest.mark.parametrize("look", LOOKS)
def test_middle_grey_stays_and_black_is_black_and_white_is_white(look):
    grey = develop(flat((MIDDLE,) * 3, 64, 64), look, seed=0, frame=0)
    assert abs(grey.mean() - 255 * display(np.array(MIDDLE))) < 0.1  # the dither's mean is the true value
    assert (develop(flat((0, 0, 0)), look, seed=0, frame=0) == 0).all()
    assert (develop(flat((look.white * 1.001,) * 3), look, seed=0, frame=0) == 255).all()
    assert tone_curve(white=look.white, contrast=look.contrast)(np.array(look.white)) == pytest.approx(1.0)


@pytest.mark.parametrize("look", LOOKS)
def test_contrast_is_the_slope_at_middle_grey(look):
    low, high = tone_curve(white=look.white, contrast=look.contrast)(np.array([MIDDLE / 1.001, MIDDLE * 1.001]))
    assert np.log(high / low) / np.log(1.001**2) == pytest.approx(look.contrast, abs=1e-3)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("color", [(1, 1, 1), (1, 0.03, 0.01), (0.1, 0.9, 0.3), (0.02, 0.05, 1)])
def test_more_light_is_never_darker_and_never_jumps(look, color):
    coded = develop(ramp(color), look, seed=0, frame=0)[0].astype(int)
    steps = np.diff(coded, axis=0)
    assert steps.min() >= -1  # one code of dither
    assert steps.max() <= 12


def test_identity_look_is_srgb_itself():
    values = np.linspace(0, 0.5, 256, dtype=np.float32)
    out = develop(np.repeat(values[None, :, None], 3, axis=2), Look(white=1.0), seed=0, frame=0)
    assert np.abs(out[0, :, 0] - 255 * display(values)).max() <= 1.0


@pytest.mark.parametrize("color", [(0.8, 0.02, 0.03), (0.02, 0.35, 0.33), (0.9, 0.6, 0.02), (0.01, 0.04, 0.5)])
def test_a_brand_colour_keeps_its_hue_at_any_exposure(color):
    out = linear(develop(ramp(np.array(color) / max(color), stops=(-1.5, 5)), Look(), seed=0, frame=0)[0])
    chroma = out - out.min(axis=1, keepdims=True)
    share = chroma / chroma.max(axis=1, keepdims=True)
    true = (np.array(color) - min(color)) / (max(color) - min(color))
    assert np.abs(share - true)[chroma.max(axis=1) > 0.2].max() < 0.04


def test_highlights_lose_colour_little_by_little():
    out = linear(develop(ramp((1, 0.1, 0.1), stops=(-2, 7)), Look(), seed=0, frame=0)[0])
    purity = 1 - out.min(axis=1) / out.max(axis=1)
    assert purity[0] > 0.88
    assert purity[-1] < 0.05
    assert np.diff(purity).max() < 0.01


def test_exposure_tint_and_saturation_have_known_answers():
    light = flat((0.1, 0.2, 0.05))
    assert np.array_equal(
        develop(light, Look(exposure=1.0), seed=0, frame=0), develop(2 * light, Look(), seed=0, frame=0)
    )
    tinted = develop(light, Look(tint=(2.0, 1.0, 0.5)), seed=0, frame=0)
    assert np.array_equal(tinted, develop(light * np.float32([2.0, 1.0, 0.5]), Look(), seed=0, frame=0))
    grey = develop(light, Look(saturation=0.0), seed=0, frame=0)
    assert (np.ptp(grey.astype(int), axis=2) == 0).all()


def test_vignette_takes_its_share_in_the_corner_and_none_in_the_middle():
    light = flat((0.2,) * 3, 101, 151)
    plain = linear(develop(light, Look(white=1.0), seed=0, frame=0))
    dim = linear(develop(light, Look(white=1.0, vignette=0.5), seed=0, frame=0))
    assert dim[50, 75] == pytest.approx(plain[50, 75], rel=0.02)
    assert dim[0, 0].mean() == pytest.approx(0.1, rel=0.1)


@pytest.mark.parametrize("shape", [(96, 128), (90, 161)])
def test_bloom_loses_no_light_and_leaves_a_flat_picture_alone(shape):
    assert glow(flat((0.3, 0.2, 0.1), *shape)) == pytest.approx(
        np.broadcast_to([0.3, 0.2, 0.1], (-(-shape[0] // 4), -(-shape[1] // 4), 3)), rel=1e-5
    )
    spot = np.zeros((96, 128, 3), np.float32)
    spot[44:52, 60:68] = 100.0
    wide = glow(spot)
    assert wide.sum() * 16 == pytest.approx(spot.sum(), rel=0.02)
    assert wide[12, 25].min() > 0  # it reaches far to the side
    assert wide.max() == wide[11:13, 15:17].max()


def test_grain_has_its_stated_strength_is_new_each_frame_and_repeats():
    light = flat((0.2,) * 3, 128, 128)
    look = Look(grain=0.02)
    one, two = (develop(light, look, seed=7, frame=f).astype(float) for f in (0, 1))
    assert one.std() == pytest.approx(0.02 * 255, rel=0.05)
    assert np.array_equal(one, develop(light, look, seed=7, frame=0))
    assert not np.array_equal(one, develop(light, look, seed=8, frame=0))
    assert abs(np.corrcoef(one[..., 0].ravel(), two[..., 0].ravel())[0, 1]) < 0.03
    assert abs(np.corrcoef(one[:, :-1, 0].ravel(), one[:, 1:, 0].ravel())[0, 1]) < 0.03


def test_dither_hides_the_steps_of_a_dark_gradient_and_stands_still():
    gradient = np.repeat(np.linspace(0.010, 0.012, 512, dtype=np.float32)[None, :, None], 3, axis=2)
    out = develop(np.repeat(gradient, 64, axis=0), Look(white=1.0), seed=0, frame=0)
    assert len(np.unique(out)) > 2
    columns = out[..., 0].reshape(64, 64, 8).mean(axis=(0, 2))
    assert np.abs(columns - 255 * display(gradient[0, :, 0]).reshape(64, 8).mean(axis=1)).max() < 0.12
    assert np.array_equal(out, develop(np.repeat(gradient, 64, axis=0), Look(white=1.0), seed=3, frame=9))


def test_light_that_is_no_number_and_impossible_looks_are_refused():
    light = flat((0.2,) * 3)
    light[3, 3, 1] = np.nan
    with pytest.raises(RenderFailed, match="not finite"):
        develop(light, Look(), seed=0, frame=4)
    with pytest.raises(BadFilm, match="white"):
        develop(flat((0.2,) * 3), Look(white=0.5), seed=0, frame=0)
