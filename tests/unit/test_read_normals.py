"""What all readers share: normals with creases, polygons, the mesh checks, the way up."""

import numpy as np
import pytest

from filmwright.core.errors import BadAsset, FilmWarning
from filmwright.film.scene import check
from filmwright.film.scene.check import RawMesh, checked_mesh
from filmwright.film.scene.colors import linear
from filmwright.film.scene.normals import creased_normals
from filmwright.film.scene.polygons import triangulated
from filmwright.film.scene.upright import placing
from tests.scans import CORNERS, SIDES


def sphere(num=24, radius=1.0):
    """Points and faces of a globe."""
    v, u = np.meshgrid(np.linspace(0, np.pi, num), np.linspace(0, 2 * np.pi, 2 * num), indexing="ij")
    points = np.stack([np.sin(v) * np.cos(u), np.sin(v) * np.sin(u), np.cos(v)], axis=2)
    points = radius * np.where(np.abs(points) < 1e-9, 0, points)  # poles and seam meet to the last bit
    index = np.arange(points[..., 0].size).reshape(num, 2 * num)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    faces = np.concatenate([np.stack([a, b, c], 2).reshape(-1, 3), np.stack([a, c, d], 2).reshape(-1, 3)])
    return points.reshape(-1, 3).astype(np.float32), faces


def drum(num=48):
    """A closed cylinder: flat ends, smooth side, a right angle between them."""
    angle = np.linspace(0, 2 * np.pi, num, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle), np.zeros(num)], axis=1)
    points = np.concatenate([ring, ring + np.array([0, 0, 1]), [[0, 0, 0], [0, 0, 1]]]).astype(np.float32)
    i, j = np.arange(num), np.roll(np.arange(num), -1)
    side = [np.stack([i, j, j + num], 1), np.stack([i, j + num, i + num], 1)]
    ends = [np.stack([j, i, np.full(num, 2 * num)], 1), np.stack([i + num, j + num, np.full(num, 2 * num + 1)], 1)]
    return points, np.concatenate(side + ends)


def test_srgb_is_decoded_by_its_standard():
    known = {0.0: 0.0, 0.04045: 0.0031308, 0.2: 0.0331048, 0.5: 0.2140411, 1.0: 1.0, 2.0: 1.0}
    assert linear(np.array(list(known))) == pytest.approx(list(known.values()), abs=1e-6)
    assert linear(np.array([0, 10, 55, 255], np.uint8)) == pytest.approx([0, 0.0030353, 0.0382044, 1], abs=1e-6)


@pytest.mark.parametrize("radius", [1e-6, 1.0, 1e6])
def test_a_sphere_is_smooth_over_its_seam(radius):
    points, faces = sphere(radius=radius)
    raw = RawMesh(where="globe", positions=points, faces=faces)
    mesh = checked_mesh(raw, crease=40.0)
    assert len(mesh.faces) < len(faces)  # the triangles at the poles were flat
    ideal = mesh.positions / np.linalg.norm(mesh.positions, axis=1, keepdims=True)
    assert np.einsum("vd,vd->v", mesh.normals, ideal).min() > 0.999
    assert np.linalg.norm(mesh.normals, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_drum_is_sharp_at_its_rims_alone():
    points, faces = drum()
    source, new_faces, normals = creased_normals(points, faces, crease=40.0)
    assert len(source) == 4 * 48 + 2
    assert np.array_equal(source[new_faces], faces)
    corners, at = normals[new_faces], points[faces]
    ends = slice(2 * 48, None)
    assert np.abs(corners[ends][..., 2]) == pytest.approx(1)
    sides = slice(0, 2 * 48)
    outward = at[sides] * np.float32([1, 1, 0])
    assert np.einsum("ncd,ncd->nc", corners[sides], outward) == pytest.approx(1, abs=1e-5)
    assert len(creased_normals(points, faces, crease=180.0)[0]) == len(points)
    assert len(creased_normals(points, faces, crease=80.0)[0]) == 4 * 48 + 2  # the rims bend by 90 degrees
    flat = creased_normals(points, faces, crease=0.0)
    assert len(flat[0]) > 6 * 48  # every face of the side for itself


def test_a_point_of_many_faces_is_no_trouble():
    num = 2000
    angle = np.linspace(0, 2 * np.pi, num, endpoint=False)
    points = np.concatenate([[[0, 0, 1]], np.stack([np.cos(angle), np.sin(angle), 0 * angle], 1)]).astype(np.float32)
    i = np.arange(num)
    faces = np.stack([np.zeros(num, int), i + 1, (i + 1) % num + 1], axis=1)
    assert np.isfinite(creased_normals(points, faces, crease=30.0)[2]).all()


def test_quads_are_cut_where_they_bend():
    arrow = np.float32([[0, 0, 0], [2, 1, 0], [0, 2, 0], [0.5, 1, 0]])
    cut = triangulated(arrow, np.arange(4), np.array([4]))
    assert {frozenset(t) for t in cut.tolist()} == {frozenset((3, 0, 1)), frozenset((3, 1, 2))}


def test_polygons_keep_their_order_and_small_ones_go():
    points = np.float32([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
    vertex = np.array([0, 1, 2, 3, 0, 1, 0, 1, 2])
    assert triangulated(points, vertex, np.array([4, 2, 3])).tolist() == [[0, 1, 2], [0, 2, 3], [6, 7, 8]]
    assert triangulated(points, vertex[:0], np.zeros(0, int)).shape == (0, 3)


def test_a_polygon_that_crosses_itself_ends():
    rng = np.random.default_rng(3)
    points = rng.random((12, 3), np.float32)
    assert len(triangulated(points, np.arange(12), np.array([12]))) == 10


def test_limits_are_checked(monkeypatch):
    raw = RawMesh(where="thing", positions=CORNERS, faces=SIDES.astype(int))
    monkeypatch.setattr(check, "MAX_VERTICES", 3)
    with pytest.raises(BadAsset, match="thing has 4 vertices, above the limit of 3"):
        checked_mesh(raw, crease=40.0)
    monkeypatch.setattr(check, "MAX_VERTICES", 4)
    monkeypatch.setattr(check, "MAX_TRIANGLES", 3)
    with pytest.raises(BadAsset, match="thing has 4 triangles"):
        checked_mesh(raw, crease=40.0)


def test_values_that_are_not_finite_have_stand_ins():
    uv = np.zeros((4, 2), np.float32)
    uv[1] = np.nan
    colors = np.full((4, 4), np.inf, np.float32)
    tangents = np.full((4, 4), np.nan, np.float32)
    raw = RawMesh(where="t", positions=CORNERS, faces=SIDES.astype(int), uv=uv, colors=colors, tangents=tangents)
    with pytest.warns(FilmWarning) as warned:
        mesh = checked_mesh(raw, crease=180.0)
    assert ["uv values" in str(w.message) or "colors values" in str(w.message) for w in warned] == [True, True]
    assert not mesh.uv.any()
    assert (mesh.colors == 1).all()
    assert mesh.tangents is None


def box(x, y, z):
    grid = np.stack(np.meshgrid(*[np.linspace(0, 1, 5)] * 3), axis=3).reshape(-1, 3)
    return (grid * [x, y, z]).astype(np.float32)


def bottle():
    """Round, tall along +Z, away from every plane of the origin."""
    angle, height = np.meshgrid(np.linspace(0, 2 * np.pi, 64), np.linspace(0, 0.3, 32))
    points = np.stack([0.04 * np.cos(angle), 0.04 * np.sin(angle), height], axis=2).reshape(-1, 3)
    return (points + 1).astype(np.float32)


@pytest.mark.parametrize(
    ("points", "usual", "up"),
    [
        (box(1, 2, 1) - np.float32([0.5, 0, 0.5]), "y", "y"),
        (box(1, 1, 2) - np.float32([0.5, 0.5, 0]), "y", "z"),  # it stands on the plane z = 0
        (box(1, 2, 1) - np.float32([0.5, 0, 0.5]), "z", "y"),
        (box(1, 1, 1) - np.float32([0.5, 0.5, 0.5]), "y", "y"),  # nothing to tell
        (box(1, 1, 1) - np.float32([0.5, 0.5, 0.5]), "z", "z"),
        (bottle(), "y", "z"),  # it would lie on a thin line
        (bottle(), "z", "z"),
        (bottle()[:, [0, 2, 1]], "z", "y"),
    ],
)
def test_the_way_up(points, usual, up):
    matrix = np.array(placing("t", points, units="m", up="auto", usual_units="auto", usual_up=usual)).reshape(4, 4)
    assert matrix[2].tolist() == ([0, 1, 0, 0] if up == "y" else [0, 0, 1, 0])
    assert np.linalg.det(matrix) == pytest.approx(1)
