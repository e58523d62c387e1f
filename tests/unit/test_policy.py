"""The policy: which score leads where, what can't be changed, and what is said to whoever wrote it."""

from dataclasses import replace

import pytest

from filmwright.core.errors import BadFilm
from filmwright.core.verdict import DECISIONS, Signal
from filmwright.film.asset.policy import CATEGORIES, Policy, judge, load_policy

VIOLENCE = Signal(provider="p", what="prompt", category="violence", score=0.93, where="brief")


def own(tmp_path, text):
    path = tmp_path / "own.toml"
    path.write_text(text)
    return load_policy(path)


def test_the_reason_names_place_score_and_threshold():
    verdict = judge([VIOLENCE], load_policy(), "p")
    assert verdict.decision == "block"
    assert verdict.reasons == ("brief: violence 0.93, the policy blocks from 0.90",)
    assert verdict.policy == load_policy().hash


def test_the_most_severe_wins_and_stands_first(tmp_path):
    policy = own(tmp_path, "[categories.sexual]\nlabel = 0.1\n")
    weak = replace(VIOLENCE, score=0.6, where="title at 1.0 s", what="title")
    signals = [replace(VIOLENCE, category="sexual", score=0.9), weak, VIOLENCE]
    verdict = judge(signals, policy, "p")
    assert verdict.decision == "block"
    assert [r.split(", the policy ")[1].split()[0] for r in verdict.reasons] == ["blocks", "asks", "labels"]
    assert judge(signals[:1], policy, "p").decision == "label"
    assert judge([], policy, "p").decision == "allow"


def test_many_frames_alike_are_one_reason():
    frames = [replace(VIOLENCE, what="frame", where=f"frame at {i}.0 s", score=0.91 + i / 100) for i in range(4)]
    assert judge(frames, load_policy(), "p").reasons == (
        "frame at 3.0 s: violence 0.94, the policy blocks from 0.90 (and 3 more like it)",
    )


def test_a_part_follows_the_whole_and_a_stranger_the_rest():
    policy = load_policy()
    assert policy.thresholds("prompt", "illicit/violent") == policy.categories["illicit"]
    assert policy.thresholds("prompt", "violence/graphic") == policy.categories["violence/graphic"]
    assert policy.thresholds("prompt", "something new") == policy.other
    assert judge([replace(VIOLENCE, category="something new")], policy, "p").decision == "review"


def test_one_kind_of_exhibit_can_be_stricter(tmp_path):
    policy = own(tmp_path, "[kinds.title.violence]\nblock = 0.3\n")
    mild = replace(VIOLENCE, score=0.35)
    assert judge([mild], policy, "p").decision == "allow"
    assert judge([replace(mild, what="title")], policy, "p").decision == "block"


@pytest.mark.parametrize(("score", "decision"), [(1.0, "block"), (0.4, "block"), (0.3, "review"), (0.05, "allow")])
def test_minors_are_protected_whatever_the_policy(score, decision):
    signal = replace(VIOLENCE, category="sexual/minors", score=score)
    for policy in (load_policy(), Policy(name="empty"), Policy.model_validate({"other": {}})):
        assert judge([signal], policy, "p").decision == decision


@pytest.mark.parametrize("table", ['categories."sexual/minors"', 'kinds.prompt."sexual/minors"'])
@pytest.mark.parametrize("line", ["block = 1.0", "label = 0.9", "block = 0.4", ""])
def test_a_policy_that_sets_minors_is_refused(tmp_path, table, line):
    with pytest.raises(BadFilm, match=r"own.toml: 'sexual/minors' is always blocked and can't be set"):
        own(tmp_path, f"[{table}]\n{line}\n")


@pytest.mark.parametrize("decision", ["allow", "label"])
def test_a_provider_that_is_down_can_not_be_let_pass(tmp_path, decision):
    with pytest.raises(BadFilm, match=r"'provider-down': .*'review' or 'block'"):
        own(tmp_path, f'provider-down = "{decision}"')


@pytest.mark.parametrize("score", [0.0, 1.0, -1.0, float("nan"), float("inf")])
def test_no_answer_is_no_permission(tmp_path, score):
    down = replace(VIOLENCE, category="provider-down", score=score, says="HTTP 500")
    assert judge([down], load_policy(), "p").decision == "review"
    assert judge([down], own(tmp_path, 'provider-down = "block"'), "p").decision == "block"
    assert "p could not judge it (HTTP 500)" in judge([down], load_policy(), "p").reasons[0]
    if not 0 <= score <= 1:
        assert judge([replace(VIOLENCE, score=score)], load_policy(), "p").decision == "review"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[categories.violense]\nblock = 0.5", "no category 'violense'. Did you mean 'violence'"),
        ("[categories.violence]\nbloc = 0.5", "no key 'categories.violence.bloc'. There are: label, review, block"),
        ("[categories.violence]\nblock = 2", "'categories.violence.block': Input should be less than or equal to 1"),
        ("[categories.violence]\nreview = 0.9\nblock = 0.5", "categories.violence label, review and block must rise"),
        ("[kinds.song.violence]\nblock = 0.5", "kinds.song"),
        ("strict = true", "no key 'strict'. There are: name, provider-down, other, categories, kinds"),
        ("block 0.5", "is not TOML"),
    ],
)
def test_mistakes_are_named(tmp_path, text, says):
    with pytest.raises(BadFilm, match=r"own\.toml") as err:
        own(tmp_path, text)
    assert says in str(err.value)


def test_a_policy_of_ones_own_changes_only_what_it_names(tmp_path):
    policy = own(tmp_path, 'name = "mine"\n[categories.violence]\nblock = 0.99\n')
    assert policy.categories["violence"].review is None
    assert policy.categories["hate"] == load_policy().categories["hate"]
    assert policy.hash != load_policy().hash
    with pytest.raises(BadFilm, match="cannot read the policy"):
        load_policy(tmp_path / "none.toml")


def test_every_category_of_ours_leads_to_a_review_at_the_highest_score():
    for category in set(CATEGORIES) - {"unseen"}:
        verdict = judge([replace(VIOLENCE, category=category, score=1.0)], load_policy(), "p")
        assert DECISIONS.index(verdict.decision) >= DECISIONS.index("review"), category
