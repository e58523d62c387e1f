"""Cuts, dissolves and fades: what is shown when, and how bright."""

from fractions import Fraction

import numpy as np
import pytest

from filmwright.core.errors import BadFilm
from filmwright.core.frames import Frames
from filmwright.core.shot import Join
from filmwright.film.video.edit import cut, fade
from filmwright.film.video.light import LINEAR, to_display, to_linear

FPS = Fraction(24)


def take(value, num, *, piece=3, size=(8, 12), fps=FPS):
    for i in range(0, num, piece):
        n = min(piece, num - i)
        yield Frames(rgb=np.full((n, *size, 3), value, np.uint8), fps=fps, start=i / fps)


def dissolve(frames):
    return Join(kind="dissolve", seconds=Fraction(frames, 24))


def test_display_and_light_are_each_others_inverse():
    codes = np.arange(256, dtype=np.uint8)
    assert np.array_equal(np.rint(to_display(to_linear(codes))), codes)
    assert LINEAR[188] == pytest.approx(0.5, abs=0.005)  # IEC 61966-2-1: half the light is display value 188


def test_cuts_leave_pictures_as_they_are():
    out = list(cut([take(10, 5), take(200, 4)], [Join()]))
    assert [int(p.rgb[0, 0, 0, 0]) for p in out] == [10] * 5 + [200] * 4
    assert [p.start for p in out] == [i / FPS for i in range(9)]


def test_a_dissolve_overlaps_and_mixes_light():
    out = list(cut([take(0, 10), take(255, 10)], [dissolve(5)]))
    assert len(out) == 15
    means = [float(p.rgb.mean()) for p in out]
    assert means[:5] == [0.0] * 5
    assert means[10:] == [255.0] * 5
    assert np.all(np.diff(means[4:11]) > 0)
    assert means[7] == pytest.approx(188, abs=1)  # the middle has half the light, not half the display value


def test_three_takes_with_dissolves_on_both_sides():
    out = list(cut([take(0, 8), take(100, 8), take(255, 8)], [dissolve(4), dissolve(3)]))
    assert len(out) == 24 - 7
    assert [p.start for p in out] == [i / FPS for i in range(17)]
    assert float(out[8].rgb.mean()) == 100.0


def test_a_still_dissolved_into_itself_does_not_change():
    out = list(cut([take(77, 6), take(77, 6)], [dissolve(4)]))
    assert max(abs(int(v) - 77) for p in out for v in (p.rgb.min(), p.rgb.max())) <= 1


def test_takes_are_read_only_as_far_as_needed():
    asked = []

    def counted(value):
        for i, piece in enumerate(take(value, 10, piece=1)):
            asked.append((value, i))
            yield piece

    film = cut([counted(1), counted(2)], [dissolve(2)])
    for _ in range(3):
        next(film)
    assert max(i for v, i in asked if v == 1) <= 5
    assert not any(v == 2 for v, i in asked)


def test_joins_that_do_not_fit():
    with pytest.raises(BadFilm, match="2 takes need 1 joins between them, got 0"):
        cut([take(0, 3), take(1, 3)], [])
    with pytest.raises(BadFilm, match=r"take 1 has 5 frames, fewer than the 3 and 4"):
        list(cut([take(0, 9), take(1, 5), take(2, 9)], [dissolve(3), dissolve(4)]))
    with pytest.raises(BadFilm, match="take 1 has no frames"):
        list(cut([take(0, 3), iter(())], [Join()]))


def test_takes_must_be_alike():
    with pytest.raises(BadFilm, match=r"take 1 is 16x8 at 24 fps, the first one 12x8"):
        list(cut([take(0, 3), take(0, 3, size=(8, 16))], [Join()]))
    with pytest.raises(BadFilm, match="at 30 fps, the first one"):
        list(cut([take(0, 3), take(0, 3, fps=Fraction(30))], [Join()]))


def test_fades_begin_and_end_black_and_move_evenly():
    out = list(fade(take(200, 48), fade_in=Fraction(1, 2), fade_out=Fraction(1, 2)))
    means = np.array([float(p.rgb.mean()) for p in out])
    assert len(out) == 48
    assert means[0] == means[-1] == 0
    assert np.all(means[12:36] == 200)
    assert np.all(np.diff(means[:13]) > 0)
    assert np.all(np.diff(means[35:]) < 0)
    assert means[6] == pytest.approx(100, abs=8)  # half-way in time is half-way to the eye
    assert [p.start for p in out] == [i / FPS for i in range(48)]


def test_no_fade_changes_nothing():
    out = list(fade(take(123, 5)))
    assert all(np.all(p.rgb == 123) for p in out)
    assert len(out) == 5


def test_fades_of_gradients_do_not_band():
    ramp = np.broadcast_to(np.arange(256, dtype=np.uint8)[None, :, None], (64, 256, 3)).copy()
    out = list(fade([Frames(rgb=np.stack([ramp] * 25), fps=FPS)], fade_in=Fraction(1)))
    levels = out[12].rgb[0].astype(float).mean((0, 2))  # of each column, over its dither
    assert len(np.unique(out[12].rgb)) < 140  # half as many display values are left,
    assert np.mean(np.abs(np.diff(levels)) < 0.05) < 0.2  # and yet few neighbours are of one level
