"""`filmwright conformance` as a user types it."""

import json

import pytest

pytest.importorskip("openai")
pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from tests.video_server import KEY, Service, serving

SMALL = ("--size", "64x48", "--seconds", "1", "--minutes", "0.2")


def test_a_right_server(filmwright, tmp_path):
    with serving(Service().app) as url:
        run = filmwright("conformance", url, "--key", KEY, *SMALL, "--json", "found.json")
    assert (run.code, run.err.splitlines()[1:]) == (0, [])  # a line of progress
    assert "64 holds, 0 diverges, 0 cannot be tried" in run.out
    told = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert told["holds"]
    assert told["counts"]["holds"] == len(told["findings"]) == 64
    assert KEY not in json.dumps(told) + run.out


def test_a_wrong_one(filmwright):
    with serving(Service(["no has_more"], keys=False).app) as url:
        run = filmwright("conformance", url.removesuffix("/v1"), "--topic", "list", *SMALL, "--quiet")
        printed = filmwright("conformance", url, "--topic", "list", *SMALL, "--json", "-")
    assert (run.code, printed.code) == (9, 9)
    assert "there is no has_more, last_id" in run.out
    assert "ours-in-it" not in run.out
    assert json.loads(printed.out)["counts"] == {"holds": 3, "diverges": 3, "cannot be tried": 0}


def test_what_is_typed_wrong(filmwright):
    run = filmwright("conformance", "ftp://somewhere")
    assert run.code == 2
    assert "url: value error, a server's address begins with http:// or https://, got 'ftp://somewhere'" in run.err
    assert filmwright("conformance", "http://127.0.0.1:9").code == 5
    assert "--field is NAME=VALUE" in filmwright("conformance", "http://127.0.0.1:9", "--field", "steps").err
