"""AdamW and its learning rate."""

import math

from torch import nn
from torch.optim import AdamW

from .recipe import Optimiser


def adamw(network: nn.Module, asked: Optimiser) -> AdamW:
    """Fused AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101); vectors, such as biases, do not decay."""
    trained = [p for p in network.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": asked.weight_decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return AdamW([g for g in groups if g["params"]], lr=asked.lr, betas=asked.betas, fused=True)


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


def set_rate(optimiser: AdamW, rate: float) -> None:
    """The rate of the next step."""
    for group in optimiser.param_groups:
        group["lr"] = rate
