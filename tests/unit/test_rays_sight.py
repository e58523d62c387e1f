"""A frame's passes and its light look at the scene once: that changes neither of them."""

import numpy as np
import pytest

from filmwright.core.scene import AlphaMode, Channel, Material
from filmwright.film.frames.rays import Sampling, Tracer
from filmwright.film.frames.rays.prefilter import soft_sky
from tests.worlds import lamp, picture, quad, shot, sphere, world

DRAFT = Sampling(antialias=False)
PASSES = ("depth", "normals", "ids", "flow")
MOVES = (
    Channel(
        path="translation",
        times=np.array([0.0, 1.0], np.float32),
        values=np.array([[-0.5, 0, 0.6], [1.5, 0, 0.9]], np.float32),
    ),
)
BUMPS = picture(np.random.default_rng(5).integers(96, 160, (16, 16, 3)))
BALLS = {
    "opaque": Material(base_color=(0.9, 0.2, 0.1, 1.0), roughness=0.2),
    "blend": Material(base_color=(0.9, 0.2, 0.1, 0.5), alpha_mode=AlphaMode.BLEND),
    "glass": Material(transmission=0.9, roughness=0.05),
}


def scene(ball):
    floor = quad(Material(roughness=0.3, normal_texture=BUMPS), (0, 0, 0), (3, 0, 0), (0, 3, 0))
    light = lamp((0, 0, 4), (1, 0, 0), (0, -1, 0), (6, 6, 6))
    return world(sphere(ball, radius=0.5, detail=3), floor, sky=0.4, lights=(light,), channels={0: MOVES}, duration=1.0)


VIEW = shot((-1.5, -4, 2), (0, 0, 0.3), end=(1.5, -4, 2), width=49, height=36, fov=0.6)


@pytest.mark.parametrize("ball", BALLS.values(), ids=BALLS)
def test_a_picture_is_the_same_with_passes_and_without(ball):
    with Tracer(scene(ball)) as tracer:
        alone = [tracer.trace(VIEW, frame, DRAFT).radiance for frame in range(3)]
        beside = [tracer.trace(VIEW, frame, DRAFT, PASSES).radiance for frame in range(3)]
    np.testing.assert_array_equal(beside, alone)
    assert not np.array_equal(alone[0], alone[2])


def test_frames_are_the_same_in_any_order():
    with Tracer(scene(BALLS["opaque"])) as tracer:
        forth = {frame: tracer.trace(VIEW, frame, DRAFT, PASSES) for frame in (0, 1, 2, 3)}
        back = {frame: tracer.trace(VIEW, frame, DRAFT, PASSES) for frame in (3, 1, 0, 2)}
    for frame, raw in forth.items():
        for name in ("radiance", *PASSES, "visible"):
            np.testing.assert_array_equal(getattr(back[frame], name), getattr(raw, name), err_msg=f"{name} {frame}")
    assert not np.array_equal(forth[0].ids, forth[3].ids)


def test_albedo_costs_the_other_passes_nothing():
    with Tracer(scene(BALLS["opaque"])) as tracer:
        without = tracer.trace(VIEW, 0, DRAFT, PASSES)
        beside = tracer.trace(VIEW, 0, DRAFT, (*PASSES, "albedo"))
    assert without.albedo is None
    np.testing.assert_allclose(beside.albedo[beside.ids == 1], [[0.9, 0.2, 0.1]] * (beside.ids == 1).sum(), atol=1e-6)
    for name in PASSES:
        np.testing.assert_array_equal(getattr(beside, name), getattr(without, name))


def test_an_even_sky_is_blurred_as_any_other():
    rows = np.linspace(1.0, 0.1, 32, dtype=np.float32)[:, None, None] * np.array([0.5, 0.7, 1.0], np.float32)
    even = np.ascontiguousarray(np.broadcast_to(rows, (32, 64, 3)))
    marked = even.copy()
    marked[16, 0] *= np.float32(1.0001)
    fast = soft_sky(world(sky=even).environment)
    slow = soft_sky(world(sky=marked).environment)
    np.testing.assert_allclose(fast, slow, atol=3e-3)
    assert (fast == fast[:, :, :1]).all()
    assert not (slow == slow[:, :, :1]).all()
