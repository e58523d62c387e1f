"""Masks as COCO's compressed run lengths."""

import numpy as np
from jaxtyping import Bool, Int64

_DIGITS = 7  # of 5 bits: 35 bits hold the runs of any picture


def rle(mask: Bool[np.ndarray, "H W"]) -> str:
    """The `counts` of a mask as pycocotools reads it (rleToString in cocoapi/common/maskApi.c)."""
    counts = _runs(mask.ravel(order="F"))
    deltas = counts.copy()
    deltas[3:] -= counts[1:-2]
    shifted = deltas[:, None] >> (5 * np.arange(_DIGITS))
    digits, rest, sign = shifted & 31, shifted >> 5, (shifted & 16) != 0
    more = np.where(sign, rest != -1, rest != 0)
    written = np.cumprod(np.concatenate([np.ones((len(deltas), 1), bool), more[:, :-1]], 1), axis=1).astype(bool)
    return (48 + digits + 32 * more)[written].astype(np.uint8).tobytes().decode("ascii")


def _runs(flat: Bool[np.ndarray, " N"]) -> Int64[np.ndarray, " R"]:
    """How long it stays the same, the first for False."""
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    bounds = [0] * (1 + bool(flat[0])), edges, [len(flat)]
    return np.diff(np.concatenate(bounds).astype(np.int64))
