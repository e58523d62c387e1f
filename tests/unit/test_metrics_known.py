"""Each metric on videos whose answer is known in closed form."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from filmwright.core.frames import Passes
from filmwright.film.video.flow import carried
from filmwright.jobs.evaluate.known import moving
from tests.known_clips import film, flat, going, reading, refused, subject


def with_passes(motion, num=8):
    pieces = list(moving(motion, num_frames=num))
    flow, visible = (np.concatenate([getattr(p.passes, name) for p in pieces]) for name in ("flow", "visible"))
    return subject(np.concatenate([p.rgb for p in pieces]), passes=Passes(flow=flow, visible=visible))


@pytest.mark.parametrize(("right", "down"), [(3, 0), (-2, 1), (0, -3)])
def test_warp_error_is_zero_along_exact_flow(right, down):
    found = reading("warp_error", with_passes(going(right=right, down=down)))
    assert found.value == 0
    assert found.note == "along exact flow"
    kept = (96 - abs(right)) * (72 - abs(down)) / (96 * 72)
    assert found.parts[0].value == pytest.approx(100 * kept)


def test_warp_error_is_zero_on_a_clip_warped_by_exact_flow():
    """The first frame is the second, fetched along a flow of fractions of pixels that differs from place to place."""
    second = film(num=1)[0]
    flow = (1.7 * np.sin(np.mgrid[:72, :96].transpose(1, 2, 0) / 9)).astype(np.float32)
    first = np.rint(carried(second.astype(np.float32), flow)).astype(np.uint8)
    passes = Passes(flow=np.stack([flow, flow]), visible=np.ones((2, 72, 96), bool))
    assert reading("warp_error", subject(np.stack([first, second]), passes=passes)).value <= 0.26  # rounding: a quarter


def test_warp_error_is_the_step_of_a_picture_that_stands():
    picture = film(num=1)[0] // 2 + 40
    found = subject(np.stack([picture, picture + 7, picture]))
    assert reading("warp_error", found).value == pytest.approx(7, abs=0.05)


def test_estimated_and_exact_flow_agree():
    clip = with_passes(going(right=1.3, down=-0.6, turn=0.01))
    exact, estimated = (reading("warp_error", clip, flow=flow).value for flow in ("exact", "estimated"))
    assert estimated == pytest.approx(exact, abs=0.5)
    assert reading("warp_error", clip, flow="estimated").note == "along estimated flow"
    assert refused("warp_error", subject(film(num=3)), flow="exact").startswith("needs passes: flow and visible")


def test_flicker_is_the_step_between_two_levels():
    assert reading("flicker", subject(flat(100, 110, 100, 110, 100, 110))).value == pytest.approx(10)


def test_flicker_of_an_even_fade_is_zero():
    assert reading("flicker", subject(flat(*range(40, 200, 10)))).value == 0


@pytest.mark.parametrize("speed", [0, 1, 3])
def test_smoothness_of_even_motion_is_one(speed):
    assert reading("smoothness", subject(film(going(right=speed), 8))).value == pytest.approx(1, abs=0.03)


def test_smoothness_of_motion_that_turns_back_is_what_the_formula_says():
    there = film(going(right=3), 2)
    back_and_forth = np.stack([there[i % 2] for i in range(8)])
    # |a| = |b| = 3, |b - a| = 6: 1 - 6 / (3 + 3 + 1)
    assert reading("smoothness", subject(back_and_forth)).value == pytest.approx(1 / 7, abs=0.02)


def test_smoothness_of_motion_that_gains_speed():
    steps = film(going(right=1), 16)[[0, 1, 3, 6, 10, 15]]  # by 1, 2, 3, 4, 5 pixels
    expected = np.mean([1 - 1 / (a + a + 1 + 1) for a in (1, 2, 3, 4)])
    assert reading("smoothness", subject(steps)).value == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(("right", "down", "speed"), [(3, 0, 3), (-3, 0, 3), (3, 4, 5), (0, 0, 0), (0.5, 0, 0.5)])
def test_dynamic_degree_of_a_pan_is_its_speed(right, down, speed):
    found = reading("dynamic_degree", subject(film(going(right=right, down=down), 8)))
    assert found.value == pytest.approx(speed, abs=0.12)


def test_dynamic_degree_sees_the_small_thing_that_moves():
    rgb = np.repeat(film(num=1), 6, 0)
    thing = film(num=1, seed=5)[0, 10:46, 10:46]
    for i, picture in enumerate(rgb):
        picture[20:56, 20 + 2 * i : 56 + 2 * i] = thing
    found = reading("dynamic_degree", subject(rgb))
    assert found.value == pytest.approx(2, abs=0.15)
    assert reading("camera_motion", subject(rgb)).value == pytest.approx(0, abs=0.03)  # the camera stands


@pytest.mark.parametrize(("level", "period"), [(40, 8), (20, 8), (40, 4)])
def test_sharpness_of_a_wave_is_known(level, period):
    """The Laplacian of A cos(wx) is -2 (1 - cos w) A cos(wx): its variance is 2 (1 - cos w)^2 A^2."""
    wave = 128 + level * np.cos(2 * np.pi * np.arange(65) / period)
    rgb = np.rint(np.broadcast_to(wave[:, None], (2, 48, 65, 3))).astype(np.uint8)
    w = 2 * np.pi / period
    assert reading("sharpness", subject(rgb)).value == pytest.approx(2 * (1 - np.cos(w)) ** 2 * level**2, rel=0.06)


def lightness(level):
    """CIE L* of a grey of sRGB."""
    c = level / 255
    y = c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
    return 116 * y ** (1 / 3) - 16


def test_color_drift_of_greys_is_the_mean_difference_of_lightness():
    greys = (100, 110, 120, 140)
    expected = np.mean([lightness(level) - lightness(100) for level in greys[1:]])
    found = reading("color_drift", subject(flat(*greys)))
    assert found.value == pytest.approx(expected, abs=0.05)
    assert found.parts[0].value == pytest.approx(lightness(140) - lightness(100), abs=0.05)


def test_color_drift_of_red_to_green_is_that_of_the_books():
    found = reading("color_drift", subject(flat((255, 0, 0), (0, 255, 0))))
    assert found.value == pytest.approx(170.6, abs=0.3)  # Delta E*ab of sRGB's primaries


def test_chunk_drift_of_what_stays_is_zero():
    assert reading("chunk_drift", subject(np.repeat(film(num=1), 10, 0))).value == pytest.approx(0, abs=1e-3)


def test_chunk_drift_of_black_to_white_is_in_its_colours_alone():
    found = reading("chunk_drift", subject(flat(*[0] * 10, *[255] * 10)))
    parts = {part.name: part.value for part in found.parts}
    # of three channels one has nothing in common, two are the same: sqrt(1 - 2/3)
    assert parts["colours"] == pytest.approx(np.sqrt(1 / 3), abs=0.01)
    assert (parts["edges"], parts["sharpness"]) == (0, 0)
    assert parts["mean colour"] == pytest.approx(100, abs=0.1)
    assert found.value == pytest.approx(parts["colours"] / 3)


def test_chunk_drift_looks_at_the_ends_alone():
    rgb = np.repeat(film(num=1), 20, 0)
    rgb[3:17] = 0  # 15% of 20 are 3 frames
    assert reading("chunk_drift", subject(rgb)).value == pytest.approx(0, abs=1e-3)


def test_freeze_is_the_share_of_repeated_frames_and_says_where():
    rgb = film(num=21)[[*range(10), *[9] * 5, *range(10, 16)]]
    found = reading("freeze", subject(rgb))
    assert found.value == pytest.approx(100 * 5 / 20)
    assert [(span.start, span.end) for span in found.spans] == [(10, 15)]


def test_cuts_are_counted_and_placed():
    rgb = np.concatenate([film(num=9), film(num=7, seed=3), film(num=8, seed=4)])
    found = reading("cuts", subject(rgb))
    assert found.value == 2
    assert [span.start for span in found.spans] == [9, 16]


def flash(rgb):
    rgb[8] = 255 - rgb[8] // 3
    return rgb


def fade(rgb):
    return (rgb * np.linspace(1, 0, len(rgb))[:, None, None, None]).astype(np.uint8)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(flash, id="a flash"),
        pytest.param(lambda rgb: rgb[[*range(8), *range(12, 20)]], id="a jump over four frames"),
        pytest.param(fade, id="a fade"),
        pytest.param(lambda rgb: rgb, id="a pan"),
    ],
)
def test_what_is_no_cut(change):
    assert reading("cuts", subject(change(film(going(right=2), 20)))).value == 0


def test_psnr_of_a_known_error():
    """Every value off by 5: 20 log10(255 / 5) = 34.15 dB."""
    own, other = subject(flat(100, 100, 100)), subject(flat(105, 105, 105))
    found = reading("psnr", replace(own, reference=other))
    assert found.value == pytest.approx(20 * np.log10(255 / 5), abs=1e-6)
    assert found.curve == pytest.approx([34.1514] * 3, abs=1e-3)


def test_psnr_is_of_all_frames_together():
    """One frame of four off by 10: the mean squared error is 25."""
    own, other = subject(flat(100, 100, 100, 110)), subject(flat(100, 100, 100, 100))
    found = reading("psnr", replace(own, reference=other))
    assert found.value == pytest.approx(20 * np.log10(255 / 5), abs=1e-6)
    assert found.parts[0].value == pytest.approx(20 * np.log10(255 / 10), abs=1e-6)


def test_ssim_of_flat_pictures_is_its_luminance_term():
    a, b, c = 100.0, 120.0, (0.01 * 255) ** 2
    found = reading("ssim", replace(subject(flat(100)), reference=subject(flat(120))))
    assert found.value == pytest.approx((2 * a * b + c) / (a * a + b * b + c), abs=1e-4)


def test_ssim_of_the_same_is_one_and_of_the_negative_below_zero():
    rgb = film(num=2)
    same, negative = (replace(subject(rgb), reference=subject(other)) for other in (rgb, 255 - rgb))
    assert reading("ssim", same).value == 1
    assert reading("ssim", negative).value < 0


@pytest.mark.parametrize(
    ("motion", "expected"),
    [
        (going(right=-2), {"pan": 2}),
        (going(down=1.5), {"tilt": 1.5}),
        (going(size=1.02), {"zoom": 2}),
        (going(turn=np.radians(-1)), {"roll": 1}),
        (
            going(right=1, down=-1, size=0.99, turn=np.radians(0.5)),
            {"pan": -1, "tilt": -1, "zoom": -1, "roll": -0.5},
        ),
    ],
)
def test_camera_motion_is_read_from_the_picture(motion, expected):
    found = reading("camera_motion", subject(film(motion, 8)))
    parts = {part.name: part.value for part in found.parts}
    assert parts == pytest.approx({"pan": 0, "tilt": 0, "zoom": 0, "roll": 0} | expected, abs=0.06)


def test_camera_error_of_a_film_that_obeys_is_zero_and_of_one_that_does_not_what_it_is_off_by():
    rgb = film(going(right=-2), 8)
    right = reading("camera_error", subject(rgb, facts={"motion": {"pan": 2}}))
    wrong = reading("camera_error", subject(rgb, facts={"motion": {"pan": 2, "tilt": 1.5}}))
    assert right.value == pytest.approx(0, abs=0.05)
    assert wrong.value == pytest.approx(1.5, abs=0.05)
    assert {part.name: part.value for part in wrong.parts}["tilt"] == pytest.approx(1.5, abs=0.05)


def test_blur_is_not_taken_for_noise():
    rgb = film(num=6)
    soft = np.stack([cv2.GaussianBlur(picture, (0, 0), 2) for picture in rgb])
    assert reading("sharpness", subject(soft)).value < 0.5 * reading("sharpness", subject(rgb)).value
