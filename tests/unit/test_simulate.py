"""Data sets on disk: the same whoever makes them, kept when a run is killed, never mixed."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from filmwright.core.content import file_hash
from filmwright.core.errors import BadAsset, BadFilm, CannotWrite
from filmwright.core.progress import Step
from filmwright.jobs.simulate import read, simulate
from filmwright.jobs.simulate.data import identity
from filmwright.jobs.simulate.engines import engines
from filmwright.jobs.simulate.shards import shards_of
from tests.simulated import recipe

ONE = engines.open("local", workers=1)


def shards(folder):
    return {p.name: file_hash(p) for p in sorted(folder.glob("[!.]*.tar"))}


def test_one_process_and_two_make_the_same_bytes(tmp_path):
    seen: list[Step] = []
    one = simulate(recipe(), tmp_path / "one", engine=ONE, report=seen.append)
    simulate(recipe(), tmp_path / "two", engine=engines.open("local", workers=2))
    assert shards(tmp_path / "one") == shards(tmp_path / "two")
    assert [*shards(tmp_path / "one")] == ["clips-000000.tar", "clips-000001-first-1.tar"]
    assert (one.num_clips, one.num_made) == (3, 3)
    assert [s.done for s in seen] == [0, 2, 3]
    assert [c.key for c in read(tmp_path / "one")] == ["000000", "000001", "000002"]


def test_what_is_there_is_kept_and_more_can_be_asked_for(tmp_path):
    simulate(recipe(num_clips=2), tmp_path, engine=ONE)
    before = shards(tmp_path)
    grown = simulate(recipe(num_clips=4), tmp_path, engine=ONE)
    assert grown.num_made == 2
    assert shards(tmp_path).items() > before.items()
    assert simulate(recipe(num_clips=4), tmp_path, engine=ONE).num_made == 0


@pytest.mark.parametrize("use", ["webdataset", "coco"])
def test_a_set_that_grows_past_a_shard_that_was_not_full_has_every_clip_once(tmp_path, use):
    for num in (1, 2, 3, 5):
        simulate(recipe(num_clips=num, shard=3, num_frames=2, writer={"use": use}), tmp_path, engine=ONE)
        assert [c.key for c in read(tmp_path)] == [f"{i:06d}" for i in range(num)]
    if use == "webdataset":
        assert [*shards(tmp_path)] == ["clips-000000.tar", "clips-000001-first-2.tar"]


def test_another_recipe_is_not_mixed_in(tmp_path):
    simulate(recipe(num_clips=1), tmp_path, engine=ONE)
    with pytest.raises(BadFilm, match="another recipe"):
        simulate(recipe(num_clips=1, seed=5), tmp_path, engine=ONE)
    (tmp_path / "data.json").write_text("{")
    with pytest.raises(BadAsset, match=r"data\.json is broken"):
        simulate(recipe(num_clips=1), tmp_path, engine=ONE)


def test_a_folder_without_data_and_a_missing_scan_are_told(tmp_path):
    with pytest.raises(BadAsset, match="holds no simulated clips"):
        list(read(tmp_path))
    with pytest.raises(BadAsset, match=r"no scan .*gone\.glb"):
        identity(recipe(objects={"scans": ["gone.glb"]}))


def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path):
    table = {"num_clips": 40, "num_frames": 6, "height": 48, "width": 64, "fps": 12, "shard": 2}
    lines = [f"{key} = {json.dumps(value)}" for key, value in table.items()]
    (tmp_path / "recipe.toml").write_text("\n".join(lines))
    command = [sys.executable, "-m", "filmwright", "simulate", str(tmp_path / "recipe.toml"), "--workers", "1"]
    killed = tmp_path / "killed"
    process = subprocess.Popen([*command, "--out", str(killed)], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while len(shards(killed)) < 1 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    kept = shards(killed)
    assert 1 <= len(kept) < 20
    subprocess.run([*command, "--out", str(killed), "--clips", "6"], check=True, capture_output=True)
    subprocess.run([*command, "--out", str(tmp_path / "whole"), "--clips", "6"], check=True, capture_output=True)
    whole = shards(tmp_path / "whole")
    assert whole.items() <= shards(killed).items()
    assert kept.items() <= shards(killed).items()
    assert not list(killed.glob(".*part*"))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # webdataset leaves its file open
def test_webdataset_itself_reads_it(tmp_path):
    webdataset = pytest.importorskip("webdataset")
    simulate(recipe(num_clips=2), tmp_path, engine=ONE)
    samples = list(webdataset.WebDataset(str(tmp_path / "clips-000000.tar"), shardshuffle=False, empty_check=False))
    assert [s["__key__"] for s in samples] == ["000000", "000001"]
    assert {"mp4", "json", "txt", "passes.npz"} <= samples[0].keys()
    assert json.loads(samples[0]["json"])["captions"][0] == samples[0]["txt"].decode()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # Ray's own
def test_ray_makes_the_same_bytes(tmp_path):
    ray = pytest.importorskip("ray")
    simulate(recipe(), tmp_path / "local", engine=ONE)
    (tmp_path / "taken").write_text("here")
    doomed = engines.open("ray", workers=1).run(recipe(), tmp_path / "taken" / "data", shards_of(recipe())[:1])
    try:
        simulate(recipe(), tmp_path / "ray", engine=engines.open("ray", workers=2))
        with pytest.raises(CannotWrite):
            next(doomed)
    finally:
        ray.shutdown()
    assert shards(tmp_path / "ray") == shards(tmp_path / "local")
