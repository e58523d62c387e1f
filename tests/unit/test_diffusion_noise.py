"""Noise that rides on surfaces: white in every frame, and as correlated along the flow as commanded.

The proofs are exact. All that is done with noise is linear in independent standard normal draws; so the draws are
replaced by axes of a space, one dimension each, and what comes out are the coefficients of every pixel of every frame.
The dot product of two pixels is their covariance, to rounding.
"""

from math import pi

import numpy as np
import pytest
import torch

from filmwright.core.scene import Material
from filmwright.film.frames.rays import Sampling, Tracer
from filmwright.ml.diffusion import noise
from filmwright.ml.diffusion.noise import warped_noise, warped_token_noise
from tests.gaussians import seeded
from tests.worlds import quad, shot, sphere, world


class Axes:
    """Stands for `_normal`: each draw is an axis of its own."""

    def __init__(self) -> None:
        self.taken = 0

    def __call__(self, variance, num_channels, _):
        drawn = torch.zeros(len(variance), num_channels, dtype=torch.float64)
        number = torch.arange(len(variance))
        assert self.taken + len(variance) <= num_channels, "the space has too few axes"
        drawn[number, self.taken + number] = variance.sqrt()
        self.taken += len(variance)
        return drawn


def covariances(monkeypatch, flow, visible, ids=None, *, draws=4500, **options):
    """[F, pixels, G, pixels]: of every pixel of every frame with every other."""
    monkeypatch.setattr(noise, "_normal", Axes())
    films = warped_noise(flow, visible, ids, num_channels=draws, generator=seeded(1), **options)
    flat = films.double().flatten(2)
    return torch.einsum("fci,gcj->figj", flat, flat)


def sliding(right, down, *, frames=3, height=5, width=6):
    """Everything moves by so many pixels a frame."""
    flow = torch.zeros(frames, height, width, 2) + torch.tensor([float(right), float(down)])
    return flow, torch.ones(frames, height, width, dtype=torch.bool)


def wild(seed, *, frames=4, height=5, width=6):
    """Flow without sense, points that vanish, surfaces that change: the worst that can come."""
    dice = seeded(seed)
    flow = 3 * torch.randn(frames, height, width, 2, generator=dice)
    ids = torch.randint(0, 3, (frames, height, width), generator=dice)
    return flow, torch.rand(frames, height, width, generator=dice) > 0.2, ids


def zooming(factor, *, frames=3, height=6, width=6):
    y, x = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")
    flow = torch.stack([(x - width / 2) * (factor - 1), (y - height / 2) * (factor - 1)], -1)
    return flow.expand(frames, -1, -1, -1).contiguous(), torch.ones(frames, height, width, dtype=torch.bool)


WORST = {
    "wild 1": wild(1),
    "wild 2": wild(2),
    "slow": sliding(0.3, -0.2),
    "in": zooming(1.5),
    "out": zooming(0.6),
    "far in": zooming(1.9, frames=4),
}


@pytest.mark.parametrize("correlation", [1.0, 0.7])
@pytest.mark.parametrize("name", WORST)
def test_every_frame_is_white_whatever_moves(monkeypatch, name, correlation):
    """The covariance within each frame is the identity; normal it is as a sum of normal draws."""
    found = covariances(monkeypatch, *WORST[name], correlation=correlation)
    for frame in range(len(found)):
        within = found[frame, :, frame]
        torch.testing.assert_close(within, torch.eye(len(within), dtype=torch.float64), rtol=0, atol=1e-6)


@pytest.mark.parametrize("cell", [2, 3])
def test_cells_of_latents_are_white_too(monkeypatch, cell):
    flow, visible, ids = wild(3, height=6, width=6)
    found = covariances(monkeypatch, flow, visible, ids, cell=cell, draws=8000)
    within = found[2, :, 2]
    assert len(within) == (6 // cell) ** 2
    torch.testing.assert_close(within, torch.eye(len(within), dtype=torch.float64), rtol=0, atol=1e-6)


def test_tokens_take_their_noise_with_them():
    """In four frames a slide by 2 is a token's 8 pixels: each group's noise is the one before's, a token further on."""
    flow, visible = sliding(2, 0, frames=9, height=16, width=32)
    chance = torch.Generator().manual_seed(8)
    size = {"num_channels": 500, "frames": 4, "side": 8}
    tokens = warped_token_noise(flow, visible, generator=chance, **size).reshape(3, 2, 4, 500)
    assert torch.equal(tokens[2, :, 1:], tokens[1, :, :-1])
    flat = tokens.reshape(-1, 500)
    assert flat.square().mean(1).sub(1).abs().max() < 0.3  # five standard deviations
    assert (flat[8:16] @ flat[8:16].T / 500 - torch.eye(8)).abs().max() < 0.3  # one group's are independent
    with pytest.raises(ValueError, match="8 frames do not divide"):
        warped_token_noise(flow[1:], visible[1:], generator=chance, **size)


@pytest.mark.parametrize("correlation", [1.0, 0.8, 0.0])
@pytest.mark.parametrize("way", [(1, 0), (-2, 1)])
def test_along_the_flow_it_correlates_as_commanded(monkeypatch, correlation, way):
    """A slide by whole pixels: correlation^n with the pixel that n frames ago was here, nothing with any other."""
    right, down = way
    flow, visible = sliding(right, down)
    found = covariances(monkeypatch, flow, visible, correlation=correlation, draws=12_000)
    height, width = visible.shape[1:]
    for ago in (1, 2):
        expected = torch.zeros(height, width, height, width, dtype=torch.float64)
        for y, x in np.ndindex(height, width):
            below, beside = y + ago * down, x + ago * right
            if 0 <= below < height and 0 <= beside < width:
                expected[below, beside, y, x] = correlation**ago
        torch.testing.assert_close(found[2, :, 2 - ago], expected.reshape(height * width, -1), rtol=0, atol=1e-6)


def test_many_slow_moves_lose_nothing(monkeypatch):
    """Eight moves by an eighth of a pixel are one pixel: what was there is there, one beside."""
    flow, visible = sliding(0.125, 0, frames=9)
    found = covariances(monkeypatch, flow, visible)
    height, width = visible.shape[1:]
    now = found[8, :, 0].reshape(height, width, height, width)
    for y, x in np.ndindex(height, width - 1):  # beside the edge, new grains come in among the old
        assert now[y, x + 1, y, x] == pytest.approx(1, abs=1e-6 if x else 0.1)
    between = found[4, :, 0].reshape(height, width, height, width)
    shared = [float(between[y, x, y, x]) for y in range(height) for x in range(1, width)]
    assert np.mean(shared) == pytest.approx(0.5, abs=0.05)  # half a pixel: half of the area


@pytest.mark.parametrize("right", [0.25, 0.6])
def test_a_part_of_a_pixel_carries_a_part_of_the_correlation(monkeypatch, right):
    """In the mean over the grains' random places the shares are the overlapping areas, as of integrals."""
    flow, visible = sliding(right, 0, frames=2, height=12, width=12)
    found = covariances(monkeypatch, flow, visible).reshape(2, 12, 12, 2, 12, 12)
    stay = [float(found[1, y, x, 0, y, x]) for y in range(12) for x in range(1, 12)]
    move = [float(found[1, y, x + 1, 0, y, x]) for y in range(12) for x in range(11)]
    assert np.mean(stay) == pytest.approx(1 - right, abs=0.03)
    assert np.mean(move) == pytest.approx(right, abs=0.03)


def test_a_pixel_that_comes_into_sight_is_new_by_its_part(monkeypatch):
    """Three quarters of the first column are new: what was there has its quarter of the say, not all of it."""
    flow, visible = sliding(0.75, 0, frames=2, height=24, width=3)
    found = covariances(monkeypatch, flow, visible).reshape(2, 24, 3, 2, 24, 3)
    assert np.mean([float(found[1, y, 0, 0, y, 0]) for y in range(24)]) == pytest.approx(0.25, abs=0.04)


def test_what_comes_into_sight_is_new_and_what_is_hidden_does_not_shine_through(monkeypatch):
    """A block of surface 1 moves right over a ground that stands."""
    height, width = 5, 6
    flow, visible = torch.zeros(2, height, width, 2), torch.ones(2, height, width, dtype=torch.bool)
    ids = torch.zeros(2, height, width, dtype=torch.int64)
    ids[0, 1:4, 1:3], ids[1, 1:4, 2:4] = 1, 1
    flow[0, 1:4, 1:3, 0] = 1.0
    visible[0, 1:4, 3] = False  # the ground just before the block
    found = covariances(monkeypatch, flow, visible, ids).reshape(2, height, width, 2, height, width)
    then = found[1, :, :, 0]
    for y, x in np.ndindex(height, width):
        expected = torch.zeros(height, width, dtype=torch.float64)
        if ids[1, y, x] == 1:
            expected[y, x - 1] = 1
        elif not (1 <= y < 4 and x == 1):  # there the ground comes into sight
            expected[y, x] = 1
        torch.testing.assert_close(then[y, x], expected, rtol=0, atol=1e-6)


def test_ids_keep_the_ground_out_of_what_passes_over_it(monkeypatch):
    """Also where visible says nothing of it: a pixel that shows another surface takes no grain of this one."""
    height, width = 4, 5
    flow, visible = torch.zeros(2, height, width, 2), torch.ones(2, height, width, dtype=torch.bool)
    ids = torch.zeros(2, height, width, dtype=torch.int64)
    ids[1, :, 2] = 1
    found = covariances(monkeypatch, flow, visible, ids).reshape(2, height, width, 2, height, width)
    assert found[1, :, 2, 0].abs().max() == 0
    assert found[1, 0, 1, 0, 0, 1] == pytest.approx(1)


def test_what_is_not_visible_next_is_gone(monkeypatch):
    """On one surface, which ids can't tell apart from itself: a point that is covered takes its noise with it."""
    flow, visible = sliding(0, 0, frames=2)
    visible[0, 1, 2] = visible[0, 4, 5] = False
    found = covariances(monkeypatch, flow, visible).reshape(2, 5, 6, 2, 5, 6)
    kept = torch.einsum("yxyx->yx", found[1, :, :, 0])
    torch.testing.assert_close(kept, visible[0].double(), rtol=0, atol=1e-6)


@pytest.mark.parametrize("factor", [2.0, 3.0])
def test_growing_spreads_a_pixel_s_noise_over_the_many_that_it_becomes(monkeypatch, factor):
    """Each of factor^2 pixels gets its share: correlation 1 / factor, and none of it is new."""
    flow, visible = zooming(factor, frames=2)
    monkeypatch.setattr(noise, "SUDDEN", 20.0)
    found = covariances(monkeypatch, flow, visible).reshape(2, 6, 6, 2, 36)
    inner = found[1, :, :, 0].square().sum(-1)  # how much of a pixel is what was there
    assert float(inner.median()) == pytest.approx(1 / factor**2, abs=0.02)
    largest = found[1, :, :, 0].abs().amax(-1)
    assert float(largest.median()) == pytest.approx(1 / factor, abs=0.04)


def test_a_long_way_in_splits_grains_and_stays_white(monkeypatch):
    """Eight frames that grow by half: 25 times as large, and still made of grains as fine."""
    flow, visible = zooming(1.5, frames=9, height=4, width=4)
    counts, largest = [], []
    original = noise.gathered

    def watched(grains, *rest):
        counts.append(len(grains.area))
        largest.append(float(grains.area.max()))
        return original(grains, *rest)

    monkeypatch.setattr(noise, "gathered", watched)
    found = covariances(monkeypatch, flow, visible, draws=9000)
    torch.testing.assert_close(found[8, :, 8], torch.eye(16, dtype=torch.float64), rtol=0, atol=1e-6)
    assert max(largest) <= 4 / 16 + 1e-9
    assert min(counts) > 16 * 2
    assert max(counts) < 16 * 40


def test_a_long_way_out_merges_grains_and_stays_white(monkeypatch):
    """Eight frames that shrink to three quarters: a pixel has gathered 100 of the first, as few grains."""
    monkeypatch.setattr(noise, "CROWDED", 2)
    flow, visible = zooming(0.75, frames=9)
    counts = []
    original = noise.gathered

    def watched(grains, *rest):
        counts.append(len(grains.area))
        return original(grains, *rest)

    monkeypatch.setattr(noise, "gathered", watched)
    found = covariances(monkeypatch, flow, visible, draws=8000)
    torch.testing.assert_close(found[8, :, 8], torch.eye(36, dtype=torch.float64), rtol=0, atol=1e-6)
    assert max(counts) <= 36 * 16 * noise.CROWDED
    shrunk = found[2, :, 0].reshape(6, 6, 6, 6)[2, 2]  # two frames in: it holds 1 and 7/9 of a pixel each way
    each = 0.5625 * torch.tensor([7 / 9, 1.0], dtype=torch.float64)
    torch.testing.assert_close(shrunk[1:3, 1:3], torch.outer(each, each) / 0.5625, rtol=0, atol=0.04)


def test_a_turn_carries_noise_round(monkeypatch):
    """A quarter turn in six frames ends at the picture turned, at most a pixel's grains apart at the edges."""
    size, frames = 7, 7
    y, x = torch.meshgrid(torch.arange(size) + 0.5, torch.arange(size) + 0.5, indexing="ij")
    x, y = x.double() - size / 2, y.double() - size / 2
    c, s = np.cos(pi / 12), np.sin(pi / 12)
    flow = torch.stack([c * x - s * y - x, s * x + c * y - y], -1).expand(frames, -1, -1, -1)
    found = covariances(monkeypatch, flow, torch.ones(frames, size, size, dtype=torch.bool), draws=3000)
    last = found[6, :, 0].reshape(size, size, size, size)
    for row, column in np.ndindex(size, size):
        if np.hypot(row - 3, column - 3) < 2.5:  # farther out grains leave the square for a while
            assert last[row, column, 6 - column, row] == pytest.approx(1, abs=1e-6)


def test_draws_are_standard_normal_and_the_generator_s():
    """The real draws, many channels of them, by their moments and their distribution."""
    flow, visible, ids = wild(5)
    films = warped_noise(flow, visible, ids, num_channels=4000, generator=seeded(2), correlation=0.9)
    assert films.shape == (4, 4000, 5, 6)
    for film in films.double():
        values = film.flatten(1)
        covariance = values.T @ values / len(values)
        assert (covariance - torch.eye(30)).abs().max() < 5 / 4000**0.5
        assert float(values.mean()) == pytest.approx(0, abs=5 / values.numel() ** 0.5)
        assert float((values**4).mean()) == pytest.approx(3, abs=0.15)
        exact = (1 + torch.erf(values.flatten().sort().values / 2**0.5)) / 2
        steps = (torch.arange(values.numel()) + 0.5) / values.numel()
        assert (exact - steps).abs().max() < 2 / values.numel() ** 0.5  # Kolmogorov and Smirnov
    again = warped_noise(flow, visible, ids, num_channels=4000, generator=seeded(2), correlation=0.9)
    assert torch.equal(films, again)


def test_rendered_scenes_carry_noise_by_their_own_passes(monkeypatch):
    """A ball before a wall, the camera passing by: noise stays on what it was on, through parallax and occlusion."""
    height, width, frames = 9, 12, 4
    view = shot((-0.6, -6, 0), end=(9.0, -6, 0), width=width, height=height, fov=0.45)
    scene = world(sphere(Material(), radius=0.7), quad(Material(), (0, 3, 0), (6, 0, 0), (0, 0, 6)))
    with Tracer(scene) as tracer:
        raw = [tracer.trace(view, frame, Sampling(), ("ids", "flow")) for frame in range(frames)]
    flow, visible, ids = (torch.from_numpy(np.stack([getattr(r, n) for r in raw])) for n in ("flow", "visible", "ids"))
    assert (~visible).sum() > 10
    assert len(ids.unique()) == 2
    found = covariances(monkeypatch, flow, visible, ids, draws=5000)
    flat = found.reshape(frames, height, width, frames, height, width)
    for frame in range(frames):
        torch.testing.assert_close(
            found[frame, :, frame], torch.eye(height * width, dtype=torch.float64), rtol=0, atol=1e-6
        )
    for frame in range(frames - 1):
        across = flat[frame + 1, :, :, frame]
        same = (ids[frame + 1][:, :, None, None] == ids[frame][None, None]).double()
        assert (across * (1 - same)).abs().max() == 0  # nothing of the wall on the ball, nor the other way
        carried = []
        for y, x in np.argwhere(visible[frame].numpy()):
            right, down = (flow[frame, y, x].double() + torch.tensor([x + 0.5, y + 0.5])).unbind()
            near = [(int(down - 0.5 + j), int(right - 0.5 + i)) for i in (0, 1) for j in (0, 1)]
            inside = [(j, i) for j, i in near if 0 <= j < height and 0 <= i < width]
            carried.append(sum(float(across[j, i, y, x]) for j, i in inside))
        assert np.median(carried) == pytest.approx(1, abs=0.1)  # all of a pixel, in the pixels that it comes to


@pytest.mark.parametrize(
    ("options", "told"),
    [({"correlation": 1.5}, "from 0 to 1, got 1.5"), ({"cell": 4}, "6x5 do not divide into cells of 4")],
)
def test_what_cannot_be_is_refused(options, told):
    with pytest.raises(ValueError, match=told):
        warped_noise(*sliding(1, 0), num_channels=2, generator=seeded(), **options)
