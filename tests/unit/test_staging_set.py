"""The set around a product: no edge in any view, no seam at the horizon, light in balance."""

from fractions import Fraction

import numpy as np
import pytest

from filmwright.core.camera import Path
from filmwright.core.content import content_hash
from filmwright.core.scene import Environment, Node, Scene
from filmwright.core.shot import Shot
from filmwright.film.frames.rays.nouns import Sampling
from filmwright.film.frames.rays.tracer import Tracer
from filmwright.film.shots.backdrop import backdrop_color
from filmwright.film.shots.brief import Brief
from filmwright.film.shots.environments import SEEN, directions, glow_light, horizon_light, sky_irradiance
from filmwright.film.shots.lights import area_light, compass, irradiance
from filmwright.film.shots.measure import sample_surface
from filmwright.film.shots.moods import LIGHTING, Glow, Lamp
from filmwright.film.shots.sets import FAR
from filmwright.film.shots.staging import stage
from filmwright.film.shots.studio import build_studio
from tests.products import box, checker, product

MOODS = list(LIGHTING)
BOUNDS = np.array([[-0.2, -0.2, 0.0], [0.2, 0.2, 0.9]])
COLOR = np.array([0.7, 0.6, 0.5])
UP = np.array([0.0, 0.0, 1.0])


def studio(mood, environment=None, color=COLOR):
    return build_studio(LIGHTING[mood], color, BOUNDS, foot=0.25, environment=environment)


def card(built, way):
    """Linear RGB radiance of a white card at the product's middle that faces `way`."""
    light = irradiance(built.lights, BOUNDS.mean(axis=0)[None], way)[0] + sky_irradiance(built.environment, way)
    return light / np.pi


def gray(level):
    return Environment(pixels=np.full((32, 64, 3), level, np.float32))


def test_irradiance_of_a_plain_sky_is_pi():
    for way in (UP, compass(30.0, 20.0), -UP):
        assert np.allclose(sky_irradiance(gray(1.0), way), np.pi, rtol=2e-3)


def test_irradiance_of_a_small_far_lamp_follows_the_inverse_square():
    lamp = Lamp(name="far", azimuth=0.0, elevation=40.0, distance=10.0, width=0.1, height=0.1, power=1.0)
    light = area_light(lamp, BOUNDS)
    middle = BOUNDS.mean(axis=0)
    middle[:2] = 0
    way = (np.array(light.center) - middle) / np.linalg.norm(np.array(light.center) - middle)
    near, far = irradiance((light,), np.stack([middle, middle - way * 5]), way)
    distance = np.linalg.norm(np.array(light.center) - middle)
    assert near[0] == pytest.approx(np.pi, rel=1e-3)
    assert near[0] / far[0] == pytest.approx(((distance + 5) / distance) ** 2, rel=1e-3)
    behind = np.array(light.center) + way
    assert irradiance((light,), behind[None], -way)[0, 0] == 0  # one-sided


def test_a_glow_gives_its_power_and_stays_out_of_sight():
    glow = Glow(azimuth=150.0, elevation=70.0, width=60.0, height=30.0, power=0.5)
    pixels = glow_light((glow,))
    assert sky_irradiance(Environment(pixels=pixels), compass(150.0, 70.0))[0] == pytest.approx(0.5 * np.pi, rel=1e-3)
    seen = np.degrees(np.arcsin(directions()[..., 2])) < SEEN
    assert pixels[seen].max() == 0


@pytest.mark.parametrize("mood", MOODS)
def test_a_white_card_has_radiance_one(mood):
    ways = [compass(0.0, 0.0), compass(-40.0, 10.0), compass(40.0, 10.0), compass(0.0, 50.0)]
    luminance = np.array([0.2126, 0.7152, 0.0722])
    for environment in (None, gray(37.0)):
        built = studio(mood, environment)
        assert np.mean([card(built, way) @ luminance for way in ways]) == pytest.approx(1.0, rel=1e-3)


@pytest.mark.parametrize("mood", MOODS)
def test_the_floor_runs_into_the_sky_without_a_seam(mood):
    """Path traced: the floor's outer edge, the ring around it and the sky above are the same light within 2.5%."""
    surface = sample_surface(product(box((0.4, 0.4, 0.9), checker())), 2000)
    built = studio(mood, color=backdrop_color(surface, LIGHTING[mood].backdrop))
    nodes = tuple(Node(name=name, mesh=i) for i, name in enumerate(built.names) if name in ("floor", "horizon"))
    assert len(nodes) == 2
    empty = Scene(name="set", meshes=built.meshes, nodes=nodes, lights=built.lights, environment=built.environment)
    with Tracer(empty) as tracer:
        for azimuth in (0.0, 115.0):
            away = compass(azimuth, 0.0)
            eye = -3.0 * away + 0.9 * UP
            spots = [away * 9.6, away * 10.6, away * 35.0, eye + away * 10 + UP * 0.1]
            floor, near, far, sky = (light_at(tracer, eye, spot) for spot in spots)
            for other in (near, far, sky):
                assert np.allclose(floor, other, rtol=0.025, atol=0.002), (mood, azimuth, floor, other)


def light_at(tracer, eye, spot):
    """The mean radiance of a very narrow picture of a spot."""
    one = np.ones(1)
    path = Path(eye=eye[None], target=spot[None], fov_y=0.004 * one, focus=one, aperture=0 * one, roll=0 * one)
    shot = Shot(name="spot", seconds=Fraction(1, 24), width=8, height=8, path=path)
    return tracer.trace(shot, 0, Sampling(integrator="path", samples=160, bounces=2, motion_blur=False)).radiance.mean(
        (0, 1)
    )


@pytest.mark.parametrize("mood", MOODS)
def test_no_view_meets_an_edge(mood):
    """From anywhere that a camera stands, rays down to the horizon end on the ground, those above in the smooth sky."""
    built = studio(mood)
    rng = np.random.default_rng(2)
    eyes = rng.uniform([-4, -4, 0.05], [4, 4, 3.0], (2000, 3))
    ways = rng.normal(size=(2000, 3))
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    down = ways[:, 2] < -3.2 / (FAR - 6)  # all steeper rays must land
    reach = eyes[down, 2] / -ways[down, 2]
    landed = eyes[down, :2] + ways[down, :2] * reach[:, None]
    assert (np.hypot(*landed.T) < FAR).all()
    # from the edge's direction up to what cameras see the sky changes by no step
    rows = np.degrees(np.arcsin(directions()[:, 0, 2]))
    run = built.environment.pixels[(rows > -6) & (rows < SEEN)]
    steps = np.abs(np.diff(run, axis=0)) / np.maximum(run[:-1], 1e-6)
    assert steps.max() < 0.06
    turns = np.abs(np.roll(run, 1, axis=1) - run) / np.maximum(run, 1e-6)
    assert turns.max() < 0.03


def test_the_ground_is_one_sheet_facing_up_just_under_the_product():
    for mesh in studio("calm").meshes:
        a, b, c = (mesh.positions[mesh.faces[:, k]].astype(float) for k in range(3))
        normals = np.cross(b - a, c - a)
        assert (normals[:, 2] > 0).all()
        assert -1e-3 < mesh.positions[:, 2].max() < 0
        assert np.linalg.norm(normals, axis=1).min() > 1e-7


def test_a_plinth_is_closed_and_looks_outwards():
    plinth = studio("luxury").meshes[2]
    a, b, c = (plinth.positions[plinth.faces[:, k]].astype(float) for k in range(3))
    normals = np.cross(b - a, c - a)
    middle = (a + b + c) / 3
    outwards = (normals * (middle - [0, 0, -0.05])).sum(axis=1)
    assert (outwards > 0).all()
    smooth = plinth.normals[plinth.faces].mean(axis=1)
    assert ((normals * smooth).sum(axis=1) > 0).all()
    assert plinth.positions[:, 2].max() == pytest.approx(0, abs=1e-3)


def test_lamps_face_the_product_from_outside_and_above_the_floor():
    for mood in MOODS:
        for light in studio(mood).lights:
            center, u, v = (np.array(x) for x in (light.center, light.half_u, light.half_v))
            corners = [center + a * u + b * v for a in (-1, 1) for b in (-1, 1)]
            assert min(corner[2] for corner in corners) > 0
            assert min(np.linalg.norm(corner) for corner in corners) > 0.9
            assert np.cross(u, v) @ (BOUNDS.mean(axis=0) - center) > 0


def test_an_own_environment_takes_the_place_of_the_sky_and_turns():
    pixels = np.full((32, 64, 3), 0.1, np.float32)
    pixels[8, 5] = 500
    own = Environment(pixels=pixels, rotation=1.0, strength=2.0)
    sky = studio("calm", own).environment
    assert sky.pixels is pixels
    assert sky.rotation == 1.0
    stronger = studio("calm", Environment(pixels=pixels, rotation=1.0, strength=20.0))
    lamps = irradiance(stronger.lights, np.zeros((1, 3)), UP)[0, 0]
    assert lamps < 0.25 * irradiance(studio("calm", own).lights, np.zeros((1, 3)), UP)[0, 0]


def test_horizon_light_follows_azimuth_and_rotation():
    pixels = np.ones((64, 256, 3), np.float32)
    pixels[:, 60:68] = 9.0  # towards +Y
    toward = np.array([np.pi / 2, np.pi / 2 + 0.7, -np.pi / 2])
    straight = horizon_light(Environment(pixels=pixels), toward)[:, 0]
    assert straight[0] > 4
    assert np.allclose(straight[1:], 1.0, atol=0.01)
    turned = horizon_light(Environment(pixels=pixels, rotation=0.7), toward)[:, 0]
    assert turned[1] == pytest.approx(straight[0], rel=1e-6)


def test_a_stage_is_whole_and_the_same_again():
    scene = product(box((0.5, 0.4, 1.0), checker()))
    brief = Brief(text="", mood="luxury")
    one, two = stage(scene, brief), stage(scene, brief)
    assert [node.name for node in one.scene.nodes[len(one.product) :]] == ["floor", "horizon", "plinth"]
    assert one.product == (0, 1, 2)
    assert np.linalg.norm(one.bounds[1] - one.bounds[0]) == pytest.approx(1.0, abs=1e-6)
    assert len(one.points) == 4096
    assert (one.points >= one.bounds[0] - 1e-6).all()
    assert (one.points <= one.bounds[1] + 1e-6).all()
    assert (one.points == two.points).all()
    assert one.palette == two.palette
    assert content_hash(one.scene) == content_hash(two.scene)


def test_a_coloured_backdrop_from_the_brief_shows_in_the_sky():
    scene = product(box((0.5, 0.4, 1.0), checker()))
    sky = stage(scene, Brief(text="", backdrop=(0.05, 0.3, 0.1))).scene.environment
    color = horizon_light(sky, np.array([np.pi / 2]))[0]
    assert np.allclose(color / color.sum(), np.array([0.05, 0.3, 0.1]) / 0.45, atol=0.01)
