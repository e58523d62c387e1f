"""Every moderator keeps the same promises; the remote one is the real client against a local server."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from filmwright.core.errors import BadFilm
from filmwright.film.asset.moderators import Exhibit, Moderator, moderators

_spec = importlib.util.spec_from_file_location("moderation_server", Path(__file__).with_name("moderation_server.py"))
_server = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_server)
serving = _server.serving

RED = np.zeros((900, 1600, 3), np.uint8)
RED[..., 0] = 220
GREY = np.full((40, 60, 3), 128, np.uint8)
SHOWN = [
    Exhibit(what="prompt", where="brief", text="A calm luxury spot for a perfume"),
    Exhibit(what="title", where="tagline", text="A stranger will kill the shopkeeper with a knife"),
    Exhibit(what="picture", where="reference a.png", rgb=GREY),
    Exhibit(what="frame", where="frame at 2.0 s", rgb=RED),
]


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-secret")


@pytest.fixture(params=moderators.names())
def moderator(request):
    if request.param == "openai":
        with serving() as (url, _):
            yield moderators.open("openai", base_url=url)
    else:
        yield moderators.open(request.param)


def test_every_exhibit_gets_an_answer(moderator):
    assert isinstance(moderator, Moderator)
    signals = moderator.look(iter(SHOWN))
    if type(moderator).__name__ != "Nobody":
        assert {(s.what, s.where) for s in signals} == {(e.what, e.where) for e in SHOWN}
        assert max(s.score for s in signals if s.where == "tagline" and s.category.startswith("violence")) > 0.5
        assert max(s.score for s in signals if s.where == "brief") < 0.5
    assert all(0 <= s.score <= 1 and s.provider for s in signals)
    assert not [s for s in signals if s.category == "provider-down"]
    assert moderator.look([]) == ()


def test_the_same_is_said_again(moderator):
    assert moderator.look(SHOWN) == moderator.look(SHOWN)


def remote(url, **options):
    return moderators.open("openai", base_url=url, **{"retries": 1, "seconds": 2.0, **options})


def down(signals):
    return {s.where: s.says for s in signals if s.category == "provider-down"}


def test_the_request_is_what_the_service_takes():
    with serving() as (url, asked):
        signals = remote(url).look(SHOWN)
    assert [r["path"] for r in asked] == ["/v1/moderations"] * 3  # both texts at once, each picture by itself
    assert asked[0]["input"] == [e.text for e in SHOWN[:2]]
    assert {r["model"] for r in asked} == {"omni-moderation-latest"}
    assert {r["key"] for r in asked} == {"Bearer sk-test-secret"}
    assert [len(r["input"]) for r in asked] == [2, 1, 1]
    of = {w: {s.category: s.score for s in signals if s.where == w} for w in ("tagline", "frame at 2.0 s")}
    assert len(of["tagline"]) == 13
    assert of["tagline"]["violence"] == 0.97
    assert len(of["frame at 2.0 s"]) == 6  # the others don't judge pictures: their 0 would say that they do
    assert of["frame at 2.0 s"]["violence/graphic"] == 0.9


@pytest.mark.parametrize(
    ("status", "body", "says", "tries"),
    [
        (401, {"error": {"message": "Incorrect API key provided: sk-test-secret"}}, "HTTP 401: it refuses the key", 1),
        (429, {"error": {"message": "quota"}}, "HTTP 429: too many requests", 2),
        (500, {"error": {"message": "oops"}}, "HTTP 500", 2),
        (200, b"<html>", "no JSON", 1),
        (200, {"id": "x", "model": "m", "results": []}, "not one result for each question", 1),
        (200, {"id": "x", "model": "m", "results": [{"flagged": False}] * 2}, "no score for harassment", 1),
        (200, {"hello": "world"}, "not one result", 1),
    ],
)
def test_a_failure_is_said_for_everything_and_never_silence(status, body, says, tries):
    with serving(lambda _: (status, body)) as (url, asked):
        signals = remote(url).look(SHOWN)
    assert set(down(signals)) == {e.where for e in SHOWN}
    assert all(says in why and "sk-test" not in why for why in down(signals).values())
    assert len(asked) == tries  # a refused key is not tried again, and after a failure nothing more is asked
    assert len(signals) == len(SHOWN)


def test_a_score_that_is_no_number_is_no_answer():
    broken = {"id": "x", "model": "m", "results": [_server.result({"hate": 7.0}, picture=False)]}
    with serving(lambda _: (200, broken)) as (url, _):
        assert "no score for hate" in down(remote(url).look(SHOWN[:1]))["brief"]


def test_a_passing_failure_is_tried_again():
    with serving(lambda n: (500, {}) if n == 1 else None) as (url, asked):
        assert not down(remote(url).look(SHOWN[:1]))
    assert len(asked) == 2


def test_a_slow_server_is_not_waited_for():
    with serving(lambda _: ("slow", 0.6)) as (url, _):
        signals = remote(url, seconds=0.15, retries=0).look(SHOWN)
    assert down(signals)["brief"] == "no answer: APITimeoutError"


def test_what_was_judged_before_the_failure_stays():
    with serving(lambda n: None if n == 1 else (401, {})) as (url, _):
        signals = remote(url).look(SHOWN)
    assert set(down(signals)) == {"reference a.png", "frame at 2.0 s"}
    assert max(s.score for s in signals if s.where == "tagline") == 0.97


def test_no_server_at_all():
    assert down(remote("http://127.0.0.1:9/v1", retries=0).look(SHOWN[:1]))["brief"].startswith("no answer")


def test_a_missing_key_is_the_users_to_set(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(BadFilm, match="set OPENAI_API_KEY"):
        moderators.open("openai")
