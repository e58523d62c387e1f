"""Align your Latents: an image transformer becomes one of video by layers between its own, which alone are trained."""

from typing import Annotated, Any, Literal

import torch
from pydantic import Field
from torch import nn

from filmwright.core.errors import BadFilm
from filmwright.ml.nets.aligned import AlignedTransformer

from ..corpus import Corpus
from ..recipe import Network
from .flow import Flow, Share


class Temporal(Flow):
    """Flow matching of the temporal layers (Blattmann et al. 2023, arXiv:2304.08818, sec. 3.1)."""

    def __init__(self, *flow: Any, num_heads: int) -> None:
        super().__init__(*flow)
        self.num_heads = num_heads

    def network(self, asked: Network, corpus: Corpus, *, seed: int) -> nn.Module:
        """An image transformer and fresh temporal layers; at first it makes of each frame what that made of it.

        Raises BadFilm where there is no image transformer, or the tokenizer does not take each frame for itself.
        """
        if asked.start is None:
            raise BadFilm("'temporal' goes on from an image transformer: name its pipeline with 'network.start'.")
        if corpus.tokenizer.frames != 1:
            raise BadFilm(
                f"a token is {corpus.tokenizer.frames} frames, which no image transformer knows: train that and this "
                f"with 'frames = 1' under [tokenizer]."
            )
        image = super().network(asked, corpus, seed=seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            try:
                return AlignedTransformer.inflate(image, num_heads=self.num_heads).train()
            except ValueError as err:
                raise BadFilm(f"'method.num_heads': {err}") from err


def build(
    *,
    num_heads: Annotated[int, Field(ge=1)] = 4,
    prediction: Literal["velocity", "x0"] = "velocity",
    time_mean: float = 0.0,
    time_std: Annotated[float, Field(gt=0)] = 1.0,
    shift: Annotated[float, Field(gt=0)] | None = None,
    caption_dropout: Share = 0.1,
    first_frame: Share = 0.5,
    motion_weight: Annotated[float, Field(ge=0)] = 0.0,
) -> Temporal:
    """`num_heads` is the temporal layers'; the others are those of `flow`. A camera is nothing an image has."""
    shares = (caption_dropout, first_frame, 0.0)
    return Temporal(prediction, (time_mean, time_std), shift, shares, motion_weight, num_heads=num_heads)
