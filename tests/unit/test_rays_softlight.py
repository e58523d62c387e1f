"""The fast ways to the sky's light agree with the exact ones."""

import numpy as np
import warp as wp

from filmwright.film.frames.rays.device import ready
from filmwright.film.frames.rays.lights import sky_place
from filmwright.film.frames.rays.softlight import soft_place
from filmwright.film.frames.rays.structs import Sky


@wp.kernel
def places(
    sky: wp.array(dtype=Sky),
    ways: wp.array(dtype=wp.vec3),
    exact: wp.array(dtype=wp.vec2),
    fast: wp.array(dtype=wp.vec2),
):
    tid = wp.tid()
    exact[tid] = sky_place(sky, ways[tid])
    fast[tid] = soft_place(sky, ways[tid])


def test_the_fast_place_in_the_sky_is_the_exact_one():
    ready("cpu")
    ways = np.random.default_rng(1).normal(size=(4000, 3)).astype(np.float32)
    ways = np.concatenate([ways, np.eye(3, dtype=np.float32), -np.eye(3, dtype=np.float32)])
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    sky = Sky()
    sky.rotation = 0.7
    exact, fast = (wp.zeros(len(ways), dtype=wp.vec2, device="cpu") for _ in range(2))
    skies, given = wp.array([sky], dtype=Sky, device="cpu"), wp.array(ways, dtype=wp.vec3, device="cpu")
    wp.launch(places, dim=len(ways), inputs=[skies, given], outputs=[exact, fast], device="cpu")
    off = np.abs(exact.numpy() - fast.numpy())
    off[:, 0] = np.minimum(off[:, 0], 1 - off[:, 0])  # the picture's left edge is its right one
    off[np.abs(ways[:, 2]) > 0.9999, 0] = 0.0  # at a pole every column is the place
    assert off.max() < 5e-5
