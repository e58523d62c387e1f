"""A film from the command line: whole, repeatable, never lost."""

import json
import os
import resource
import signal
import subprocess
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import OpenEXR
import pytest

from filmwright.film.video.codecs import codecs
from filmwright.jobs.film import check_film, load_film, save_film

SMALL = ("--size", "72", "--seconds", "3", "--quality", "draft")


def shots_of(made: dict, *keys: str) -> list[tuple]:
    return [tuple(take[key] for key in keys) for take in made["manifest"]["takes"]]


def test_a_film_is_made_with_everything_beside_it(filmwright, tmp_path):
    made = filmwright("make", "sample", "--brief", "Calm. 'Slow down.'", *SMALL, "--out", "out", "--json").made
    manifest = made["manifest"]
    assert manifest["video"]["num_frames"] == 72
    assert (manifest["video"]["width"], manifest["video"]["height"]) == (128, 72)
    assert manifest["video"]["audio_codec"] == "aac"
    assert manifest["video"]["color"] == "bt709"
    assert manifest["understood"]["tagline"] == "Slow down."
    assert sum(take["num_frames"] for take in manifest["takes"]) >= 72
    names = {p.name for p in (tmp_path / "out").iterdir()}
    assert names == {
        ".takes",
        "film.toml",
        *(f"sample.{e}" for e in ("mp4", "poster.jpg", "sheet.jpg", "manifest.json")),
    }
    assert json.loads((tmp_path / "out/sample.manifest.json").read_text())["sha256"] == manifest["sha256"]
    pieces = [f.rgb for f in codecs.open("mp4").decode(tmp_path / "out/sample.mp4")]
    brightness = [frame.mean() for piece in pieces for frame in piece]
    assert len(brightness) == 72
    assert 20 < brightness[36] < 235


def test_its_film_toml_makes_the_same_film(filmwright, tmp_path):
    first = filmwright("make", "sample", "--brief", "bold and fast", *SMALL, "--out", "a", "--json").made
    again = filmwright("make", "a/film.toml", "--out", "b", "--json").made
    assert again["manifest"]["unsigned_sha256"] == first["manifest"]["unsigned_sha256"]
    assert again["manifest"]["film_hash"] == first["manifest"]["film_hash"]


def test_the_film_file_can_be_named(filmwright, tmp_path):
    run = filmwright("make", "sample", *SMALL, "--music-off", "--out", "here/spot.mp4", "--quiet")
    assert (run.code, run.out.strip(), run.err) == (0, "here/spot.mp4", "")
    assert json.loads((tmp_path / "here/spot.manifest.json").read_text())["video"]["audio_codec"] == ""


def test_a_killed_make_goes_on_where_it_stopped(filmwright, command, tmp_path):
    words = ("make", "sample", "--brief", "Calm. 'Still.'", *SMALL, "--json")
    whole = filmwright(*words, "--out", "whole").made
    killed = _kill_during_second_shot(command(*words, "--out", "killed"), tmp_path)
    finished = {p.stem: p.stat().st_mtime_ns for p in (tmp_path / "killed/.takes").glob("[!.]*")}
    assert len(finished) == 1
    made = filmwright(*words, "--out", "killed").made
    assert [reused for (reused,) in shots_of(made, "reused")] == [True] + [False] * (len(killed) - 1)
    after = {p.stem: p.stat().st_mtime_ns for p in (tmp_path / "killed/.takes").glob("[!.]*")}
    assert all(after[key] == stamp for key, stamp in finished.items())
    assert made["manifest"]["unsigned_sha256"] == whole["manifest"]["unsigned_sha256"]
    assert not list((tmp_path / "killed").rglob(".*.part-*"))


def _kill_during_second_shot(words: list[str], cwd: Path) -> list[str]:
    """kill -9 while the second shot is rendered; the names of the film's shots, and no process left behind."""
    plan = subprocess.run([*words, "--dry-run"], cwd=cwd, capture_output=True, text=True, check=True).stdout
    names = [shot["name"] for shot in json.loads(plan.splitlines()[-1])["shots"]]
    process = subprocess.Popen(words, cwd=cwd, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout
    for line in process.stdout:
        step = json.loads(line)
        if step["step"] == f"shoot {names[1]}" and step["done"] >= 2:
            break
    os.kill(process.pid, signal.SIGKILL)
    process.stdout.close()
    process.wait()
    deadline = time.monotonic() + 15
    while _group_lives(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _group_lives(process.pid), "workers outlived their parent"
    return names


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_changing_one_shot_renders_one_shot(filmwright, tmp_path):
    shots = [{"kind": "orbit", "seconds": 1}, {"kind": "hero", "seconds": 1}, {"kind": "end-card", "seconds": 1.5}]
    table = {
        "size": 72,
        "seconds": 3.5,
        "mood": "technical",
        "render": {"use": "warp", "quality": "draft"},
        "director": {"use": "story", "shots": shots},
    }
    save_film(check_film(table, "test"), tmp_path / "film.toml")
    first = filmwright("make", "film.toml", "--out", "out", "--json").made
    assert shots_of(first, "kind", "reused") == [("orbit", False), ("hero", False), ("end-card", False)]
    shots[1]["seed"] = 7
    save_film(check_film(table, "test"), tmp_path / "film.toml")
    second = filmwright("make", "film.toml", "--out", "out", "--json").made
    assert shots_of(second, "kind", "reused") == [("orbit", True), ("hero", False), ("end-card", True)]
    assert second["manifest"]["sha256"] != first["manifest"]["sha256"]


def test_a_full_disk_is_told_and_the_earlier_film_stays_whole(filmwright, tmp_path):
    words = ("make", "sample", *SMALL, "--out", "out", "--json")
    first = filmwright(*words).made
    film = tmp_path / "out/sample.mp4"
    before = film.read_bytes()
    kept = {p.name for p in (tmp_path / "out").iterdir()}

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    run = filmwright(*words, "--brief", "energetic, other", "--workers", "1", preexec_fn=limit)
    assert run.code == 5, run.out + run.err
    assert "cannot write" in run.lines[-1]["message"]
    assert film.read_bytes() == before
    assert {p.name for p in (tmp_path / "out").iterdir()} == kept
    assert first["manifest"]["sha256"]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("make", "nothing.glb"), 2, "there is no file nothing.glb"),
        (("make", "notes.txt"), 3, "no reader for '.txt'"),
        (("make", "broken.glb"), 3, "broken.glb"),
        (("make", "sample", "--mood", "gloomy"), 2, "'mood'"),
        (("make", "sample", "--aspect", "3:1"), 2, "'aspect'"),
        (("make", "sample", "--seconds", "900"), 2, "seconds"),
        (("make", "sample", "--quality", "ultra"), 2, "quality"),
        (("make", "sample", "--environment", "notes.txt", *SMALL), 3, "notes.txt"),
        (("make", "wrong.toml"), 2, "there is no key 'breif'"),
        (("make", "nottoml.toml"), 2, "is not TOML"),
        (("make", "sample", *SMALL, "--out", "notes.txt/deeper"), 5, "a file, not a folder"),
        (("drivers", "lens"), 4, "no slot is called 'lens'"),
    ],
)
def test_mistakes_get_a_clear_error_and_their_exit_code(filmwright, tmp_path, words, code, says):
    (tmp_path / "notes.txt").write_text("notes")
    (tmp_path / "broken.glb").write_bytes(b"glTF\x02\0\0\0")
    (tmp_path / "wrong.toml").write_text('breif = "x"')
    (tmp_path / "nottoml.toml").write_text("= = =")
    run = filmwright(*words)
    assert run.code == code, run.err
    assert says in run.err
    assert "Traceback" not in run.err


def test_a_dry_run_plans_and_renders_nothing(filmwright, tmp_path):
    run = filmwright("make", "sample", "--seconds", "8", "--dry-run", "--json", "--out", "out")
    (plan,) = run.lines
    assert plan["seconds"] == 8
    assert len(plan["shots"]) >= 3
    assert not (tmp_path / "out").exists()


def test_a_sky_of_ones_own_lights_the_film(filmwright, tmp_path):
    sky = np.full((16, 32, 3), (4.0, 0.4, 0.4), np.float32)
    with OpenEXR.File({"type": OpenEXR.scanlineimage}, {"RGB": sky}) as file:
        file.write(str(tmp_path / "sky.exr"))
    made = filmwright(
        "make", "sample", "--environment", "sky.exr", "--music-off", *SMALL, "--out", "out", "--json"
    ).made
    assert [part["name"] for part in made["manifest"]["ingredients"]] == ["sky.exr"]
    assert load_film(tmp_path / "out/film.toml").light.environment.resolve() == tmp_path / "sky.exr"
    frames = [frame for piece in codecs.open("mp4").decode(tmp_path / "out/sample.mp4") for frame in piece.rgb]
    red, green, _ = np.mean(frames, axis=(0, 1, 2))
    assert red > 1.3 * green


def test_the_storyboard_is_drawn(filmwright, tmp_path):
    run = filmwright("shots", "sample", *SMALL, "--out", "out", "--quiet")
    assert run.code == 0, run.err
    from PIL import Image

    with Image.open(tmp_path / run.out.strip()) as sheet:
        assert sheet.width > 400


def test_new_writes_a_film_that_loads(filmwright, tmp_path):
    assert filmwright("new", "spot.toml").code == 0
    film = load_film(tmp_path / "spot.toml")
    assert film.brief
    refused = filmwright("new", "spot.toml")
    assert (refused.code, "--force" in refused.err) == (2, True)


def test_the_doctor_finds_this_machine_well(filmwright):
    run = filmwright("doctor", "--json")
    checks = {check["name"]: check["state"] for check in json.loads(run.out)}
    assert run.code == 0
    assert checks["render"] == checks["encode"] == "ok"


def test_seconds_are_kept_to_the_frame(filmwright):
    made = filmwright(
        "make", "sample", "--size", "48", "--seconds", "3.7", "--quality", "draft", "--json", "--quiet"
    ).made
    assert made["manifest"]["video"]["num_frames"] == round(Fraction("3.7") * 24)
