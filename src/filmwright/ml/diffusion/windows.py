"""One long clip from a network that knows short ones: overlapping windows that are denoised together.

MultiDiffusion (Bar-Tal et al. 2023, arXiv:2302.08113, eq. 5) along time, as in Gen-L-Video (Wang et al. 2023,
arXiv:2305.18264): at every step each place's prediction is the weighted mean of what the windows that hold it say.
Predictions are blended, never finished pictures: so the windows agree, and none of them has an end that can be seen.
That alone lets what should stay the same drift: windows that share nothing hear of each other through others only, and
the mean of what they would have made by themselves is dull. So all windows begin with the same noise in another order
(FreeNoise, Qiu et al. 2023, arXiv:2310.15169, sec. 3.2), at the price that a clip comes back to what it showed.
"""

from collections.abc import Callable, Sequence
from math import ceil

import torch
from jaxtyping import Float
from torch import Tensor


def windows(length: int, size: int, overlap: int) -> list[range]:
    """Evenly spread windows of `size` places that cover `length` places and overlap by at least `overlap`.

    Raises ValueError where windows of that size can't go on.
    """
    if not 0 <= overlap < size:
        raise ValueError(f"windows of {size} places can't overlap by {overlap}: it must be 0 to {size - 1}.")
    if length <= size:
        return [range(length)]
    count = 1 + ceil((length - size) / (size - overlap))
    starts = [round(i * (length - size) / (count - 1)) for i in range(count)]
    return [range(start, start + size) for start in starts]


def shares(spans: Sequence[range], *, lead: int = 0) -> list[Float[Tensor, " size"]]:
    """How much each window has to say of each of its places; over all windows these are 1 at every place.

    They rise and fall in straight lines, so that nothing begins or ends at once. `lead` places at the head of all
    windows but the first are heard and have no say. Raises ValueError where a place is left that nobody speaks of.
    """
    weights = []
    for span in spans:
        rising = torch.arange(1, len(span) + 1, dtype=torch.float32)
        weights.append(torch.minimum(rising - (lead if span.start else 0), rising.flip(0)).clamp(min=0))
    total = torch.zeros(max(span.stop for span in spans))
    for span, weight in zip(spans, weights, strict=True):
        total[span.start : span.stop] += weight
    if (total == 0).any():
        raise ValueError(f"windows that overlap by {lead} or less leave places without a say: let them overlap more.")
    return [weight / total[span.start : span.stop] for span, weight in zip(spans, weights, strict=True)]


def blended(
    denoise: Callable[[Tensor, range], Tensor], x: Tensor, spans: Sequence[range], *, axis: int, lead: int = 0
) -> Tensor:
    """What `denoise` predicts of each window of `x` along `axis`, blended; any that is linear in x_0 will do.

    `denoise` takes a window and the places where it lies, and gives a prediction of the window's length.
    """
    if len(spans) == 1:
        return denoise(x, spans[0])
    whole: Tensor | None = None
    for span, weight in zip(spans, shares(spans, lead=lead), strict=True):
        told = denoise(x.narrow(axis, span.start, len(span)), span)
        if whole is None:
            whole = told.new_zeros([*told.shape[:axis], x.shape[axis], *told.shape[axis + 1 :]])
        by_place = weight.to(told).reshape(-1, *[1] * (told.ndim - 1 - axis))
        whole.narrow(axis, span.start, len(span)).add_(told * by_place)
    assert whole is not None
    return whole


def rescheduled(noise: Tensor, size: int, overlap: int, *, axis: int, lead: int = 0) -> Tensor:
    """Noise of one window, carried on: what lies past its `size` places is what lies `size` before, shuffled in blocks.

    A block is as long as windows are apart, so that each window has all of the noise; the shuffles are always the same.
    The `lead` places at the head stand apart: they are not come back to.
    """
    out, block, dice = noise.clone(), size - overlap, torch.Generator().manual_seed(0)
    for first in range(lead + size, noise.shape[axis], block):
        source = (first - size + torch.randperm(block, generator=dice))[: noise.shape[axis] - first].to(noise.device)
        out.narrow(axis, first, len(source)).copy_(out.index_select(axis, source))
    return out
