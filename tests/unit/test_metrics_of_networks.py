"""CLIP score, FVD and VBench: what they compute, on stand-ins, and what they say where something is missing."""

import hashlib
import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoProcessor, CLIPModel

from filmwright.core.errors import BadFilm
from filmwright.core.frames import Frames
from filmwright.film.video.codecs import codecs
from filmwright.jobs.evaluate import Opened, evaluate, from_file, measure, opened, weights
from filmwright.jobs.evaluate.frechet import frechet
from filmwright.jobs.evaluate.metrics import fvd, metrics
from filmwright.jobs.evaluate.sets import over_sets
from filmwright.jobs.evaluate.vbench_dimensions import DIMENSIONS, NAMES, quality
from tests.known_clips import FPS, film, flat, going, reading, refused, subject
from tests.stand_ins import fake_vbench, tiny_clip, tiny_detector

CAPTION = "a glass bottle turns"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The user's folder of weights, empty."""
    monkeypatch.setenv("FILMWRIGHT_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setenv("VBENCH_CACHE_DIR", str(tmp_path / "vbench"))
    monkeypatch.delenv("FILMWRIGHT_VBENCH_PYTHON", raising=False)
    return tmp_path / "weights"


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return tiny_clip(tmp_path_factory.mktemp("clip"))


def told(rgb, caption=CAPTION):
    return replace(subject(rgb), captions=(caption,))


def cosines(clip, frames, caption):
    """By transformers' own processor and towers."""
    model, processor = CLIPModel.from_pretrained(clip).eval(), AutoProcessor.from_pretrained(clip)
    given = processor(text=[caption], images=list(frames), return_tensors="pt", truncation=True, max_length=24)
    with torch.inference_mode():
        pictures = model.get_image_features(pixel_values=given["pixel_values"]).pooler_output
        words = model.get_text_features(
            input_ids=given["input_ids"], attention_mask=given["attention_mask"]
        ).pooler_output
    return torch.nn.functional.cosine_similarity(pictures, words).numpy()


def test_clip_score_is_what_transformers_says(clip):
    frames = film(going(right=7), 8)
    expected = 100 * np.maximum(cosines(clip, frames, CAPTION), 0)
    found = reading("clip_score", told(frames), folder=clip)
    assert found.value == pytest.approx(expected.mean(), abs=1e-4)
    assert found.parts[0].value == pytest.approx(expected.min(), abs=1e-4)
    assert found.value > 0 or cosines(clip, frames, CAPTION).max() <= 0


def test_a_caption_that_does_not_fit_scores_nothing_and_never_less(clip):
    frames = film(num=2)
    captions = [c * n for c in "abcdefgh" for n in (1, 5)]
    angles = {caption: cosines(clip, frames[:1], caption)[0] for caption in captions}
    worst, best = min(angles, key=angles.get), max(angles, key=angles.get)
    assert angles[worst] < 0 < angles[best]
    assert reading("clip_score", told(frames[:1], worst), folder=clip).value == 0
    found = reading("clip_score", told(frames[:1], best), folder=clip).value
    assert found == pytest.approx(100 * angles[best], abs=1e-4)


def test_clip_score_looks_at_frames_evenly_spread(clip):
    frames = film(going(right=9), 30)
    found = reading("clip_score", told(frames), folder=clip, num_frames=3)
    expected = 100 * np.maximum(cosines(clip, frames[[5, 15, 25]], CAPTION), 0)
    assert found.value == pytest.approx(expected.mean(), abs=1e-4)
    assert ", 3 frames" in found.note


def test_clip_score_says_by_which_network_and_what_it_cut(clip):
    hashed = hashlib.sha256((clip / "model.safetensors").read_bytes()).hexdigest()
    found = reading("clip_score", told(film(num=2), "a" * 60), folder=clip)
    assert found.note == f"by {clip.name} {hashed[:12]}, 2 frames, caption cut at 24 tokens"


def test_clip_score_needs_weights_and_a_caption(clip, folder):
    found = refused("clip_score", told(film(num=2)))
    assert found.startswith(f"needs weights, which are never downloaded. Put into {folder / 'clip'}: config.json")
    for word in ("model.safetensors", "vocab.json", "merges.txt", "openai/clip-vit-base-patch32", "MIT"):
        assert word in found
    assert refused("clip_score", subject(film(num=2)), folder=clip).startswith("needs a caption")


def test_clip_score_of_broken_weights(clip, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    for path in clip.iterdir():
        (broken / path.name).write_bytes(path.read_bytes())
    (broken / "model.safetensors").write_bytes(b"half of it")
    assert refused("clip_score", told(film(num=2)), folder=broken).startswith("needs whole weights")


def test_captions_lie_beside_videos(tmp_path):
    path = written(tmp_path / "a.mp4", film(num=2))
    assert from_file(path).captions == ()
    (tmp_path / "a.txt").write_text(" a cup \n")
    assert from_file(path).captions == ("a cup",)
    for facts, expected in (
        ({"caption": "one"}, ("one",)),
        ({"captions": ["one", "two"], "prompt": "three"}, ("one", "two")),
        ({"prompt": "three"}, ("three",)),
        ({"caption": 3}, ("a cup",)),
    ):
        (tmp_path / "a.json").write_text(json.dumps(facts))
        assert from_file(path).captions == expected


def written(path, rgb):
    path.parent.mkdir(parents=True, exist_ok=True)
    return codecs.open("mp4").encode([Frames(rgb=rgb, fps=FPS)], path).path


def levels(num, low, seed):
    """Clips of one level each, and what the stand-in sees of them."""
    chosen = np.random.default_rng(seed).integers(low, low + 90, (num, 3))
    return [subject(flat(*[tuple(c)] * 17)) for c in chosen], chosen / 127.5 - 1


def test_fvd_is_the_frechet_distance_of_the_detector_s_features(tmp_path):
    detector = tiny_detector(tmp_path / "mine.pt")
    metric = [Opened(name="fvd", about="", metric=metrics.open("fvd", detector=detector, fewest=20))]
    (ours, a), (theirs, b) = levels(24, 40, 1), levels(20, 90, 2)
    rows = [[measure(each, metric) for each in side] for side in (ours, theirs)]
    (found,) = over_sets(metric, rows[0], lambda: rows[1])
    assert found.reading.value == pytest.approx(frechet(a, b), rel=1e-4)
    assert found.reading.interval.low < found.reading.value < found.reading.interval.high
    assert found.reading.note.startswith("24 videos against 20 by mine.pt ")
    (same,) = over_sets(metric, rows[0], lambda: rows[0])
    assert same.reading.value == pytest.approx(0, abs=1e-9)
    (few,) = over_sets(metric, rows[0], lambda: rows[1][:19])
    assert few.refused.startswith("needs 20 videos on either side, got 24 and 19")


def test_fvd_looks_at_the_first_sixteen_frames(tmp_path):
    detector = tiny_detector(tmp_path / "mine.pt")
    rgb = flat(*[100] * 16, *[200] * 9)
    found = reading("fvd", subject(rgb), detector=detector)
    assert found.sample == pytest.approx(np.full((1, 3), 100 / 127.5 - 1), abs=1e-6)
    assert refused("fvd", subject(rgb[:15]), detector=detector) == "needs 16 frames of each video, got 15 of clip"


def test_fvd_asks_for_hundreds_of_videos_by_itself(tmp_path):
    metric = [Opened(name="fvd", about="", metric=metrics.open("fvd", detector=tiny_detector(tmp_path / "mine.pt")))]
    rows = [measure(each, metric) for each in levels(3, 40, 1)[0]]
    assert over_sets(metric, rows, lambda: rows)[0].refused.startswith("needs 256 videos on either side, got 3 and 3")


def test_fvd_s_own_weights_are_checked(folder, monkeypatch):
    long = subject(flat(*[100] * 16))
    missing = refused("fvd", long)
    assert missing.startswith(
        f"needs weights, which are never downloaded. Put into {folder / 'fvd'}: i3d_torchscript.pt"
    )
    assert "universome/stylegan-v" in missing
    path = tiny_detector(folder / "fvd" / "i3d_torchscript.pt")
    assert "its SHA-256 is not bec6519f66ea" in refused("fvd", long)
    hashed = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr(fvd, "I3D", replace(fvd.I3D, sha256=hashed))
    assert reading("fvd", long).sample.shape == (1, 3)
    path.write_bytes(b"half of it")
    assert "is another file or a part of it" in refused("fvd", long)
    assert refused("fvd", long, detector=path).startswith("needs a whole detector")


def test_sets_of_unequal_speed_or_size_are_not_compared(tmp_path):
    metric = [
        Opened(name="fvd", about="", metric=metrics.open("fvd", detector=tiny_detector(tmp_path / "m.pt"), fewest=2))
    ]
    clips = levels(3, 40, 1)[0]
    ours = [measure(each, metric) for each in clips]
    faster = [measure(subject(next(each.frames()).rgb, fps=2 * FPS), metric) for each in clips]
    (found,) = over_sets(metric, ours, lambda: faster)
    assert found.refused == "needs videos of one speed and size: of clip and clip, fps is 24 and 48"


def test_where_ours_are_refused_the_others_are_not_looked_through(tmp_path):
    metric = [Opened(name="fvd", about="", metric=metrics.open("fvd"))]
    rows = [measure(each, metric) for each in levels(2, 40, 1)[0]]

    def never():
        raise AssertionError

    assert over_sets(metric, rows, never)[0].refused.startswith("needs weights")


@pytest.mark.parametrize("name", ["clip_score", "fvd"])
def test_without_torch_they_say_what_to_install(name, clip, tmp_path, monkeypatch):
    options = {"clip_score": {"folder": clip}, "fvd": {"detector": tiny_detector(tmp_path / "m.pt")}}[name]
    found = importlib.util.find_spec
    monkeypatch.setattr(weights, "find_spec", lambda module: None if module == "torch" else found(module))
    assert refused(name, told(film(num=16)), **options) == "needs torch. Run: pip install 'filmwright[metrics]'"


def weights_of(name, cache, monkeypatch):
    """Files of any content in the places where VBench looks for a dimension's weights."""
    for each in DIMENSIONS[name].needs:
        (cache / each.path).parent.mkdir(parents=True, exist_ok=True)
        (cache / each.path).write_bytes(each.path.encode())
    made = {hashlib.sha256(w.path.encode()).hexdigest(): w.sha256 for d in DIMENSIONS.values() for w in d.needs}
    real = weights.sha256
    monkeypatch.setattr(weights, "sha256", lambda path: made.get(real(path)) or real(path))


def test_vbench_without_vbench(tmp_path):
    path = written(tmp_path / "a.mp4", film(num=4))
    found = refused("vbench", from_file(path))
    assert found.startswith("needs VBench, in a Python of its own")
    assert "pip install vbench==0.1.5" in found
    assert "FILMWRIGHT_VBENCH_PYTHON" in found


def test_vbench_names_each_file_that_is_missing_and_where_it_is_from(tmp_path, monkeypatch):
    monkeypatch.setenv("FILMWRIGHT_VBENCH_PYTHON", str(fake_vbench(tmp_path / "there")))
    video = from_file(written(tmp_path / "a.mp4", film(num=4)))
    found = refused("vbench", video)
    assert str(tmp_path / "vbench") in found
    files = [each for dimension in DIMENSIONS.values() for each in dimension.needs]
    assert len(files) == 8
    for each in files:
        assert f"{each.path} from {each.origin}, {each.licence}" in found
    weights_of("imaging_quality", tmp_path / "vbench", monkeypatch)
    assert "musiq" not in refused("vbench", video)
    monkeypatch.setattr(weights, "sha256", lambda _: "0" * 64)
    assert "its SHA-256 is not 358bb6af" in refused("vbench", video, dimensions=("imaging_quality",))


def test_vbench_is_called_as_it_wants_to_be(tmp_path, monkeypatch):
    monkeypatch.setenv("FILMWRIGHT_VBENCH_PYTHON", str(fake_vbench(tmp_path / "there")))
    for name in NAMES:
        weights_of(name, tmp_path / "vbench", monkeypatch)
    found = reading("vbench", from_file(written(tmp_path / "a.mp4", film(num=4))))
    expected = {name: 0.5 + 0.05 * i for i, name in enumerate(NAMES)}
    assert {part.name.replace(" ", "_"): part.value for part in found.parts} == pytest.approx(expected)
    assert found.value == pytest.approx(quality(expected))
    assert found.note == ""


def test_vbench_in_one_dimension_needs_only_its_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("FILMWRIGHT_VBENCH_PYTHON", str(fake_vbench(tmp_path / "there")))
    path = written(tmp_path / "a.mp4", film(num=4))
    (measured,) = evaluate([path], names=["vbench:dimensions=temporal_flickering"]).rows[0].measured
    assert measured.reading.value == pytest.approx((0.5 - 0.6293) / (1 - 0.6293))
    assert measured.reading.note == "over 1 of 7 dimensions"
    with pytest.raises(BadFilm, match=r"vbench.*does not accept these options: dimensions"):
        opened(["vbench:dimensions=beauty"])


def test_vbench_s_quality_score_is_that_of_its_leaderboard():
    """Every dimension at its upper bound is 1, at its lower one 0; dynamic degree counts half."""
    assert quality({name: d.high for name, d in DIMENSIONS.items()}) == pytest.approx(1)
    assert quality({name: d.low for name, d in DIMENSIONS.items()}) == pytest.approx(0)
    still = {name: d.high for name, d in DIMENSIONS.items()} | {"dynamic_degree": 0.0}
    assert quality(still) == pytest.approx(6 / 6.5)


def test_vbench_reads_mp4_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("FILMWRIGHT_VBENCH_PYTHON", str(fake_vbench(tmp_path / "there")))
    only = {"dimensions": ("temporal_flickering",)}
    assert refused("vbench", subject(film(num=4)), **only).startswith("needs an .mp4 file: VBench reads no other video")
    short = from_file(written(tmp_path / "b.mp4", film(num=2)))
    assert refused("vbench", short, **only) == "needs 3 frames, got 2"


def test_a_vbench_that_fails_says_how(tmp_path, monkeypatch):
    python = fake_vbench(tmp_path / "there")
    video = from_file(written(tmp_path / "a.mp4", film(num=4)))
    (tmp_path / "there/site/vbench/__init__.py").write_text("import decord_that_is_not_there")
    monkeypatch.setenv("FILMWRIGHT_VBENCH_PYTHON", str(python))
    found = refused("vbench", video, dimensions=("temporal_flickering",))
    assert "ended with \"ModuleNotFoundError: No module named 'decord_that_is_not_there'\"" in found
    monkeypatch.setenv("FILMWRIGHT_VBENCH_PYTHON", str(tmp_path / "gone"))
    assert "names" in refused("vbench", video)
    assert "which is not there" in refused("vbench", video)


def test_options_stand_behind_a_metric_s_name(tmp_path):
    path = written(tmp_path / "a.mp4", film(num=4))
    (measured,) = evaluate([path], names=["warp_error:flow=exact"]).rows[0].measured
    assert measured.refused.startswith("needs passes")
    for names, said in (
        (["warp_error:flow"], "'flow' is no option of a metric"),
        (["warp_error:flow=none"], "does not accept these options: flow"),
        (["flicker:places=3"], "does not accept these options: places"),
        (["warp_error:flow=exact", "warp_error"], "named with different options"),
    ):
        with pytest.raises(BadFilm, match=said):
            opened(names)


def test_nothing_heavy_is_imported_to_say_what_is_missing(tmp_path):
    import subprocess
    import sys

    path = written(tmp_path / "a.mp4", film(num=4))
    code = (
        "import sys; from pathlib import Path; from filmwright.jobs.evaluate import evaluate; "
        f"evaluate([Path({str(path)!r})]); print(*[m for m in ('torch', 'transformers') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


def test_the_program_that_runs_elsewhere_is_shipped():
    from filmwright.jobs.evaluate.vbench_process import PROGRAM

    assert Path(PROGRAM).is_file()
