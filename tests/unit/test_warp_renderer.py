import os
import signal
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from filmwright.core.camera import Path
from filmwright.core.errors import BadFilm
from filmwright.core.scene import AreaLight, Environment, Material, Mesh, Node, Scene
from filmwright.core.shot import Shot
from filmwright.film.frames.develop import develop
from filmwright.film.frames.renderers import renderers
from filmwright.film.frames.renderers.warp import jobs_of, recipe

TURN = np.linspace(0.0, 0.3, 4)
SHOT = Shot(
    name="around",
    seconds=Fraction(1, 4),
    height=24,
    width=32,
    path=Path(
        eye=np.stack([3 * np.sin(TURN), -3 * np.cos(TURN), np.full(4, 1.2)], 1),
        target=np.full((4, 3), (0.0, 0.0, 0.3)),
        fov_y=np.full(4, 0.7),
        focus=np.full(4, 3.0),
        aperture=np.full(4, 0.02),
        roll=np.zeros(4),
    ),
    seed=3,
)


def pyramid(color):
    corners = np.float32([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0], [0, 0, 1]])
    sides = np.int32([[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]])
    ground = np.int32([[0, 1, 2], [0, 2, 3]])
    return Scene(
        name="pyramid",
        meshes=(
            Mesh(positions=corners * np.float32([4, 4, 0]), faces=ground),
            Mesh(positions=corners * np.float32(0.5), faces=sides, material=Material(base_color=(*color, 1.0))),
        ),
        nodes=(Node(name="floor", mesh=0), Node(name="pyramid", mesh=1)),
        lights=(
            AreaLight(
                name="key",
                center=(0.0, 0.0, 3.0),
                half_u=(0.0, 1.0, 0.0),
                half_v=(1.0, 0.0, 0.0),
                radiance=(8.0, 8.0, 8.0),
            ),
        ),
        environment=Environment(pixels=np.full((4, 8, 3), 0.2, np.float32)),
    )


RED, BLUE = pyramid((0.8, 0.1, 0.1)), pyramid((0.1, 0.1, 0.8))


def filmed(renderer, scene=RED, shot=SHOT, **options):
    return np.concatenate([piece.rgb for piece in renderer.render(scene, shot, **options)])


@pytest.mark.parametrize(("quality", "workers"), [("standard", 3), ("final", 2)])
def test_any_number_of_workers_gives_the_same_pixels_even_if_some_are_killed(quality, workers):
    with renderers.open("warp", quality=quality, workers=1, device="cpu") as renderer:
        film, stills = filmed(renderer), filmed(renderer, frames=range(2, 4))
    assert film.shape == (6, 24, 32, 3)
    with renderers.open("warp", quality=quality, workers=workers, device="cpu") as renderer:
        assert np.array_equal(filmed(renderer), film)
        assert np.array_equal(filmed(renderer, frames=range(2, 4)), stills)
        pieces = renderer.render(RED, SHOT)
        got = [next(pieces).rgb]
        os.kill(renderer._pool.pids[1], signal.SIGKILL)
        got += [piece.rgb for piece in pieces]
    assert np.array_equal(np.concatenate(got), film)


def test_workers_keep_their_scene_change_it_when_asked_and_end_with_the_renderer():
    with renderers.open("warp", quality="draft", workers=2, device="cpu") as renderer:
        red = filmed(renderer)
        pids = renderer._pool.pids
        assert np.array_equal(filmed(renderer), red)
        assert renderer._pool.pids == pids
        blue = filmed(renderer, BLUE)
        assert red[0, 12, 16, 0] > red[0, 12, 16, 2]
        assert blue[0, 12, 16, 2] > blue[0, 12, 16, 0]
        pids += renderer._pool.pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_standard_still_is_close_to_the_same_frame_of_the_film_and_a_final_is_close_to_both():
    with renderers.open("warp", quality="standard", workers=1, device="cpu") as renderer:
        film, still = filmed(renderer)[4].astype(float), filmed(renderer, frames=range(4, 5))[0]
    assert np.abs(film - still).mean() < 3
    with renderers.open("warp", quality="final", workers=1, device="cpu", samples=32) as renderer:
        assert np.abs(filmed(renderer, frames=range(4, 5))[0] - film).mean() < 12


def test_the_radiance_pass_is_what_was_developed():
    with renderers.open("warp", quality="standard", workers=1, device="cpu") as renderer:
        piece = next(iter(renderer.render(RED, SHOT, passes=("radiance",), frames=range(1, 2))))
    again = develop(piece.passes.radiance[0], SHOT.look, seed=SHOT.seed, frame=1)
    assert np.array_equal(again, piece.rgb[0])


def test_more_samples_are_less_noise():
    def roughness(samples):
        with renderers.open("warp", quality="standard", workers=1, device="cpu", samples=samples) as renderer:
            a, b = (filmed(renderer, shot=replace(SHOT, seed=s), frames=range(1))[0].astype(float) for s in (1, 2))
        return np.abs(a - b).mean()

    assert roughness(32) < 0.7 * roughness(2)


def test_the_fingerprint_has_what_decides_the_pixels_and_not_the_workers():
    def fingerprint(**options):
        return renderers.open("warp", **{"device": "cpu"} | options).fingerprint

    assert len({fingerprint(quality=q) for q in ("draft", "standard", "final")}) == 3
    assert fingerprint(samples=2) != fingerprint()
    assert fingerprint(workers=1) == fingerprint(workers=2)
    assert "warp-lang-" in fingerprint()
    assert "pyoidn-" in fingerprint()


def test_impossible_options_are_refused():
    with pytest.raises(BadFilm, match="workers"):
        renderers.open("warp", workers=-1)
    with pytest.raises(BadFilm, match="quality"):
        renderers.open("warp", quality="best")
    with pytest.raises(BadFilm, match="device"):
        renderers.open("warp", device="toaster")


def test_jobs_warm_a_film_up_once_and_look_at_every_still_more_often():
    standard = recipe("standard")
    film = jobs_of(SHOT, standard, ("depth",), None)
    looks = [job.frame for job in film].count(0)
    assert looks > 1
    assert [job.sampling.phase for job in film[:looks]] == list(reversed(range(looks)))
    assert [job.frame for job in film[looks:]] == [1, 2, 3, 4, 5]
    assert [job.passes for job in film].count(("depth",)) == SHOT.num_frames  # once a frame
    stills = jobs_of(SHOT, standard, (), range(1, 3))
    assert [job.frame for job in stills] == [1] * standard.still_looks + [2] * standard.still_looks
    assert jobs_of(SHOT, recipe("final"), (), None)[0].passes == ("flow",)
    assert jobs_of(SHOT, recipe("final"), (), range(1))[0].passes == ()
