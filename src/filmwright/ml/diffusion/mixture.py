"""Gaussians and mixtures of them: data for which every quantity of this room is known in closed form."""

from dataclasses import dataclass
from math import log, pi

import torch
from jaxtyping import Float
from torch import Tensor

from .prediction import Denoiser
from .process import Process, standard_normal


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mixture:
    """Weighted Gaussians, each by its mean and the principal axes of its covariance; one alone is a Gaussian."""

    weights: Float[Tensor, " K"]  # they sum to 1
    means: Float[Tensor, "K D"]
    axes: Float[Tensor, "K D D"]  # columns: unit eigenvectors of the covariances
    variances: Float[Tensor, "K D"]  # along the axes


def mixture(weights: Float[Tensor, " K"], means: Float[Tensor, "K D"], covariances: Float[Tensor, "K D D"]) -> Mixture:
    """A mixture from covariance matrices; weights are brought to the sum 1."""
    variances, axes = torch.linalg.eigh(covariances)
    if not (variances > 0).all() or not (weights > 0).all():
        raise ValueError("a mixture needs positive weights and positive definite covariances.")
    return Mixture(weights=weights / weights.sum(), means=means, axes=axes, variances=variances)


def drawn(data: Mixture, count: int, generator: torch.Generator) -> Float[Tensor, "B D"]:
    """Samples."""
    which = torch.multinomial(data.weights, count, replacement=True, generator=generator)
    along = standard_normal(data.means[which], generator) * data.variances[which].sqrt()
    return data.means[which] + torch.einsum("bij,bj->bi", data.axes[which], along)


def mean(data: Mixture) -> Float[Tensor, " D"]:
    """The mean of the whole."""
    return data.weights @ data.means


def covariance(data: Mixture) -> Float[Tensor, "D D"]:
    """The covariance of the whole: within the parts, and between their means."""
    within = torch.einsum("k,kij,kj,klj->il", data.weights, data.axes, data.variances, data.axes)
    off = data.means - mean(data)
    return within + torch.einsum("k,ki,kj->ij", data.weights, off, off)


def marginal(data: Mixture, process: Process, t: Float[Tensor, ""]) -> Mixture:
    """The distribution of x_t: again a mixture."""
    alpha, sigma = process.alpha(t), process.sigma(t)
    return Mixture(
        weights=data.weights,
        means=alpha * data.means,
        axes=data.axes,
        variances=alpha**2 * data.variances + sigma**2,
    )


def log_prob(data: Mixture, x: Float[Tensor, "B D"]) -> Float[Tensor, " B"]:
    """log p(x) in nats."""
    return torch.logsumexp(_log_joint(data.weights, _along(data, x), data.variances), 1)


def score(data: Mixture, x: Float[Tensor, "B D"]) -> Float[Tensor, "B D"]:
    """The gradient of log p(x): each part's own, weighted by how likely x is of that part."""
    along = _along(data, x)
    whose = _log_joint(data.weights, along, data.variances).softmax(1)
    return -torch.einsum("bk,kij,bkj->bi", whose, data.axes, along / data.variances)


def closed_form(data: Mixture, process: Process) -> Denoiser:
    """The best denoiser there is, E[x_0 | x_t], by Tweedie's formula (Efron 2011): (x + sigma^2 score) / alpha.

    Written as a mean over the parts, so that it holds where alpha or sigma is 0, too.
    """

    def denoise(x: Tensor, t: Tensor) -> Tensor:
        alpha, sigma = (c.to(x)[:, None, None] for c in (process.alpha(t), process.sigma(t)))
        variances = alpha**2 * data.variances + sigma**2
        along = torch.einsum("bki,kij->bkj", x[:, None] - alpha * data.means, data.axes)
        whose = _log_joint(data.weights, along, variances).softmax(1)
        expected = data.means + torch.einsum("kij,bkj->bki", data.axes, alpha * data.variances / variances * along)
        return torch.einsum("bk,bki->bi", whose, expected)

    return denoise


def transported(
    data: Mixture, process: Process, x: Float[Tensor, "B D"], t: Float[Tensor, ""], goal: Float[Tensor, ""]
) -> Float[Tensor, "B D"]:
    """The exact solution of the probability flow ODE from t to goal for one Gaussian: each axis is scaled."""
    if len(data.weights) != 1:
        raise ValueError(f"the flow is known in closed form for one Gaussian, not for {len(data.weights)}.")
    here, there = marginal(data, process, t), marginal(data, process, goal)
    along = _along(here, x)[:, 0] * (there.variances / here.variances).sqrt()[0]
    return there.means[0] + along @ data.axes[0].T


def _along(data: Mixture, x: Float[Tensor, "B D"]) -> Float[Tensor, "B K D"]:
    """x from each mean, along its axes."""
    return torch.einsum("bki,kij->bkj", x[:, None] - data.means, data.axes)


def _log_joint(
    weights: Float[Tensor, " K"], along: Float[Tensor, "B K D"], variances: Float[Tensor, "*_ K D"]
) -> Float[Tensor, "B K"]:
    """log of the weight times the density of each part."""
    return weights.log() - (along**2 / variances + variances.log() + log(2 * pi)).sum(2) / 2
