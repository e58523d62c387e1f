"""Textures, normal maps and the repeatability of it all."""

import hashlib
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from filmwright.core.errors import BadAsset, BadFilm
from filmwright.core.scene import Material, Mesh, Texture
from filmwright.film.frames.rays import Sampling, Tracer
from filmwright.film.frames.rays.pyramids import mip_levels, pool, reduced, rgba
from filmwright.film.frames.rays.tangents import tangents
from tests.worlds import lamp, picture, quad, shot, sphere, world

CHECKS = np.indices((64, 64)).sum(0) % 2 * 255


def test_a_fine_checker_far_away_is_even_grey_and_does_not_shimmer():
    floor = quad(Material(base_color_texture=picture(CHECKS), unlit=True), u=(40, 0, 0), v=(0, 40, 0), repeat=20.0)
    view = shot((0, -30, 6), (0, 0, 0), end=(0.3, -30, 6), width=64, height=36, fov=0.5)
    with Tracer(world(floor)) as tracer:
        frames = [tracer.trace(view, i, Sampling(antialias=False), ("ids",)) for i in range(3)]
    floor_pixels = np.logical_and.reduce([raw.ids == 1 for raw in frames])
    values = np.stack([raw.radiance[floor_pixels] for raw in frames])
    assert abs(values.mean() - 0.5) < 0.01  # black and white averaged as light, not as codes
    assert values.std() < 0.03
    assert np.abs(np.diff(values, axis=0)).max() < 0.1


def test_mip_levels_end_in_the_mean_light():
    levels = mip_levels(rgba(CHECKS[..., None].astype(np.uint8)), srgb=True)
    assert [level.shape[0] for level in levels] == [64, 32, 16, 8, 4, 2, 1]
    assert levels[-1][0, 0, 0] == 188  # sRGB of one half
    assert mip_levels(rgba(CHECKS[..., None].astype(np.uint8)), srgb=False)[-1][0, 0, 0] in (127, 128)


def test_a_reduced_texture_is_a_level_of_its_own_pyramid():
    """So that what is seen from afar stays; what is small enough stays whole."""
    pixels = np.random.default_rng(0).integers(0, 256, (64, 32, 3), np.uint8)
    small = Texture(pixels=pixels[:16, :16])
    material = Material(base_color_texture=Texture(pixels=pixels, wrap_u="mirror"), normal_texture=small)
    less = reduced(material, 16)
    np.testing.assert_array_equal(less.base_color_texture.pixels, mip_levels(rgba(pixels), srgb=True)[2])
    assert less.base_color_texture.pixels.shape == (16, 8, 4)
    assert less.base_color_texture.wrap_u == "mirror"
    assert less.normal_texture is small
    np.testing.assert_array_equal(pool((material,)).texels[-1], pool((reduced(material, 16),)).texels[-1])


def test_pictures_of_one_content_share_their_levels_and_others_do_not():
    one, other = (np.full((4, 4, 3), code, np.uint8) for code in (10, 200))
    pools = [pool((Material(base_color_texture=Texture(pixels=p.copy())),)).texels for p in (one, other, one)]
    np.testing.assert_array_equal(pools[0], pools[2])
    assert (pools[0] != pools[1]).all()


@pytest.mark.parametrize(("wrap", "expected"), [("repeat", 0), ("clamp", 1), ("mirror", 1)])
def test_textures_wrap(wrap, expected):
    left_black = np.kron(np.array([[0, 255]]), np.ones((8, 8))).astype(np.uint8)  # right half white
    texture = replace(picture(left_black), wrap_u=wrap)
    plate = quad(Material(base_color_texture=texture, unlit=True), u=(1, 0, 0), v=(0, 1, 0), repeat=2.0)
    with Tracer(world(plate)) as tracer:
        raw = tracer.trace(shot((0, -0.001, 6), (0, 0, 0), width=32, height=32, fov=0.32), 0, Sampling(antialias=False))
    # u runs from 0 to 2 over the picture, so at 18 of 32 pixels it has just passed 1; the view has +x on its right
    assert round(float(raw.radiance[16, 19, 0])) == expected


def test_texture_coordinates_transform():
    half = np.kron(np.array([[0, 255]]), np.ones((8, 8))).astype(np.uint8)
    moved = replace(picture(half), uv_transform=(1.0, 0.0, 0.5, 0.0, 1.0, 0.0))
    for texture, left in ((picture(half), 0), (moved, 1)):
        plate = quad(Material(base_color_texture=texture, unlit=True))
        with Tracer(world(plate)) as tracer:
            raw = tracer.trace(shot((0, -0.001, 6), width=32, height=32, fov=0.32), 0, Sampling(antialias=False))
        assert round(float(raw.radiance[16, 8, 0])) == left


@pytest.mark.parametrize("turn", [0.0, 90.0, 200.0])
def test_a_normal_map_tilts_towards_where_its_picture_points(turn):
    tilt, angle = 0.4, np.radians(turn)
    code = np.array([np.sin(tilt) * np.cos(angle), np.sin(tilt) * np.sin(angle), np.cos(tilt)])
    flat = np.broadcast_to(np.rint((code * 0.5 + 0.5) * 255), (4, 4, 3)).astype(np.uint8)
    plate = quad(Material(normal_texture=picture(flat)), u=(1, 0, 0), v=(0, 1, 0))
    with Tracer(world(plate)) as tracer:
        raw = tracer.trace(shot((0, -0.001, 6), width=8, height=8, fov=0.1), 0, Sampling(), ("normals",))
    # red is the picture's right, green its top: u and v of the quad
    np.testing.assert_allclose(raw.normals[4, 4], code, atol=0.01)


def test_tangents_of_a_mirrored_chart_keep_the_picture_upright():
    points = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
    normals = np.tile(np.float32([0, 0, 1]), (4, 1))
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    plain = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32)
    mirrored = plain * [-1, 1] + [1, 0]
    for uv, right, sign in ((plain, 1, 1), (mirrored.astype(np.float32), -1, -1)):
        got = tangents(points, normals, uv, faces)
        np.testing.assert_allclose(got[:, :3], [[right, 0, 0]] * 4, atol=1e-6)
        # the bitangent, normal x tangent times the sign, is the picture's top: +y
        np.testing.assert_allclose(np.cross(normals, got[:, :3]) * got[:, 3:], [[0, 1, 0]] * 4, atol=1e-6)
        assert (got[:, 3] == sign).all()


def scene_of_many_parts():
    """A lit scene with gloss, glass, a cut-out and a texture."""
    return world(
        sphere(Material(roughness=0.2, metallic=1.0, base_color=(0.9, 0.7, 0.3, 1.0)), (0, 0, 0.5), 0.5, 3),
        sphere(Material(transmission=1.0, roughness=0.0), (0.9, -0.5, 0.3), 0.3, 3),
        quad(Material(base_color_texture=picture(CHECKS)), u=(3, 0, 0), v=(0, 3, 0)),
        sky=0.5,
        lights=(lamp((-1, -1, 2), (0.3, 0, 0), (0, -0.3, 0), (5, 5, 5)),),
    )


VIEW = {"eye": (0, -4, 2), "target": (0, 0, 0.4), "end": (1, -4, 2), "width": 32, "height": 24, "aperture": 0.02}
SAMPLINGS = (
    Sampling(integrator="path", samples=3),
    Sampling(samples=2),
    Sampling(share=True),
)


def bits() -> str:
    """A hash of one frame of each sampling."""
    digest = hashlib.sha256()
    with Tracer(scene_of_many_parts()) as tracer:
        for sampling in SAMPLINGS:
            raw = tracer.trace(shot(**VIEW), 3, sampling, ("depth", "flow"))
            light = raw.radiance if raw.radiance is not None else raw.signals.steady
            for array in (light, raw.depth, raw.flow):
                assert np.isfinite(array[np.isfinite(array)]).all()
                digest.update(np.ascontiguousarray(array).tobytes())
            assert np.isfinite(light).all()
    return digest.hexdigest()


def test_the_same_bits_twice_and_in_another_process():
    code = "from tests.unit.test_rays_surfaces import bits; print(bits())"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stderr == ""  # and without a word
    assert bits() == bits() == other.stdout.strip()


def test_a_frame_does_not_depend_on_the_frames_before_it():
    with Tracer(scene_of_many_parts()) as tracer, Tracer(scene_of_many_parts()) as fresh:
        tracer.trace(shot(**VIEW), 1, SAMPLINGS[0])
        for sampling in SAMPLINGS[:2]:
            a, b = (t.trace(shot(**VIEW), 7, sampling).radiance for t in (tracer, fresh))
            assert np.array_equal(a, b)


def test_broken_input_is_told_of():
    with pytest.raises(BadAsset, match="no triangles"):
        Tracer(world())
    with pytest.raises(BadFilm, match="no device is called 'tpu'"):
        Tracer(world(quad(Material())), device="tpu")
    with pytest.raises(BadAsset, match="not finite"):
        Tracer(world(quad(Material()), sky=np.full((2, 4, 3), np.nan, np.float32)))


def test_a_mesh_without_normals_uv_or_lights_is_filmed():
    mesh = Mesh(positions=np.eye(3, dtype=np.float32), faces=np.array([[0, 1, 2]], np.int32))
    for sampling in SAMPLINGS[:2]:
        with Tracer(world(mesh, sky=1.0)) as tracer:
            assert tracer.trace(shot((3, 3, 3), fov=0.5), 0, sampling).radiance.max() > 0.3
