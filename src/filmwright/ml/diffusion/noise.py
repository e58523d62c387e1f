"""Noise to begin with that moves as the scene does: white noise as grains that ride on its surfaces.

Each pixel is strewn with grains. A grain stands for a piece of the picture's area and carries normal noise of that
variance; the noise of a pixel is the sum of its grains, divided by the root of their areas. Grains move with the exact
flow, die where their surface is hidden or leaves the picture, and are born where something comes into sight.

All that is decided about grains depends on geometry, never on their noise. So given the geometry their noises are
independent and of known variance, and no two pixels sum the same grain: **every frame is exactly standard normal and
independent from pixel to pixel**, whatever the flow. Two pixels of the frames f < g correlate by correlation^(g - f)
times what they share: the sum over their common grains of sqrt(area_f area_g), over the root of both pixels' areas.

Noise as an integral over warped areas is the idea of Chang et al. 2024 ("How I Warped Your Noise", ICLR) and Deng et
al. 2024 ("Infinite-Resolution Integral Noise Warping", arXiv:2411.01212); Burgert et al. 2025 ("Go-with-the-Flow",
arXiv:2501.08331) warp from frame to frame along estimated flow. Grains keep their place to a fraction of a pixel, so
that a slow move does not blur the noise away.
"""

from dataclasses import dataclass, replace
from math import sqrt

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

LEAST = 0.5  # of a pixel's area: below it new grains are strewn
CROWDED = 4  # times as many grains in a pixel as it began with: above they are merged
SUDDEN = 4.0  # a surface that stretches or shrinks its area by more in one frame is torn: two surfaces


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grains:
    """Pieces of white noise."""

    place: Float[Tensor, "G 2"]  # pixels to the right and down; centres at halves
    area: Float[Tensor, " G"]  # pixels^2: the variance of its noise
    value: Float[Tensor, "G C"]  # its noise, of independent channels
    surface: Int[Tensor, " G"]  # id of what it rides on


def warped_noise(
    flow: Float[Tensor, "F H W 2"],
    visible: Bool[Tensor, "F H W"],
    ids: Int[Tensor, "F H W"] | None = None,
    *,
    num_channels: int,
    generator: torch.Generator,
    correlation: float = 1.0,
    cell: int = 1,
    per_side: int = 4,
) -> Float[Tensor, "F C h w"]:
    """Standard normal noise for each frame, carried along the flow.

    `flow`, `visible` and `ids` are as `core.frames.Passes` has them: pixels from each frame to the next (the last is
    not used), whether the point is seen there, and what is seen. Without ids all is one surface. `correlation` of a
    grain from frame to frame: 1 carries the noise as it is, 0 draws each frame anew. `cell` pixels across become one
    number, for a network whose latents are so much smaller. `per_side`^2 grains to a pixel: as finely they follow, and
    as much memory they take; 1 is enough where a cell is several pixels.
    """
    count, height, width = visible.shape
    if not 0 <= correlation <= 1:
        raise ValueError(f"correlation must be from 0 to 1, got {correlation}.")
    if height % cell or width % cell or min(height, width) < 2:
        raise ValueError(f"pictures of {width}x{height} do not divide into cells of {cell} pixels.")
    seen = torch.zeros_like(visible, dtype=torch.int64) if ids is None else ids.long()
    grains = nothing(num_channels, visible.device)
    films = []
    for frame in range(count):
        if frame:
            before = frame - 1
            grains = carried(grains, flow[before].double(), visible[before], seen[before], seen[frame])
            grains = split(grains, 4 / per_side**2, height, width, generator)
            grains = merged(grains, height, width, per_side)
            grains = mixed(grains, correlation, generator)
        grains = strewn(grains, seen[frame], per_side, generator)
        films.append(gathered(grains, height, width, cell))
    return torch.stack(films)


def warped_token_noise(
    flow: Float[Tensor, "F H W 2"],
    visible: Bool[Tensor, "F H W"],
    ids: Int[Tensor, "F H W"] | None = None,
    *,
    num_channels: int,
    generator: torch.Generator,
    frames: int,
    side: int,
    correlation: float = 1.0,
) -> Float[Tensor, "L C"]:
    """The same for tokens of `frames` frames of `side`^2 pixels each, the first frame alone: a pipeline's `latents`.

    A token has the noise that is at its place in the middle of its frames.
    """
    count = len(visible)
    if (count - 1) % frames:
        raise ValueError(f"{count} frames do not divide into one and groups of {frames}.")
    noise = warped_noise(
        flow,
        visible,
        ids,
        num_channels=num_channels,
        generator=generator,
        correlation=correlation,
        cell=side,
        per_side=1,
    )
    middles = [0, *range(1 + frames // 2, count, frames)]
    return noise[middles].flatten(2).mT.flatten(0, 1)


def nothing(num_channels: int, device: torch.device) -> Grains:
    """No grains yet."""
    return Grains(
        place=torch.empty(0, 2, dtype=torch.float64, device=device),
        area=torch.empty(0, dtype=torch.float64, device=device),
        value=torch.empty(0, num_channels, device=device),
        surface=torch.empty(0, dtype=torch.int64, device=device),
    )


def strewn(grains: Grains, surfaces: Int[Tensor, "H W"], per_side: int, generator: torch.Generator) -> Grains:
    """With new grains where less than half of a pixel is covered: one in each of its parts that has none.

    They share the area that is missing.
    """
    height, width = surfaces.shape
    covered = _summed(grains.area[:, None], _pixel(grains.place, width), height * width)[:, 0]
    taken = _pixel(grains.place * per_side, width * per_side).bincount(minlength=height * width * per_side**2)
    free = (taken == 0).reshape(height, per_side, width, per_side).permute(0, 2, 1, 3)  # [H, W, part down, part across]
    free = free.flatten(2).flatten(0, 1) & (covered < LEAST)[:, None]
    pixel, part = torch.nonzero(free, as_tuple=True)
    corner = torch.stack([pixel % width, pixel // width], 1)
    within = torch.stack([part % per_side, part // per_side], 1) + _uniform(len(pixel), generator).to(pixel.device)
    area = ((1 - covered) / free.sum(1))[pixel]
    fresh = Grains(
        place=corner + within / per_side,
        area=area,
        value=_normal(area, grains.value.shape[1], generator),
        surface=surfaces.flatten()[pixel],
    )
    return _together(grains, fresh)


def carried(
    grains: Grains,
    flow: Float[Tensor, "H W 2"],
    visible: Bool[Tensor, "H W"],
    surfaces: Int[Tensor, "H W"],
    later: Int[Tensor, "H W"],
) -> Grains:
    """One frame on: those that are still seen, where they are then, and as large.

    A grain is seen if its pixel's point is, and if the pixel that it comes to shows its surface.
    """
    height, width = visible.shape
    shift, stretch = _motion(grains, flow, surfaces)
    place = grains.place + shift
    inside = ((place >= 0) & (place < place.new_tensor([width, height]))).all(1)
    goal = torch.where(inside, _pixel(place, width), 0)
    kept = inside & visible.flatten()[_pixel(grains.place, width)] & (later.flatten()[goal] == grains.surface)
    return Grains(
        place=place[kept],
        area=(grains.area * stretch)[kept],
        value=(grains.value * stretch.sqrt()[:, None].to(grains.value))[kept],
        surface=grains.surface[kept],
    )


def split(grains: Grains, largest: float, height: int, width: int, generator: torch.Generator) -> Grains:
    """Grains that have grown too large as four, whose noise adds up to what it was (a Brownian bridge)."""
    large = grains.area > largest
    area = (grains.area[large] / 4).repeat_interleave(4)
    drawn = _normal(area, grains.value.shape[1], generator).unflatten(0, (-1, 4))
    value = drawn + (grains.value[large][:, None] - drawn.sum(1, keepdim=True)) / 4
    corners = torch.tensor([(-1, -1), (1, -1), (-1, 1), (1, 1)], dtype=area.dtype, device=area.device)
    aside = corners * (grains.area[large].sqrt() / 4)[:, None, None]
    place = (grains.place[large][:, None] + aside).flatten(0, 1)
    edge = place.new_tensor([width, height])
    parts = Grains(
        place=place.clamp(min=0).minimum(torch.nextafter(edge, torch.zeros_like(edge))),
        area=area,
        value=value.flatten(0, 1),
        surface=grains.surface[large].repeat_interleave(4),
    )
    return _together(_chosen(grains, ~large), parts)


def merged(grains: Grains, height: int, width: int, per_side: int) -> Grains:
    """Where a pixel has become crowded, what lies in one of its parts on one surface as one grain, the sum of them."""
    pixel = _pixel(grains.place, width)
    crowded = pixel.bincount(minlength=height * width)[pixel] > CROWDED * per_side**2
    some = _chosen(grains, crowded)
    part = _pixel(grains.place[crowded] * per_side, width * per_side)
    kinds, where = torch.unique(torch.stack([part, some.surface], 1), dim=0, return_inverse=True)
    area = _summed(some.area[:, None], where, len(kinds))
    place = _summed(some.place * some.area[:, None], where, len(kinds)) / area
    value = _summed(some.value, where, len(kinds))
    return _together(_chosen(grains, ~crowded), Grains(place=place, area=area[:, 0], value=value, surface=kinds[:, 1]))


def mixed(grains: Grains, correlation: float, generator: torch.Generator) -> Grains:
    """Each grain's noise with fresh noise, of the same variance."""
    if correlation == 1:
        return grains
    fresh = _normal(grains.area, grains.value.shape[1], generator)
    return replace(grains, value=correlation * grains.value + sqrt(1 - correlation**2) * fresh)


def gathered(grains: Grains, height: int, width: int, cell: int = 1) -> Float[Tensor, "C h w"]:
    """The noise of each cell: the sum of its grains over the root of their areas."""
    rows, columns = height // cell, width // cell
    where = _pixel(grains.place, columns, cell)
    value = _summed(grains.value, where, rows * columns)
    area = _summed(grains.area[:, None], where, rows * columns)
    return (value / area.sqrt().to(value)).T.reshape(-1, rows, columns)


def _motion(
    grains: Grains, flow: Float[Tensor, "H W 2"], surfaces: Int[Tensor, "H W"]
) -> tuple[Float[Tensor, "G 2"], Float[Tensor, " G"]]:
    """How far each grain moves, and by what its area grows.

    Linear between the four pixels around it where all show its surface, and it is not torn there; else its pixel's own.
    """
    height, width = surfaces.shape
    centre = grains.place - 0.5
    left, above = (centre[:, i].floor().long().clamp(0, size - 2) for i, size in enumerate((width, height)))
    x, y = (centre - torch.stack([left, above], 1)).unbind(1)
    at = [(above, left), (above, left + 1), (above + 1, left), (above + 1, left + 1)]
    a, b, c, d = (flow[place] for place in at)
    along, down = b - a + (a - b - c + d) * y[:, None], c - a + (a - b - c + d) * x[:, None]
    area = (1 + along[:, 0]) * (1 + down[:, 1]) - along[:, 1] * down[:, 0]
    whole = torch.stack([surfaces[place] == grains.surface for place in at]).all(0)
    whole &= (area > 1 / SUDDEN) & (area < SUDDEN)
    linear = a + (b - a) * x[:, None] + down * y[:, None]
    own = flow.flatten(0, 1)[_pixel(grains.place, width)]
    return torch.where(whole[:, None], linear, own), torch.where(whole, area, 1.0)


def _pixel(place: Float[Tensor, "G 2"], width: int, cell: int = 1) -> Int[Tensor, " G"]:
    """The number of the pixel that a place is in, or of the cell where there are `width` of them in a row."""
    column, row = (place.floor().long() // cell).unbind(1)
    return row * width + column


def _summed(values: Float[Tensor, "G C"], where: Int[Tensor, " G"], count: int) -> Float[Tensor, "N C"]:
    return values.new_zeros(count, values.shape[1]).index_add_(0, where, values)


def _normal(variance: Float[Tensor, " G"], num_channels: int, generator: torch.Generator) -> Float[Tensor, "G C"]:
    drawn = torch.randn(len(variance), num_channels, generator=generator, device=generator.device)
    return drawn.to(variance.device) * variance.sqrt()[:, None].to(drawn)


def _uniform(count: int, generator: torch.Generator) -> Float[Tensor, "G 2"]:
    return torch.rand(count, 2, generator=generator, device=generator.device, dtype=torch.float64)


def _chosen(grains: Grains, which: Bool[Tensor, " G"]) -> Grains:
    return Grains(
        place=grains.place[which],
        area=grains.area[which],
        value=grains.value[which],
        surface=grains.surface[which],
    )


def _together(first: Grains, second: Grains) -> Grains:
    return Grains(
        place=torch.cat([first.place, second.place]),
        area=torch.cat([first.area, second.area]),
        value=torch.cat([first.value, second.value]),
        surface=torch.cat([first.surface, second.surface]),
    )
