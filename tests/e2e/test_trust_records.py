"""Audit, review and consent from the command line."""

import json
import sqlite3

import pytest
from PIL import Image

from filmwright.core.verdict import Signal, Verdict
from filmwright.film.asset.audit import Event, append, digest, log_path
from filmwright.film.asset.home import home
from filmwright.film.asset.review import hold


@pytest.fixture(autouse=True)
def empty_home(monkeypatch, tmp_path):
    monkeypatch.setenv("FILMWRIGHT_HOME", str(tmp_path / "home"))


def test_the_log_is_shown_checked_and_handed_over(filmwright, tmp_path):
    assert "Nothing is logged yet" in filmwright("audit", "show").out
    assert filmwright("audit", "export", "empty.jsonl").out == "empty.jsonl written, 0 rows.\n"
    append(Event(kind="moderation", subject="spot", facts={"prompt": digest("a bottle")}))
    append(Event(kind="mark", subject="spot", facts={"id": "ab12"}))
    shown = filmwright("audit", "show").out
    assert "moderation" in shown
    assert "ab12" in shown
    assert [row["kind"] for row in filmwright("audit", "show", "--kind", "mark", "--json").lines] == ["mark"]
    assert filmwright("audit", "show", "--kind", "marks").code == 2
    run = filmwright("audit", "verify")
    assert (run.code, run.out.startswith("whole  2 rows")) == (0, True)
    assert "filmwright audit verify 'the log.jsonl' --key" in filmwright("audit", "export", "the log.jsonl").out
    exported = filmwright("audit", "export", "log.jsonl").out
    key = exported.split("--key ")[1].strip()
    elsewhere = filmwright("audit", "verify", "log.jsonl", "--key", key, "--json", env={"FILMWRIGHT_HOME": "elsewhere"})
    assert elsewhere.made["whole"] is True
    assert filmwright("audit", "verify", "log.jsonl", env={"FILMWRIGHT_HOME": "elsewhere"}).code == 2
    log = tmp_path / "log.jsonl"
    log.write_text(log.read_text().replace("ab12", "ab13"))
    changed = filmwright("audit", "verify", "log.jsonl")
    assert changed.code == 6
    assert "row 2 was changed" in changed.out
    log_path().unlink()
    assert filmwright("audit", "verify").code == 6


def test_a_log_that_somebody_wrote_markup_into_is_shown_as_it_is(filmwright):
    append(Event(kind="mark", subject="spot"))
    with sqlite3.connect(log_path()) as log:
        log.execute("DROP TRIGGER no_update")
        log.execute(
            "UPDATE events SET hash = '[/]', kind = '[/b]', at = '[/x]', facts = ?", (json.dumps({"[/a]": "\x1b[2J"}),)
        )
    log.close()
    run = filmwright("audit", "verify")
    assert (run.code, run.err) == (6, "")
    assert "1:[/]" in run.out
    shown = filmwright("audit", "show")
    assert shown.code == 0
    assert {"[/b]", "[/x]", "[/a]"} <= set(shown.out.split())
    assert "\x1b" not in shown.out


def test_a_film_is_reviewed(filmwright):
    assert "Nothing waits" in filmwright("review", "list").out
    signal = Signal(provider="local", what="prompt", category="violence", score=0.6, where="brief", says="a blow")
    weak = Signal(provider="local", what="prompt", category="harassment", score=0.002, where="brief")
    verdict = Verdict(decision="review", reasons=("brief: violence 0.60",), signals=(signal, weak), policy="p")
    held = hold("ab" * 32, verdict, title="judo", asked={"brief": "two [fighters]"})
    assert held.id in filmwright("review", "list").out
    shown = filmwright("review", "show", held.id[:6]).out
    for words in ("judo", "waiting", "two [fighters]", "violence", "0.60", "a blow", "ab" * 32):
        assert words in shown
    assert "harassment" not in shown
    assert "and 1 more below 0.1" in shown
    assert filmwright("review", "approve", held.id).code == 2  # a reason is asked for
    assert filmwright("review", "approve", "nope", "--why", "x").code == 2
    assert "judo is approved" in filmwright("review", "approve", held.id, "--by", "Jo", "--why", "a sport").out
    assert "approved by Jo" in filmwright("review", "show", held.id).out
    assert filmwright("review", "list", "--json").lines == []
    (listed,) = filmwright("review", "list", "--all", "--json").lines
    assert (listed["state"], listed["decision"]["why"]) == ("approved", "a sport")
    assert "is rejected" in filmwright("review", "reject", held.id, "--why", "no").out
    path = home() / "reviews" / held.id / "decision.json"
    path.write_text(path.read_text().replace("rejected", "approved"))
    forged = filmwright("review", "list")
    assert "not genuinely signed" in forged.err
    assert held.id in forged.out  # it waits again


def test_a_consent_is_kept_and_revoked(filmwright, tmp_path):
    assert "No consent is kept" in filmwright("consent", "list").out
    (tmp_path / "portrait.png").write_bytes(b"portrait")
    (tmp_path / "release.pdf").write_bytes(b"release")
    given = ("--covers", "portrait.png", "--use", "advertising", "--evidence", "release.pdf")
    assert filmwright("consent", "add", "Mina Park", *given, "--until", "soon").code == 2
    assert filmwright("consent", "add", "Mina Park", *given, "--until", "2099-12-31").code == 0
    (kept,) = filmwright("consent", "list", "--json").lines
    assert (kept["state"], kept["subject"], kept["expires"]) == ("in force", "Mina Park", "2099-12-31")
    assert kept["inputs"][0] in filmwright("consent", "show", kept["id"]).out
    gone = filmwright("consent", "revoke", kept["id"], "--why", "she asked us to", "--json").made
    assert gone == {"revoked": kept["id"], "films": []}
    assert "revoked" in filmwright("consent", "list").out
    assert json.loads(filmwright("consent", "show", kept["id"], "--json").out)["reason"] == "she asked us to"


def test_a_key_that_others_can_read_is_told_in_one_line(filmwright, tmp_path):
    Image.linear_gradient("L").save(tmp_path / "a.png")
    sign = ("sign", "a.png", "--no-mark", "--source", "rendered")
    assert filmwright(*sign).err == ""
    path = home() / "keys" / "signing.pem"
    path.chmod(0o644)
    told = filmwright(*sign)
    assert told.code == 0
    assert told.err == f"warning: {path} can be read by others. Run: chmod 600 '{path}'\n"
