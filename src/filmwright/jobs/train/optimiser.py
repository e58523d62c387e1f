"""AdamW, Muon for the blocks' matrices where it is asked for, and their learning rate."""

import math
from collections.abc import Sequence

from torch import nn
from torch.optim import AdamW, Muon, Optimizer

from .recipe import Optimiser


def optimisers(network: nn.Module, asked: Optimiser) -> tuple[Optimizer, ...]:
    """Fused AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101); vectors, such as biases, do not decay.

    Muon (Jordan et al. 2024) steps by the nearest orthogonal matrix to the momentum, for the matrices of blocks alone.
    """
    turned: list[nn.Parameter] = []
    matrices: list[nn.Parameter] = []
    vectors: list[nn.Parameter] = []
    for name, p in network.named_parameters():
        if p.requires_grad:
            of_block = "blocks." in name and name.endswith(".weight") and p.ndim == 2
            kind = turned if asked.muon is not None and of_block else matrices if p.ndim > 1 else vectors
            kind.append(p)
    groups = [
        {"params": matrices, "weight_decay": asked.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    made: list[Optimizer] = []
    if matrices or vectors:
        made.append(AdamW([g for g in groups if g["params"]], lr=asked.lr, betas=asked.betas, fused=True))
    if turned and asked.muon is not None:
        made.append(Muon(turned, lr=asked.muon, weight_decay=asked.weight_decay))
    return tuple(made)


def learning_rate(asked: Optimiser, step: int, progress: float) -> float:
    """After `step` steps, where `progress` from 0 to 1 is how much of the budget is spent."""
    warm = min((step + 1) / asked.warmup, 1.0) if asked.warmup else 1.0
    match asked.decay:
        case "constant":
            left = 1.0
        case "linear":
            left = 1 - progress
        case "cosine":
            left = (1 + math.cos(math.pi * progress)) / 2
    return asked.lr * warm * (asked.lowest + (1 - asked.lowest) * left if asked.decay != "constant" else 1.0)


def set_rates(optimisers: Sequence[Optimizer], asked: Optimiser, rate: float) -> None:
    """The rate of the next step; Muon's keeps its ratio to AdamW's."""
    for optimiser in optimisers:
        times = (asked.muon or 0.0) / asked.lr if isinstance(optimiser, Muon) else 1.0
        for group in optimiser.param_groups:
            group["lr"] = times * rate
