"""Light whose amount is known beforehand."""

import numpy as np
import pytest

from filmwright.core.scene import Material
from filmwright.film.frames.rays import Sampling, Tracer
from tests.worlds import lamp, quad, shot, sphere, world

MANY = Sampling(integrator="path", samples=64, bounces=4, clamp=1e9)


def ball_in_white(material: Material, sampling: Sampling = MANY) -> np.ndarray:
    """Radiance of the pixels on a ball that nothing but a white sky surrounds."""
    with Tracer(world(sphere(material), sky=1.0)) as tracer:
        raw = tracer.trace(shot((0, -8, 0), width=24, height=24, fov=0.22), 0, sampling, ("ids",))
    inner = (raw.ids == 1) & np.roll(raw.ids == 1, 1, 0) & np.roll(raw.ids == 1, -1, 1)
    assert inner.sum() > 200
    return raw.radiance[inner]


@pytest.mark.parametrize("roughness", [0.1, 0.4, 0.7, 1.0])
def test_a_white_metal_vanishes_in_a_white_furnace(roughness):
    light = ball_in_white(Material(metallic=1.0, roughness=roughness))
    assert abs(light.mean() - 1) < 0.01
    assert light.max() < 1.2


@pytest.mark.parametrize("roughness", [0.2, 0.6, 1.0])
def test_a_white_diffuse_ball_loses_and_gains_nothing(roughness):
    assert 0.985 < ball_in_white(Material(roughness=roughness)).mean() < 1.005


def test_a_clear_coat_gains_no_energy():
    coated = Material(roughness=0.6, clearcoat=1.0, clearcoat_roughness=0.1)
    assert 0.96 < ball_in_white(coated).mean() < 1.005


@pytest.mark.parametrize("ior", [1.1, 1.5, 2.4])
def test_clear_glass_vanishes_in_a_white_furnace(ior):
    light = ball_in_white(Material(transmission=1.0, roughness=0.0, ior=ior))
    assert 0.97 < light.mean() <= 1.0 + 1e-4


@pytest.mark.parametrize("sampling", [MANY, Sampling(samples=4)])
def test_what_has_the_index_of_air_reflects_nothing(sampling):
    light = ball_in_white(Material(base_color=(0.0, 0.0, 0.0, 1.0), roughness=0.3, ior=1.0), sampling)
    assert np.quantile(light, 0.9) < 1e-5  # the outermost pixels see the sky beside it


def test_a_grey_metal_reflects_its_colour_once():
    light = ball_in_white(Material(metallic=1.0, roughness=0.05, base_color=(0.5, 0.25, 0.125, 1.0)))
    smooth = np.median(light, axis=0)  # away from the rim, where every metal is a mirror
    np.testing.assert_allclose(smooth, [0.5, 0.25, 0.125], rtol=0.06)


def form_factor(half: float, height: float) -> float:
    """Of a square of side 2 half, `height` above a point under its middle (Howell's catalogue, B-4)."""
    x = half / height
    return 4 / (2 * np.pi) * 2 * x / np.sqrt(1 + x * x) * np.arctan(x / np.sqrt(1 + x * x))


@pytest.mark.parametrize("integrator", ["path", "direct"])
def test_a_square_light_gives_its_analytic_irradiance(integrator):
    light = lamp((0, 0, 1.5), (0, 0.6, 0), (0.6, 0, 0), (2.0, 1.0, 0.5))
    floor = quad(Material(base_color=(0.5, 0.5, 0.5, 1.0), roughness=1.0, ior=1.0), u=(3, 0, 0), v=(0, 3, 0))
    with Tracer(world(floor, lights=(light,))) as tracer:
        view = shot((0, 0.01, 1.0), width=8, height=8, fov=0.02)
        raw = tracer.trace(view, 0, Sampling(integrator=integrator, samples=128, bounces=1))
    expected = 0.5 * np.array([2.0, 1.0, 0.5]) * form_factor(0.6, 1.5)
    np.testing.assert_allclose(raw.radiance.mean((0, 1)), expected, rtol=0.015)


@pytest.mark.parametrize("integrator", ["path", "direct"])
def test_a_lambert_ball_under_a_graded_sky(integrator):
    rows, albedo = np.cos((np.arange(64) + 0.5) / 64 * np.pi), 0.6
    sky = np.broadcast_to((1 + rows)[:, None, None], (64, 128, 3)).astype(np.float32).copy()
    ball = sphere(Material(base_color=(albedo, albedo, albedo, 1.0), roughness=1.0, ior=1.0))
    sampling = Sampling(integrator=integrator, samples=64, bounces=1)
    with Tracer(world(ball, sky=sky)) as tracer:
        raw = tracer.trace(shot((0, -8, 0), width=32, height=32, fov=0.22), 0, sampling, ("normals", "ids"))
    front = (raw.ids == 1) & (raw.normals[..., 1] < -0.7)  # seen from straight before: no gloss
    expected = albedo * (1 + 2 / 3 * raw.normals[..., 2])  # the sky 1 + z over a cosine lobe
    error = raw.radiance[front].mean(-1) / expected[front] - 1
    assert abs(error.mean()) < 0.02
    assert np.abs(error).mean() < 0.04


def test_light_and_bsdf_sampling_agree():
    sky = np.full((32, 64, 3), 0.1, np.float32)
    sky[6:10, 40:48] = 8.0
    light = lamp((0.5, 0, 1), (0, 0.5, 0), (0.4, 0, 0.2), (3.0, 3.0, 3.0))
    floor = quad(Material(base_color=(0.7, 0.5, 0.3, 1.0), roughness=0.45), u=(2, 0, 0), v=(0, 2, 0))
    mean = {}
    with Tracer(world(floor, sky=sky, lights=(light,))) as tracer:
        for lights in ("both", "light", "bsdf"):
            sampling = Sampling(integrator="path", samples=256, bounces=1, lights=lights, clamp=1e9)
            mean[lights] = tracer.trace(shot((0, -2, 1.5), width=16, height=16), 0, sampling).radiance.mean((0, 1))
    np.testing.assert_allclose(mean["light"], mean["bsdf"], rtol=0.03)
    np.testing.assert_allclose(mean["both"], mean["bsdf"], rtol=0.02)


def test_a_light_is_unseen_and_shines_one_way():
    light = lamp((0, 0, 1), (0, 0.4, 0), (0.4, 0, 0), (5.0, 5.0, 5.0))
    floor = quad(Material(), u=(1, 0, 0), v=(0, 1, 0))
    above = quad(Material(), centre=(0, 0, 2), u=(1, 0, 0), v=(0, -1, 0))
    with Tracer(world(floor, above, lights=(light,))) as tracer:
        sampling = Sampling(integrator="path", samples=16, bounces=1)
        down = tracer.trace(shot((0, 0.01, 1.7)), 0, sampling).radiance  # looks at the lamp's dark back, at the floor
        up = tracer.trace(shot((0, 0.01, 0.5), (0, 0, 2)), 0, sampling).radiance  # looks into the lamp, at the ceiling
    assert down.min() > 0.05
    assert up.max() == 0


def test_unlit_and_emissive_surfaces_show_just_themselves():
    unlit = quad(Material(base_color=(0.2, 0.4, 0.6, 1.0), unlit=True))
    glowing = quad(Material(base_color=(0.0, 0.0, 0.0, 1.0), emission=(3.0, 2.0, 1.0), roughness=1.0, ior=1.0))
    for integrator in ("path", "direct"):
        for mesh, expected in ((unlit, (0.2, 0.4, 0.6)), (glowing, (3.0, 2.0, 1.0))):
            with Tracer(world(mesh)) as tracer:
                raw = tracer.trace(shot((0, 0.01, 3), fov=0.2), 0, Sampling(integrator=integrator))
            np.testing.assert_allclose(raw.radiance.reshape(-1, 3).mean(0), expected, rtol=1e-3)


@pytest.mark.parametrize(("half", "most"), [(0.1, 0.02), (2.0, 0.04)])
def test_one_sample_shows_shadows_as_hard_as_they_are(half, most):
    """Those of a small lamp have edges, those of a large one none."""
    light = lamp((0, 0, 6), (0, half, 0), (half, 0, 0), (36 / half**2,) * 3)
    matte = {"roughness": 1.0, "ior": 1.0}
    floor = quad(Material(base_color=(0.5, 0.5, 0.5, 1.0), **matte), u=(3, 0, 0), v=(0, 3, 0))
    board = quad(Material(base_color=(0.0, 0.0, 0.0, 1.0), **matte), (0, 0, 0.5), (0.5, 0, 0), (0, 0.5, 0))
    view = shot((0, -4, 2.5), width=96, height=96, fov=0.7)
    with Tracer(world(floor, board, lights=(light,))) as tracer:
        one = tracer.trace(view, 0, Sampling(), ("ids",))
        many = tracer.trace(view, 0, Sampling(integrator="path", samples=64, bounces=1))
    inner = one.ids == 1
    error = np.abs(one.radiance - many.radiance)[inner]
    assert error.mean() < most * many.radiance[inner].max()
