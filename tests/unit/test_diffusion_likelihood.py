"""The likelihood by the probability flow is the density in closed form."""

from functools import partial
from math import log, pi

import pytest
import torch

from filmwright.ml.diffusion import schedules
from filmwright.ml.diffusion.family import RectifiedFlow, VariancePreserving
from filmwright.ml.diffusion.likelihood import exact, hutchinson, log_likelihood, rademacher, standard_log_prob
from filmwright.ml.diffusion.mixture import closed_form, drawn, log_prob, marginal
from filmwright.ml.diffusion.sampling import runge_kutta
from tests.gaussians import PROCESSES, normal, number, rows, seeded, three


def rising(process, low, high, count=120):
    return schedules.log_snr(process, high, low, count).flip(0)


@pytest.mark.parametrize("name", PROCESSES)
def test_the_likelihood_is_the_density(name):
    """To the ODE's error alone: the noise at the end is measured by its own exact density."""
    process, low, high = PROCESSES[name]
    data = three()
    here, there = (marginal(data, process, number(t)) for t in (low, high))
    x = drawn(here, 40, seeded(1))
    found, noise = log_likelihood(
        closed_form(data, process), process, x, rising(process, low, high), prior=partial(log_prob, there)
    )
    assert (found - log_prob(here, x)).abs().max() < 2e-3
    back = runge_kutta(closed_form(data, process), process, noise, rising(process, low, high).flip(0))
    assert (back - x).abs().max() < 1e-2


@pytest.mark.parametrize(("name", "off"), [("vp", 3e-3), ("ve", 5e-3)])
def test_the_prior_of_sampling_is_near_enough_at_the_end(name, off):
    process, low, high = PROCESSES[name]
    data = three()
    x = drawn(marginal(data, process, number(low)), 40, seeded(1))
    found, _ = log_likelihood(closed_form(data, process), process, x, rising(process, low, high))
    assert (found - log_prob(marginal(data, process, number(low)), x)).abs().mean() < off


def test_probes_estimate_the_likelihood():
    """In two dimensions (1, 1) and (1, -1) together give the trace exactly: each errs by what the other makes good."""
    process, data = VariancePreserving(), three()
    x = drawn(marginal(data, process, number(1e-3)), 30, seeded(1))
    run = partial(log_likelihood, closed_form(data, process), process, x, rising(process, 1e-3, 1.0, 30))
    truth, _ = run()
    both = rows((1.0, 1.0), (1.0, -1.0))[:, None].expand(2, 30, 2)
    torch.testing.assert_close(run(divergence=hutchinson(both))[0], truth, rtol=1e-10, atol=1e-10)
    one = run(divergence=hutchinson(rademacher(x, 1, seeded(4))))[0] - truth
    assert 0.05 < one.abs().mean() < 2


def test_the_trace_of_a_linear_field_is_its_matrix_s():
    matrix = normal(12, 12)
    x = normal(5, 3, 2, 2, seed=1)

    def field(x):
        return (x.flatten(1) @ matrix.T).reshape(x.shape)

    slope, trace = exact(field, x)
    torch.testing.assert_close(slope, field(x))
    torch.testing.assert_close(trace, matrix.trace().expand(5))
    guesses = torch.stack([hutchinson(rademacher(x, 1, seeded(s)))(field, x)[1] for s in range(200)])
    error = (guesses.mean() - matrix.trace()) / guesses.std() * guesses.numel() ** 0.5
    assert abs(float(error)) < 4
    spread = 2 * ((matrix + matrix.T) / 2).fill_diagonal_(0).square().sum()  # Hutchinson 1990: of +1 and -1
    assert float(guesses.var()) == pytest.approx(float(spread), rel=0.3)


def test_films_have_likelihoods_too_and_gradients_are_not_kept():
    process = VariancePreserving()
    x = normal(2, 2, 3, 4)

    def denoise(x, t):  # of a standard normal
        return process.alpha(t)[:, None, None, None] * x

    found, noise = log_likelihood(denoise, process, x.requires_grad_(), rising(process, 1e-3, 1.0, 20))
    expected = -(x**2).flatten(1).sum(1) / 2 - 12 * log(2 * pi)
    torch.testing.assert_close(found, expected.detach(), rtol=1e-4, atol=1e-4)  # alpha^2 = 4e-5 at the end
    torch.testing.assert_close(noise, x.detach(), rtol=1e-6, atol=1e-6)
    assert not found.requires_grad


def test_the_density_of_noise():
    x = normal(4, 3)
    truth = torch.distributions.Normal(0.0, 2.5).log_prob(x).sum(1)
    torch.testing.assert_close(standard_log_prob(x, number(2.5)), truth)


@pytest.mark.parametrize("times", [(0.5,), (0.5, 0.1), (0.0, 0.5)])
def test_times_must_rise_from_some_noise(times):
    process = RectifiedFlow()
    with pytest.raises(ValueError, match="rise from where there is some noise"):
        log_likelihood(closed_form(three(), process), process, normal(2, 2), rows(*times))
