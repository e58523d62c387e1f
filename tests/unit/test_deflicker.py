from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest

from filmwright.core.frames import Frames, Passes
from filmwright.film.video.flow import change_along, grid
from filmwright.film.video.steady import steady
from filmwright.film.video.steady.light import difference
from filmwright.film.video.steady.matching import Way, chained, turned
from filmwright.film.video.steady.takes import is_cut
from filmwright.film.video.steady.trend import weights
from filmwright.jobs.evaluate.descriptors import laplacian_variance
from filmwright.jobs.evaluate.known import moving
from filmwright.jobs.evaluate.likeness import grey
from filmwright.jobs.evaluate.similarity import Similarity
from filmwright.jobs.simulate import factory
from tests.simulated import recipe

COURSE = Similarity(right=-1.5, down=0.5, turn=0.002)


def clip(num=10, *, seed=0, exact=True, width=96, height=72, contrast=22.0):
    """A texture that slides and turns, as one piece."""
    made = list(moving(COURSE, num_frames=num, width=width, height=height, seed=seed, contrast=contrast))
    flow, visible = (np.concatenate([getattr(f.passes, name) for f in made]) for name in ("flow", "visible"))
    passes = Passes(flow=flow, visible=visible) if exact else Passes()
    return Frames(rgb=np.concatenate([f.rgb for f in made]), fps=Fraction(24), passes=passes)


def levels(light):
    return np.clip(np.rint(light), 0, 255).astype(np.uint8)


def brighter(film, share, seed=1, channels=1):
    """The light of all frames but the first up and down by chance."""
    gains = 1 + share * np.random.default_rng(seed).standard_normal((len(film.rgb), 1, 1, channels))
    gains[0] = 1
    return replace(film, rgb=levels(film.rgb * gains))


def grainy(film, level, seed=2):
    """Grain that is new in each frame."""
    return replace(film, rgb=levels(film.rgb + level * np.random.default_rng(seed).standard_normal(film.rgb.shape)))


def filtered(film):
    return np.concatenate([f.rgb for f in steady([film])])


def way(flow, seen):
    return Way(flow=flow, seen=seen, likely=seen)


def psnr(one, other):
    return 10 * np.log10(255**2 / max(np.square(one.astype(float) - other).mean(), 1e-9))


def warp_error(rgb, film):
    light, of = rgb.astype(np.float32), film.passes
    return np.mean([change_along(light[i], light[i + 1], of.flow[i], of.visible[i]) for i in range(len(rgb) - 1)])


def sharpness(rgb):
    return np.mean([laplacian_variance(grey(picture)) for picture in rgb])


@pytest.mark.parametrize(("exact", "least"), [(True, 50), (False, 50)])
def test_a_film_without_flicker_stays_as_it_is(exact, least):
    film = clip(exact=exact)
    assert psnr(filtered(film), film.rgb) > least


def test_a_simulated_clip_with_its_aliased_edges_stays_as_it_is():
    with factory(recipe(num_frames=8, height=128, width=128)) as made:
        frames = made.clip(0).frames
    assert psnr(filtered(frames), frames.rgb) > 50


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("channels", [1, 3])
def test_light_that_jumps_is_held(exact, channels):
    clean = clip()
    flickers = brighter(clip(exact=exact), 0.06, channels=channels)
    out = filtered(flickers)
    still, before, after = (warp_error(rgb, clean) for rgb in (clean.rgb, flickers.rgb, out))
    assert after - still < 0.25 * (before - still)
    assert psnr(out, clean.rgb) > psnr(flickers.rgb, clean.rgb) + 6


def test_grain_goes_and_detail_stays():
    clean = clip(contrast=6.0)
    noisy = grainy(clean, 4)
    out = filtered(noisy)
    assert psnr(out[1:], clean.rgb[1:]) > psnr(noisy.rgb[1:], clean.rgb[1:]) + 4
    assert warp_error(out, clean) < 0.6 * warp_error(noisy.rgb, clean)
    assert sharpness(clean.rgb) < sharpness(out)  # what is lost is noise: not the clean film's own detail


def test_sharp_texture_is_not_touched_under_jumping_light():
    clean = clip(contrast=40.0)
    ratio = sharpness(filtered(brighter(clean, 0.06))) / sharpness(clean.rgb)
    assert ratio == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("exact", [True, False])
def test_nothing_crosses_a_cut(exact):
    """Two takes in one film come out to the bit as each by itself."""
    one, other = brighter(clip(6, exact=exact), 0.05), brighter(clip(5, seed=5, exact=exact), 0.05)
    both = list(steady([one, other]))
    assert np.array_equal(np.concatenate([f.rgb for f in both]), np.concatenate([filtered(one), filtered(other)]))
    assert np.array_equal(both[6].rgb, other.rgb[:1])


def test_a_flash_is_no_cut_and_mostly_goes():
    film = clip(9)
    flash = film.rgb.astype(float)
    flash[4] *= 1.3
    out = filtered(replace(film, rgb=levels(flash)))
    assert abs(out[4].mean() - film.rgb[4].mean()) < 0.3 * abs(levels(flash)[4].mean() - film.rgb[4].mean())


def test_a_cut_is_told_from_motion_and_light():
    film, other = clip(3), clip(3, seed=5)
    still = way(film.passes.flow[0], film.passes.visible[0])
    first, second, elsewhere = (replace(f, rgb=f.rgb[i : i + 1]) for f, i in ((film, 0), (film, 1), (other, 1)))
    assert not is_cut(first, second, still)
    assert not is_cut(first, replace(second, rgb=levels(second.rgb * 0.7 + 20)), still)
    assert is_cut(first, elsewhere, still)


def test_the_first_frame_the_count_the_times_and_the_passes_stay():
    film = replace(brighter(clip(7), 0.05), start=Fraction(3))
    out = list(steady([film]))
    assert np.array_equal(out[0].rgb, film.rgb[:1])
    assert [f.start for f in out] == [3 + Fraction(i, 24) for i in range(7)]
    assert {f.fps for f in out} == {film.fps}
    assert np.array_equal(np.concatenate([f.passes.flow for f in out]), film.passes.flow)


def test_light_that_changes_evenly_stays():
    still = np.full((12, 48, 64, 3), 90, np.uint8) + (3 * np.arange(12, dtype=np.uint8))[:, None, None, None]
    film = Frames(rgb=still, fps=Fraction(24))
    assert np.array_equal(filtered(film), film.rgb)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (2, 3), (17, 31), (33, 45), (64, 35)])
@pytest.mark.parametrize("exact", [True, False])
def test_any_size_will_do(size, exact):
    height, width = size
    rgb = np.random.default_rng(0).integers(90, 110, (6, height, width, 3)).astype(np.uint8)
    flow = np.full((6, height, width, 2), 0.4, np.float32)
    passes = Passes(flow=flow, visible=np.ones((6, height, width), bool)) if exact else Passes()
    out = filtered(Frames(rgb=rgb, fps=Fraction(10), passes=passes))
    assert out.shape == rgb.shape
    assert np.array_equal(out[0], rgb[0])
    assert np.abs(out.astype(int) - rgb).max() < 20  # the span of its levels


def test_light_of_small_pictures_is_held_too():
    flickers = brighter(replace(clip(exact=False), rgb=clip().rgb[:, :20, :24]), 0.06)
    before, after = (np.abs(np.diff(rgb.mean((1, 2, 3)))).mean() for rgb in (flickers.rgb, filtered(flickers)))
    assert after < 0.3 * before


def test_pieces_of_any_length_give_the_same_film_and_few_are_held():
    film, drawn = brighter(clip(12), 0.05), 0

    def singly():
        nonlocal drawn
        for i in range(12):
            drawn += 1
            passes = Passes(flow=film.passes.flow[i : i + 1], visible=film.passes.visible[i : i + 1])
            yield replace(film, rgb=film.rgb[i : i + 1], start=i / film.fps, passes=passes)

    out = steady(singly())
    pictures = []
    for done, frame in enumerate(out, 1):
        assert drawn <= done + 4
        pictures.append(frame.rgb)
    assert np.array_equal(np.concatenate(pictures), filtered(film))


def test_another_size_begins_another_take():
    one, other = clip(3), clip(3, width=64, height=48)
    assert [f.rgb.shape[1:3] for f in steady([one, other])] == [(72, 96)] * 3 + [(48, 64)] * 3
    assert list(steady([])) == []


@pytest.mark.parametrize(("past", "future"), [(p, f) for p in (1, 2) for f in range(4)])
def test_the_trend_keeps_what_is_even(past, future):
    share, times = weights(past, future), np.arange(-past, future + 1)
    assert share.sum() == pytest.approx(1, abs=1e-5)
    if past + future > 1:
        assert share @ times == pytest.approx(0, abs=1e-4)


def test_gains_are_found_whatever_moved_otherwise():
    rng = np.random.default_rng(3)
    own = cv2.GaussianBlur(rng.uniform(60, 180, (64, 80, 3)).astype(np.float32), (0, 0), 2)
    own = 120 + 8 * (own - own.mean())
    own = np.clip(own, 20, 230).astype(np.float32)
    other = own * np.float32(1.08)
    other[20:32, 30:44] = 10  # something came in between
    found = own + difference(own, other, np.ones((64, 80), bool))
    away = np.ones((64, 80), bool)
    away[10:42, 20:54] = False
    assert np.abs(found - own * 1.08)[away].max() < 1.5
    assert np.abs(found - own * 1.08).mean() < 1


def test_noise_in_both_is_no_loss_of_contrast():
    rng = np.random.default_rng(4)
    own, other = (128 + 10 * rng.standard_normal((32, 32, 3)).astype(np.float32) for _ in range(2))
    added = difference(own, other, np.ones((32, 32), bool))
    slope = (added * (own - own.mean())).sum() / np.square(own - own.mean()).sum()
    assert abs(slope) < 0.1


def test_a_flow_turned_round_leads_home_and_what_was_hidden_is_not_seen():
    height, width = 48, 64
    smooth = np.sin(grid(height, width) / 9).astype(np.float32) * 1.5
    there = way(smooth, np.ones((height, width), bool))
    home = chained([turned(there), there])[1]
    assert np.abs(home.flow[home.seen]).max() < 0.1
    assert home.seen[4:-4, 4:-4].mean() > 0.98
    flow = np.zeros((height, width, 2), np.float32)
    flow[16:32, 16:32, 0] = 8  # a square moves over a wall that stands
    visible = np.ones((height, width), bool)
    visible[16:32, 32:40] = False
    back = turned(way(flow, visible))
    assert np.allclose(back.flow[20:28, 26:38], [-8, 0], atol=1e-3)
    assert not back.seen[18:30, 17:23].any()  # the wall behind it was not seen before
    assert back.seen[:15].all()
