"""The job: exhibits from a film's parts, and silence that is no consent."""

from fractions import Fraction

import cv2
import numpy as np
import pytest

from filmwright.core.errors import BadAsset
from filmwright.core.shot import Box, Title
from filmwright.core.verdict import Signal
from filmwright.film.asset.moderators import Exhibit, moderators
from filmwright.film.asset.policy import load_policy
from filmwright.jobs.film import Choice, Film
from filmwright.jobs.moderation import (
    moderate,
    reference_pictures,
    request_words,
    sampled_frames,
    title_words,
)

BRIEF = Exhibit(what="prompt", where="brief", text="A calm spot for a lamp")


def test_none_says_that_nothing_was_moderated():
    verdict = moderate([BRIEF], moderator=Choice(use="none"), policy=load_policy())
    assert verdict.decision == "allow"
    assert verdict.reasons == ("nothing was moderated: the moderator is 'none'",)
    assert (verdict.provider, verdict.signals) == ("none", ())


def test_what_others_noticed_counts_also_where_nobody_moderates():
    face = Signal(provider="faces", what="picture", category="likeness", score=1.0, where="reference a.png")
    verdict = moderate([BRIEF], moderator=Choice(use="none"), policy=load_policy(), noticed=[face])
    assert verdict.decision == "review"
    assert verdict.reasons[0].startswith("reference a.png: likeness 1.00")
    assert verdict.reasons[-1] == "nothing was moderated: the moderator is 'none'"


def test_a_provider_that_keeps_silent_is_down(monkeypatch):
    class Silent:
        def look(self, _):
            return ()

    monkeypatch.setattr(moderators, "open", lambda *_: Silent())
    verdict = moderate([BRIEF], moderator=Choice(use="local"), policy=load_policy())
    assert verdict.decision == "review"
    assert verdict.reasons == ("brief: local could not judge it (it said nothing), the policy asks for a review",)


def test_empty_words_are_not_shown(monkeypatch):
    seen = []

    class Noting:
        def look(self, exhibits):
            seen.extend(exhibits)
            return ()

    monkeypatch.setattr(moderators, "open", lambda *_: Noting())
    moderate(request_words(Film(brief="A lamp", tagline=" ")), moderator=Choice(use="none"), policy=load_policy())
    assert [(e.what, e.where, e.text) for e in seen] == [("prompt", "brief", "A lamp")]


def test_the_request_and_the_storyboard_are_read_whole():
    film = Film(brief="a", tagline="b", product="c", name="d")
    assert [e.text for e in request_words(film)] == ["a", "b", "c", "d"]
    box = Box(left=0.1, top=0.1, right=0.9, bottom=0.9)
    title = Title(text="Slow down", box=box, start=Fraction(5, 2), end=Fraction(4))
    (shown,) = title_words([title])
    assert (shown.what, shown.where, shown.text) == ("title", "title at 2.5 s", "Slow down")


def test_frames_are_sampled_evenly_with_both_ends():
    frames = [(i / 4, np.full((4, 6, 3), i, np.uint8)) for i in range(41)]
    shown = sampled_frames(iter(frames), num_frames=5)
    assert [e.where for e in shown] == [f"frame at {s} s" for s in ("0.0", "2.5", "5.0", "7.5", "10.0")]
    assert [int(e.rgb[0, 0, 0]) for e in shown] == [0, 10, 20, 30, 40]
    assert len(sampled_frames(frames)) == 41


def test_reference_pictures_are_rgb(tmp_path):
    picture = np.zeros((5, 7, 3), np.uint8)
    picture[..., 2] = 200  # OpenCV's red
    cv2.imwrite(str(tmp_path / "red.png"), picture)
    (shown,) = reference_pictures([tmp_path / "red.png"])
    assert shown.where == "reference red.png"
    assert shown.rgb[0, 0].tolist() == [200, 0, 0]
    (tmp_path / "no.png").write_bytes(b"no")
    (tmp_path / "empty.png").write_bytes(b"")
    for name in ("no.png", "empty.png"):
        with pytest.raises(BadAsset, match="is no picture that can be read"):
            reference_pictures([tmp_path / name])
    with pytest.raises(BadAsset, match="cannot read"):
        reference_pictures([tmp_path / "gone.png"])
