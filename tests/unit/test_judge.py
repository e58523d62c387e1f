"""The classifier: what is told, in records and captions; what it looks at; that numpy runs what torch trained."""

import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from filmwright.jobs.evaluate.judge.attributes import told
from filmwright.jobs.evaluate.judge.captioned import told_in
from filmwright.jobs.evaluate.judge.network import Network, network
from filmwright.jobs.evaluate.judge.window import Window, frames_of, squared
from filmwright.jobs.evaluate.moment import moments
from filmwright.jobs.evaluate.protocol import VideoProtocol
from filmwright.jobs.evaluate.reading import Refused
from filmwright.jobs.simulate.captions import captions
from filmwright.jobs.simulate.dice import Dice
from filmwright.jobs.simulate.filming import factory
from filmwright.jobs.simulate.recipe import Backdrops, Recipe
from filmwright.jobs.simulate.world import world
from tests.known_clips import subject

TRAINING = Path(__file__).parents[2] / "training/attributes"
RECIPE = Recipe(seed=77, num_frames=16, height=64, width=64, fps=16)


def protocol(*, num, fps, width=64, height=64):
    return VideoProtocol(
        width=width,
        height=height,
        fps=Fraction(fps),
        num_frames=num,
        codec="",
        pixel_format="rgb24",
        color="srgb",
        decoder="memory",
    )


def test_captions_tell_what_records_tell():
    seen = set()
    for index in range(60):
        decided = world(RECIPE, index)
        words = told(decided.facts)
        said = captions(decided, Dice("test", index))
        assert told_in(said) == words
        for one in said:
            assert told_in([one]).items() <= words.items()
        assert words.keys() <= network().classes.keys()
        assert all(word in network().classes[name] for name, word in words.items())
        seen |= {(name, word) for name, word in words.items()}
    assert len(seen) > 60


def test_captions_of_backdrops_tell_their_family():
    recipe = RECIPE.model_copy(update={"backdrops": Backdrops(share=1.0), "num_frames": 2})
    with factory(recipe) as made:
        clips = [made.clip(index) for index in range(30)]
    assert {clip.facts["kind"] for clip in clips} >= {"bokeh", "clouds", "silk"}
    for clip in clips:
        assert told(clip.facts) == {"backdrop": clip.facts["kind"]}
        for caption in clip.captions:
            assert told_in([caption]) == told(clip.facts)


def test_nothing_is_told_by_other_words():
    assert told({}) == told({"family": "objects"}) == told({"motion": {"pan": 3}}) == {}
    assert told({"family": "objects", "objects": [1], "camera": None}) == {}
    assert told_in(["A cat walks over a red carpet.", "slow motion"]) == {}
    assert told_in([]) == {}


def of(motion, *, num=2, shape="cube", material="matte", light=None):
    """What is told of red things of which the first moves."""
    first = {"shape": shape, "color": "red", "material": material, "motion": motion}
    others = [{"shape": "cone", "color": "blue", "material": "matte", "motion": "still"}] * (num - 1)
    night = {"kind": "night", "ground": {"color": "grey", "material": "matte"}}
    facts = {"objects": [first, *others], "camera": {"move": "still"}, "light": light or night}
    return told({"family": "objects", **facts})


def test_the_subject_is_the_one_that_moves():
    assert of("rising")["shape"] == "cube"
    assert of("still")["objects"] == "2"
    assert "shape" not in of("still")
    assert "shape" not in of("falling")
    assert of("still", num=1)["colour"] == "red"


def test_what_nobody_could_tell_is_not_asked():
    """Two colours in equal shares, whether something turns that looks the same from all sides, grey on grey."""
    assert "colour" not in of("rising", material="checkered")
    assert of("rising", material="dotted")["colour"] == "red"
    for motion in ("still", "spinning"):
        assert "motion" not in of(motion, num=1, shape="sphere")
        assert of(motion, num=1, shape="sphere", material="dotted")["motion"] == motion
        assert of(motion, num=1)["motion"] == motion
    assert "shape" not in of("spinning", shape="cone")
    assert "ground material" not in of("still")
    blue = {"kind": "night", "ground": {"color": "blue", "material": "matte"}}
    assert of("still", light=blue)["ground material"] == "matte"
    assert "light" not in of("still", light=blue | {"drawn_anew": [0, 8]})


@pytest.mark.parametrize(
    ("num", "fps", "expected"),
    [
        (16, 16, range(16)),
        (32, 32, range(1, 32, 2)),
        (48, 16, range(16, 32)),
        (24, 24, [0, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 23]),
    ],
)
def test_it_looks_at_sixteen_moments_of_the_middle_second(num, fps, expected):
    assert frames_of(protocol(num=num, fps=fps)) == tuple(expected)


def test_it_looks_at_the_middle_square_each_pixel_the_mean_of_its_place():
    rgb = np.random.default_rng(0).integers(0, 256, (128, 192, 3), dtype=np.uint8)
    mean = rgb[:, 32:160].reshape(64, 2, 64, 2, 3).mean((1, 3))
    assert np.abs(squared(rgb).astype(float) - mean).max() <= 0.5
    same = rgb[:64, :64]
    assert np.array_equal(squared(same), same)


def test_small_and_short_videos_are_refused_in_words():
    for rgb, fps, said in (
        (np.zeros((16, 63, 80, 3), np.uint8), 16, "needs pictures of 64x64 or more, got 80x63"),
        (np.zeros((15, 64, 64, 3), np.uint8), 16, "needs a second of video, got 0.94 s"),
    ):
        with pytest.raises(Refused, match=said):
            Window(subject(rgb, fps=Fraction(fps)))
    with pytest.raises(Refused, match="ended before the end"):
        Window(subject(np.zeros((16, 64, 64, 3), np.uint8), fps=Fraction(16))).rgb()


def test_the_window_is_a_clip_as_it_is():
    rgb = np.random.default_rng(1).integers(0, 256, (16, 64, 64, 3), dtype=np.uint8)
    clip = subject(rgb, fps=Fraction(16))
    window = Window(clip)
    for moment in moments(clip):
        window.see(moment)
    assert np.array_equal(window.rgb(), rgb)


@pytest.fixture(scope="module")
def training():
    """The modules of the training."""
    pytest.importorskip("torch")
    sys.path.insert(0, str(TRAINING))
    try:
        import dataset
        import net

        yield net, dataset
    finally:
        sys.path.remove(str(TRAINING))


def test_numpy_runs_what_torch_trained(training):
    """The same number from the same weights, normalization folded in, but for rounding."""
    import torch

    net, _ = training
    torch.manual_seed(0)
    classes = {"one": ("a", "b", "c"), "two": ("pan left", "pan right")}
    model = net.Net(classes, ("two",))
    noise = torch.randint(0, 255, (4, 16, 3, 64, 64), dtype=torch.uint8)
    model(net.pairs_of(noise))  # so that the normalization is not that of nothing
    model.eval()
    rgb = np.random.default_rng(2).integers(0, 256, (16, 64, 64, 3), dtype=np.uint8)
    with torch.no_grad():
        clip = torch.from_numpy(rgb).permute(0, 3, 1, 2)[None]
        out, mirrored = model(net.pairs_of(clip)), model(net.pairs_of(clip.flip(-1)))
    own = Network(net.folded(model), classes, mean=np.full(128, 3, np.float32), scale=np.array(2, np.float32))
    features, logits = own.logits(rgb)
    assert np.allclose(features, out.features[0].numpy(), atol=1e-5)
    assert np.allclose(logits, torch.cat(out.logits, 1)[0].numpy(), atol=1e-5)
    seen = own(rgb)
    assert np.allclose(seen.features, 2 * (out.features[0].numpy() - 3), atol=1e-5)
    left = (out.logits[1].softmax(1)[0, 0] + mirrored.logits[1].softmax(1)[0, 1]) / 2
    assert seen.shares["two"]["pan left"] == pytest.approx(float(left), abs=1e-5)
    assert sum(seen.shares["one"].values()) == pytest.approx(1)
    assert seen.words["two"] == ("pan left" if left > 0.5 else "pan right")


def test_what_the_training_does_to_clips_keeps_their_words_true(training):
    """Mirrored, left is right; in reverse, what came closer goes away, and no word is left for what rises."""
    import torch

    _, dataset = training
    classes = {"motion": ("still", "sliding left", "sliding right", "coming closer", "going away", "rising")}
    rgb = torch.zeros(200, 2, 3, 8, 8, dtype=torch.uint8)
    rgb[:, 0, :, :, 0] = 9  # at the left of the first frame
    clips = dataset.Batch(
        rgb=rgb,
        labels=torch.tensor([[0], [1], [3], [5], [-1]]).repeat(40, 1),
        things=torch.zeros(200, 3, 3, dtype=torch.int64),
        places=torch.tensor([[1.0, 2.0], [4.0, 4.0], [torch.nan, torch.nan]]).repeat(200, 1, 1),
        subject=torch.ones(200, dtype=torch.uint8),
    )
    chance = torch.Generator().manual_seed(0)
    out = dataset.mirrored(clips, classes, chance)
    turned = out.rgb[:, 0, 0, 0, 7] == 9
    assert 50 < turned.sum() < 150
    assert out.labels[turned].unique().tolist() == [-1, 0, 2, 3, 5]
    assert torch.equal(out.labels[~turned], clips.labels[~turned])
    assert out.places[turned][0, :2].tolist() == [[7, 2], [4, 4]]
    assert out.places[~turned][0, :2].tolist() == [[1, 2], [4, 4]]
    out = dataset.reversed_in_time(clips, classes, chance)
    turned = out.rgb[:, 1, 0, 0, 0] == 9
    assert out.labels[turned].unique().tolist() == [-1, 0, 2, 4]
    assert (out.labels[turned][clips.labels[turned] == 5] == -1).all()
    spot = torch.zeros(1, 2, 3, 16, 16, dtype=torch.uint8)
    spot[..., 8, 7] = 9
    out = dataset.shifted(dataset.replace(clips, rgb=spot, places=torch.tensor([[[7.5, 8.5]]])), chance)
    right, down = out.places[0, 0].int().tolist()
    assert (right, down) != (7, 8)
    assert (out.rgb[..., down, right] == 9).all()
