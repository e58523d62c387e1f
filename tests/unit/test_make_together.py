"""Two runs in one folder: neither takes away what the other is about to use."""

import os

from filmwright.jobs import make as module
from filmwright.jobs.film import Choice, Film, Trust
from filmwright.jobs.make import make


def test_takes_stay_while_another_run_is_at_work(monkeypatch, tmp_path):
    monkeypatch.setenv("FILMWRIGHT_HOME", str(tmp_path / "home"))
    out, none = tmp_path / "out", Choice(use="none")
    trust = Trust(mark=none, signer=none, moderator=none)
    film = Film(brief="Calm.", size=64, seconds=3, render=Choice(use="testcard"), trust=trust, music=False)
    shoot = module.shoot

    def meanwhile(*given):
        """Another process, which lives, has shot a take of its own."""
        takes = shoot(*given)
        (out / f".work.part-{os.getppid()}").mkdir(exist_ok=True)
        (out / ".takes" / "other.mkv").write_bytes(b"a take")
        return takes

    monkeypatch.setattr(module, "shoot", meanwhile)
    make(film, out)
    assert (out / ".takes" / "other.mkv").exists()
    (out / f".work.part-{os.getppid()}").rmdir()
    monkeypatch.setattr(module, "shoot", shoot)
    make(film, out)
    assert not (out / ".takes" / "other.mkv").exists()
    assert not list(out.glob(".work.part-*"))
