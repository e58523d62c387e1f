"""Depth, normals, ids, flow and what it leaves visible, against geometry worked out by hand."""

import numpy as np
import pytest

from filmwright.core.camera import project
from filmwright.core.scene import AlphaMode, Channel, Material
from filmwright.film.frames.rays import Sampling, Tracer
from tests.worlds import picture, quad, shot, sphere, world

ALL = ("depth", "normals", "ids", "albedo", "flow")
ONE = Sampling()
TIMES = np.array([0.0, 1.0], np.float32)


def noise(size: int = 64) -> np.ndarray:
    """A smooth random picture."""
    rng = np.random.default_rng(2)
    coarse = rng.uniform(40, 220, (size // 8, size // 8, 3))
    return np.kron(coarse, np.ones((8, 8, 1))).astype(np.uint8)


def test_a_ball_before_nothing_is_where_it_should_be():
    view = shot((0, -6, 0), width=64, height=64)
    with Tracer(world(sphere(Material(), detail=6))) as tracer:
        raw = tracer.trace(view, 0, ONE, ALL)
    x, y = (np.mgrid[:64, :64] + 0.5 - 32)[::-1] / 32 * np.tan(0.2)
    a, b, c = 1 + x * x + y * y, -6.0, 35.0  # |eye + z (x, 1, -y)| = 1 for the depth z
    hit = b * b - a * c > 0
    depth = (-b - np.sqrt(np.maximum(b * b - a * c, 0))) / a
    sure = np.abs(b * b - a * c) > 0.2
    assert np.array_equal(raw.ids[sure] == 1, hit[sure])
    assert np.isinf(raw.depth[raw.ids == 0]).all()
    inner = hit & sure
    np.testing.assert_allclose(raw.depth[inner], depth[inner], rtol=1e-3)
    normals = np.stack([x * depth, depth - 6, -y * depth], -1)
    assert np.abs(raw.normals[inner] - normals[inner]).max() < 0.02


def test_the_nearer_of_two_planes_is_seen():
    near = quad(Material(base_color=(1.0, 0.0, 0.0, 1.0)), (0.5, 0, 0), (0.5, 0, 0), (0, 0, 2))
    far = quad(Material(base_color=(0.0, 1.0, 0.0, 1.0)), (0, 1, 0), (3, 0, 0), (0, 0, 2))
    with Tracer(world(near, far)) as tracer:
        raw = tracer.trace(shot((0, -4, 0), width=32, height=32, fov=0.2), 0, ONE, ALL)
    assert np.array_equal(raw.ids, np.where(np.arange(32) >= 16, 1, 2) * np.ones((32, 1)))
    np.testing.assert_allclose(raw.depth[:, :16], 5, rtol=1e-5)
    np.testing.assert_allclose(raw.depth[:, 16:], 4, rtol=1e-5)
    np.testing.assert_allclose(raw.albedo[0, 31], [1, 0, 0], atol=1e-6)


@pytest.mark.parametrize("integrator", ["direct", "path"])
def test_a_mask_cuts_holes(integrator):
    alpha = np.full((2, 2, 4), 255, np.uint8)
    alpha[:, 1, 3] = 0  # the right half is cut away
    leaf = Material(
        base_color_texture=picture(np.kron(alpha, np.ones((16, 16, 1)))), alpha_mode=AlphaMode.MASK, unlit=True
    )
    wall = quad(Material(base_color=(0.0, 0.0, 0.5, 1.0), unlit=True), (0, 1, 0), (3, 0, 0), (0, 0, 2))
    scene = world(quad(leaf, (0, 0, 0), (1, 0, 0), (0, 0, 1)), wall)
    with Tracer(scene) as tracer:
        raw = tracer.trace(shot((0, -6, 0), width=32, height=32, fov=0.3), 0, Sampling(integrator=integrator), ("ids",))
    assert (raw.ids[8:24, 2:15] == 1).all()
    assert (raw.ids[8:24, 17:30] == 2).all()
    np.testing.assert_allclose(raw.radiance[16, 24], [0, 0, 0.5], atol=1e-3)


def test_a_blend_lets_its_share_through():
    veil = Material(base_color=(1.0, 1.0, 1.0, 0.25), alpha_mode=AlphaMode.BLEND, unlit=True)
    wall = quad(Material(base_color=(0.0, 0.0, 0.0, 1.0), unlit=True), (0, 1, 0), (3, 0, 0), (0, 0, 2))
    with Tracer(world(quad(veil, (0, 0, 0), (2, 0, 0), (0, 0, 2)), wall)) as tracer:
        for integrator in ("direct", "path"):
            sampling = Sampling(integrator=integrator, samples=16)
            raw = tracer.trace(shot((0, -6, 0), width=16, height=16, fov=0.2), 0, sampling)
            assert abs(raw.radiance.mean() - 0.25) < 0.02


def flow_error(tracer: Tracer, view, frame: int = 3) -> tuple[float, float]:
    """Mean error of the albedo that the flow brings back from the next frame, and the share of visible pixels."""
    now, later = (tracer.trace(view, i, ONE, ALL) for i in (frame, frame + 1))
    height, width = now.ids.shape
    y, x = np.mgrid[:height, :width] + 0.0
    x, y = x + now.flow[..., 0], y + now.flow[..., 1]
    x0, y0 = (np.clip(np.floor(v).astype(int), 0, size - 2) for v, size in ((x, width), (y, height)))
    fx, fy = (x - x0)[..., None], (y - y0)[..., None]
    image = later.albedo
    top = image[y0, x0] * (1 - fx) + image[y0, x0 + 1] * fx
    back = top * (1 - fy) + (image[y0 + 1, x0] * (1 - fx) + image[y0 + 1, x0 + 1] * fx) * fy
    kin = later.ids[np.clip(np.rint(y).astype(int), 0, height - 1), np.clip(np.rint(x).astype(int), 0, width - 1)]
    use = now.visible & (now.ids > 0)
    assert (kin[use] == now.ids[use]).mean() > 0.985  # ids can differ only on the rim, by rounding
    inner = use & (kin == now.ids)
    return float(np.abs(back - now.albedo)[inner].mean()), float(use[now.ids > 0].mean())


def test_flow_of_a_moving_camera_brings_the_next_frame_back():
    ball = sphere(Material(base_color=(0.9, 0.2, 0.1, 1.0)), (0, 0, 0.5), 0.5)
    floor = quad(Material(base_color_texture=picture(noise())), (0, 0, 0), (3, 0, 0), (0, 3, 0))
    view = shot((-1.5, -4, 2), (0, 0, 0.3), end=(1.5, -4, 2), width=160, height=120, fov=0.6)
    with Tracer(world(ball, floor)) as tracer:
        error, share = flow_error(tracer, view)
    assert error < 0.004
    assert 0.9 < share < 1.0


def test_flow_of_an_animated_ball_brings_the_next_frame_back():
    half = np.sin(np.pi / 4)
    turn = Channel(path="rotation", times=TIMES, values=np.array([[0, 0, 0, 1], [0, 0, half, half]], np.float32))
    slide = Channel(path="translation", times=TIMES, values=np.array([[-1, 0, 0.5], [1, 0, 1.0]], np.float32))
    box = quad(Material(base_color_texture=picture(noise())), (0, 0, 0), (0.8, 0, 0), (0, 0, 0.8))
    wall = quad(Material(base_color_texture=picture(noise())), (0, 1.5, 0), (3, 0, 0), (0, 0, 3))
    scene = world(box, wall, channels={0: (turn, slide)}, duration=1.0)
    with Tracer(scene) as tracer:
        error, share = flow_error(tracer, shot((0, -6, 0.5), (0, 0, 0.5), width=160, height=120, fov=0.6))
    assert error < 0.004
    assert 0.9 < share < 1.0


def test_what_a_moving_plate_hides_is_known_by_hand():
    # a plate five pixels wide steps five pixels to the right a frame, before a still wall
    move = Channel(path="translation", times=TIMES, values=np.array([[0, 0, 0], [4.8, 0, 0]], np.float32))
    plate = quad(Material(), (-0.69, 0, 0), (0.1, 0, 0), (0, 0, 3))
    wall = quad(Material(), (0, 2, 0), (9, 0, 0), (0, 0, 9))
    view = shot((0, -10, 0), width=40, height=8, fov=2 * np.arctan(0.016))  # 0.04 m a pixel at the plate
    with Tracer(world(plate, wall, channels={0: (move,)}, duration=1.0)) as tracer:
        raw = tracer.trace(view, 0, ONE, ALL)
    left = 0.04 * (np.arange(40) + 0.5 - 20)
    moment = 0.5 / 24 * 4.8
    now = np.abs(left + 0.69 - moment) < 0.1
    assert np.array_equal(raw.ids[4] == 1, now)
    next_hidden = np.abs(left + 0.69 - moment - 0.2) < 0.1  # the wall does not move: the same pixels, seen later
    assert np.array_equal(~raw.visible[4] & ~now, next_hidden & ~now)
    np.testing.assert_allclose(raw.flow[4][now], [[5, 0]] * now.sum(), atol=1e-3)
    np.testing.assert_allclose(raw.flow[4][~now], 0, atol=1e-4)


def test_flow_agrees_with_the_cameras_own_projection():
    view = shot((-1, -5, 2), end=(1, -5, 1), width=32, height=24)
    with Tracer(world(quad(Material(), u=(3, 0, 0), v=(0, 3, 0)))) as tracer:
        raw = tracer.trace(view, 5, ONE, ALL)
    y, x = np.argwhere(raw.ids == 1).T
    camera, focal = view.camera(5.0), 12 / np.tan(0.2)
    z = raw.depth[y, x]
    local = np.stack([(x + 0.5 - 16) / focal * z, (y + 0.5 - 12) / focal * z, z], 1)
    points = local @ camera.world_from_camera[:3, :3].T + camera.position
    assert np.abs(points[:, 2]).max() < 1e-4  # all on the floor
    later = project(view.camera(6.0), points, width=32, height=24)
    np.testing.assert_allclose(raw.flow[y, x], later[:, :2] - np.stack([x, y], 1) - 0.5, atol=2e-3)
