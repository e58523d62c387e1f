"""The classifier's network in numpy: the base install has no PyTorch. `training/attributes/net.py` is its twin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from jaxtyping import Float32, UInt8

WEIGHTS = Path(__file__).parent / "classifier.npz"
PAIRS, SIDE = 8, 64  # frames two by two; pixels
CELL, GLANCE = 8, 32  # pixels of a place, and of the square about the subject that is looked at again
STRIDES = {"a": 2, "b": 2, "c": 2, "d": 1, "e": 1, "f": 1, "g": 2, "h": 2, "i": 1, "j": 2, "k": 1, "l": 2, "m": 2}
Weights = Mapping[str, Float32[np.ndarray, "*S"]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """What the network makes of a clip."""

    features: Float32[np.ndarray, " D"]  # over real clips their means are 0, and the mean of their variances is 1
    shares: Mapping[str, Mapping[str, float]]  # of each attribute's words, summing to 1

    @property
    def words(self) -> dict[str, str]:
        """The likeliest of each attribute."""
        return {name: max(found, key=found.__getitem__) for name, found in self.shares.items()}


class Network:
    """Its weights, opened."""

    def __init__(
        self,
        weights: Weights,
        classes: Mapping[str, tuple[str, ...]],
        mean: Float32[np.ndarray, " D"],
        scale: Float32[np.ndarray, ""],
    ) -> None:
        self.classes, self._weights, self._mean, self._scale = classes, weights, mean, scale

    def __call__(self, rgb: UInt8[np.ndarray, "F H W 3"]) -> Seen:
        """Sixteen frames of 64x64 pixels in sRGB; words are the mean of what is seen and of what a mirror shows."""
        features, here = self.logits(rgb)
        _, there = self.logits(rgb[:, :, ::-1])
        ends = np.cumsum([len(words) for words in self.classes.values()])[:-1]
        shares = {
            name: dict(zip(words, ((_softmax(a) + _softmax(b)[_turned(words)]) / 2).tolist(), strict=True))
            for (name, words), a, b in zip(
                self.classes.items(), np.split(here, ends), np.split(there, ends), strict=True
            )
        }
        return Seen(features=(features - self._mean) * self._scale, shares=shares)

    def logits(self, rgb: UInt8[np.ndarray, "F H W 3"]) -> tuple[Float32[np.ndarray, " D"], Float32[np.ndarray, " C"]]:
        """Features before centring and scaling, and all attributes' logits one after the other."""
        first, second = rgb[0::2].astype(np.float32), rgb[1::2].astype(np.float32)
        x = np.concatenate([first / 127.5 - 1, (second - first) / 63.75], -1)
        for name in "abc":
            x = self._conv(name, x)
        pairs, height, width, channels = x.shape
        x = x.transpose(1, 2, 0, 3).reshape(1, height, width, pairs * channels)
        x = self._conv("d", x)
        x = x + self._conv("e", x)
        x = x + self._conv("f", x)
        places = x.reshape(height * width, -1)
        shares = _softmax(self._linear("subject", places)[:, 0])
        whole = self._conv("h", self._conv("g", x)).reshape(-1)
        close = _cut(first[PAIRS // 2] / 127.5 - 1, _middle(shares))[None]
        for name in "ijklm":
            close = self._conv(name, close)
        features = self._linear("features", np.concatenate([shares @ places, whole, close.reshape(-1)]))
        return features, self._linear("heads", np.maximum(features, 0))

    def _conv(self, name: str, x: Float32[np.ndarray, "B H W I"]) -> Float32[np.ndarray, "B h w O"]:
        """A convolution with padding, and a rectifier: patches as rows times the weights."""
        weight, stride = self._weights[f"{name}.weight"], STRIDES[name]
        size = 3 if len(weight) == 9 * x.shape[-1] else 1
        if size == 3:
            x = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), (1, 2))[:, ::stride, ::stride]
        patches = windows.transpose(0, 1, 2, 4, 5, 3)
        rows = patches.reshape(*patches.shape[:3], -1) @ weight + self._weights[f"{name}.bias"]
        return np.asarray(np.maximum(rows, 0))

    def _linear(self, name: str, x: Float32[np.ndarray, "*B I"]) -> Float32[np.ndarray, "*B O"]:
        return np.asarray(x @ self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"])


@lru_cache(maxsize=1)
def network() -> Network:
    """The one that ships with the package."""
    with np.load(WEIGHTS, allow_pickle=False) as held:
        words = {name: tuple(str(held[f"words.{name}"]).split("|")) for name in str(held["attributes"]).split("|")}
        weights = {key: held[key].astype(np.float32) for key in held.files if key.endswith((".weight", ".bias"))}
        return Network(weights, words, held["mean"], held["scale"])


def _middle(shares: Float32[np.ndarray, " L"]) -> Float32[np.ndarray, "2"]:
    """The mean place of the likeliest of 8x8 places and those about it (right, down), pixels."""
    down, right = np.mgrid[: SIDE // CELL, : SIDE // CELL].reshape(2, -1) * CELL + CELL / 2
    places = np.stack([right, down], -1)
    near = np.abs(places - places[shares.argmax()]).max(-1) <= CELL
    return np.average(places[near], axis=0, weights=shares[near]).astype(np.float32)


def _cut(picture: Float32[np.ndarray, "H W 3"], where: Float32[np.ndarray, "2"]) -> Float32[np.ndarray, "G G 3"]:
    """The square about a place; beyond the picture its border goes on."""
    half = GLANCE // 2
    left, top = np.round(where).astype(int)
    padded = np.pad(picture, ((half, half), (half, half), (0, 0)), mode="edge")
    return padded[top : top + GLANCE, left : left + GLANCE]


def _turned(words: Sequence[str]) -> list[int]:
    """Where each word is in the mirror, in which left is right."""
    other = {"left": "right", "right": "left"}
    return [words.index(" ".join(other.get(part, part) for part in word.split(" "))) for word in words]


def _softmax(logits: Float32[np.ndarray, " N"]) -> Float32[np.ndarray, " N"]:
    raised = np.exp(logits - logits.max())
    return np.asarray(raised / raised.sum())
