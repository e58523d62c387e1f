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
GLANCE, CLOSE = 32, (3, 32, 64, 96, 128, 128)  # pixels about the subject that are looked at again; channels
STEPS = (1, 2, 1, 2, 2)  # strides of that second look: its last is in 4x4 places
CELL = 8  # pixels of a place
FEATURES = 128


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Out:
    """What the network says, and what only its training asks for."""

    features: Float[Tensor, "B D"]
    logits: list[Tensor]  # of each attribute
    subject: Float[Tensor, "B L"]  # logits of where the subject is, among 8x8 places
    things: list[Tensor]  # of each attribute of a thing, at all places: B classes 8 8
    close: list[Tensor]  # the same of what the second look shows: B classes


class Net(nn.Module):
    """A small convolutional network: pairs of frames by themselves, all together, the subject's place and the whole.

    Then a second look at the subject, at full size (Mnih et al., "Recurrent Models of Visual Attention", 2014, with a
    place that is learned from the truth): stripes are two pixels wide.
    """

    def __init__(self, classes: Mapping[str, Sequence[str]], things: Sequence[str]) -> None:
        super().__init__()
        self.a, self.b, self.c = (_conv(i, o, stride=2) for i, o in pairwise(PICTURE))
        self.d = _conv(PAIRS * PICTURE[-1], WIDTH, size=1)
        self.e, self.f = _conv(WIDTH, WIDTH), _conv(WIDTH, WIDTH)
        self.g, self.h = _conv(WIDTH, FILM[0], stride=2), _conv(FILM[0], FILM[1], stride=2)
        self.subject = nn.Linear(WIDTH, 1)
        looks = [_conv(i, o, stride=step) for (i, o), step in zip(pairwise(CLOSE), STEPS, strict=True)]
        self.i, self.j, self.k, self.l, self.m = looks
        self.features = nn.Linear(WIDTH + FILM[1] * 4 + CLOSE[-1] * 16, FEATURES)
        self.heads = nn.Linear(FEATURES, sum(map(len, classes.values())))
        words = sum(len(classes[name]) for name in things)
        self.drop, self.things, self.close = (
            nn.Dropout(0.2),
            nn.Conv2d(WIDTH, words, 1),
            nn.Linear(CLOSE[-1] * 16, words),
        )
        self.sizes = [len(words) for words in classes.values()]
        self.thing_sizes = [len(classes[name]) for name in things]

    def forward(self, pairs: Float[Tensor, "B P 6 H W"], where: Float[Tensor, "B 2"] | None = None) -> Out:
        """Attention with one query: where the subject is, and what is there; beside it the whole picture.

        `where` (right, down, pixels) is looked at again: NaN, or None for all, where attention says.
        """
        x = self.c(self.b(self.a(pairs.flatten(0, 1))))
        x = self.d(x.unflatten(0, (-1, PAIRS)).flatten(1, 2))
        x = x + self.e(x)
        x = x + self.f(x)
        places = x.flatten(2).mT
        subject = self.subject(places).squeeze(-1)
        shares = subject.float().softmax(1)
        there = (shares.to(x.dtype)[:, None] @ places).squeeze(1)
        found = middle(shares.detach())
        glance = cut(pairs[:, PAIRS // 2, :3], found if where is None else torch.where(where.isnan(), found, where))
        close = self.drop(self.m(self.l(self.k(self.j(self.i(glance))))).flatten(1))
        features = self.features(torch.cat([self.drop(torch.cat([there, self.h(self.g(x)).flatten(1)], 1)), close], 1))
        return Out(
            features=features,
            logits=list(self.heads(torch.relu(features)).split(self.sizes, 1)),
            subject=subject,
            things=list(self.things(x).split(self.thing_sizes, 1)),
            close=list(self.close(close).split(self.thing_sizes, 1)),
        )


def middle(shares: Float[Tensor, "B L"]) -> Float[Tensor, "B 2"]:
    """The mean place of the likeliest of 8x8 places and those about it (right, down), pixels."""
    down, right = torch.meshgrid(*(CELL * (torch.arange(SIDE // CELL) + 0.5),) * 2, indexing="ij")
    places = torch.stack([right, down], -1).flatten(0, 1)
    away = (places - places[shares.argmax(1)][:, None]).abs().amax(-1)
    near = torch.where(away <= CELL, shares, 0.0)
    return near @ places / near.sum(1, keepdim=True)


def cut(picture: Float[Tensor, "B 3 H W"], where: Float[Tensor, "B 2"]) -> Float[Tensor, "B 3 G G"]:
    """The square about a place; beyond the picture its border goes on."""
    padded = nn.functional.pad(picture, (GLANCE // 2,) * 4, mode="replicate")
    left, top = (where.round().clamp(0, SIDE).long()[:, None] + torch.arange(GLANCE)[:, None]).unbind(-1)
    item = torch.arange(len(picture))[:, None, None]
    return padded[item, :, top[:, :, None], left[:, None, :]].permute(0, 3, 1, 2)


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
        elif isinstance(layer, nn.Linear) and name != "close":
            found[f"{name}.weight"] = layer.weight.detach().T.numpy()
            found[f"{name}.bias"] = layer.bias.detach().numpy()
    there, whole, close = net.features.weight.detach().split((WIDTH, FILM[1] * 4, CLOSE[-1] * 16), 1)
    maps = [w.unflatten(1, (-1, side, side)).permute(2, 3, 1, 0).flatten(0, 2) for w, side in ((whole, 2), (close, 4))]
    return found | {"features.weight": torch.cat([there.T, *maps]).numpy()}


def _conv(inner: int, outer: int, *, size: int = 3, stride: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(inner, outer, size, stride, padding=size // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outer), nn.ReLU(inplace=True))
