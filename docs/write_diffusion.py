"""Write the plots of the diffusion tutorial (needs matplotlib): python docs/write_diffusion.py docs/media."""

import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import pairwise
from math import log2
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from filmwright.film.frames.renderers import renderers
from filmwright.jobs.film import Film
from filmwright.jobs.plan import plan
from filmwright.ml.diffusion import noise as noise_room
from filmwright.ml.diffusion import schedules
from filmwright.ml.diffusion.family import (
    RectifiedFlow,
    SubVariancePreserving,
    VarianceExploding,
    VariancePreserving,
)
from filmwright.ml.diffusion.guidance import adaptive_projected, classifier_free, guided
from filmwright.ml.diffusion.likelihood import log_likelihood
from filmwright.ml.diffusion.mixture import Mixture, closed_form, drawn, log_prob, marginal, mixture, transported
from filmwright.ml.diffusion.noise import warped_noise
from filmwright.ml.diffusion.process import Process, diffusion, drift
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
from filmwright.ml.diffusion.sampling.euler_maruyama import simulated

FAMILY: dict[str, tuple[Process, float]] = {  # and the last time that is drawn
    "VP": (VariancePreserving(), 1.0),
    "sub-VP": (SubVariancePreserving(), 1.0),
    "VE": (VarianceExploding(sigma_min=0.02, sigma_max=6.0), 1.0),
    "rectified flow": (RectifiedFlow(), 0.995),
}
RUNS: dict[str, tuple[Callable[..., Tensor], int, int, str]] = {  # sampler, evaluations a step, order, colour
    "Euler": (euler, 1, 1, "#7f7f7f"),
    "DDIM": (ddim, 1, 1, "#bcbd22"),
    "Heun": (heun, 2, 2, "#1f77b4"),
    "DPM-Solver++(2M)": (dpm_solver, 1, 2, "#d62728"),
    "UniPC, order 2": (unipc, 1, 3, "#2ca02c"),
    "UniPC, order 3": (partial(unipc, order=3), 1, 4, "#9467bd"),
    "Runge-Kutta": (runge_kutta, 4, 4, "#17becf"),
}


def number(value: float) -> Tensor:
    """A time."""
    return torch.tensor(value, dtype=torch.float64)


def rows(*values: object) -> Tensor:
    """A matrix, or more."""
    return torch.tensor(values, dtype=torch.float64)


def seeded(seed: int) -> torch.Generator:
    """Dice."""
    return torch.Generator().manual_seed(seed)


def two_humps() -> Mixture:
    """Data of one number."""
    return mixture(rows(0.65, 0.35), rows((-1.0,), (1.2,)), rows(((0.05,),), ((0.12,),)))


def moons() -> Mixture:
    """Data of two numbers: six Gaussians on two arcs."""
    angles = torch.linspace(0.3, 2.8, 3, dtype=torch.float64)
    upper = torch.stack([angles.cos() - 0.6, angles.sin() - 0.3], 1)
    lower = torch.stack([angles.cos() + 0.6, 0.3 - angles.sin()], 1)
    along = torch.cat([angles, -angles]) + torch.pi / 2
    axis = torch.stack([along.cos(), along.sin()], 1)
    covariances = 0.11 * axis[:, :, None] * axis[:, None] + 0.01 * torch.eye(2, dtype=torch.float64)
    return mixture(torch.ones(6, dtype=torch.float64), torch.cat([upper, lower]) * 1.4, covariances)


def family() -> plt.Figure:
    """The densities of each process over time, with paths of its ODE and of its SDE; below, its two curves."""
    data = two_humps()
    figure, axes = plt.subplots(2, 4, figsize=(13, 6.4), height_ratios=[2.2, 1], sharex="col", layout="constrained")
    for (name, (process, last)), column in zip(FAMILY.items(), axes.T, strict=True):
        times = torch.linspace(0.002, last, 220, dtype=torch.float64)
        tall = 9.0 if name == "VE" else 3.0
        heights = torch.linspace(-tall, tall, 400, dtype=torch.float64)
        dense = torch.stack([log_prob(marginal(data, process, t), heights[:, None]).exp() for t in times], 1)
        edges = (float(times[0]), float(times[-1]), -tall, tall)
        shade = (dense / dense.amax(0)) ** 0.6
        column[0].imshow(shade, origin="lower", extent=edges, aspect="auto", cmap="magma")
        starts = drawn(data, 3, seeded(8))
        for path in _paths(process, starts, times):
            column[0].plot(times, path, color="#66ccff", lw=0.7)
        quantiles = torch.linspace(0.06, 0.94, 9, dtype=torch.float64)
        end = marginal(data, process, times[-1])
        noise = torch.quantile(drawn(end, 20_000, seeded(1))[:, 0], quantiles)[:, None]
        for path in _flow(data, process, noise, times):
            column[0].plot(times, path, color="white", lw=1.1)
        column[0].set(title=name, ylim=(-tall, tall))
        column[1].plot(times, process.alpha(times), color="#d62728", label="alpha: data")
        column[1].plot(times, process.sigma(times), color="#1f77b4", label="sigma: noise")
        column[1].set(xlabel="time", ylim=(0, 6.2 if name == "VE" else 1.05))
    axes[0, 0].set_ylabel("x")
    axes[1, 0].legend(frameon=False)
    return figure


def _paths(process: Process, x0: Tensor, times: Tensor) -> np.ndarray:
    """The forward SDE, seen at each of the times."""
    dice, x, seen = seeded(3), x0, [x0]
    for t, later in pairwise(times):
        inner = torch.linspace(float(t), float(later), 6, dtype=torch.float64)
        x = simulated(lambda x, t: drift(process, t) * x, lambda t: diffusion(process, t), x, inner, generator=dice)
        seen.append(x)
    return torch.cat(seen, 1).numpy()


def _flow(data: Mixture, process: Process, noise: Tensor, times: Tensor) -> np.ndarray:
    """The probability flow from noise, seen at each of the times."""
    x, seen, denoise = noise, [noise], closed_form(data, process)
    for later, t in pairwise(times.flip(0)):
        x = runge_kutta(denoise, process, x, torch.stack([later, t]))
        seen.append(x)
    return torch.cat(seen[::-1], 1).numpy()


def orders() -> plt.Figure:
    """Errors on the exact flow of a Gaussian, by evaluations of the network; printed: the orders that were measured."""
    data = mixture(rows(1.0), rows((0.7, -1.2)), rows(((0.5, 0.3), (0.3, 0.4))))
    figure, axes = plt.subplots(1, 2, figsize=(11, 4.4), sharey=True, layout="constrained")
    for name, axis in zip(("VP", "rectified flow"), axes, strict=True):
        process = FAMILY[name][0]
        high, low = number(0.8), number(0.1)
        x = drawn(marginal(data, process, high), 64, seeded(1))
        goal = transported(data, process, x, high, low)
        for label, (run, cost, order, colour) in RUNS.items():
            counts = [n for n in (4, 8, 16, 32, 64, 128) if n * cost >= 8]
            errors = []
            for count in counts:
                times = _eased(process, float(high), float(low), count)
                found = run(closed_form(data, process), process, x, times)
                errors.append(float((found - goal).square().mean().sqrt()))
            axis.loglog([cost * n for n in counts], errors, "o-", ms=3, color=colour, label=f"{label} ({order})")
            print(f"{name}: {label}: order {log2(errors[-2] / errors[-1]):.2f}, theory {order}")
        axis.set(title=name, xlabel="evaluations of the network")
        axis.grid(alpha=0.25)
    axes[0].set_ylabel("distance to the exact flow")
    axes[1].legend(frameon=False, fontsize=8, title="sampler (order in theory)", title_fontsize=8)
    return figure


def _eased(process: Process, high: float, low: float, count: int) -> Tensor:
    """Even in lambda, the first step made short: it is of first order in samplers that remember."""
    times = schedules.log_snr(process, high, low, count)
    return torch.cat([times[:1], (times[0] + (times[1] - times[0]) / count)[None], times[1:]])


def likelihood() -> plt.Figure:
    """The density of data by the ODE, beside the exact one, and its error by steps."""
    data, process = moons(), VariancePreserving()
    begin = 1e-3
    here = marginal(data, process, number(begin))
    axis = torch.linspace(-2.8, 2.8, 56, dtype=torch.float64)
    grid = torch.cartesian_prod(axis, axis)
    found, _ = log_likelihood(closed_form(data, process), process, grid, _rising(process, begin, 60))
    truth = log_prob(here, grid)
    figure, axes = plt.subplots(1, 3, figsize=(12.5, 4), layout="constrained")
    for place, values, title in (
        (axes[0], truth, "log density, closed form"),
        (axes[1], found, "by the ODE, 60 steps"),
    ):
        shown = values.reshape(56, 56).T.clamp(min=-12)
        drawn_as = place.imshow(shown, origin="lower", extent=(-2.8, 2.8, -2.8, 2.8), cmap="magma", vmin=-12, vmax=0)
        place.set(title=title, xticks=[], yticks=[])
    figure.colorbar(drawn_as, ax=axes[:2], label="nats", shrink=0.8)
    x = drawn(here, 400, seeded(2))
    counts, errors = (8, 16, 32, 64, 128, 256), []
    for count in counts:
        guess, _ = log_likelihood(closed_form(data, process), process, x, _rising(process, begin, count))
        errors.append(float((guess - log_prob(here, x)).abs().mean()))
        print(f"likelihood: {count} steps: {errors[-1]:.2g} nats off in the mean")
    axes[2].loglog(counts, errors, "o-", color="#1f77b4", ms=4)
    axes[2].set(title="error of samples' log density", xlabel="steps of Runge-Kutta", ylabel="nats")
    axes[2].grid(alpha=0.25)
    return figure


def _rising(process: Process, begin: float, count: int) -> Tensor:
    return schedules.log_snr(process, 1.0, begin, count).flip(0)


def wrong(data: Mixture, process: Process) -> Callable[[Tensor, Tensor], Tensor]:
    """A denoiser that errs as networks do: at high noise, where all is blurred, it pulls everything to one side."""
    right = closed_form(data, process)

    def denoise(x: Tensor, t: Tensor) -> Tensor:
        level = (process.sigma(t) / process.alpha(t))[:, None]
        return right(x, t) + 0.8 * torch.exp(-((level.log() - 1.2) ** 2)) * rows(1.0, 0.0)

    return denoise


def forgetting() -> plt.Figure:
    """What samplers that add noise make of a denoiser that errs at high noise, beside one that does not."""
    data, process = moons(), VariancePreserving()
    times = schedules.karras(process, 1.0, 1e-3, 48)
    begin = float(process.time_at(number(1.5)))
    again = Restart(times=schedules.karras(process, begin, float(times[40]), 12), num_times=6)
    runs: dict[str, Callable[..., Tensor]] = {
        "Heun": heun,
        "Euler-Maruyama": partial(euler_maruyama, generator=seeded(2)),
        "Heun with churn": partial(churn, generator=seeded(2), s_churn=20.0, s_max=1.5),
        "restart": partial(restart, restarts=[again], generator=seeded(2)),
    }
    figure, axes = plt.subplots(1, 5, figsize=(14, 2.4), layout="constrained")
    _cloud(axes[0], drawn(data, 4000, seeded(5)), "data")
    noise = torch.randn(4000, 2, generator=seeded(1), dtype=torch.float64)
    truth = drawn(data, 4000, seeded(6))
    for (name, run), axis in zip(runs.items(), axes[1:], strict=True):
        x = run(wrong(data, process), process, noise, times)
        _cloud(axis, x, name)
        axis.set_xlabel(f"energy distance {_energy(x, truth):.4f}")
        print(f"forgetting: {name}: energy distance {_energy(x, truth):.4f}")
    floor = _energy(drawn(data, 4000, seeded(5)), truth)
    axes[0].set_xlabel(f"energy distance {floor:.4f}")
    print(f"forgetting: two draws of the data: energy distance {floor:.4f}")
    return figure


def _energy(a: Tensor, b: Tensor) -> float:
    """The energy distance (Szekely and Rizzo 2013) of two sets of draws."""
    return float(2 * torch.cdist(a, b).mean() - torch.cdist(a, a).mean() - torch.cdist(b, b).mean())


def _cloud(axis: Axes, x: Tensor, title: str) -> None:
    axis.scatter(*x.T, s=0.6, color="#1f77b4", alpha=0.6, lw=0)
    axis.set(title=title, xlim=(-2.9, 2.9), ylim=(-1.9, 1.9), xticks=[], yticks=[])


def guidance() -> plt.Figure:
    """One arc as the condition, both as the data: stronger guidance, plain and projected."""
    data, process = moons(), VariancePreserving()
    wanted = mixture(
        torch.ones(3, dtype=torch.float64),
        data.means[:3],
        torch.einsum("kij,kj,klj->kil", data.axes[:3], data.variances[:3], data.axes[:3]),
    )
    begin = torch.randn(3000, 2, generator=seeded(1), dtype=torch.float64)
    times = schedules.karras(process, 1.0, 1e-3, 40)
    figure, axes = plt.subplots(1, 5, figsize=(14, 2.4), layout="constrained")
    for axis, (name, scale, projected) in zip(
        axes,
        (
            ("scale 1: the condition", 1.0, False),
            ("classifier-free, 3", 3.0, False),
            ("classifier-free, 8", 8.0, False),
            ("projected, 3", 3.0, True),
            ("projected, 8", 8.0, True),
        ),
        strict=True,
    ):
        plain = partial(classifier_free, guidance_scale=scale)
        guide = adaptive_projected(scale, momentum=-0.5, norm_threshold=1.0) if projected else plain
        denoise = guided(closed_form(wanted, process), closed_form(data, process), guide)
        x = heun(denoise, process, begin, times)
        _cloud(axis, x, name)
        print(f"guidance: {name}: mean log density of the condition {float(log_prob(wanted, x).mean()):.2f}")
    return figure


def noise() -> plt.Figure:
    """One row of the sample's first shot and of its noise over time; how much of the noise stays with the surface."""
    rgb, flow, visible, ids = _filmed()
    fill = partial(warped_noise, flow, visible, ids, num_channels=24)
    ways = {
        "grains": (fill(generator=seeded(1)), "#d62728"),
        "grains, commanded 0.95": (fill(generator=seeded(1), correlation=0.95), "#ff9896"),
        "whole pixels, copied": (_copied(flow, visible), "#1f77b4"),
        "interpolated": (_interpolated(flow), "#2ca02c"),
    }
    figure, axes = plt.subplots(2, 4, figsize=(13.5, 4.4), layout="constrained", width_ratios=[1, 1, 1, 1.2])
    row = rgb.shape[1] * 5 // 8
    axes[0, 0].imshow(rgb[len(rgb) // 2], aspect="auto")
    axes[0, 0].axhline(row, color="white", lw=0.7)
    axes[0, 0].set(title="the shot, and a row of it", xticks=[], yticks=[])
    axes[0, 1].imshow(rgb[:, row], aspect="auto")
    axes[0, 1].set(title="the row over time", ylabel="frame", xticks=[])
    places = (axes[0, 2], axes[1, 0], axes[1, 1], axes[1, 2])
    for (name, (warped, colour)), place in zip(ways.items(), places, strict=True):
        place.imshow(warped[:, 0, row], aspect="auto", cmap="gray", vmin=-2.5, vmax=2.5)
        place.set(title=name, ylabel="frame", xticks=[])
        kept = _kept(warped, flow, visible)
        variances = warped.var(1).mean((1, 2))
        axes[0, 3].plot(kept, color=colour, label=name)
        axes[1, 3].plot(variances, color=colour)
        print(f"noise: {name}: {kept[-1]:.2f} kept, variance {float(variances[-1]):.2f} in the last frame")
    print(f"noise: {_most(flow, visible, ids):.2f} is the most that can be kept")
    axes[0, 3].set(title="noise of frame 0 that is within a pixel", ylim=(0, 1.05))
    axes[1, 3].set(title="variance", ylim=(0, 1.1), xlabel="frame")
    axes[0, 3].legend(frameon=False, fontsize=7)
    return figure


def _filmed() -> tuple[np.ndarray, Tensor, Tensor, Tensor]:
    """Pictures, flow, visible and ids of half a second of the bundled sample."""
    planned = plan(Film(brief="technical"))
    shot = replace(planned.storyboard.shots[0], width=160, height=90, seconds=Fraction(1))
    with renderers.open("warp", quality="draft") as renderer:
        pieces = list(renderer.render(planned.stage.scene, shot, passes=("ids", "flow")))
    flow, visible, ids = (
        torch.from_numpy(np.concatenate([getattr(p.passes, name) for p in pieces]))
        for name in ("flow", "visible", "ids")
    )
    return np.concatenate([p.rgb for p in pieces]), flow, visible, ids


def _copied(flow: Tensor, visible: Tensor) -> Tensor:
    """Each pixel's noise in the pixel that it comes to, fresh noise elsewhere."""
    dice, films = seeded(1), []
    now = torch.randn(24, *visible.shape[1:], generator=dice)
    for way, seen in zip(flow, visible, strict=True):
        films.append(now)
        after = torch.randn(now.shape, generator=dice)
        y, x = torch.nonzero(seen, as_tuple=True)
        right, down = (torch.stack([x, y], 1) + way[y, x]).round().long().unbind(1)
        inside = (right >= 0) & (right < seen.shape[1]) & (down >= 0) & (down < seen.shape[0])
        after[:, down[inside], right[inside]] = now[:, y[inside], x[inside]]
        now = after
    return torch.stack(films)


def _interpolated(flow: Tensor) -> Tensor:
    """Each frame fetched from the one before, bilinearly: as one warps pictures."""
    height, width = flow.shape[1:3]
    y, x = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")
    films = [torch.randn(24, height, width, generator=seeded(1))]
    for way in flow[:-1]:
        at = torch.stack([(x - way[..., 0]) / width, (y - way[..., 1]) / height], -1) * 2 - 1
        films.append(
            torch.nn.functional.grid_sample(films[-1][None], at[None], padding_mode="border", align_corners=False)[0]
        )
    return torch.stack(films)


def _kept(films: Tensor, flow: Tensor, visible: Tensor) -> list[float]:
    """How much of the first frame's noise lies within a pixel of where its point is now, of points seen all the time.

    The sum of the covariances with nine pixels: a point lies between pixels, and its noise is shared out among them.
    """
    height, width = visible.shape[1:]
    y, x = (a.flatten() for a in torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij"))
    place, seen = torch.stack([x, y], 1) + 0.5, torch.ones(height * width, dtype=torch.bool)
    kept, began = [], films[0].flatten(1)
    for film, way, there in zip(films, flow, visible, strict=True):
        right, down = place.floor().long().unbind(1)
        around = 9 * torch.nn.functional.avg_pool2d(film, 3, 1, 1)
        here = around[:, down.clamp(0, height - 1), right.clamp(0, width - 1)]
        kept.append(float((began * here)[:, seen].mean()))
        seen = seen & there[down.clamp(0, height - 1), right.clamp(0, width - 1)]
        place = place + way[down.clamp(0, height - 1), right.clamp(0, width - 1)]
        seen &= (place >= 1).all(1) & (place < torch.tensor([width - 1, height - 1])).all(1)
    return kept


def _most(flow: Tensor, visible: Tensor, ids: Tensor) -> float:
    """What a pixel that ends in a part of a pixel can keep of its noise: the root of that part, in the mean."""
    grains = noise_room.strewn(noise_room.nothing(1, flow.device), ids[0].long(), 4, seeded(1))
    grains = replace(grains, value=torch.ones_like(grains.value))  # which grows as the root of the area
    for way, seen, before, after in zip(flow, visible, ids, ids[1:], strict=False):
        grains = noise_room.carried(grains, way.double(), seen, before.long(), after.long())
    return float(grains.value.mean())


def main(folder: Path) -> None:
    """All of them."""
    torch.set_num_threads(1)
    plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    folder.mkdir(parents=True, exist_ok=True)
    for draw in (family, orders, likelihood, forgetting, guidance, noise):
        draw().savefig(folder / f"diffusion-{draw.__name__}.png", dpi=90)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
