"""Guidance and schedules, against their definitions and known answers."""

from functools import partial
from math import exp, inf

import pytest
import torch

from filmwright.ml.diffusion import schedules
from filmwright.ml.diffusion.family import NoiseLevel, RectifiedFlow, VariancePreserving
from filmwright.ml.diffusion.guidance import adaptive_projected, classifier_free, guided, projected, shortened, within
from filmwright.ml.diffusion.mixture import closed_form, drawn, marginal, mixture
from filmwright.ml.diffusion.prediction import convert
from filmwright.ml.diffusion.process import half_log_snr, noise_to_signal
from filmwright.ml.diffusion.sampling import heun
from tests.gaussians import PROCESSES, normal, number, rows, seeded


def gaussian_at(place, variance=0.5):
    return mixture(rows(1.0), rows((place, 0.0)), rows(((variance, 0.0), (0.0, variance))))


def test_guidance_of_gaussians_has_its_closed_form():
    """p(x|c)^w p(x)^(1-w) of two Gaussians of one covariance is that Gaussian, its mean drawn out by w.

    At every time the guided score is the score of this product, so the flow leads exactly there.
    """
    process, scale = VariancePreserving(), 3.0
    condition, alone = gaussian_at(1.0), gaussian_at(0.4)
    goal = gaussian_at(0.4 + scale * 0.6)
    denoise = guided(
        closed_form(condition, process), closed_form(alone, process), partial(classifier_free, guidance_scale=scale)
    )
    x = drawn(marginal(goal, process, number(1.0)), 200, seeded(1))
    times = schedules.karras(process, 1.0, 1e-3, 30)
    torch.testing.assert_close(
        heun(denoise, process, x, times), heun(closed_form(goal, process), process, x, times), rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize("space", ["epsilon", "v", "velocity", "score"])
def test_guidance_is_the_same_in_every_prediction(space):
    process, t = RectifiedFlow(), rows(0.3, 0.8)
    x, first, second = normal(2, 3), normal(2, 3, seed=1), normal(2, 3, seed=2)
    here = classifier_free(first, second, 4.0)
    there = classifier_free(
        *(convert(process, p, x, t, given="x0", wanted=space) for p in (first, second)), guidance_scale=4.0
    )
    torch.testing.assert_close(convert(process, there, x, t, given=space, wanted="x0"), here)


def test_a_scale_of_one_is_the_condition_alone_and_zero_none():
    first, second = normal(2, 3), normal(2, 3, seed=1)
    torch.testing.assert_close(classifier_free(first, second, 1.0), first)
    torch.testing.assert_close(classifier_free(first, second, 0.0), second)
    torch.testing.assert_close(adaptive_projected(1.0)(first, second), first)


def test_projected_guidance_without_its_three_means_is_classifier_free():
    first, second = normal(2, 3, 4), normal(2, 3, 4, seed=1)
    plain = adaptive_projected(5.0, parallel=1.0, momentum=0.0, norm_threshold=inf)
    torch.testing.assert_close(plain(first, second), classifier_free(first, second, 5.0))


def test_what_is_projected_away_lies_along_the_prediction():
    first, second = normal(4, 3, 5), normal(4, 3, 5, seed=1)
    guide = adaptive_projected(7.0, momentum=0.0, norm_threshold=inf)
    change = guide(first, second) - first
    assert (change * first).flatten(1).sum(1).abs().max() < 1e-10
    along, across = projected(second, first)
    torch.testing.assert_close(along + across, second)
    torch.testing.assert_close(along, first * ((along * first).sum((1, 2)) / (first**2).sum((1, 2)))[:, None, None])


def test_the_change_is_no_longer_than_its_threshold():
    x = normal(4, 3, 5) * rows(0.01, 0.1, 1.0, 10.0)[:, None, None]
    short = shortened(x, 1.0)
    lengths, before = (y.flatten(1).norm(dim=1) for y in (short, x))
    torch.testing.assert_close(lengths, before.clamp(max=1))
    assert torch.equal(short[0], x[0])


def test_momentum_remembers_the_steps_of_one_guide():
    guide = adaptive_projected(3.0, parallel=1.0, momentum=-0.5, norm_threshold=inf)
    pairs = [(normal(2, 3, seed=s), normal(2, 3, seed=s + 9)) for s in range(3)]
    found = [guide(*pair) for pair in pairs]
    first, second, third = (a - b for a, b in pairs)
    torch.testing.assert_close(found[2], pairs[2][0] + 2 * (third - 0.5 * (second - 0.5 * first)))
    fresh = adaptive_projected(3.0, parallel=1.0, momentum=-0.5, norm_threshold=inf)
    torch.testing.assert_close(fresh(*pairs[2]), classifier_free(*pairs[2], 3.0))


def test_an_interval_leaves_the_rest_to_the_other():
    process = RectifiedFlow()
    denoise = within(lambda x, _: x + 1, lambda x, _: x - 1, process, lowest=0.25, highest=4.0)
    x = torch.zeros(2, 3, dtype=torch.float64)
    said = [float(denoise(x, number(t).expand(2))[0, 0]) for t in (0.1, 0.3, 0.7, 0.9)]
    assert said == [-1, 1, 1, -1]


@pytest.mark.parametrize("name", PROCESSES)
def test_grids_are_even_in_what_they_say(name):
    process, low, high = PROCESSES[name]
    roots = noise_to_signal(process, schedules.karras(process, high, low, 9)) ** (1 / 7)
    halves = half_log_snr(process, schedules.log_snr(process, high, low, 9))
    for values in (roots, halves):
        torch.testing.assert_close(values.diff(), values.diff().mean().expand(9), rtol=1e-6, atol=1e-9)
    assert schedules.karras(process, high, low, 9)[[0, -1]].tolist() == [high, low]


def test_karras_levels_are_those_of_the_paper():
    """Eq. 5 of Karras et al. 2022 with the defaults of its table 1."""
    found = schedules.karras(NoiseLevel(), 80.0, 0.002, 17)
    i = torch.arange(18, dtype=torch.float64)
    expected = (80 ** (1 / 7) + i / 17 * (0.002 ** (1 / 7) - 80 ** (1 / 7))) ** 7
    torch.testing.assert_close(found, expected)


def test_a_grid_with_an_infinite_end_is_refused():
    for schedule in (schedules.karras, schedules.log_snr):
        with pytest.raises(ValueError, match="Begin or end a little inside"):
            schedule(RectifiedFlow(), 1.0, 0.1, 5)


def test_a_shift_multiplies_the_noise_level():
    process, times = RectifiedFlow(), schedules.uniform(0.9, 0.1, 8)
    torch.testing.assert_close(
        noise_to_signal(process, schedules.shifted(times, 3.0)), 3 * noise_to_signal(process, times)
    )
    assert schedules.shifted(rows(0.0, 1.0), 3.0).tolist() == [0, 1]
    assert schedules.shift_for(256) == pytest.approx(exp(0.5))
    assert schedules.shift_for(4096) == pytest.approx(exp(1.15))


def test_times_for_training_are_logit_normal():
    t = schedules.logit_normal(100_000, seeded(), mean=0.3, std=1.5)
    logits = torch.logit(t.double())
    assert float(logits.mean()) == pytest.approx(0.3, abs=0.02)
    assert float(logits.std()) == pytest.approx(1.5, abs=0.02)


def test_betas_are_those_of_the_papers():
    assert schedules.linear_betas()[[0, -1]].tolist() == pytest.approx([1e-4, 0.02])
    assert float(schedules.alphas_cumprod(schedules.linear_betas())[-1]) == pytest.approx(4.04e-5, rel=0.01)
    cosine = schedules.alphas_cumprod(schedules.cosine_betas())
    t = torch.arange(1, 901, dtype=torch.float64) / 1000
    kept = torch.cos((t + 0.008) / 1.008 * torch.pi / 2) ** 2
    torch.testing.assert_close(cosine[:900], kept / torch.cos(torch.tensor(0.008 / 1.008 * torch.pi / 2)) ** 2)
