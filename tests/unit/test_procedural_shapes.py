"""The tools that products are made with, on shapes whose answers are known."""

from itertools import pairwise

import numpy as np
import pytest

from filmwright.core.errors import MissingFont
from filmwright.core.scene import Material
from filmwright.film.scene.procedural.lettering import SANS, SERIF, Lettering, distance, write
from filmwright.film.scene.procedural.loft import loft
from filmwright.film.scene.procedural.paint import coverage, grain, normal_texture, two_color_texture
from filmwright.film.scene.procedural.profile import lengths, rounded
from filmwright.film.scene.procedural.relief import Rise, relief
from filmwright.film.scene.procedural.section import Section
from filmwright.film.scene.procedural.sheets import Top, Wrap


def box(left: float, bottom: float, right: float, top: float) -> Lettering:
    corners = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
    return Lettering(segments=np.array([(*a, *b) for a, b in pairwise(corners)], float))


def area(positions: np.ndarray, faces: np.ndarray) -> float:
    a, b, c = (positions[faces[:, k]].astype(float) for k in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def test_a_rounded_corner_is_an_arc_that_meets_its_straights():
    line = rounded([(0, 0, 0), (10, 0, 2), (10, 10, 0)], arc_steps=16)
    arc = line[1:-1]
    assert np.allclose(np.hypot(arc[:, 0] - 8, arc[:, 1] - 2), 2)
    assert np.allclose(arc[0], (8, 0))
    assert np.allclose(arc[-1], (10, 2))


def test_cuts_lie_on_rising_straights_only():
    line = rounded([(0, 0, 0), (10, 0, 0), (10, 10, 0)], cuts=(0.0, 2.5, 99.0))
    assert line.tolist() == [[0, 0], [10, 0], [10, 2.5], [10, 10]]


def test_roundings_without_room_are_refused():
    with pytest.raises(ValueError, match="no room"):
        rounded([(0, 0, 0), (1, 0, 0.8), (1, 1, 0.8), (0, 1, 0)])


def test_a_section_reaches_its_axes_and_is_round_at_its_neck():
    section = Section(half_width=30.0, half_depth=20.0, exponent=4.0, round_at=8.0)
    right, front = np.array([0.0]), np.array([-np.pi / 2])
    assert section.reach(np.array([20.0]), right) == pytest.approx(30)
    assert section.reach(np.array([20.0]), front) == pytest.approx(20)
    turn = np.linspace(0, 2 * np.pi, 50)
    assert np.allclose(section.reach(np.full(50, 8.0), turn), 8)
    corner = section.outline(np.array([0.7]))[0]
    assert (abs(corner[0]) / 30) ** 4 + (abs(corner[1]) / 20) ** 4 == pytest.approx(1)


def test_columns_are_even_and_the_middle_one_is_in_front():
    section = Section(half_width=30.0, half_depth=20.0, exponent=4.0)
    steps = np.linalg.norm(np.diff(section.outline(section.even_angles(400)), axis=0), axis=1)
    assert steps.max() / steps.min() < 1.02
    x, y = section.outline(section.even_angles(400))[200]
    assert (x, y) == pytest.approx((0, -20), abs=1e-3)


def test_a_lofted_cylinder_has_the_volume_of_one():
    profile = rounded([(0, 0, 0), (5, 0, 0), (5, 8, 0), (0, 8, 0)])
    mesh = loft(profile, Section(half_width=5.0, half_depth=5.0), num=512, material=Material())
    corners = mesh.positions[mesh.faces].astype(float)
    volume = np.sum(np.cross(corners[:, 0], corners[:, 1]) * corners[:, 2]) / 6
    assert volume == pytest.approx(np.pi * 25 * 8, rel=1e-3)


def test_displacement_moves_along_the_normal():
    profile = rounded([(0, 0, 0), (5, 0, 0), (5, 8, 0), (0, 8, 0)], cuts=(4.0,))
    mesh = loft(
        profile,
        Section(half_width=5.0, half_depth=5.0),
        num=64,
        material=Material(),
        displace=lambda u, at: np.where(at[..., 1] == 4.0, 1.0, 0.0) + 0 * u,
    )
    ring = mesh.positions[np.isclose(mesh.positions[:, 2], 4.0, atol=1e-6)]
    assert np.allclose(np.hypot(ring[:, 0], ring[:, 1]), 6, atol=1e-5)


def test_distance_to_a_box_is_known():
    x = np.linspace(-4, 4, 81)
    field = distance(box(-2, -1, 2, 1), x, x, reach=1.5)
    px, pz = np.meshgrid(x, x)
    q = np.stack([np.abs(px) - 2, np.abs(pz) - 1])
    exact = -(np.hypot(*np.maximum(q, 0)) + np.minimum(q.max(0), 0))
    off_edge = np.abs(exact) > 1e-6  # on the very edge the sign is open
    assert np.allclose(field[off_edge], np.clip(exact, -1.5, 1.5)[off_edge], atol=1e-5)


def test_letters_have_their_height_and_an_o_its_hole():
    letter = write("O", SERIF, cap_height=10.0)
    left, bottom, right, top = letter.bounds
    assert (left + right) / 2 == pytest.approx(0, abs=1e-9)
    assert 9.8 < top - bottom < 10.8  # round letters overshoot
    x = np.linspace(-6, 6, 121)
    field = distance(letter, x, x + 5, reach=0.5)
    assert field[60, 60] < 0
    assert field[60, np.argmin(np.abs(x - left - 0.6))] > 0


def test_tracking_and_kerning_move_letters():
    def width(text: str, tracking: float = 0.0) -> float:
        left, _, right, _ = write(text, SANS, cap_height=10.0, tracking=tracking).bounds
        return right - left

    assert width("HH", 0.5) == pytest.approx(width("HH") + 5.0)
    assert width("AV") < width("AA") / 2 + width("VV") / 2  # the pair is drawn together


def test_an_unknown_letter_is_named():
    with pytest.raises(MissingFont, match="'향'"):
        write("A향", SANS, cap_height=1.0)


def test_a_raised_disc_has_its_area_height_and_round_edge():
    x = np.linspace(-6, 6, 161)
    field = 5.0 - np.hypot(*np.meshgrid(x, x))
    rise = Rise(height=1.0, edge=2.0, sink=0.0)
    mesh = relief(field, x, x, rise=rise, sheet=Top(level=3.0), material=Material())
    flat = mesh.positions * np.array([1, 1, 0], np.float32)
    assert area(flat, mesh.faces) == pytest.approx(np.pi * 25, rel=2e-3)
    assert mesh.positions[:, 2].max() == pytest.approx(4.0, abs=1e-6)
    assert mesh.positions[:, 2].min() == pytest.approx(3.0, abs=1e-6)
    radius = np.hypot(mesh.positions[:, 0], mesh.positions[:, 1])
    edge = (radius > 3.2) & (radius < 4.6)
    t = (radius[edge] - 3) / 2
    assert np.allclose(mesh.positions[edge, 2] - 3, np.sqrt(1 - t**2), atol=2e-2)
    outwards = np.sum(mesh.normals[edge, :2] * mesh.positions[edge, :2], 1) / radius[edge]
    assert np.allclose(outwards / mesh.normals[edge, 2], 0.5 * t / np.sqrt(1 - t**2), atol=5e-2)
    assert (mesh.normals[radius < 2.8, 2] > 0.999).all()


def test_diagonal_corners_stay_apart():
    field = np.array([[1.0, -1.0], [-1.0, 1.0]])
    grid = np.array([0.0, 1.0])
    mesh = relief(
        field, grid, grid, rise=Rise(height=0.0, edge=1.0, sink=0.0), sheet=Top(level=0.0), material=Material()
    )
    assert len(mesh.faces) == 2
    assert area(mesh.positions, mesh.faces) == pytest.approx(0.25)


def test_a_wrapped_sheet_keeps_lengths_and_faces_outwards():
    wrap = Wrap(section=Section(half_width=30.0, half_depth=20.0, exponent=4.0))
    x = np.linspace(-25, 25, 400)
    placed = wrap.place(x, np.zeros(400), np.zeros(400))
    assert lengths(placed)[-1] == pytest.approx(50, rel=1e-3)
    assert placed[0, 0] < 0 < placed[-1, 0]
    raised = wrap.place(x, np.zeros(400), np.ones(400))
    out = wrap.turn(x, np.tile([0.0, 0.0, 1.0], (400, 1)))
    assert np.allclose(raised - placed, out)
    assert (out[:, 1] < 0).all()


def test_a_ramp_has_its_known_normal():
    up_right = np.add.outer(-0.5 * np.arange(8), 0.25 * np.arange(8))  # rises to the right and to the top
    pixels = normal_texture(up_right, 1.0).pixels[4, 4] / 255 * 2 - 1
    expected = np.array([-0.25, -0.5, 1]) / np.linalg.norm([0.25, 0.5, 1])
    assert np.allclose(pixels, expected, atol=0.01)


def test_paint_mixes_in_linear_light_and_is_stored_in_srgb():
    pixels = two_color_texture((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), np.array([[0.0, 0.5, 1.0]])).pixels
    assert pixels[0, :, 0].tolist() == [0, 188, 255]
    assert coverage(np.array([[-1.0, 0.0, 1.0]]), 1.0).tolist() == [[0.0, 0.5, 1.0]]


def test_grain_is_even_and_tiles():
    noise = grain(64, 128, cell=(2.0, 8.0), rng=np.random.default_rng(1))
    assert noise.shape == (64, 128)
    assert noise.mean() == pytest.approx(0, abs=1e-9)
    assert noise.std() == pytest.approx(1)
    inner = np.abs(np.diff(noise, axis=1)).mean()
    assert np.abs(noise[:, 0] - noise[:, -1]).mean() < 1.3 * inner
