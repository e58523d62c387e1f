"""Judging is monotone: a higher score or one more signal never makes a verdict milder."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from filmwright.core.verdict import DECISIONS, Signal
from filmwright.film.asset.policy import CATEGORIES, Policy, Thresholds, judge

SCORES = st.floats(0, 1)
SIGNALS = st.builds(
    Signal,
    provider=st.just("p"),
    what=st.sampled_from(["prompt", "title", "picture", "frame"]),
    category=st.sampled_from([*CATEGORIES, "provider-down", "new"]),
    score=SCORES,
    where=st.sampled_from(["brief", "frame at 1.0 s"]),
)
STEPS = st.lists(st.none() | SCORES, min_size=3, max_size=3).map(
    lambda s: dict(zip(("label", "review", "block"), _rising(s), strict=True))
)
POLICIES = st.dictionaries(st.sampled_from([c for c in CATEGORIES if c != "sexual/minors"]), STEPS).map(
    lambda tables: Policy(categories={c: Thresholds(**t) for c, t in tables.items()})
)


def _rising(steps):
    values = iter(sorted(s for s in steps if s is not None))
    return [None if s is None else next(values) for s in steps]


def severity(signals, policy):
    return DECISIONS.index(judge(signals, policy, "p").decision)


@given(st.lists(SIGNALS, min_size=1, max_size=6), POLICIES, SCORES, st.data())
def test_a_higher_score_is_never_milder(signals, policy, score, data):
    at = data.draw(st.integers(0, len(signals) - 1))
    raised = [replace(s, score=max(s.score, score)) if i == at else s for i, s in enumerate(signals)]
    assert severity(raised, policy) >= severity(signals, policy)


@given(st.lists(SIGNALS, max_size=6), SIGNALS, POLICIES)
def test_one_more_signal_is_never_milder_and_order_does_not_count(signals, more, policy):
    assert severity([*signals, more], policy) >= severity(signals, policy)
    assert judge(signals[::-1], policy, "p").decision == judge(signals, policy, "p").decision


@given(st.lists(SIGNALS, min_size=1, max_size=6), POLICIES)
def test_what_is_not_allowed_has_a_reason(signals, policy):
    verdict = judge(signals, policy, "p")
    assert verdict.decision == "allow" or verdict.reasons
