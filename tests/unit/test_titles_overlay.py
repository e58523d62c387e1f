"""Titles on pictures: legible on any ground, calm in motion, and nowhere else."""

from fractions import Fraction

import numpy as np
import pytest

from filmwright.core.errors import BadFilm
from filmwright.core.frames import Frames
from filmwright.core.shot import Box, Music, Storyboard, Title
from filmwright.film.video.legibility import (
    BLACK,
    CONTRAST,
    WHITE,
    contrast,
    look_behind,
    luminance,
    over_time,
    shaded,
    soft_mask,
    treat,
)
from filmwright.film.video.light import LUMA, to_linear
from filmwright.film.video.styles import MOTIONS, VOICES
from filmwright.film.video.titles import check_titles, overlay

FPS = Fraction(24)
H, W = 180, 320
LOW = Box(left=0.1, top=0.6, right=0.9, bottom=0.9)


def title(text="Slow down.", style="tagline", box=LOW, start=Fraction(0), end=Fraction(3), align="center"):
    return Title(text=text, style=style, box=box, align=align, start=start, end=end)


def board(*titles, mood="calm", ink=(1.0, 1.0, 1.0)):
    return Storyboard(title="t", shots=(), joins=(), titles=titles, music=Music(mood=mood, bpm=80.0), ink=ink)


def film(picture, num=72, start=0):
    for i in range(num):
        yield Frames(rgb=picture[None], fps=FPS, start=(start + i) / FPS)


def flat(value):
    return np.full((H, W, 3), value, np.uint8)


def busy():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (H // 6, W // 6 + 1, 3), dtype=np.uint8).repeat(6, 0).repeat(6, 1)[:H, :W]


def at_rest(picture, storyboard, frame=50):
    return list(overlay(film(picture), storyboard))[frame].rgb[0]


@pytest.mark.parametrize("ground", [flat(15), flat(90), flat(118), flat(150), flat(245), busy()])
def test_words_contrast_with_their_ground(ground):
    out = at_rest(ground, board(title()))
    inked = np.abs(out.astype(int) - ground).max(-1) > 8
    assert inked.any()
    light = to_linear(out) @ LUMA
    # of the letters' neighbourhood the ink is at its extreme, the ground is most of the rest
    rows, columns = np.flatnonzero(inked.any(1)), np.flatnonzero(inked.any(0))
    around = light[rows[0] + 1 : rows[-1], columns[0] + 1 : columns[-1]]
    inks = [luminance(WHITE), luminance(BLACK), 1.0]
    ink = min(inks, key=lambda level: np.abs(around - level).min())
    assert np.abs(around - ink).min() < 0.02
    ground_levels = np.percentile(around, [10, 40]) if ink > 0.18 else np.percentile(around, [60, 90])
    assert min(contrast(ink, float(level)) for level in ground_levels) >= CONTRAST * 0.93


def test_the_preferred_ink_is_taken_where_it_reads():
    gold = (0.86, 0.72, 0.42)
    assert treat([look_behind(flat(15))], gold)[0].ink == gold
    assert treat([look_behind(flat(200))], gold)[0].ink == BLACK
    assert treat([look_behind(flat(200))], gold)[0].strength == 0


@pytest.mark.parametrize("level", range(0, 256, 15))
@pytest.mark.parametrize("spread", [0, 30])
def test_treatments_reach_their_contrast(level, spread):
    rng = np.random.default_rng(1)
    ground = np.clip(level + rng.normal(0, spread, (60, 100, 1)), 0, 255).astype(np.uint8).repeat(3, -1)
    behind = look_behind(ground)
    treatment = treat([behind], (1.0, 1.0, 1.0))[0]
    out = shaded(to_linear(ground), treatment, np.ones(ground.shape[:2], np.float32)) @ LUMA
    worst = np.percentile(out, 4 if treatment.lift else 96)
    assert contrast(luminance(treatment.ink), float(worst)) >= CONTRAST * 0.97


def test_titles_that_stand_together_share_their_ink():
    half = np.concatenate([flat(230)[:, : W // 2], flat(20)[:, W // 2 :]], 1)
    left = title("Fuze", "name", Box(left=0.05, top=0.3, right=0.45, bottom=0.6))
    right = title("Tea", "end", Box(left=0.55, top=0.3, right=0.95, bottom=0.6), start=Fraction(1, 2))
    out = at_rest(half, board(left, right)).astype(int)
    light = (out - half.astype(int)).sum(-1)
    on_left, on_right = light[:, : W // 2], light[:, W // 2 :]
    assert on_right.max() > 300  # light words on the dark half
    assert (out[:, : W // 2].min(-1) > 100).any()
    assert to_linear(out[:, : W // 2].astype(np.uint8)).max() > 0.8
    assert on_left.min() < -150  # and the light half burnt in for light words


def test_a_plain_ground_gets_no_shade():
    out = at_rest(flat(20), board(title()))
    untouched = np.all(out == 20, axis=-1)
    assert untouched.mean() > 0.8
    assert not untouched.all()


def test_pictures_without_titles_pass_untouched():
    pictures = list(overlay(film(busy(), 48), board(title(start=Fraction(1), end=Fraction(3, 2)))))
    assert [p.start for p in pictures] == [i / FPS for i in range(48)]
    for i, p in enumerate(pictures):
        same = np.array_equal(p.rgb[0], busy())
        assert same == (not 24 <= i < 36) or i in (24, 35)


def test_no_titles_change_nothing():
    pictures = list(overlay(film(busy(), 3), board()))
    assert all(np.array_equal(p.rgb[0], busy()) for p in pictures)


@pytest.mark.parametrize("mood", sorted(VOICES))
def test_words_come_and_go_without_popping(mood):
    pictures = list(overlay(film(flat(20), 72), board(title(), mood=mood)))
    ink = np.array([float(p.rgb.astype(float).sum()) for p in pictures]) - float(flat(20).astype(float).sum())
    full = ink.max()
    assert ink[0] < 0.06 * full
    assert ink[-1] < 0.06 * full
    assert np.abs(np.diff(ink)).max() < 0.4 * full
    middle = ink[40:58]
    assert np.ptp(middle) < 0.03 * full


def test_words_at_rest_are_still():
    pictures = list(overlay(film(flat(20), 72), board(title(), mood="energetic")))
    rest = [p.rgb for p in pictures[30:60]]
    assert all(np.array_equal(rest[0], other) for other in rest)


def test_settling_is_smooth():
    """The ink's centre moves less and less, never back by more than rounding."""
    pictures = list(overlay(film(flat(20), 48), board(title(align="left"), mood="natural")))
    rows = np.arange(H)[:, None]
    centres = []
    for p in pictures[16:40]:
        ink = p.rgb[0, :, :, 0].astype(float) - 20
        centres.append(float((ink * rows).sum() / ink.sum()))
    steps = np.diff(centres)
    assert np.abs(steps).max() < 0.5
    assert np.abs(steps[-3:]).max() < 0.02


def test_short_titles_are_hurried_not_cut():
    pictures = list(overlay(film(flat(20), 30), board(title(end=Fraction(3, 4)), mood="luxury")))
    peaks = [int(p.rgb.max()) for p in pictures]
    assert max(peaks) > 200
    assert peaks[17] < 120
    assert set(peaks[18:]) == {20}


def test_a_single_late_picture_has_its_titles():
    """Storyboards draw one still a shot: it may lie anywhere in a title's time."""
    still = Frames(rgb=flat(20)[None], fps=FPS, start=Fraction(29, 10))
    assert next(overlay([still], board(title(end=Fraction(5))))).rgb.max() > 200


def test_little_is_held_back():
    taken = []

    def counted():
        for p in film(flat(20), 240):
            taken.append(1)
            yield p

    pictures = overlay(counted(), board(title(end=Fraction(10))))
    next(pictures)
    assert len(taken) <= 2 * 24 + 2


def test_checking_before_rendering():
    from filmwright.core.camera import Path
    from filmwright.core.shot import Shot

    still = Path(
        eye=np.array([[0.0, -3.0, 1.0]]), target=np.zeros((1, 3)), fov_y=np.array([0.6]), focus=np.array([3.0]),
        aperture=np.zeros(1), roll=np.zeros(1),
    )  # fmt: skip
    shot = Shot(name="a", path=still)
    good = Storyboard(title="t", shots=(shot,), joins=(), titles=(title(),))
    check_titles(good)
    with pytest.raises(BadFilm, match="too long"):
        check_titles(Storyboard(title="t", shots=(shot,), joins=(), titles=(title("word " * 300),)))
    with pytest.raises(BadFilm, match="no text"):
        check_titles(Storyboard(title="t", shots=(shot,), joins=(), titles=(title("  "),)))
    with pytest.raises(BadFilm, match="mood is called 'gloomy'"):
        check_titles(good, mood="gloomy")


def test_every_mood_has_a_voice_and_a_motion():
    assert set(VOICES) == set(MOTIONS)


def test_soft_masks_have_no_edge():
    mask = soft_mask([(100.0, 80.0, 220.0, 100.0)], width=W, height=H, reach=30.0)
    assert mask[90, 160] == pytest.approx(1)
    assert mask[0].max() == 0
    assert np.abs(np.diff(mask, axis=0)).max() < 0.06
    assert np.abs(np.diff(mask, axis=1)).max() < 0.06


def test_behind_over_time_is_the_worst():
    looks = [look_behind(flat(v)) for v in (40, 200, 90)]
    worst = over_time(looks)
    assert worst.bright == looks[1].bright
    assert worst.dark == looks[0].dark
    assert look_behind(busy()).busy > 0.35 > look_behind(flat(90)).busy
