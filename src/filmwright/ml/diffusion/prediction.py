"""What a network may predict, and how each follows from any other.

Every prediction is a mixture a x_0 + b epsilon of the two unknowns, and x_t = alpha x_0 + sigma epsilon is known: two
equations for two unknowns, so one formula converts all of them.

| prediction | a | b | source |
|---|---|---|---|
| x0 | 1 | 0 | |
| epsilon | 0 | 1 | Ho et al. 2020, eq. 14 |
| v | -sigma | alpha | Salimans and Ho 2022, arXiv:2202.00512, appendix D |
| velocity | alpha' | sigma' | Lipman et al. 2023, eq. 23; for straight lines epsilon - x_0 |
| score | 0 | -1 / sigma | Song et al. 2021, eq. 7 |
"""

from collections.abc import Callable
from typing import Literal, TypeAlias, assert_never

import torch
from jaxtyping import Float
from torch import Tensor

from .process import Process, spread

Prediction: TypeAlias = Literal["x0", "epsilon", "v", "velocity", "score"]
Denoiser: TypeAlias = Callable[[Tensor, Tensor], Tensor]  # x_t [B, ...], t [B] -> the x_0 expected, [B, ...]


def parts(process: Process, prediction: Prediction, t: Float[Tensor, "*T"]) -> tuple[Tensor, Tensor]:
    """a and b of a prediction a x_0 + b epsilon."""
    one, zero = torch.ones_like(t), torch.zeros_like(t)
    match prediction:
        case "x0":
            return one, zero
        case "epsilon":
            return zero, one
        case "v":
            return -process.sigma(t), process.alpha(t)
        case "velocity":
            return process.alpha_rate(t), process.sigma_rate(t)
        case "score":
            return zero, -1 / process.sigma(t)
        case _:
            assert_never(prediction)


def target(
    process: Process,
    prediction: Prediction,
    x0: Float[Tensor, "*B"],
    noise: Float[Tensor, "*B"],
    t: Float[Tensor, "*T"],
) -> Float[Tensor, "*B"]:
    """What a network that predicts this should say of x_t = alpha x0 + sigma noise: its target in training."""
    a, b = parts(process, prediction, t)
    return spread(a, x0) * x0 + spread(b, x0) * noise


def convert(
    process: Process,
    predicted: Float[Tensor, "*B"],
    x: Float[Tensor, "*B"],
    t: Float[Tensor, "*T"],
    *,
    given: Prediction,
    wanted: Prediction,
) -> Float[Tensor, "*B"]:
    """One prediction about x = x_t as another.

    With (a, b) of the given and (c, d) of the wanted one it is ((c b - d a) x + (alpha d - sigma c) predicted) /
    (alpha b - sigma a). Not finite where the given one says nothing of the wanted: epsilon where no data is left.
    """
    if given == wanted:
        return predicted
    alpha, sigma = process.alpha(t), process.sigma(t)
    (a, b), (c, d) = parts(process, given, t), parts(process, wanted, t)
    whole = alpha * b - sigma * a
    return spread((c * b - d * a) / whole, x) * x + spread((alpha * d - sigma * c) / whole, x) * predicted


def denoiser(network: Callable[[Tensor, Tensor], Tensor], process: Process, prediction: Prediction) -> Denoiser:
    """A network as what the samplers ask: x_t and t to the x_0 expected."""

    def denoise(x: Tensor, t: Tensor) -> Tensor:
        return convert(process, network(x, t), x, t, given=prediction, wanted="x0")

    return denoise


def asked(denoise: Denoiser, x: Float[Tensor, "B *S"], t: Float[Tensor, ""]) -> Float[Tensor, "B *S"]:
    """The denoiser's answer where the whole batch has one time."""
    return denoise(x, t.to(x.device).expand(len(x)))


def velocity(
    denoise: Denoiser, process: Process, x: Float[Tensor, "B *S"], t: Float[Tensor, ""]
) -> Float[Tensor, "B *S"]:
    """dx/dt of the probability flow ODE (Song et al. 2021, eq. 13): f x - g^2 score / 2."""
    return convert(process, asked(denoise, x, t), x, t, given="x0", wanted="velocity")
