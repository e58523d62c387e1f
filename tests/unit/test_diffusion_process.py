"""The family of processes: their equations agree with each other, with autograd and with a simulation of the SDE."""

import numpy as np
import pytest
import torch

from filmwright.ml.diffusion.discrete import Discrete
from filmwright.ml.diffusion.family import RectifiedFlow, SubVariancePreserving, VarianceExploding, VariancePreserving
from filmwright.ml.diffusion.mixture import (
    closed_form,
    covariance,
    drawn,
    log_prob,
    marginal,
    mean,
    mixture,
    score,
    transported,
)
from filmwright.ml.diffusion.prediction import convert, denoiser, target
from filmwright.ml.diffusion.process import add_noise, diffusion, drift, noise_to_signal, renoise
from filmwright.ml.diffusion.sampling.euler_maruyama import simulated
from filmwright.ml.diffusion.schedules import alphas_cumprod, linear_betas
from tests.gaussians import PROCESSES, gaussian, normal, number, rows, seeded, three

PREDICTIONS = ("x0", "epsilon", "v", "velocity", "score")
TABLE = Discrete(alphas_cumprod=alphas_cumprod(linear_betas()))
ALL = {**PROCESSES, "discrete": (TABLE, 0.0, 999.0)}


def inside(name, count=41):
    process, low, high = ALL[name]
    return process, torch.linspace(low, high, count + 2, dtype=torch.float64)[1:-1]


@pytest.mark.parametrize("name", ALL)
def test_rates_are_the_derivatives(name):
    process, t = inside(name)
    t = (t + 0.01 * (t.max() - t.min())).requires_grad_()  # off the table's whole steps
    for curve, rate in ((process.alpha, process.alpha_rate), (process.sigma, process.sigma_rate)):
        value = curve(t).sum()
        (slope,) = torch.autograd.grad(value, t) if value.requires_grad else (torch.zeros_like(t),)
        torch.testing.assert_close(rate(t), slope, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("name", ALL)
def test_a_time_is_found_by_its_noise_level(name):
    process, t = inside(name)
    torch.testing.assert_close(process.time_at(noise_to_signal(process, t)), t, rtol=1e-9, atol=1e-9)


def test_drift_and_diffusion_are_those_of_the_paper():
    """Song et al. 2021, eq. 9, 11 and 12; for straight lines g^2 = 2 t / (1 - t)."""
    t = torch.linspace(0.01, 0.99, 50, dtype=torch.float64)
    beta = 0.1 + 19.9 * t
    gone = torch.exp(-2 * (0.1 * t + 19.9 * t**2 / 2))
    for process, f, g_squared in (
        (VariancePreserving(), -beta / 2, beta),
        (SubVariancePreserving(), -beta / 2, beta * (1 - gone)),
        (VarianceExploding(), torch.zeros_like(t), 2 * np.log(5000) * 0.01**2 * 5000 ** (2 * t)),
        (RectifiedFlow(), -1 / (1 - t), 2 * t / (1 - t)),
    ):
        torch.testing.assert_close(drift(process, t), f)
        torch.testing.assert_close(diffusion(process, t) ** 2, g_squared)


@pytest.mark.parametrize(("name", "end"), [("vp", 1.0), ("sub-vp", 1.0), ("ve", 1.0), ("level", 3.0), ("flow", 0.9)])
def test_the_simulated_sde_has_the_marginals_of_the_formula(name, end):
    process, begin, _ = PROCESSES[name]
    data = three()
    times = torch.linspace(begin, end, 400, dtype=torch.float64)
    x0 = drawn(data, 20_000, seeded(1))
    x = add_noise(process, x0, normal(20_000, 2, seed=2), times[0])
    x = simulated(lambda x, t: drift(process, t) * x, lambda t: diffusion(process, t), x, times, generator=seeded(3))
    expected = marginal(data, process, times[-1])
    spread = covariance(expected)
    scale = spread.diagonal().sqrt()
    assert ((x.mean(0) - mean(expected)).abs() / scale).max() < 0.03
    assert ((x.T.cov() - spread) / torch.outer(scale, scale)).abs().max() < 0.05
    kept = (x * x0).mean(0) - x.mean(0) * x0.mean(0)
    torch.testing.assert_close(kept, process.alpha(times[-1]) * x0.var(0), rtol=0, atol=0.03 * float(scale.max()))


@pytest.mark.parametrize("name", PROCESSES)
def test_noise_added_later_gives_the_later_marginal(name):
    """Mean and variance of p(x_later | x_t) follow one after the other from p(x_t | x_0)."""
    process, low, high = PROCESSES[name]
    t, later = number(low + 0.2 * (high - low)), number(low + 0.6 * (high - low))
    once = torch.ones(1, dtype=torch.float64)
    kept = renoise(process, process.alpha(t) * once, t, later, 0 * once)
    torch.testing.assert_close(kept, process.alpha(later) * once)
    fresh = renoise(process, 0 * once, t, later, once)
    carried = renoise(process, process.sigma(t) * once, t, later, 0 * once)
    torch.testing.assert_close(fresh**2 + carried**2, process.sigma(later) ** 2 * once)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("given", PREDICTIONS)
@pytest.mark.parametrize("wanted", PREDICTIONS)
def test_every_prediction_says_every_other(name, given, wanted):
    process, t = inside(name, 5)
    x0, noise = normal(5, 3, 2), normal(5, 3, 2, seed=1)
    x = add_noise(process, x0, noise, t)
    found = convert(process, target(process, given, x0, noise, t), x, t, given=given, wanted=wanted)
    torch.testing.assert_close(found, target(process, wanted, x0, noise, t), rtol=1e-6, atol=1e-7)


def test_a_velocity_is_how_a_sample_moves_when_noise_and_data_stay():
    process, t = inside("vp", 5)
    t = t.requires_grad_()
    x0, noise = normal(5), normal(5, seed=1)
    (slope,) = torch.autograd.grad(add_noise(process, x0, noise, t).sum(), t)
    torch.testing.assert_close(target(process, "velocity", x0, noise, t), slope)


def test_straight_lines_hold_at_both_ends():
    process, x0, noise = RectifiedFlow(), normal(2, 3), normal(2, 3, seed=1)
    t = rows(0.0, 1.0)
    x = add_noise(process, x0, noise, t)
    velocity = target(process, "velocity", x0, noise, t)
    torch.testing.assert_close(velocity, noise - x0)
    assert torch.equal(convert(process, velocity, x, t, given="velocity", wanted="x0")[0], x0[0])
    torch.testing.assert_close(convert(process, velocity, x, t, given="velocity", wanted="x0")[1], x0[1])


def test_each_token_may_have_a_time_of_its_own():
    process, x0, noise = RectifiedFlow(), normal(2, 3, 4), normal(2, 3, 4, seed=1)
    t = rows((0.0, 0.5, 1.0), (0.2, 0.2, 0.2))
    x = add_noise(process, x0, noise, t)
    assert torch.equal(x[0, 0], x0[0, 0])
    assert torch.equal(x[0, 2], noise[0, 2])
    torch.testing.assert_close(x[1], 0.8 * x0[1] + 0.2 * noise[1])
    with pytest.raises(ValueError, match=r"\[3\] do not fit the first axes of \[2, 3, 4\]"):
        add_noise(process, x0, noise, t[0])


def test_single_precision_stays_single():
    process, t = VariancePreserving(), rows(0.3, 0.6)
    x0, noise = normal(2, 3).float(), normal(2, 3, seed=1).float()
    x = add_noise(process, x0, noise, t)
    assert x.dtype == torch.float32
    found = convert(process, noise, x, t, given="epsilon", wanted="x0")
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, x0, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", PROCESSES)
def test_the_closed_form_is_the_score_of_the_density(name):
    """The mixture's own formula, autograd through its density, and its best denoiser all say one score."""
    process, low, high = PROCESSES[name]
    data, t = three(), number(low + 0.3 * (high - low))
    seen = marginal(data, process, t)
    x = drawn(seen, 50, seeded(4)).requires_grad_()
    (slope,) = torch.autograd.grad(log_prob(seen, x).sum(), x)
    torch.testing.assert_close(score(seen, x), slope)
    x0 = closed_form(data, process)(x, t.expand(50))
    torch.testing.assert_close(convert(process, x0, x, t, given="x0", wanted="score"), slope, rtol=1e-6, atol=1e-8)


def test_the_best_denoiser_is_the_mean_of_what_was_there():
    """E[x_0 | x_t], by regression on draws: what it leaves is uncorrelated with every function of x_t."""
    data, process, t = three(), RectifiedFlow(), number(0.4)
    x0 = drawn(data, 100_000, seeded(5))
    x = add_noise(process, x0, normal(100_000, 2, seed=6), t)
    left = x0 - closed_form(data, process)(x, t.expand(len(x)))
    for of_x in (torch.ones_like(x), x, x**2, torch.sin(3 * x), x.flip(1)):
        assert ((left * of_x).mean(0) / (left * of_x).std(0) * len(x) ** 0.5).abs().max() < 4


def test_a_batch_may_mix_times():
    data, process = three(), VariancePreserving()
    t, x = rows(0.9, 0.1, 0.9), normal(3, 2)
    together = closed_form(data, process)(x, t)
    for i in range(3):
        torch.testing.assert_close(together[i], closed_form(data, process)(x[i : i + 1], t[i : i + 1])[0])


def test_a_denser_is_likelier_and_sums_to_one():
    data = three()
    axis = torch.linspace(-5, 5, 401, dtype=torch.float64)
    grid = torch.cartesian_prod(axis, axis)
    assert log_prob(data, grid).exp().sum() * (axis[1] - axis[0]) ** 2 == pytest.approx(1, abs=1e-4)
    x = drawn(data, 50_000, seeded(7))
    assert (x.mean(0) - mean(data)).abs().max() < 0.02
    assert (x.T.cov() - covariance(data)).abs().max() < 0.03


def test_the_exact_flow_of_a_gaussian_has_its_marginals_and_its_velocity():
    data, process = gaussian(), VariancePreserving()
    t = number(0.6).requires_grad_()
    x = normal(8, 2)
    moved = transported(data, process, x, number(1.0), t)
    slope = torch.stack([torch.autograd.grad(value, t, retain_graph=True)[0] for value in moved.flatten()]).reshape(
        8, 2
    )
    x0 = closed_form(data, process)(moved, t.expand(8))
    torch.testing.assert_close(convert(process, x0, moved, t, given="x0", wanted="velocity"), slope)
    with pytest.raises(ValueError, match="for one Gaussian, not for 3"):
        transported(three(), process, x, number(1.0), number(0.5))


def test_a_network_becomes_a_denoiser():
    process = VariancePreserving()
    x0, noise, t = normal(3, 2), normal(3, 2, seed=1), rows(0.2, 0.5, 0.9)
    x = add_noise(process, x0, noise, t)
    torch.testing.assert_close(denoiser(lambda *_: noise, process, "epsilon")(x, t), x0)


def test_a_table_is_met_at_whole_steps_and_data_lies_before_them():
    steps = torch.arange(1000, dtype=torch.float64)
    torch.testing.assert_close(TABLE.alpha(steps) ** 2, TABLE.alphas_cumprod)
    torch.testing.assert_close(TABLE.alpha(steps) ** 2 + TABLE.sigma(steps) ** 2, torch.ones(1000, dtype=torch.float64))
    assert TABLE.sigma(number(-1.0)) == 0
    assert TABLE.alpha(number(-1.0)) == 1
    assert TABLE.time_at(number(0.0)) == -1
    with pytest.raises(ValueError, match="must fall from step to step"):
        Discrete(alphas_cumprod=rows(0.5, 0.9))


def test_mixtures_that_are_none_are_refused():
    with pytest.raises(ValueError, match="positive definite"):
        mixture(rows(1.0), rows((0.0, 0.0)), rows(((1.0, 2.0), (2.0, 1.0))))
