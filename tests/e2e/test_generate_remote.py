"""`filmwright generate` through a server, as a user types it."""

import os

import pytest

pytest.importorskip("httpx")
pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from tests.video_server import KEY, MODEL, Service, serving


def test_a_clip_by_a_server(filmwright, tmp_path):
    service, key = Service(fps=16), os.environ | {"FILM_KEY": KEY}
    with serving(service.app) as url:
        words = ("generate", "A red ball rolls", "--generator", "remote", "--model", MODEL, "--out", "clips/ball.mp4")
        words += ("--option", f"url={url}", "--option", "key_in=FILM_KEY", "--option", "lengths=1,2")
        words += ("--size", "96x64", "--frames", 10, "--fps", 8, "--json")
        made = filmwright(*words, env=key).made
        again = filmwright(*words, env=key).made
        refused = filmwright(*words[:6], "--option", f"url={url}", "--size", "96x64", env=key | {"OPENAI_API_KEY": ""})
    manifest = made["manifest"]
    assert (manifest["video"]["num_frames"], manifest["video"]["width"]) == (10, 96)
    assert manifest["source"] == "trainedAlgorithmicMedia"
    assert any("the server made 32 frames of 96x64 at 16 a second" in line for line in manifest["warnings"])
    assert manifest["renderer"].startswith(f"remote {url} {MODEL} ")
    assert KEY not in str(made)
    assert again["manifest"]["takes"][0]["reused"]
    assert len(service.orders) == 1
    assert (refused.code, "refuses the key in $OPENAI_API_KEY" in refused.err) == (2, True)
