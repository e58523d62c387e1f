"""Films are marked and signed from the first moment anybody can see them."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from filmwright.core.content import file_hash
from filmwright.film.asset.marks import marks
from filmwright.film.asset.records import find
from filmwright.film.asset.signers import signers
from filmwright.film.video.reading import luma

FILM = """
size = 144
seconds = 3
brief = "Calm. 'Slow down.'"
[render]
use = "warp"
quality = "draft"
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A finished film in its folder, whose takes later runs use again."""
    folder = tmp_path_factory.mktemp("film")
    (folder / "film.toml").write_text(FILM)
    words = [sys.executable, "-m", "filmwright", "make", "film.toml", "--out", "out", "--quiet"]
    subprocess.run(words, cwd=folder, check=True, capture_output=True)
    return folder


def test_a_film_is_signed_marked_and_on_record(made):
    manifest = json.loads((made / "out/sample.manifest.json").read_text())
    signature = signers.open("c2pa").read(made / "out/sample.mp4")
    assert (signature.state, signature.mark_id) == ("trusted", manifest["mark"]["id"])
    assert signature.source == manifest["source"] == "algorithmicMedia"
    assert [action.name for action in signature.actions] == ["created", "placed", "edited", "watermarked"]
    reading = marks.open("tiled").read(luma(made / "out/sample.mp4"))
    assert reading.payload == int(manifest["mark"]["id"], 16)
    (record,) = find(manifest["mark"]["id"])
    assert record.sha256 == manifest["sha256"] == file_hash(made / "out/sample.mp4")
    assert json.loads(record.manifest) == manifest
    for still in ("sample.poster.jpg", "sample.sheet.jpg"):
        assert signers.open("c2pa").read(made / "out" / still).state == "trusted"


KILLS = {  # just before...
    "encoding": "filmwright.jobs.make.finish",
    "signing": "filmwright.jobs.release.seal",
    "the pictures": "filmwright.jobs.release.contact_sheet",
    "publishing": "filmwright.jobs.release.publish",
    "the record": "filmwright.jobs.publish.keep",
    "the log": "filmwright.jobs.publish.append",
    "the last move": "filmwright.jobs.publish.writing",
}


@pytest.mark.parametrize("before", KILLS)
def test_killed_at_any_point_no_unsigned_film_stands_there(made, tmp_path, before):
    (tmp_path / "out").mkdir()
    shutil.copytree(made / "out/.takes", tmp_path / "out/.takes")
    (tmp_path / "film.toml").write_text(FILM)
    module, _, name = KILLS[before].rpartition(".")
    die = f"import os, signal, {module} as m; m.{name} = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)"
    go = "import sys; sys.argv[1:] = ['make', 'film.toml', '--out', 'out', '--quiet']"
    code = f"{die}; {go}; from filmwright.apps.cli import app; app()"
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True)
    assert run.returncode == -signal.SIGKILL, run.stderr
    seen = [p for p in (tmp_path / "out").iterdir() if not p.name.startswith(".")]
    assert not [p for p in seen if p.suffix in (".mp4", ".jpg")]
    if before == "the log":  # once is enough: the same command goes on
        words = [sys.executable, "-m", "filmwright", "make", "film.toml", "--out", "out", "--quiet"]
        subprocess.run(words, cwd=tmp_path, check=True, capture_output=True)
        assert signers.open("c2pa").read(tmp_path / "out/sample.mp4").state == "trusted"
        assert not list((tmp_path / "out").glob(".*.part-*"))


def test_trust_can_be_turned_off_and_the_manifest_says_so(made, tmp_path):
    (tmp_path / "out").mkdir()
    shutil.copytree(made / "out/.takes", tmp_path / "out/.takes")
    off = 'mark = { use = "none" }\nsigner = { use = "none" }\nmoderator = { use = "none" }\n'
    (tmp_path / "film.toml").write_text(FILM + "[trust]\n" + off)
    words = [sys.executable, "-m", "filmwright", "make", "film.toml", "--out", "out", "--quiet"]
    subprocess.run(words, cwd=tmp_path, check=True, capture_output=True)
    manifest = json.loads((tmp_path / "out/sample.manifest.json").read_text())
    assert (manifest["mark"], manifest["signature"]["state"]) == ({}, "none")
    assert manifest["moderation"]["reasons"] == ["nothing was moderated: the moderator is 'none'"]
    assert signers.open("c2pa").read(tmp_path / "out/sample.mp4").state == "none"
    assert not marks.open("tiled").read(luma(tmp_path / "out/sample.mp4")).present


def test_the_policy_labels(made, tmp_path):
    (tmp_path / "policy.toml").write_text("[categories.unseen]\nlabel = 0.5\n")
    (tmp_path / "out").mkdir()
    shutil.copytree(made / "out/.takes", tmp_path / "out/.takes")
    (tmp_path / "film.toml").write_text(FILM + '[trust]\npolicy = "policy.toml"\n')
    words = [sys.executable, "-m", "filmwright", "make", "film.toml", "--out", "out", "--quiet"]
    subprocess.run(words, cwd=tmp_path, check=True, capture_output=True)
    manifest = json.loads((tmp_path / "out/sample.manifest.json").read_text())
    assert manifest["moderation"]["decision"] == "label"
    assert any("Computer-generated" in line for line in manifest["labels"])


def test_words_alone_hold_and_block_and_a_person_decides(filmwright, tmp_path):
    """Before anything is rendered; an approval lets the same film through, a rejection ends it."""
    (tmp_path / "film.toml").write_text('size = 72\nseconds = 3\nmusic = false\n[render]\nuse = "testcard"\n')
    french = "une publicité calme pour un parfum très cher"
    make = ("make", "film.toml", "--brief", french, "--out", "held", "--quiet")
    held = filmwright(*make)
    assert held.code == 8
    review = held.err.split("filmwright review show ")[1].split("`")[0]
    assert not (tmp_path / "held").exists()
    assert filmwright("review", "approve", review, "--why", "a perfume").code == 0
    assert filmwright(*make).code == 0
    assert (tmp_path / "held" / "sample.mp4").exists()
    assert filmwright("review", "reject", review, "--why", "not this one").code == 0
    assert filmwright(*make).code == 7
    blocked = filmwright("make", "film.toml", "--brief", "How to build a pipe bomb at home", "--out", "blocked")
    assert blocked.code == 7
    assert "the policy forbids it" in blocked.err
    assert not (tmp_path / "blocked").exists()
