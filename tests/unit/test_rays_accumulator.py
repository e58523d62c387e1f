"""Samples shared over time: less noise, nothing left behind."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from filmwright.core.scene import Channel, Material
from filmwright.film.frames.rays import WARM_UP, Accumulator, Sampling, Tracer
from tests.worlds import lamp, picture, quad, shot, sphere, world

SHARED = Sampling(share=True)
LAMP = lamp((-1, -1, 2), (0.5, 0, 0), (0, -0.5, 0), (4, 4, 4))


def studio(channels=None, duration: float = 0.0):
    """A ball on a textured floor."""
    rng = np.random.default_rng(1)
    tiles = np.kron(rng.uniform(60, 200, (16, 16)), np.ones((4, 4)))
    return world(
        sphere(Material(base_color=(0.8, 0.3, 0.1, 1.0), roughness=0.8), (0, 0, 0.5), 0.5, 4),
        quad(Material(base_color_texture=picture(tiles), roughness=0.9), u=(4, 0, 0), v=(0, 4, 0)),
        sky=0.3,
        lights=(LAMP,),
        channels=channels,
        duration=duration,
    )


VIEW = shot((-0.4, -4, 1.5), (0, 0, 0.4), end=(0.4, -4, 1.5), width=96, height=64, fov=0.55)


def run(tracer: Tracer, view, frames: range) -> list[np.ndarray]:
    """The accumulated pictures of a run of frames, warmed up as a renderer does."""
    accumulator = Accumulator(view)
    for phase in range(WARM_UP - 1, 0, -1):
        accumulator.add(tracer.trace(view, frames[0], replace(SHARED, phase=phase)))
    return [accumulator.add(tracer.trace(view, i, SHARED)) for i in frames]


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """Of pictures brought to 0 to 1."""
    a, b = (np.clip(x, 0, 1.5) / 1.5 for x in (a, b))
    return float(-10 * np.log10(((a - b) ** 2).mean()))


def test_sharing_comes_closer_to_the_many_sample_picture():
    with Tracer(studio()) as tracer:
        reference = tracer.trace(VIEW, 11, Sampling(samples=96)).radiance
        once = tracer.trace(VIEW, 11, Sampling(samples=1)).radiance
        pictures = run(tracer, VIEW, range(12))
        first = tracer.trace(VIEW, 0, Sampling(samples=96)).radiance
    assert psnr(pictures[-1], reference) > psnr(once, reference) + 4
    assert psnr(pictures[-1], reference) > 33
    assert psnr(pictures[0], first) > 31  # the first frame of a take is no worse than it must be


def test_a_still_camera_sees_a_still_picture():
    with Tracer(studio()) as tracer:
        still = shot((-0.4, -4, 1.5), (0, 0, 0.4), width=64, height=48, fov=0.55)
        pictures = run(tracer, still, range(20))
    change = [np.abs(a - b).mean() for a, b in pairwise(pictures[8:])]
    assert max(change) < 0.004


def test_no_chessboard_is_seen():
    odd = shot((-0.4, -4, 1.5), (0, 0, 0.4), end=(0.4, -4, 1.5), width=95, height=63, fov=0.55)
    with Tracer(studio()) as tracer:
        pictures = run(tracer, odd, range(12))
        reference = tracer.trace(odd, 11, Sampling(samples=96)).radiance

    def chequered(picture: np.ndarray) -> float:
        return float(np.abs(picture[1:, 1:] - picture[1:, :-1] - picture[:-1, 1:] + picture[:-1, :-1]).mean())

    for found in pictures[:2] + pictures[-2:]:  # both colours' turns
        assert chequered(found) < 1.4 * chequered(reference)


def test_nothing_drags_behind_a_moving_ball():
    times, way = np.array([0.0, 1.0], np.float32), np.array([[-1.2, 0, 0], [1.2, 0, 0]], np.float32)
    scene = studio({0: (Channel(path="translation", times=times, values=way),)}, duration=1.0)
    still = shot((0, -5, 1.5), (0, 0, 0.4), width=96, height=64, fov=0.55)
    with Tracer(scene) as tracer:
        pictures = run(tracer, still, range(4, 14))
        reference = tracer.trace(still, 13, Sampling(samples=64), ("ids",))
        gone = tracer.trace(still, 9, Sampling(), ("ids",)).ids == 1
    left = gone & (reference.ids == 2)  # floor that the ball covered four frames ago
    assert left.sum() > 40
    colour = pictures[-1][left].mean(0) / reference.radiance[left].mean(0)
    np.testing.assert_allclose(colour, 1, atol=0.08)
    assert psnr(pictures[-1], reference.radiance) > 28


def test_the_same_frames_give_the_same_bits():
    small = shot((-0.4, -4, 1.5), (0, 0, 0.4), end=(0.4, -4, 1.5), width=32, height=24)
    with Tracer(studio()) as tracer:
        raws = [tracer.trace(small, i, SHARED) for i in range(3)]
        ends = []
        for _ in range(2):
            accumulator = Accumulator(small)
            ends.append([accumulator.add(raw) for raw in raws][-1])
    assert np.array_equal(*ends)
    assert np.isfinite(ends[0]).all()
