"""What verify is pointed at: folders as they are on disks, addresses as people type them, words of strangers."""

import os
import socketserver
import threading
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from PIL import Image

from filmwright.apps.cli.verify_tables import print_report
from filmwright.core.claim import Signature
from filmwright.core.errors import BadAsset, BadFilm
from filmwright.core.manifest import Ingredient
from filmwright.core.mark import UNMARKED, Geometry
from filmwright.core.printable import printable
from filmwright.film.asset.audit import rows
from filmwright.film.asset.home import secret
from filmwright.film.asset.marks.tiled import Tiled
from filmwright.film.asset.records import find
from filmwright.jobs.sign import Wish, sign
from filmwright.jobs.verify import one, verify
from filmwright.jobs.verify.address import fetched
from filmwright.jobs.verify.compare import compare
from filmwright.jobs.verify.graph import drawing
from filmwright.jobs.verify.page import page
from tests.authorities import a_film, authority, key_pem
from tests.tampering import by
from tests.verified import again, unsigned


@pytest.fixture(autouse=True)
def empty_home(monkeypatch, tmp_path):
    monkeypatch.setenv("FILMWRIGHT_HOME", str(tmp_path / "home"))


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "shown" / "a.png"
    path.parent.mkdir()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (48, 64, 3)).astype(np.uint8)).save(path)
    return path


@contextmanager
def serving(handler):
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "http://example.com/a.mp4")
        elif self.path == "/page":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
        else:
            self.send_response(200)
            self.send_header("Content-Length", "500")
        self.end_headers()
        self.wfile.write(b"0123456789")

    def log_message(self, *_):
        pass


class Files(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def test_a_folder_is_looked_at_with_its_folders_and_nothing_in_it_stops_the_others(picture, monkeypatch):
    folder = picture.parent
    (folder / "b.mp4").mkdir()
    (folder / "c.mp4").symlink_to("nowhere.mp4")
    (folder / "deep" / "영화").mkdir(parents=True)
    (folder / "deep" / "영화" / "d.PNG").write_bytes(picture.read_bytes())
    for hidden in (folder / ".e.png", folder / ".takes" / "f.png"):
        hidden.parent.mkdir(exist_ok=True)
        hidden.write_bytes(picture.read_bytes())
    (folder / "g.png").write_bytes(picture.read_bytes())
    read = one.file_hash

    def refused(path):
        if path.name == "g.png":
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(one, "file_hash", refused)
    found = {finding.name: finding for finding in verify(str(folder)).findings}
    assert list(found) == ["a.png", "c.mp4", "g.png", "deep/영화/d.PNG"]
    assert [f.outcome for f in found.values()] == ["unknown", "broken", "broken", "unknown"]
    assert found["g.png"].notes == ("[Errno 13] Permission denied: 'g.png'",)
    assert [row.subject for row in rows() if row.facts["outcome"] == "broken"] == ["c.mp4", "g.png"]


def test_an_original_that_is_not_there_is_told_before_any_work(picture):
    with pytest.raises(BadAsset, match=r"gone\.mp4, which --original names"):
        verify(str(picture), original=picture.with_name("gone.mp4"))


def test_an_address_is_asked_as_it_was_typed(picture):
    (picture.parent / "그림 1.png").write_bytes(picture.read_bytes())
    with serving(partial(Files, directory=picture.parent)) as here:
        for name in ("a.png", "그림 1.png", "%EA%B7%B8%EB%A6%BC%201.png"):
            (found,) = verify(f"{here}/{name}").findings
            assert (found.facts, found.name) == ("a picture, 64x48", f"{here}/{name}")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/away", "example.com/a.mp4 is not on this machine"),
        ("/page", "is a page, not a film"),
        ("/short.mp4", "broke off: 10 bytes came, 490 did not"),
    ],
)
def test_answers_that_are_no_film_are_told(path, words):
    with serving(Answer) as here, pytest.raises((BadAsset, BadFilm), match=words), fetched(here + path):
        pytest.fail("it was taken")


def test_what_speaks_no_http_is_told():
    class Other(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(999)
            self.request.sendall(b"SSH-2.0-Other\r\n")

    with socketserver.TCPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/a.mp4"
        with pytest.raises(BadAsset, match="gave no film"), fetched(address):
            pytest.fail("it was taken")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.mp4",
        "file:///etc/passwd",
        "http://localhost.example.com/a.mp4",
        "http://localhost@a.com/b",
    ],
)
def test_only_this_machine_is_asked(url):
    with pytest.raises(BadFilm, match="not on this machine"), fetched(url):
        pytest.fail("it was fetched")


def test_what_is_no_address_is_told():
    with pytest.raises(BadFilm, match="is no address"), fetched("http://[::1/a.mp4"):
        pytest.fail("it was fetched")


def test_words_of_strangers_steer_no_terminal(picture, tmp_path, capsys):
    part = Ingredient(role="\x1b", name="\u202ea", licence="\x1b[2J")
    signature = Signature(state="trusted", says="\x1b", maker="\x1b", ingredients=(part,))
    studio = authority("Stranger\x1b[1A\x1b[2Kverified\u202e")
    film = a_film(tmp_path / "film.mp4", num_frames=12)
    told = by(studio.pem(), key_pem(studio.key), film, tmp_path / "signed.mp4")
    report = verify(str(told))
    (found,) = report.findings
    assert "Stranger [1A [2Kverified" in found.says
    assert "Stranger [1A [2Kverified" in found.signature.says
    print_report(report, None)
    for shown in (capsys.readouterr().out, page(report), drawing(f"\x1b{found.name}", signature)):
        assert not {"\x1b", "\u202e"}.intersection(shown)
    strange = picture.with_name("x\x1b[2Jy.png")
    strange.write_bytes(picture.read_bytes())
    assert verify(str(strange)).findings[0].name == "x [2Jy.png"
    assert printable("미나 · Zoë 👩\u200d🚀") == "미나 · Zoë 👩\u200d🚀"


def test_an_id_from_a_foreign_manifest_may_be_of_any_length():
    assert find("ab" * 400) == ()


def test_a_name_that_is_no_unicode_is_told_as_far_as_it_goes(picture):
    strange = picture.with_name(os.fsdecode(b"caf\xe9.png"))
    strange.write_bytes(picture.read_bytes())
    assert verify(str(strange)).findings[0].name == "caf\ufffd.png"


def test_a_film_without_a_mark_is_compared_as_it_lies(tmp_path, monkeypatch):
    """The search for a mark that is not there ends at some geometry; it says nothing of the film."""
    secret("mark")
    original, copy = unsigned(tmp_path / "film.mp4", num_frames=24), tmp_path / "copy.mp4"
    sign(original, original, Wish(source="captured", mark=False))
    again(original, copy, crf=28)
    asked = []
    monkeypatch.setattr(one, "compare", lambda *given: asked.append(given) or compare(*given))
    turned = replace(UNMARKED, num_frames=24, score=3.0, geometry=Geometry(zoom=1.7, rotation=5.0))
    monkeypatch.setattr(Tiled, "read", lambda *_, **__: turned)
    (found,) = verify(str(copy)).findings
    assert (found.outcome, found.found_by, asked[0][2]) == ("unknown", "looks", Geometry())
    assert found.comparison.changes == ()
