"""The causal autoencoder looks back alone, and the inflated image transformer is the image transformer at first."""

import pytest
import torch

pytest.importorskip("diffusers")

from filmwright.ml.nets.aligned import AlignedTransformer
from filmwright.ml.nets.causal_vae import CausalVAE
from filmwright.ml.nets.mmdit import VideoTransformer
from filmwright.ml.nets.rope import places

pytestmark = pytest.mark.usefixtures("one_thread")


def noise(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def vae():
    torch.manual_seed(0)
    return CausalVAE(channels=4, widths=(8, 8, 16, 16)).eval()


@torch.no_grad()
def test_latents_know_nothing_of_later_frames(vae):
    video = noise(1, 9, 3, 16, 24)
    later = video.clone()
    later[:, 5:] = noise(1, 4, 3, 16, 24, seed=1)
    first, second = vae.posterior(video).mean, vae.posterior(later).mean
    assert first.shape == (1, 4, 3, 2, 3)
    torch.testing.assert_close(first[:, :, :2], second[:, :, :2])
    assert (first[:, :, 2] - second[:, :, 2]).abs().max() > 1e-3
    torch.testing.assert_close(vae.posterior(video[:, :1]).mean, first[:, :, :1])  # a still is a clip of one frame
    latents = noise(1, 4, 3, 2, 3, seed=2)
    changed = latents.clone()
    changed[:, :, 2:] = 1.0
    frames = vae.reconstruct(latents)
    assert frames.shape == video.shape
    torch.testing.assert_close(vae.reconstruct(changed)[:, :5], frames[:, :5])
    torch.testing.assert_close(vae.reconstruct(latents[:, :, :1]), frames[:, :1])


def test_an_autoencoder_learns_to_give_videos_back():
    torch.manual_seed(0)
    vae = CausalVAE(channels=8, widths=(16, 16, 16, 16))
    t, y, x = torch.meshgrid(torch.arange(5), torch.arange(16), torch.arange(16), indexing="ij")
    video = torch.stack([torch.sin(0.2 * x + s + 0.2 * t) * torch.cos(0.2 * y) for s in range(3)], 1)[None]
    learner = torch.optim.Adam(vae.parameters(), 3e-3)
    losses = []
    for _ in range(60):
        posterior = vae.posterior(video)
        loss = (vae.reconstruct(posterior.mean) - video).square().mean() + 1e-4 * posterior.divergence()
        learner.zero_grad()
        loss.backward()
        learner.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 5


@torch.no_grad()
def test_the_posterior_is_a_gaussian(vae):
    posterior = vae.posterior(noise(1, 1, 3, 16, 24))
    draws = torch.stack([posterior.sample(torch.Generator().manual_seed(seed)) for seed in range(600)])
    torch.testing.assert_close(draws.mean(0), posterior.mean, atol=0.35, rtol=0)
    torch.testing.assert_close(draws.std(0), (posterior.log_variance / 2).exp(), atol=0.25, rtol=0.25)
    standard = posterior._replace(mean=torch.zeros(1), log_variance=torch.zeros(1))
    assert standard.divergence() == 0
    wide = torch.distributions.Normal(0.7, 1.5)
    expected = torch.distributions.kl_divergence(wide, torch.distributions.Normal(0.0, 1.0))
    told = posterior._replace(mean=torch.tensor([0.7]), log_variance=torch.tensor([1.5]).square().log())
    torch.testing.assert_close(told.divergence(), expected)


@torch.no_grad()
def test_tokens_of_an_autoencoder_are_scaled(vae, tmp_path):
    video = noise(2, 5, 3, 16, 24)
    vae.scale.fill_(2.0)
    vae.mean.fill_(0.5)
    tokens = vae.encode(video)
    assert tokens.shape == (2, 2 * 2 * 3, 4)
    torch.testing.assert_close(vae.decode(tokens, 2, 3), vae.reconstruct(vae.posterior(video).mean))
    vae.save_pretrained(tmp_path)
    torch.testing.assert_close(CausalVAE.from_pretrained(tmp_path).encode(video), tokens)
    with pytest.raises(ValueError, match="1 \\+ 4k frames"):
        vae.encode(video[:, :4])


GRID = (4, 2, 3)
L = 24


@pytest.fixture
def image():
    torch.manual_seed(0)
    net = VideoTransformer(token_channels=6, text_channels=10, camera_channels=2, width=32, num_layers=2, num_heads=2)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return net.eval()


@pytest.fixture
def asked():
    return {
        "tokens": noise(2, L, 6),
        "places": places(*GRID).expand(2, L, 3),
        "time": torch.tensor([0.3, 0.8]),
        "text": noise(2, 5, 10, seed=1),
        "text_mask": torch.ones(2, 5, dtype=torch.bool),
    }


@torch.no_grad()
def test_at_first_every_frame_is_what_the_image_network_makes_of_it(image, asked):
    video = AlignedTransformer.inflate(image, num_heads=2)(**asked)
    for frame in range(4):
        part = slice(6 * frame, 6 * frame + 6)
        alone = image(**asked | {"tokens": asked["tokens"][:, part], "places": asked["places"][:, :6]})
        torch.testing.assert_close(video[:, part], alone)


def test_the_temporal_layers_alone_learn_and_frames_hear_each_other(image, asked, tmp_path):
    aligned = AlignedTransformer.inflate(image, num_heads=2)
    before = {name: value.clone() for name, value in image.state_dict().items()}
    learner = torch.optim.SGD([p for p in aligned.parameters() if p.requires_grad], 1.0)
    for _ in range(3):
        learner.zero_grad()
        aligned(**asked).square().mean().backward()
        learner.step()
    for name, value in aligned.spatial.state_dict().items():
        assert value.equal(before[name])
    assert all(layer.share.abs() > 0 for layer in aligned.temporal)
    given = torch.arange(L).expand(2, L) < 6
    with torch.no_grad():
        plain = aligned(**asked, given=given)
        other = asked["tokens"].clone()
        other[:, :6] += 1
        heard = aligned(**asked | {"tokens": other}, given=given)
        assert (heard - plain)[:, 6:].abs().max() > 1e-4
        aligned.save_pretrained(tmp_path)
        torch.testing.assert_close(AlignedTransformer.from_pretrained(tmp_path)(**asked, given=given), plain)


def test_tokens_that_are_not_whole_frames_are_refused(image, asked):
    aligned = AlignedTransformer.inflate(image, num_heads=2)
    short = {name: asked[name][:, :-1] for name in ("tokens", "places")}
    with pytest.raises(ValueError, match="not whole frames"):
        aligned(**asked | short)
    mixed = asked["places"].flip(1).roll(1, 1)
    with pytest.raises(ValueError, match="frame by frame"):
        aligned(**asked | {"places": mixed})
