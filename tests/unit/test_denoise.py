import numpy as np
import pytest

from filmwright.film.frames.denoise import Denoiser

SHAPE = (96, 160, 3)


def picture():
    """A lit card: stripes of albedo under a smooth light, with its guides."""
    columns = np.arange(SHAPE[1])
    albedo = np.broadcast_to(np.where(columns // 8 % 2, 0.8, 0.1)[None, :, None], SHAPE).astype(np.float32)
    light = np.broadcast_to(np.linspace(0.2, 1.5, SHAPE[1])[None, :, None], SHAPE)
    normals = np.zeros(SHAPE, np.float32)
    normals[..., 2] = 1
    clean = (albedo * light).astype(np.float32)
    noisy = clean * np.random.default_rng(1).exponential(1.0, SHAPE).astype(np.float32)
    return clean, noisy, albedo, normals


def test_noise_goes_edges_and_energy_stay():
    clean, noisy, albedo, normals = picture()
    with Denoiser(*SHAPE[:2]) as denoise:
        out = denoise(noisy, albedo, normals)
    assert np.abs(out - clean).mean() < 0.2 * np.abs(noisy - clean).mean()
    assert out.mean() == pytest.approx(clean.mean(), rel=0.05)
    edge = out[:, 8:16].mean() / out[:, 0:8].mean()
    assert edge > 5.0


def test_any_number_of_threads_any_time_gives_the_same_picture():
    _, noisy, albedo, normals = picture()
    with Denoiser(*SHAPE[:2]) as one, Denoiser(*SHAPE[:2], num_threads=2) as two:
        first = one(noisy, albedo, normals, exposure=1.0)
        other = one(noisy[::-1].copy(), albedo, normals)
        assert not np.array_equal(first, other)
        assert np.array_equal(first, one(noisy, albedo, normals, exposure=1.0))
        assert np.array_equal(first, two(noisy, albedo, normals, exposure=1.0))


def test_light_far_from_the_mid_tones_is_told_by_the_exposure():
    _, noisy, albedo, normals = picture()
    with Denoiser(*SHAPE[:2]) as denoise:
        near = denoise(noisy, albedo, normals)
        far = denoise(noisy * np.float32(1024), albedo, normals, exposure=-10.0)
    assert far / 1024 == pytest.approx(near, rel=1e-3, abs=1e-4)
