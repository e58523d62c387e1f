"""Long clips of overlapping windows: exact where the answer is known, and without a border that can be seen."""

from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from filmwright.ml.diffusion.windows import blended, rescheduled, shares, windows
from tests.known_clips import reading, subject

LENGTH, WINDOW = 60, 16
SIZE, OVERLAP = 15, 8  # of the windows of the exact network


@pytest.mark.parametrize(("length", "size", "overlap"), [(5, 5, 2), (6, 5, 4), (60, 16, 8), (61, 16, 1), (17, 16, 15)])
@pytest.mark.parametrize("lead", [0, 1])
def test_every_place_is_told_of_once(length, size, overlap, lead):
    spans = windows(length, size, overlap)
    assert (spans[0].start, spans[-1].stop) == (0, length)
    assert all(len(span) == min(size, length) for span in spans)
    assert all(a.stop - b.start >= overlap for a, b in pairwise(spans))
    total = torch.zeros(length)
    for span, weight in zip(spans, shares(spans, lead=lead), strict=True):
        total[span.start : span.stop] += weight
        assert (weight >= 0).all()
        assert span.start == 0 or not weight[:lead].any()
    torch.testing.assert_close(total, torch.ones(length))


def test_what_cannot_go_on_is_refused():
    with pytest.raises(ValueError, match="can't overlap by 16"):
        windows(60, 16, 16)
    with pytest.raises(ValueError, match="let them overlap more"):
        shares(windows(64, 16, 0), lead=1)


def test_one_window_is_the_network_itself():
    x = torch.randn(2, 5, 3)
    torch.testing.assert_close(blended(lambda piece, _: piece * 2, x, windows(5, 8, 4), axis=1), x * 2)


def test_where_windows_agree_their_blend_is_what_they_say():
    x = torch.randn(2, 3, LENGTH, 4)
    for axis, size in ((2, WINDOW), (1, 2)):
        spans = windows(x.shape[axis], size, size // 2)
        torch.testing.assert_close(blended(lambda piece, _: piece.sin(), x, spans, axis=axis), x.sin())


@pytest.mark.parametrize("lead", [0, 1])
def test_every_window_has_the_same_noise(lead):
    """Windows that are a block apart: white each, but for order the same; the first is as it was."""
    size, overlap = 16, 8
    noise = torch.randn(2, lead + 31, 3, generator=torch.Generator().manual_seed(4))
    carried = rescheduled(noise, size, overlap, axis=1, lead=lead)
    torch.testing.assert_close(carried[:, : lead + size], noise[:, : lead + size])
    first = carried[:, lead : lead + size].sort(1).values
    for start in range(0, 31 - size, size - overlap):
        window = carried[:, lead + start : lead + start + size]
        torch.testing.assert_close(window.sort(1).values, first)
        assert start == 0 or not torch.equal(window, carried[:, lead : lead + size])


def smooth(length: int, shared: float = 0.0) -> torch.Tensor:
    """The covariance of moments of a Gaussian process that forgets itself in some ten frames, but for a shared part."""
    at = torch.arange(length, dtype=torch.float64)
    going = torch.exp(-((at[:, None] - at) ** 2) / (2 * 6.0**2)) + 1e-6 * torch.eye(length, dtype=torch.float64)
    return (1 - shared) * going + shared


def sampled(num: int, *, together: bool, noise: bool = True, shared: float = 0.0) -> torch.Tensor:
    """[num, LENGTH] samples of that process by rectified flow, with the network of a window that knows it exactly."""
    spans = windows(LENGTH, SIZE, OVERLAP) if together else [range(i, i + SIZE) for i in range(0, LENGTH, SIZE)]
    values, vectors = torch.linalg.eigh(smooth(SIZE, shared))
    x = torch.randn(num, LENGTH, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    x = rescheduled(x, SIZE, OVERLAP, axis=1) if together and noise else x
    for level, following in pairwise(torch.linspace(1, 0, 101, dtype=torch.float64)):
        gain = (1 - level) * values / ((1 - level) ** 2 * values + level**2)

        def network(piece, _, gain=gain):
            return (piece @ vectors * gain) @ vectors.T

        if together:
            known = blended(network, x, spans, axis=1)
        else:  # each window by itself, one after the other
            known = torch.cat([network(x[:, s.start : s.stop], s) for s in spans], 1)
        x = x + (following - level) * (x - known) / level
    return x


def steps_at_borders(x: torch.Tensor, borders: list[int]) -> float:
    """How large the largest step into a border is, over the mean of those elsewhere."""
    steps = x.diff(dim=1).square().mean(0).sqrt()
    at = torch.zeros(len(steps), dtype=torch.bool)
    at[[b - 1 for b in borders]] = True
    return float(steps[at].max() / steps[~at].mean())


def test_no_seam_at_the_borders_of_windows_of_an_exact_network():
    """Steps across borders are as large as all others, and all are the process's; side by side they stand out."""
    spans = windows(LENGTH, SIZE, OVERLAP)
    borders = sorted({edge for span in spans for edge in (span.start, span.stop) if 0 < edge < LENGTH})
    blend, apart = sampled(2000, together=True), sampled(2000, together=False)
    assert steps_at_borders(blend, borders) < 1.25
    assert steps_at_borders(apart, list(range(SIZE, LENGTH, SIZE))) > 5
    truth = float(2 * (smooth(2)[0, 0] - smooth(2)[0, 1]))
    assert float(blend.diff(dim=1).square().mean()) == pytest.approx(truth, rel=0.3)  # the same noise slows it a little
    assert float(blend.square().mean()) == pytest.approx(1.0, rel=0.15)


def film(x: torch.Tensor) -> np.ndarray:
    """A sample for each of 6 x 8 blocks of the picture and its colours, so that all of it lives by the process."""
    blocks = (128 + 40 * x.T.reshape(LENGTH, 6, 8, 3)).clamp(0, 255).round().to(torch.uint8).numpy()
    return np.ascontiguousarray(blocks.repeat(8, 1).repeat(8, 2))


def test_metrics_see_no_cut_in_the_clip():
    """The same metric finds every border where windows stand side by side."""
    blend, apart = (reading("cuts", subject(film(sampled(144, together=together)))) for together in (True, False))
    assert blend.value == 0
    assert [span.start for span in apart.spans] == list(range(SIZE, LENGTH, SIZE))


def test_what_stays_the_same_in_a_window_does_not_drift_over_the_clip():
    """Nine tenths of the variance are one value for all moments; without the same noise in all windows it is lost."""
    carried, lost = (sampled(144, together=True, noise=noise, shared=0.9) for noise in (True, False))
    truth = (2 * 0.1) ** 0.5  # how far two moments are apart that are far from each other
    far = [float((x[:, 0] - x[:, -1]).square().mean().sqrt()) for x in (carried, lost)]
    assert far[0] < 1.5 * truth < 2 * truth < far[1]
    drift = [reading("chunk_drift", subject(film(x))).value for x in (carried, lost)]
    assert drift[0] < 0.6 * drift[1]
