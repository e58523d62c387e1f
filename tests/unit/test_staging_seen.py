"""What the staging sees of a product: its colours, the places worth a close look, and a backdrop that sets it off."""

from dataclasses import replace

import numpy as np
import pytest

from filmwright.core.scene import AlphaMode, Mesh, Texture
from filmwright.film.shots.backdrop import CONTRAST, backdrop_color
from filmwright.film.shots.interest import points_of_interest
from filmwright.film.shots.measure import Surface, sample_surface
from filmwright.film.shots.moods import LIGHTING
from filmwright.film.shots.oklab import from_oklab, in_gamut, linear, oklab, srgb
from filmwright.film.shots.palette import palette_of
from filmwright.film.shots.staging import place
from filmwright.film.shots.texels import surface_color
from tests.products import box, checker, drum, product


def painted(colors, shares, num=2000) -> Surface:
    """A surface of plain sRGB colours, each on its share of the area."""
    rows = np.repeat(linear(np.array(colors, float)), np.round(np.array(shares) * num).astype(int), axis=0)
    normals = np.tile([0.0, -1.0, 0.0], (len(rows), 1))
    return Surface(points=normals * 0.1, normals=normals, colors=rows, coverage=np.ones(len(rows)))


def test_oklab_known_values_and_back():
    # Ottosson 2020: white is (1, 0, 0); sRGB red (0.628, 0.225, 0.126)
    assert np.allclose(oklab(np.ones(3)), [1, 0, 0], atol=1e-4)
    assert np.allclose(oklab(np.array([1.0, 0, 0])), [0.628, 0.225, 0.126], atol=1e-3)
    rgb = np.random.default_rng(0).uniform(0, 1, (100, 3))
    assert np.allclose(from_oklab(oklab(rgb)), rgb, atol=1e-6)
    assert np.allclose(linear(srgb(rgb)), rgb, atol=1e-9)


def test_a_colour_out_of_gamut_keeps_lightness_and_hue():
    lab = oklab(in_gamut(0.7, 0.5, 2.0))
    assert lab[0] == pytest.approx(0.7, abs=0.01)
    assert np.arctan2(lab[2], lab[1]) == pytest.approx(2.0, abs=0.02)
    assert 0.1 < np.hypot(lab[1], lab[2]) < 0.3


def test_palette_of_two_colours():
    colors = palette_of(painted([(0.8, 0.1, 0.1), (0.1, 0.2, 0.7)], [0.3, 0.7]))
    assert len(colors) == 2
    assert np.allclose(colors, [(0.1, 0.2, 0.7), (0.8, 0.1, 0.1)], atol=0.01)


def test_palette_leaves_out_strays_and_merges_what_looks_alike():
    colors = palette_of(painted([(0.5, 0.5, 0.5), (0.51, 0.5, 0.5), (0.0, 1.0, 0.0)], [0.6, 0.395, 0.005]))
    assert len(colors) == 1
    assert np.allclose(colors[0], (0.5, 0.5, 0.5), atol=0.02)


def test_palette_goes_by_area():
    mesh = box((1.0, 1.0, 1.0), checker(dark=(250, 250, 250), light=(250, 250, 250), plain=(200, 60, 60)))
    colors = palette_of(sample_surface(product(mesh), 6000))
    assert np.allclose(colors[0], np.array([200, 60, 60]) / 255, atol=0.02)  # five sides of six
    assert np.allclose(colors[1], np.array([250, 250, 250]) / 255, atol=0.02)


def test_colours_are_read_from_texture_factor_and_vertices():
    texture = Texture(pixels=np.array([[[255, 0, 0], [0, 255, 0]]], np.uint8))
    mesh = Mesh(
        positions=np.eye(3, dtype=np.float32),
        faces=np.array([[0, 1, 2]], np.int32),
        uv=np.full((3, 2), [0.75, 0.5], np.float32),
        colors=np.tile(np.array([1, 0.5, 1, 1], np.float32), (3, 1)),
        material=box(base_color=(1.0, 0.5, 1.0, 0.2), alpha_mode=AlphaMode.MASK).material,
    )
    mesh = replace(mesh, material=replace(mesh.material, base_color_texture=texture))
    rgb, coverage = surface_color(mesh, np.array([0]), np.full((1, 3), 1 / 3))
    assert np.allclose(rgb, [[0, 0.25, 0]])
    assert coverage[0] == 0  # cut out: 0.2 is under the cutoff


@pytest.mark.parametrize("mood", list(LIGHTING))
@pytest.mark.parametrize(
    "color", [(0.95, 0.95, 0.95), (0.03, 0.03, 0.03), (0.8, 0.1, 0.1), (0.9, 0.8, 0.2), (0.5, 0.5, 0.5)]
)
def test_a_product_stands_out_from_its_backdrop(mood, color):
    lab = oklab(backdrop_color(painted([color], [1.0]), LIGHTING[mood].backdrop))
    contrast = np.linalg.norm(lab - oklab(linear(np.array(color))))
    assert contrast > 0.6 * CONTRAST
    assert np.hypot(lab[1], lab[2]) <= LIGHTING[mood].backdrop.chroma + 1e-6  # never garish


def test_most_products_stand_out_clearly():
    corners = np.stack(np.meshgrid(*[np.arange(3)] * 3), axis=-1).reshape(-1, 3)
    colors = (corners + np.random.default_rng(3).uniform(0.06, 0.94, (27, 3))) / 3  # one in each part of the cube
    for mood, lighting in LIGHTING.items():
        gaps = []
        for color in colors:
            lab = oklab(backdrop_color(painted([color], [1.0], num=50), lighting.backdrop))
            gaps.append(np.linalg.norm(lab - oklab(linear(color))))
        assert np.mean(np.array(gaps) > CONTRAST) > 0.85, mood


def test_a_backdrop_that_was_asked_for_is_kept():
    wanted = (0.1, 0.4, 0.2)
    assert tuple(backdrop_color(painted([(0.1, 0.4, 0.2)], [1.0]), LIGHTING["calm"].backdrop, wanted=wanted)) == wanted


@pytest.mark.parametrize("mesh", [box((0.6, 0.5, 1.0), checker()), drum(checker(), share=0.3)], ids=["box", "drum"])
def test_the_label_is_the_first_interest(mesh):
    surface = sample_surface(place(product(mesh)), 20_000)
    interests = points_of_interest(surface)
    first = interests[0]
    assert first.kind == "label"
    assert first.score == pytest.approx(1.0, abs=0.15)
    assert first.normal[1] < -0.85  # towards the camera
    inside = np.linalg.norm(surface.points - first.point, axis=1) < 1e-9
    assert inside.any()  # on the surface
    assert surface.colors[np.linalg.norm(surface.points - first.point, axis=1) < 0.05].std() > 0.2  # in the checker


def test_interests_lie_outside_apart_and_in_order():
    inner = box((0.2, 0.2, 0.2), checker())  # a label that no camera can see
    surface = sample_surface(place(product(box((0.6, 0.5, 1.0), checker()), inner)), 20_000)
    interests = points_of_interest(surface)
    assert 2 <= len(interests) <= 6
    assert [i.score for i in interests] == sorted((i.score for i in interests), reverse=True)
    points = np.array([i.point for i in interests])
    half = np.ptp(surface.points, axis=0) / 2
    outside = np.abs((points - [0, 0, half[2]]) / half).max(axis=1)
    assert np.allclose(outside, 1.0, atol=1e-3)
    gaps = np.linalg.norm(points[:, None] - points[None], axis=2) + np.eye(len(points))
    assert gaps.min() >= 0.15
    for i in interests:
        assert np.linalg.norm(i.normal) == pytest.approx(1.0, abs=1e-6)
        assert 0.02 <= i.radius <= 0.25
        away = np.array(i.point) - [0, 0, half[2]]
        assert away @ i.normal > 0


def test_the_same_product_is_seen_the_same():
    surface = sample_surface(product(box((0.6, 0.5, 1.0), checker())), 8000)
    again = sample_surface(product(box((0.6, 0.5, 1.0), checker())), 8000)
    assert palette_of(surface) == palette_of(again)
    assert points_of_interest(surface) is not points_of_interest(again)
    assert [i.point for i in points_of_interest(surface)] == [i.point for i in points_of_interest(again)]
