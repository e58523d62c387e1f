"""Where the staging puts a product: upright, on the ground, in the middle, its front to the camera."""

import numpy as np
import pytest

from filmwright.core.errors import BadAsset
from filmwright.core.pose import world_transforms
from filmwright.core.scene import Channel, Scene
from filmwright.film.shots.ground import upright
from filmwright.film.shots.measure import bounds_of, sample_surface, vertices_over_time
from filmwright.film.shots.staging import place
from filmwright.film.shots.symmetry import mirror_planes
from tests.products import box, checker, drum, product, rotation


def front_of(scene, local=(0.0, -1.0, 0.0)):
    """Degrees from -Y, to the right, of where a placed product's own direction points."""
    way = world_transforms(scene, 0.0)[2][:3, :3] @ np.array(local)
    return np.degrees(np.arctan2(way[0], -way[1]))


@pytest.mark.parametrize("yaw", [0, 25, 90, 131, 180, 222, 310])
def test_a_box_turns_its_label_to_the_camera(yaw):
    turned = product(box((0.5, 0.4, 1.0), checker()), matrix=rotation((0, 0, 1), yaw))
    assert abs(front_of(place(turned))) < 2.0


@pytest.mark.parametrize("yaw", [40, 155, 290])
def test_a_drum_turns_its_label_to_the_camera(yaw):
    turned = product(drum(checker(), share=0.3), matrix=rotation((0, 0, 1), yaw))
    assert abs(front_of(place(turned))) < 8.0


@pytest.mark.parametrize("yaw", [33, 250])
def test_what_looks_the_same_from_all_sides_stays_as_it_is(yaw):
    turned = product(drum(checker(), share=1e-6), matrix=rotation((0, 0, 1), yaw))
    assert front_of(place(turned)) == pytest.approx((yaw + 180) % 360 - 180, abs=1e-6)


def test_a_plain_cube_faces_the_camera():
    turned = product(box(texture=checker(), label=None), matrix=rotation((0, 0, 1), 30))
    assert (front_of(place(turned)) + 45) % 90 - 45 == pytest.approx(0.0, abs=1.0)


def test_a_present_front_is_kept_among_equals():
    assert front_of(place(product(box((0.5, 0.4, 1.0), checker(), label=None)))) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("angle", [0, 30, 77, 149])
def test_mirror_planes_of_a_brick_and_of_a_ball(angle):
    brick = sample_surface(product(box((1.0, 0.4, 0.3)), matrix=rotation((0, 0, 1), angle)), 20_000)
    planes = np.degrees(mirror_planes(brick.points))[:2]
    wanted = np.array([angle % 180, (angle + 90) % 180])
    gaps = np.abs((planes[:, None] - wanted[None] + 90) % 180 - 90)
    assert gaps.min(axis=0).max() < 1.5
    assert mirror_planes(sample_surface(product(drum()), 20_000).points) == ()


@pytest.mark.parametrize("tilt", [0.6, 8.0, 34.0])
@pytest.mark.parametrize("axis", [(1, 0, 0), (-3, 2, 0)])
def test_a_tilted_scan_is_set_upright(tilt, axis):
    points = vertices_over_time(product(drum(), matrix=rotation(axis, tilt)))
    up = upright(points) @ rotation(axis, tilt)[:3, :3] @ [0, 0, 1]
    assert np.degrees(np.arccos(min(up[2], 1.0))) < 0.6


def test_what_stands_well_is_not_turned():
    assert (upright(vertices_over_time(product(box((1, 1, 3))))) == np.eye(3)).all()
    rng = np.random.default_rng(1)
    ball = rng.normal(size=(4000, 3))
    ball /= np.linalg.norm(ball, axis=1, keepdims=True)
    assert (upright(ball) == np.eye(3)).all()


def test_what_was_laid_down_stays_down():
    lying = vertices_over_time(product(drum(height=3.0), matrix=rotation((1, 0, 0), 90)))
    assert (upright(lying) == np.eye(3)).all()


@pytest.mark.parametrize("scale", [0.001, 800.0])
def test_a_placed_product_is_a_metre_on_the_ground_about_the_axis(scale):
    matrix = rotation((1, 1, 0), 12) @ np.diag([scale, scale, scale, 1.0])
    matrix[:3, 3] = [5 * scale, -3 * scale, 7 * scale]
    low, high = bounds_of(vertices_over_time(place(product(box((1, 2, 3), checker()), matrix=matrix))))
    assert np.linalg.norm(high - low) == pytest.approx(1.0, abs=1e-6)
    assert low[2] == pytest.approx(0.0, abs=1e-6)
    assert np.allclose((low + high)[:2], 0, atol=1e-6)


def test_the_whole_animation_stands_on_the_ground():
    moves = Channel(
        path="translation",
        times=np.array([0, 1, 2], np.float32),
        values=np.array([[0, 0, 0], [0, 0, -4], [0, 0, 0]], np.float32),
    )
    placed = place(product(box(), channels=(moves,), duration=2.0))
    low, high = bounds_of(vertices_over_time(placed))
    assert low[2] == pytest.approx(0.0, abs=1e-6)
    assert np.linalg.norm(high - low) == pytest.approx(1.0, abs=1e-6)
    assert (high - low)[2] / (high - low)[0] == pytest.approx(5.0, rel=0.02)  # one high, and four of travel


def test_parents_stay_before_children_and_the_root_is_first():
    placed = place(product(box(), box()))
    assert [node.parent for node in placed.nodes] == [None, 0, 1, 1]


def test_nothing_to_film_is_refused():
    with pytest.raises(BadAsset, match="no surface to film"):
        place(Scene(name="empty"))
    flat = box((1.0, 0.0, 0.0))
    with pytest.raises(BadAsset, match="no area"):
        sample_surface(product(flat), 100)


def test_samples_lie_on_the_surface_evenly():
    surface = sample_surface(product(box((2.0, 1.0, 1.0))), 6000)
    assert np.allclose(np.abs(surface.points / [2, 1, 1]).max(axis=1), 0.5, atol=1e-6)
    ends = (np.abs(surface.normals[:, 0]) > 0.9).mean()
    assert ends == pytest.approx(2 / 10, abs=0.01)
    assert np.allclose(np.linalg.norm(surface.normals, axis=1), 1)
