"""`filmwright sign` and `filmwright verify` as a user types them."""

import json
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.verified import again, unsigned


@pytest.fixture
def served(tmp_path):
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    handler.log_message = lambda *_: None
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_sign_send_and_verify(filmwright, tmp_path, served, monkeypatch):
    monkeypatch.setenv("FILMWRIGHT_HOME", str(tmp_path / "home"))
    unsigned(tmp_path / "film.mp4", num_frames=24)
    assert filmwright("sign", "film.mp4").code == 2
    done = filmwright("sign", "film.mp4", "--source", "rendered", "--maker", "Mina Park", "--json").made
    assert (done["signed"], done["state"], len(done["mark"])) == ("film.signed.mp4", "trusted", 16)
    run = filmwright("verify", "film.signed.mp4", "--html", "page.html")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("verified  Made by Mina Park on 20")
    assert done["mark"] in run.out
    assert "Mina Park" in (tmp_path / "page.html").read_text(encoding="utf-8")
    told = filmwright("verify", f"{served}/film.signed.mp4", "--json").made
    assert [file["outcome"] for file in told["files"]] == ["verified"]
    away = filmwright("verify", "film.signed.mp4", "--quiet", env={"FILMWRIGHT_HOME": str(tmp_path / "elsewhere")})
    assert away.code == 9
    assert away.out.startswith("Signed by an unknown signer")
    again(tmp_path / "film.signed.mp4", tmp_path / "copy.mp4", crf=16)
    copy = filmwright("verify", "copy.mp4", "--quiet")
    assert (copy.code, copy.err) == (10, "")
    assert "the signature was stripped" in copy.out
    kinds = [row["kind"] for row in filmwright("audit", "show", "--kind", "verification", "--json").lines]
    assert kinds == ["verification"] * 3


def test_mistakes_are_told(filmwright, tmp_path, served):
    (tmp_path / "empty").mkdir()
    for words, code, said in (
        (("verify", "gone.mp4"), 3, "no file or folder gone.mp4"),
        (("verify", "empty"), 3, "holds no film"),
        (("verify", "https://example.com/film.mp4"), 2, "not on this machine"),
        (("verify", f"{served}/gone.mp4"), 3, "gave no film"),
    ):
        run = filmwright(*words, "--json")
        assert run.code == code
        assert said in json.loads(run.out)["message"]
