from itertools import pairwise

import numpy as np
import pytest

from filmwright.film.frames.rays import Raw
from filmwright.film.frames.steady import AHEAD, average, steadied

H, W = 32, 48


def frames(num, *, shift=0.0, noise=0.0, bright=None, visible=True, seed=0):
    """A smooth picture that glides `shift` pixels to the right a frame, with blotches of noise."""
    rng = np.random.default_rng(seed)
    columns = np.arange(W)[None, :, None] + np.zeros((H, W, 3))
    out = []
    for i in range(num):
        light = 0.5 + 0.3 * np.sin((columns - shift * i) / 6.0)
        light = light * (1 + noise * np.repeat(np.repeat(rng.standard_normal((H // 4, W // 4, 3)), 4, 0), 4, 1))
        if bright is not None and i > 0:
            light[10:14, 10:14] = bright
        flow = np.zeros((H, W, 2), np.float32)
        flow[..., 0] = shift
        seen = np.full((H, W), visible)
        out.append(Raw(frame=i, radiance=light.astype(np.float32), flow=flow, visible=seen))
    return out


def inner(x):
    return x[4:-4, 4:-12]


def test_every_frame_comes_out_once_in_order():
    for num in (1, 3, 9):
        raws = frames(num)
        assert [raw.frame for raw, _ in steadied(raws)] == list(range(num))


def test_a_gliding_picture_stays_as_sharp_as_it_was():
    raws = frames(6, shift=0.37)
    for raw, light in steadied(raws):
        assert inner(light) == pytest.approx(inner(raw.radiance), abs=2e-3)


def test_noise_along_the_flow_averages_out():
    clean, noisy = frames(12, shift=0.5), frames(12, shift=0.5, noise=0.01)
    out = [light for _, light in steadied(noisy)]
    before = np.mean([inner(n.radiance - c.radiance).std() for n, c in zip(noisy, clean, strict=True)][:6])
    after = np.mean([inner(o - c.radiance).std() for o, c in zip(out, clean, strict=True)][:6])
    assert after < 0.65 * before
    change_before = np.mean([np.abs(inner(a.radiance - b.radiance)).mean() for a, b in pairwise(noisy)][:6])
    change = np.mean([np.abs(inner(a - b)).mean() for a, b in pairwise(out)][:6])
    assert change < change_before


def test_what_is_not_visible_later_is_left_alone():
    raws = frames(AHEAD + 1, noise=0.02, visible=False)
    assert np.array_equal(average(raws), raws[0].radiance)


def test_what_looks_quite_different_later_does_not_smear():
    raws = frames(AHEAD + 1, bright=8.0)
    light = average(raws)
    assert light.max() < 1.0
    assert light == pytest.approx(raws[0].radiance, rel=0.08)
