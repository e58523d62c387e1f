"""Samplers reach the right distribution, and converge on the exact flow as fast as theory says."""

from functools import partial
from itertools import pairwise
from math import log2, sqrt

import pytest
import torch

from filmwright.ml.diffusion import schedules
from filmwright.ml.diffusion.family import RectifiedFlow, VariancePreserving
from filmwright.ml.diffusion.mixture import (
    closed_form,
    covariance,
    drawn,
    log_prob,
    marginal,
    mean,
    mixture,
    transported,
)
from filmwright.ml.diffusion.process import add_noise
from filmwright.ml.diffusion.sampling import (
    Restart,
    churn,
    ddim,
    dpm_solver,
    euler,
    euler_maruyama,
    heun,
    restart,
    runge_kutta,
    unipc,
)
from tests.gaussians import PROCESSES, gaussian, normal, number, rows, seeded, three

DRAWS = 4_000
SETTLED = {
    "euler": (euler, 200),
    "ddim": (ddim, 150),
    "heun": (heun, 40),
    "runge-kutta": (runge_kutta, 40),
    "dpm-solver": (dpm_solver, 60),
    "unipc": (unipc, 60),
    "unipc, predictor of order 3": (partial(unipc, order=3, corrector=False), 60),
    "ddpm": (partial(ddim, eta=1.0, generator=seeded(3)), 150),
    "euler-maruyama": (partial(euler_maruyama, generator=seeded(3)), 150),
    "churn": (partial(churn, generator=seeded(3), s_churn=10.0), 60),
}


def sampled(settled, name, data):
    """Draws that began at the exact marginal, so that what is off at the end is the sampler's."""
    (sampler, count), (process, low, high) = settled, PROCESSES[name]
    begun = drawn(marginal(data, process, number(high)), DRAWS, seeded(1))
    x = sampler(closed_form(data, process), process, begun, schedules.karras(process, high, low, count))
    return x, marginal(data, process, number(low))


@pytest.mark.parametrize("name", ["vp", "ve", "flow"])
@pytest.mark.parametrize("sampler", SETTLED)
def test_every_sampler_reaches_the_distribution(sampler, name):
    """Mean, covariance, weights of the parts, and the mean log density."""
    data = three()
    x, expected = sampled(SETTLED[sampler], name, data)
    truth = covariance(expected)
    assert (x.mean(0) - mean(expected)).abs().max() < 0.08
    assert (x.T.cov() - truth).abs().max() < 0.1
    nearest = torch.cdist(x, expected.means).argmin(1).bincount(minlength=3) / DRAWS
    own = drawn(expected, 30_000, seeded(9))
    reference = torch.cdist(own, expected.means).argmin(1).bincount(minlength=3) / len(own)
    assert (nearest - reference).abs().max() < 0.03
    assert abs(float(log_prob(expected, x).mean() - log_prob(expected, own).mean())) < 0.12


ORDERS = {
    "euler": (euler, 1),
    "ddim": (ddim, 1),
    "heun": (heun, 2),
    "dpm-solver": (dpm_solver, 2),
    "unipc, predictor of order 1": (partial(unipc, order=1, corrector=False), 1),
    "unipc, predictor of order 2": (partial(unipc, order=2, corrector=False), 2),
    "unipc, predictor of order 3": (partial(unipc, order=3, corrector=False), 3),
    "unipc of order 1": (partial(unipc, order=1), 2),
    "unipc of order 2": (partial(unipc, order=2), 3),
    "unipc of order 3": (partial(unipc, order=3), 4),
    "runge-kutta": (runge_kutta, 4),
    "churn without churn": (partial(churn, generator=seeded(), s_churn=0.0), 2),
}


def grid(process, high, low, count):
    """Even in lambda, with a first step so short that a start of first order does not hold the orders above it back."""
    times = schedules.log_snr(process, high, low, count)
    begin, first = process.time_at(torch.exp(torch.log(process.sigma(times[:2]) / process.alpha(times[:2])))).unbind()
    short = begin + (first - begin) / count
    return torch.cat([times[:1], short[None], times[1:]])


@pytest.mark.parametrize("name", ["vp", "sub-vp", "ve", "flow"])
@pytest.mark.parametrize("sampler", ORDERS)
def test_samplers_converge_as_fast_as_theory_says(sampler, name):
    """Against the exact probability flow of a Gaussian: halved steps leave 2^-order of the error."""
    run, order = ORDERS[sampler]
    process = PROCESSES[name][0]
    low, high = (0.3, 0.7) if name == "ve" else (0.1, 0.8)
    data = gaussian()
    begun = drawn(marginal(data, process, number(high)), 64, seeded(1))
    goal = transported(data, process, begun, number(high), number(low))
    denoise = closed_form(data, process)
    errors = []
    for count in (40, 80):
        found = run(denoise, process, begun, grid(process, high, low, count))
        errors.append(float((found - goal).square().mean().sqrt()))
    assert log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.35), errors


@pytest.mark.parametrize("name", ["vp", "flow"])
def test_euler_maruyama_converges_weakly_with_order_one(name):
    """The variance's bias in one dimension, over draws so many that their own error is small beside it."""
    process, data = PROCESSES[name][0], mixture(rows(1.0), rows((0.7,)), rows(((0.3,),)))
    spread = {t: float(marginal(data, process, number(t)).variances) for t in (0.7, 0.2)}
    begun = normal(500_000, 1)
    begun = process.alpha(number(0.7)) * 0.7 + (begun - begun.mean()) / begun.std() * sqrt(spread[0.7])

    def denoise(x, t):  # the closed form, for one number
        alpha, sigma = process.alpha(t[0]), process.sigma(t[0])
        return 0.7 + alpha * 0.3 / (alpha**2 * 0.3 + sigma**2) * (x - alpha * 0.7)

    biases = []
    for count in (12, 24):
        times = torch.linspace(0.7, 0.2, count + 1, dtype=torch.float64)
        x = euler_maruyama(denoise, process, begun, times, generator=seeded(2))
        biases.append(float(x.var()) - spread[0.2])
    assert log2(biases[0] / biases[1]) == pytest.approx(1, abs=0.3), biases


@pytest.mark.parametrize("sampler", [euler, heun, ddim, dpm_solver, unipc, partial(unipc, order=3)])
@pytest.mark.parametrize("end", [0.0, 0.01])
def test_a_flow_runs_from_pure_noise_to_none(sampler, end):
    """Where lambda is infinite at one end or both, nothing is lost but order."""
    process, data = RectifiedFlow(), three()
    noise = normal(DRAWS, 2, seed=1)
    x = sampler(closed_form(data, process), process, noise, schedules.uniform(1.0, end, 100))
    expected = marginal(data, process, number(end))
    assert (x.mean(0) - mean(expected)).abs().max() < 0.08
    assert (x.T.cov() - covariance(expected)).abs().max() < 0.1


@pytest.mark.parametrize("sampler", [euler, ddim, heun, dpm_solver, unipc])
def test_one_step_from_pure_noise_to_data_is_the_prediction(sampler):
    process, data = RectifiedFlow(), three()
    noise = normal(10, 2)
    x = sampler(closed_form(data, process), process, noise, rows(1.0, 0.0))
    torch.testing.assert_close(x, mean(data).expand(10, 2))


def test_the_sde_of_a_flow_needs_a_diffusion_that_is_finite():
    process, data = RectifiedFlow(), three()
    run = partial(euler_maruyama, closed_form(data, process), process, normal(DRAWS, 2), generator=seeded(4))
    with pytest.raises(ValueError, match=r"diffusion=process\.sigma"):
        run(schedules.uniform(1.0, 0.01, 100))
    x = run(schedules.uniform(1.0, 0.01, 250), diffusion=process.sigma)
    expected = marginal(data, process, number(0.01))
    assert (x.mean(0) - mean(expected)).abs().max() < 0.08
    assert (x.T.cov() - covariance(expected)).abs().max() < 0.1


@pytest.mark.parametrize("name", ["ve", "flow"])
def test_restart_keeps_the_distribution(name):
    process, low, high = PROCESSES[name]
    data = three()
    times = schedules.karras(process, high, low, 40)
    again = Restart(times=times[15:31], num_times=3)
    begun = drawn(marginal(data, process, number(high)), DRAWS, seeded(1))
    x = restart(closed_form(data, process), process, begun, times, restarts=[again], generator=seeded(2))
    expected = marginal(data, process, number(low))
    assert (x.mean(0) - mean(expected)).abs().max() < 0.08
    assert (x.T.cov() - covariance(expected)).abs().max() < 0.1
    alone = heun(closed_form(data, process), process, begun, times)
    assert (x - alone).abs().mean() > 0.1  # it did go back


def test_restart_without_restarts_is_heun_and_with_them_forgets_where_it_began():
    process, data = VariancePreserving(), three()
    times = schedules.karras(process, 1.0, 1e-3, 30)
    run = partial(restart, closed_form(data, process), process, normal(500, 2), times, generator=seeded(2))
    assert torch.equal(run(restarts=[]), heun(closed_form(data, process), process, normal(500, 2), times))
    some = times[10:20]
    thrice = run(restarts=[Restart(times=some, num_times=3)], generator=seeded(6))
    assert torch.equal(thrice, run(restarts=[Restart(times=some)] * 3, generator=seeded(6)))
    assert (thrice - run(restarts=[Restart(times=some)], generator=seeded(6))).abs().mean() > 1e-3
    whole = Restart(times=times[:-3], num_times=1)
    other = restart(
        closed_form(data, process), process, normal(500, 2, seed=8), times, restarts=[whole], generator=seeded(2)
    )
    near = (run(restarts=[whole]) - other).norm(dim=1)
    assert near.median() < 0.05  # the same noise from there on
    with pytest.raises(ValueError, match="none of the times after the first"):
        run(restarts=[Restart(times=rows(0.5, 0.123))])


def test_restart_contracts_the_error_of_a_denoiser():
    """Theorem 1 of Xu et al. 2023 in small: what came wrong from above the interval is forgotten."""
    process, data = VariancePreserving(), three()
    times = schedules.karras(process, 1.0, 1e-3, 40)
    shifted_start = drawn(marginal(data, process, number(1.0)), DRAWS, seeded(1)) + 1.0
    again = Restart(times=schedules.karras(process, 0.6, float(times[-5]), 15), num_times=4)
    denoise = closed_form(data, process)
    plain = heun(denoise, process, shifted_start, times)
    better = restart(denoise, process, shifted_start, times, restarts=[again], generator=seeded(2))
    off = [(x.mean(0) - mean(data)).norm() for x in (plain, better)]
    assert off[1] < 0.5 * off[0]


@pytest.mark.parametrize("s_churn", [5.0, 1e9])
def test_churn_keeps_the_distribution_and_stays_within_its_levels(s_churn):
    process, data = VariancePreserving(), three()
    times = schedules.karras(process, 1.0, 1e-3, 60)
    asked_at = []

    def denoise(x, t):
        asked_at.append(float(t[0]))
        return closed_form(data, process)(x, t)

    begun = drawn(marginal(data, process, number(1.0)), DRAWS, seeded(1))
    x = churn(denoise, process, begun, times, generator=seeded(2), s_churn=s_churn, s_min=0.05, s_max=20.0)
    assert (x.mean(0) - mean(data)).abs().max() < 0.08
    assert (x.T.cov() - covariance(data)).abs().max() < 0.1
    raised = [t for t in asked_at if (times - t).abs().min() > 1e-9]
    levels = process.sigma(rows(*raised)) / process.alpha(rows(*raised))
    gamma = min(s_churn / 60, sqrt(2) - 1)
    assert 10 < len(raised) < 60
    assert levels.min() > 0.05
    assert levels.max() < 20 * (1 + gamma)


def test_churn_for_noise_levels_is_algorithm_2_step_by_step():
    """Written out as in the paper, for sigma(t) = t."""
    process, data = PROCESSES["level"][0], three()
    denoise = closed_form(data, process)
    times = schedules.karras(process, 10.0, 0.01, 12)
    found = churn(
        denoise, process, normal(20, 2) * 10, times, generator=seeded(5), s_churn=3.0, s_min=0.1, s_noise=1.01
    )
    x, dice = normal(20, 2) * 10, seeded(5)
    for t, later in pairwise(times):
        gamma = min(3.0 / 12, sqrt(2) - 1) if t >= 0.1 else 0.0
        raised = t + gamma * t
        if gamma:
            x = x + (raised**2 - t**2).sqrt() * 1.01 * torch.randn(x.shape, generator=dice, dtype=x.dtype)
        d = (x - denoise(x, raised.expand(20))) / raised
        ahead = x + (later - raised) * d
        x = x + (later - raised) * (d + (ahead - denoise(ahead, later.expand(20))) / later) / 2
    torch.testing.assert_close(found, x)


@pytest.mark.parametrize("run", [churn, euler_maruyama, partial(ddim, eta=0.7)])
def test_the_same_generator_gives_the_same_sample(run):
    process, data = VariancePreserving(), three()
    times = schedules.karras(process, 1.0, 1e-3, 10)
    first, again, other = (
        run(closed_form(data, process), process, normal(5, 2), times, generator=seeded(s)) for s in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert (first - other).abs().min() > 1e-6


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("sampler", [euler, ddim, heun, dpm_solver, unipc, runge_kutta])
def test_pictures_and_films_keep_their_shape_and_type(sampler, dtype):
    """On a standard normal, whose denoiser is alpha x under a variance preserving process, x stays where it is."""
    process = VariancePreserving()
    noise = normal(2, 3, 4, 5, 6).to(dtype)

    def denoise(x, t):
        assert t.shape == (2,)
        return x * process.alpha(t).to(x)[:, None, None, None, None]

    x = sampler(denoise, process, noise, schedules.karras(process, 1.0, 0.01, 60))
    assert x.dtype == dtype
    assert x.shape == noise.shape
    assert (x - noise).abs().max() < 0.25 * noise.abs().max()
    assert (x - noise).abs().mean() < 0.05


@pytest.mark.parametrize("times", [(0.5,), (0.1, 0.5), (0.5, 0.5), (0.9, 0.1, 0.2)])
def test_times_that_do_not_fall_are_refused(times):
    for sampler in (euler, ddim, heun, dpm_solver, unipc, runge_kutta):
        with pytest.raises(ValueError, match="two or more that fall"):
            sampler(closed_form(three(), VariancePreserving()), VariancePreserving(), normal(2, 2), rows(*times))


def test_what_cannot_be_is_refused():
    process, data, times = VariancePreserving(), three(), rows(0.5, 0.1)
    with pytest.raises(ValueError, match="needs a generator"):
        ddim(closed_form(data, process), process, normal(2, 2), times, eta=0.5)
    with pytest.raises(ValueError, match="order must be 1 or more, got 0"):
        unipc(closed_form(data, process), process, normal(2, 2), times, order=0)


def test_noise_halfway_and_back_draws_near_the_original():
    """SDEdit's use of the room: noise is added to x_0, and the flow leads back to what it may have been."""
    process, data = RectifiedFlow(), gaussian()
    x0 = drawn(data, 2000, seeded(1))
    near, far = (
        heun(
            closed_form(data, process),
            process,
            add_noise(process, x0, normal(2000, 2), number(t)),
            schedules.uniform(t, 0.0, 20),
        )
        for t in (0.2, 0.9)
    )
    assert (near - x0).norm(dim=1).mean() < 0.5 * (far - x0).norm(dim=1).mean()
