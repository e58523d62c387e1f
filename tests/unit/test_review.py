"""The review queue: a person's decision counts for what the person saw, and for nothing else."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from filmwright.core.content import content_hash
from filmwright.core.errors import BadFilm, Blocked, FilmWarning, HeldForReview
from filmwright.core.verdict import Signal, Verdict
from filmwright.film.asset.audit import rows
from filmwright.film.asset.audit_check import verify
from filmwright.film.asset.home import home
from filmwright.film.asset.review import decide, decision, find, hold, picture_paths, reviews
from filmwright.jobs.review import settle

REQUEST = content_hash("a calm film of a bottle")
VIOLENCE = Signal(provider="local", what="prompt", category="violence", score=0.6, where="brief")
HELD = Verdict(decision="review", reasons=("brief: violence 0.60",), signals=(VIOLENCE,), provider="local", policy="p1")
WORD = {"by": "Jo Lee", "why": "a film about judo"}


@pytest.fixture(autouse=True)
def empty_home(monkeypatch, tmp_path):
    monkeypatch.setenv("FILMWRIGHT_HOME", str(tmp_path / "home"))


def scored(score, **more):
    return replace(HELD, signals=(replace(VIOLENCE, score=score, **more),))


def test_what_is_held_is_kept_whole(tmp_path):
    grey = np.full((300, 900, 3), 90, np.uint8)
    held = hold(REQUEST, HELD, title="judo", source=tmp_path, asked={"brief": "a fight"}, pictures={"a b.png": grey})
    assert reviews() == (held,)
    assert find(held.id[:5]) == held
    assert held.asked == (("brief", "a fight"),)
    (path,) = picture_paths(held)
    assert path.name == "a-b-png.jpg"
    with Image.open(path) as kept:
        assert kept.size == (512, 171)
    assert (home() / "reviews" / held.id / "review.json").stat().st_mode & 0o077 == 0
    assert hold(REQUEST, HELD, title="judo") == held  # asked again, it waits once
    assert [row.kind for row in rows()] == ["hold"]
    assert "fight" not in json.dumps([row.facts for row in rows()])


def test_an_approval_counts_for_what_was_seen():
    decide(hold(REQUEST, HELD, title="judo").id, "approved", **WORD)
    assert decision(REQUEST, HELD).choice == "approved"
    assert decision(REQUEST, scored(0.65))  # providers waver
    assert decision(REQUEST, replace(HELD, signals=()))
    assert decision(content_hash("another brief"), HELD) is None
    assert decision(REQUEST, scored(0.9)) is None
    assert decision(REQUEST, scored(0.6, category="hate")) is None
    assert decision(REQUEST, scored(0.6, where="frame at 3.0 s")) is None
    assert decision(REQUEST, replace(HELD, policy="p2")) is None
    assert decision(REQUEST, replace(HELD, decision="block")) is None
    assert [(row.kind, row.facts.get("by")) for row in rows()] == [("hold", None), ("approval", "Jo Lee")]
    assert verify().whole


def test_a_rejection_counts_whatever_is_noticed_later():
    held = hold(REQUEST, HELD, title="judo")
    decide(held.id, "rejected", **WORD)
    assert decision(REQUEST, scored(0.1)).choice == "rejected"
    decide(held.id, "approved", **WORD)  # the later decision takes its place; the log keeps both
    assert decision(REQUEST, HELD).choice == "approved"
    assert [row.kind for row in rows()] == ["hold", "rejection", "approval"]


def test_nobody_approves_minors():
    held = hold(REQUEST, scored(0.3, category="sexual/minors"), title="no")
    with pytest.raises(Blocked, match="no review lets sexual/minors pass"):
        decide(held.id, "approved", **WORD)
    assert decide(held.id, "rejected", **WORD).state == "rejected"
    with pytest.raises(Blocked, match="can't be held"):
        hold(REQUEST, replace(HELD, decision="block"), title="no")


def changed(path, **more):
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"record": told["record"] | more}))


def test_a_forged_decision_does_not_count_and_is_told():
    held = hold(REQUEST, HELD, title="judo")
    path = home() / "reviews" / held.id / "decision.json"
    decide(held.id, "rejected", **WORD)
    changed(path, choice="approved")
    with pytest.warns(FilmWarning, match="not genuinely signed"):
        assert decision(REQUEST, HELD) is None


def test_an_approval_can_not_be_carried_to_another_review():
    first, second = hold(REQUEST, HELD, title="judo"), hold(content_hash("worse"), HELD, title="worse")
    decide(first.id, "approved", **WORD)
    queue = home() / "reviews"
    (queue / second.id / "decision.json").write_bytes((queue / first.id / "decision.json").read_bytes())
    with pytest.warns(FilmWarning, match=f"review {second.id}"):
        assert decision(second.request, HELD) is None


def test_a_record_that_was_changed_does_not_count():
    held = hold(REQUEST, HELD, title="judo")
    changed(home() / "reviews" / held.id / "review.json", title="harmless")
    with pytest.warns(FilmWarning, match="changed from outside"):
        assert reviews() == ()


def test_wrong_words_are_told():
    held = hold(REQUEST, HELD, title="judo")
    with pytest.raises(BadFilm, match="no review is called 'xyz'"):
        decide("xyz", "approved", **WORD)
    with pytest.raises(BadFilm, match="a name and a reason"):
        decide(held.id, "approved", by="Jo", why=" ")


def test_a_film_waits_runs_after_approval_and_is_blocked_after_rejection():
    settle(replace(HELD, decision="allow"), REQUEST, title="judo")
    with pytest.raises(HeldForReview, match="filmwright review show"):
        settle(HELD, REQUEST, title="judo")
    (held,) = reviews()
    decide(held.id, "approved", **WORD)
    settle(HELD, REQUEST, title="judo")
    with pytest.raises(HeldForReview):
        settle(HELD, content_hash("a changed brief"), title="judo")
    decide(held.id, "rejected", **WORD)
    for verdict in (HELD, replace(HELD, decision="allow")):
        with pytest.raises(Blocked, match="rejected by Jo Lee"):
            settle(verdict, REQUEST, title="judo")
    with pytest.raises(Blocked, match="the policy forbids it"):
        settle(replace(HELD, decision="block"), REQUEST, title="judo")
