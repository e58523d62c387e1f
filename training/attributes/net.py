"""The attribute classifier in torch, as it is trained; `filmwright.jobs.evaluate.judge.network` runs it without."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

PAIRS, SIDE = 8, 64  # frames two by two; pixels
PICTURE = (6, 32, 48, 64)  # channels of what looks at one pair of frames: it and its change
WIDTH, FILM = 128, (192, 256)  # of what looks at all pairs together: in 8x8 places, then in 4x4 and 2x2
FEATURES = 128


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Out:
    """What the network says, and what only its training asks for."""

    features: Float[Tensor, "B D"]
    logits: list[Tensor]  # of each attribute
    subject: Float[Tensor, "B L"]  # logits of where the subject is, among 8x8 places
    things: list[Tensor]  # of each attribute of a thing, at all places: B classes 8 8


class Net(nn.Module):
    """A small convolutional network: pairs of frames by themselves, all together, the subject's place and the whole."""

    def __init__(self, classes: Mapping[str, Sequence[str]], things: Sequence[str]) -> None:
        super().__init__()
        self.a, self.b, self.c = (_conv(i, o, stride=2) for i, o in pairwise(PICTURE))
        self.d = _conv(PAIRS * PICTURE[-1], WIDTH, size=1)
        self.e, self.f = _conv(WIDTH, WIDTH), _conv(WIDTH, WIDTH)
        self.g, self.h = _conv(WIDTH, FILM[0], stride=2), _conv(FILM[0], FILM[1], stride=2)
        self.subject = nn.Linear(WIDTH, 1)
        self.features = nn.Linear(WIDTH + FILM[1] * 4, FEATURES)
        self.heads = nn.Linear(FEATURES, sum(map(len, classes.values())))
        self.drop, self.things = nn.Dropout(0.2), nn.Conv2d(WIDTH, sum(len(classes[name]) for name in things), 1)
        self.sizes = [len(words) for words in classes.values()]
        self.thing_sizes = [len(classes[name]) for name in things]

    def forward(self, pairs: Float[Tensor, "B P 6 H W"]) -> Out:
        """Attention with one query: where the subject is, and what is there; beside it the whole picture."""
        x = self.c(self.b(self.a(pairs.flatten(0, 1))))
        x = self.d(x.unflatten(0, (-1, PAIRS)).flatten(1, 2))
        x = x + self.e(x)
        x = x + self.f(x)
        places = x.flatten(2).mT
        subject = self.subject(places).squeeze(-1)
        there = (subject.softmax(1)[:, None] @ places).squeeze(1)
        features = self.features(self.drop(torch.cat([there, self.h(self.g(x)).flatten(1)], 1)))
        return Out(
            features=features,
            logits=list(self.heads(torch.relu(features)).split(self.sizes, 1)),
            subject=subject,
            things=list(self.things(x).split(self.thing_sizes, 1)),
        )


def pairs_of(rgb: UInt8[Tensor, "B F 3 H W"]) -> Float[Tensor, "B P 6 H W"]:
    """Every other frame from -1 to 1, and twice its change to the next."""
    first, second = rgb[:, 0::2].float(), rgb[:, 1::2].float()
    return torch.cat([first / 127.5 - 1, (second - first) / 63.75], 2)


def folded(net: Net) -> dict[str, np.ndarray]:
    """Its weights without batch normalization, in the layout of `network`: rows of a patch, columns of channels."""
    found = {}
    for name, layer in net.named_children():
        if isinstance(layer, nn.Sequential):
            conv = nn.utils.fusion.fuse_conv_bn_eval(layer[0].eval(), layer[1].eval())
            found[f"{name}.weight"] = conv.weight.detach().permute(2, 3, 1, 0).flatten(0, 2).numpy()
            found[f"{name}.bias"] = conv.bias.detach().numpy()
        elif isinstance(layer, nn.Linear):
            found[f"{name}.weight"] = layer.weight.detach().T.numpy()
            found[f"{name}.bias"] = layer.bias.detach().numpy()
    there, whole = net.features.weight.detach().split((WIDTH, FILM[1] * 4), 1)
    whole = whole.unflatten(1, (-1, 2, 2)).permute(2, 3, 1, 0).flatten(0, 2)
    return found | {"features.weight": torch.cat([there.T, whole]).numpy()}


def _conv(inner: int, outer: int, *, size: int = 3, stride: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(inner, outer, size, stride, padding=size // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outer), nn.ReLU(inplace=True))
