"""Samplers and guidance step for step beside diffusers' schedulers and guiders, on one network."""

import warnings

import pytest
import torch

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of diffusers' own imports
    diffusers = pytest.importorskip("diffusers")
    from diffusers.guiders.adaptive_projected_guidance import MomentumBuffer, normalized_guidance

from filmwright.ml.diffusion import schedules
from filmwright.ml.diffusion.discrete import Discrete
from filmwright.ml.diffusion.family import NoiseLevel, RectifiedFlow
from filmwright.ml.diffusion.guidance import adaptive_projected
from filmwright.ml.diffusion.mixture import closed_form
from filmwright.ml.diffusion.prediction import convert, denoiser
from filmwright.ml.diffusion.sampling import ddim, dpm_solver, euler, heun, unipc
from tests.gaussians import normal, rows, seeded, three

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # NumPy in torch

BETAS = {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}
TABLE = Discrete(alphas_cumprod=schedules.alphas_cumprod(schedules.scaled_linear_betas()))
FLOW, LEVEL = RectifiedFlow(), NoiseLevel()
NAMES = {"epsilon": "epsilon", "x0": "sample", "v": "v_prediction", "velocity": "flow_prediction"}


def network(process, prediction):
    """A network that predicts what it should about three Gaussians."""
    denoise = closed_form(three(), process)
    return lambda x, t: convert(process, denoise(x, t), x, t, given="x0", wanted=prediction)


def path_of(sampler, process, x, times, **options):
    """x after each step of ours, and the last: where it was asked first at each of the times."""
    seen = {}
    predict = closed_form(three(), process)

    def denoise(x, t):
        seen.setdefault(float(t[0]), x)
        return predict(x, t)

    end = sampler(denoise, process, x, times, **options)
    return [seen[float(t)] for t in times[:-1]] + [end]


def path_of_theirs(scheduler, process, prediction, x, times):
    """x before each step of theirs, and the last; their network is asked at our times."""
    predict = network(process, prediction)
    steps, path = scheduler.timesteps, []
    for step, t in zip(steps, times, strict=True):
        path.append(x)
        x = scheduler.step(predict(x, t.expand(len(x))), step, x).prev_sample
    return [*path, x]


def assert_same(ours, theirs, tolerance):
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other.to(mine), rtol=tolerance, atol=tolerance)


def table_times(scheduler):
    return torch.cat([scheduler.timesteps.double(), rows(-1.0)])


@pytest.mark.parametrize("prediction", ["epsilon", "x0", "v"])
@pytest.mark.parametrize("count", [8, 20])
def test_dpm_solver(prediction, count):
    scheduler = diffusers.DPMSolverMultistepScheduler(
        **BETAS, algorithm_type="dpmsolver++", solver_order=2, prediction_type=NAMES[prediction]
    )
    scheduler.set_timesteps(count)
    times, x = table_times(scheduler), normal(6, 2)
    assert_same(path_of(dpm_solver, TABLE, x, times), path_of_theirs(scheduler, TABLE, prediction, x, times[:-1]), 2e-5)


def test_dpm_solver_on_flows():
    scheduler = diffusers.DPMSolverMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0, final_sigmas_type="zero"
    )
    scheduler.set_timesteps(16)
    times, x = scheduler.sigmas.double(), normal(6, 2)
    theirs = path_of_theirs(scheduler, FLOW, "velocity", x, times[:-1])
    assert_same(path_of(dpm_solver, FLOW, x, times), theirs, 2e-5)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("prediction", ["epsilon", "v"])
def test_unipc(order, prediction):
    scheduler = diffusers.UniPCMultistepScheduler(**BETAS, solver_order=order, prediction_type=NAMES[prediction])
    scheduler.set_timesteps(12)
    times, x = table_times(scheduler), normal(6, 2)
    theirs = path_of_theirs(scheduler, TABLE, prediction, x, times[:-1])
    ours = path_of(unipc, TABLE, x, times, order=order, lower_order_final=True)
    # they correct at the beginning of the next step: what the network sees is the prediction on both sides
    assert_same(ours, theirs, 1e-4)


def test_unipc_on_flows():
    scheduler = diffusers.UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=5.0, final_sigmas_type="zero"
    )
    scheduler.set_timesteps(14)
    times, x = scheduler.sigmas.double(), normal(6, 2)
    ours = path_of(unipc, FLOW, x, times, lower_order_final=True)
    assert_same(ours, path_of_theirs(scheduler, FLOW, "velocity", x, times[:-1]), 2e-4)


@pytest.mark.parametrize("prediction", ["epsilon", "x0", "v"])
def test_ddim(prediction):
    scheduler = diffusers.DDIMScheduler(
        **BETAS, clip_sample=False, set_alpha_to_one=True, prediction_type=NAMES[prediction]
    )
    scheduler.set_timesteps(20)
    times, x = table_times(scheduler), normal(6, 2)
    assert_same(path_of(ddim, TABLE, x, times), path_of_theirs(scheduler, TABLE, prediction, x, times[:-1]), 2e-5)


def test_ddim_with_noise():
    scheduler = diffusers.DDIMScheduler(**BETAS, clip_sample=False)
    scheduler.set_timesteps(20)
    times, x, dice = table_times(scheduler), normal(6, 2), seeded(3)
    predict, their = network(TABLE, "epsilon"), x
    for step, t in zip(scheduler.timesteps, times[:-1], strict=True):
        noise = torch.randn(x.shape, generator=dice, dtype=x.dtype)
        said = predict(their, t.expand(6))
        their = scheduler.step(said, step, their, eta=0.6, variance_noise=noise).prev_sample
    ours = ddim(closed_form(three(), TABLE), TABLE, x, times, eta=0.6, generator=seeded(3))
    torch.testing.assert_close(ours, their.double(), rtol=1e-4, atol=1e-4)


def test_euler_on_flows():
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0)
    scheduler.set_timesteps(15)
    times, x = scheduler.sigmas.double(), normal(6, 2)
    assert_same(path_of(euler, FLOW, x, times), path_of_theirs(scheduler, FLOW, "velocity", x, times[:-1]), 2e-5)
    first = schedules.shifted(schedules.uniform(1.0, 1e-3, 14), 3.0)
    torch.testing.assert_close(first[0], times[0])


@pytest.mark.parametrize("karras", [False, True])
def test_euler_on_noise_levels(karras):
    scheduler = diffusers.EulerDiscreteScheduler(**BETAS, use_karras_sigmas=karras)
    scheduler.set_timesteps(15)
    times = scheduler.sigmas.double()
    x = normal(6, 2) * times[0]
    ours = path_of(euler, LEVEL, x, times)
    assert_same([y / times[0] for y in ours], [y / times[0] for y in levels_of_theirs(scheduler, x, times)], 2e-5)
    if karras:
        torch.testing.assert_close(
            schedules.karras(LEVEL, float(times[0]), float(times[-2]), 14), times[:-1], rtol=1e-4, atol=1e-5
        )


def levels_of_theirs(scheduler, x, times):
    """x before each step; they ask their network about x / sqrt(sigma^2 + 1), ours knows x itself."""
    predict, path = network(LEVEL, "epsilon"), []
    for step, t in zip(scheduler.timesteps, times[:-1], strict=True):
        path.append(x)
        scheduler.scale_model_input(x, step)
        x = scheduler.step(predict(x, t.expand(len(x))), step, x).prev_sample
    return [*path, x]


def test_heun_on_noise_levels():
    scheduler = diffusers.HeunDiscreteScheduler(**BETAS)
    scheduler.set_timesteps(12)
    sigmas = scheduler.sigmas.double()
    times = torch.cat([sigmas[:1], sigmas[1::2]])  # theirs has each inner level twice
    x = normal(6, 2) * times[0]
    ours = heun(closed_form(three(), LEVEL), LEVEL, x, times)
    their, predict = x, network(LEVEL, "epsilon")
    for number, step in enumerate(scheduler.timesteps):
        level = sigmas[number] if scheduler.state_in_first_order else sigmas[number + 1]
        their = scheduler.step(predict(their, level.expand(6)), step, their).prev_sample
    torch.testing.assert_close(ours, their.double(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("parallel", "momentum", "threshold"), [(0.0, -0.5, 2.5), (0.3, 0.0, 0.1), (1.0, -0.75, 0.0)])
def test_projected_guidance(parallel, momentum, threshold):
    theirs, ours = (
        MomentumBuffer(momentum),
        adaptive_projected(4.0, parallel=parallel, momentum=momentum, norm_threshold=threshold or float("inf")),
    )
    for step in range(4):
        first, second = normal(3, 4, 5, seed=step), normal(3, 4, 5, seed=step + 50)
        found = normalized_guidance(first, second, 3.0, theirs, parallel, threshold, True, norm_dim=(-1, -2))
        torch.testing.assert_close(ours(first, second), found)


def test_betas_and_table():
    scheduler = diffusers.DDIMScheduler(**BETAS)
    torch.testing.assert_close(TABLE.alphas_cumprod.float(), scheduler.alphas_cumprod, rtol=1e-4, atol=1e-6)
    cosine = diffusers.DDIMScheduler(beta_schedule="squaredcos_cap_v2")
    torch.testing.assert_close(schedules.cosine_betas().float(), cosine.betas, rtol=1e-4, atol=1e-6)


def test_a_network_of_theirs_is_a_denoiser():
    process = TABLE
    x, t = normal(4, 2), rows(100.0, 400.0, 700.0, 990.0)
    torch.testing.assert_close(
        denoiser(network(process, "v"), process, "v")(x, t), closed_form(three(), process)(x, t), rtol=1e-6, atol=1e-6
    )
