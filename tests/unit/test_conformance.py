"""The examination finds nothing wrong with a right server, and each planted divergence by its name."""

import pytest

pytest.importorskip("openai")
pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from filmwright.core.errors import BadFilm, Unavailable
from filmwright.jobs.conformance import TOPICS, ConformanceRequest, conformance
from tests.video_server import KEY, Service, serving

ASKED = {"key": KEY, "seconds": 1, "size": "64x48", "minutes": 0.5, "patience": 5.0}


def examine(faults=(), service=None, **asked):
    service = service or Service(faults)
    with serving(service.app) as url:
        return conformance(ConformanceRequest(url=url, **{**ASKED, **asked})), service


def by_verdict(found, verdict):
    return {finding.name: finding.came for finding in found.findings if finding.verdict == verdict}


@pytest.fixture(scope="module")
def right():
    return examine()


def test_nothing_is_wrong_with_a_right_server(right):
    found, service = right
    assert by_verdict(found, "diverges") == {}
    assert by_verdict(found, "cannot be tried") == {}
    assert found.holds
    assert {finding.topic for finding in found.findings} == set(TOPICS)
    assert all(finding.came and finding.rule and finding.source for finding in found.findings)
    assert len(service.orders) <= 30


def test_all_that_was_made_is_removed(right):
    found, service = right
    assert not service.videos
    assert found.left == ()


NEEDS_AN_ORDER = {"as-json", "at-once", "by-form", "cancel", "more-fields", "picture-as-file", "picture-as-url"}
NEEDS_AN_ORDER |= {"prompt-alone", "same-key", "same-key-other-order", "seconds-as-number"}
PLANTED = {
    "integer code": {"envelope", "envelope-of-bad-input"},
    "detail": {"envelope", "envelope-of-bad-input"},
    "422": {"no-prompt", "bad-seconds", "bad-size", "broken-json", "unknown-model", "bad-limit", "unknown-variant"},
    "processing": {"status-words", "sdk-poll"},
    "no has_more": {"page", "limit", "pages"},
    "ignores after": {"pages"},
    "JSON only": {"by-form", "prompt-alone"},
    "form only": {"as-json", "more-fields"},
    "at once": NEEDS_AN_ORDER,
    "events": NEEDS_AN_ORDER,
    "integer seconds": {"types", "seconds-asked", "seconds-as-number", "extension"},
    "no nulls": {"nullable-fields"},
    "milliseconds": {"times"},
    "wordy header": {"sdk-poll", "poll-header"},
    "goes back": {"progress"},
    "empty file": {"not-yet"},
    "empty video": {"bytes-given", "frames-whole", "frame-size", "length", "byte-range"},
    "cut short": {"frames-whole", "frame-size", "length"},
    "other size": {"frame-size"},
    "half as long": {"length"},
    "no pictures": {"thumbnail", "spritesheet"},
    "any variant": {"unknown-variant"},
    "range off by one": {"byte-range"},
    "no origin": {"remix"},
    "segment alone": {"extension"},
    "own word": {"cancel"},
    "stays": {"gone", "out-of-the-list", "twice"},
    "open": {"wrong-key", "no-key"},
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_divergence_is_named_and_nothing_else(fault):
    found, _ = examine([fault], minutes=0.05)
    wrong = by_verdict(found, "diverges")
    assert set(wrong) == PLANTED[fault]
    assert not found.holds
    assert all(wrong.values())


@pytest.mark.parametrize(
    ("fault", "names"),
    [
        ("no keys", {"same-key", "same-key-other-order"}),
        ("no cancel", {"cancel"}),
        ("no ranges", {"byte-range", "range-behind"}),
    ],
)
def test_what_a_server_does_not_offer_is_no_divergence(fault, names):
    found, _ = examine([fault])
    assert by_verdict(found, "diverges") == {}
    assert set(by_verdict(found, "cannot be tried")) == names


def test_what_hangs_on_a_failed_video_can_not_be_tried():
    found, _ = examine(["fails"])
    untried = by_verdict(found, "cannot be tried")
    assert {"frames-whole", "remix", "deleted"} <= set(untried)
    assert "out_of_memory" in untried["length"]
    assert "no-prompt" in by_verdict(found, "holds")


def test_a_video_that_never_ends_is_not_waited_for():
    found, _ = examine(["stuck"], minutes=0.01, topics=("content",))
    assert "it is still" in by_verdict(found, "cannot be tried")["length"]


def test_some_topics_alone():
    found, service = examine(topics=("errors",))
    assert {finding.topic for finding in found.findings} == {"errors"}
    assert not service.orders


def test_a_server_without_keys():
    found, _ = examine(service=Service(keys=False), key="", topics=("errors",))
    assert set(by_verdict(found, "cannot be tried")) == {"wrong-key", "no-key"}


def test_nobody_there():
    with pytest.raises(Unavailable, match=r"no server answers at http://127.0.0.1:9/v1"):
        conformance(ConformanceRequest(url="http://127.0.0.1:9"))


def test_a_topic_that_there_is_none_of():
    with pytest.raises(BadFilm, match="There are: models, errors"):
        conformance(ConformanceRequest(url="http://127.0.0.1:9", topics=("nothing",)))
