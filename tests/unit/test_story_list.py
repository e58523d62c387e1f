"""Shot lists: the grammar's own and the user's, rhythm and seeds."""

from fractions import Fraction
from itertools import pairwise

import pytest

from filmwright.core.content import content_hash
from filmwright.core.errors import BadFilm
from filmwright.film.shots.brief import Brief
from filmwright.film.shots.directors import directors
from filmwright.film.shots.story.entries import Entry
from filmwright.film.shots.story.grammar import compose
from filmwright.film.shots.story.kinds import CAPTIONS, KINDS, MACROS, WEIGHTS, WIDES
from filmwright.film.shots.story.pace import PACE
from filmwright.film.shots.story.timing import arrange, beat_frames

LIST = [{"kind": k} for k in ("reveal", "macro-slide", "orbit", "macro-rack", "hero", "end-card")]


def planned(stage, shots, **brief):
    return directors.open("story", shots=shots).plan(stage, Brief(text="", **{"mood": "natural", **brief}))


@pytest.mark.parametrize("mood", PACE)
@pytest.mark.parametrize("seconds", [3.0, 5.0, 8.0, 10.0, 12.0, 15.0, 30.0, 60.0, 120.0])
def test_the_grammar(mood, seconds):
    kinds = [e.kind for e in compose(seconds, PACE[mood], seed=3)]
    assert kinds[-2:] == ["hero", "end-card"]
    assert kinds[0] in ("reveal", "hero")
    assert all(a != b for a, b in pairwise(kinds))
    if 8 <= seconds <= 15:
        assert 4 <= len(kinds) <= 13
        assert set(kinds) & set(MACROS)
    if seconds >= 12:
        assert set(kinds) & set(WIDES)


def test_an_energetic_film_has_more_shots_than_a_calm_one():
    assert len(compose(12.0, PACE["energetic"], seed=0)) > 1.4 * len(compose(12.0, PACE["calm"], seed=0))


def test_every_kind_is_described():
    assert KINDS.keys() == WEIGHTS.keys() == CAPTIONS.keys()
    assert set(MACROS) | set(WIDES) < KINDS.keys()


@pytest.mark.parametrize("fps", [Fraction(24), Fraction(25), Fraction(30), Fraction(60), Fraction(24000, 1001)])
@pytest.mark.parametrize("mood", PACE)
def test_beats_are_whole_frames_and_cuts_fall_on_them(mood, fps):
    pace = PACE[mood]
    entries = compose(11.5, pace, seed=1)
    rhythm = arrange(entries, pace, seconds=Fraction(23, 2), fps=fps, titled=True)
    assert rhythm.beat == beat_frames(pace.bpm, fps)
    assert rhythm.bpm == pytest.approx(pace.bpm, rel=0.06)
    assert sum(rhythm.spans) == round(Fraction(23, 2) * fps)
    assert all(span % rhythm.beat == 0 for span in rhythm.spans[:-1])
    assert rhythm.spans[-1] >= 1.6 * fps


def test_an_unknown_kind_names_the_kinds():
    with pytest.raises(BadFilm, match="Did you mean 'orbit'") as caught:
        directors.open("story", shots=[{"kind": "reveal"}, {"kind": "orbt"}])
    assert all(kind in str(caught.value) for kind in KINDS)
    assert "shot 2" in str(caught.value)


@pytest.mark.parametrize(
    "shots", [[], [{"kind": "hero", "length": 3}], [{"kind": "hero", "seconds": -1}], [{"seconds": 2}]]
)
def test_broken_lists(shots):
    with pytest.raises(BadFilm):
        directors.open("story", shots=shots)


def test_a_list_is_followed(stage_of):
    board = planned(stage_of(), LIST)
    assert [s.kind for s in board.shots] == [e["kind"] for e in LIST]


def test_changing_one_entry_changes_one_shot(stage_of):
    stage = stage_of()
    before = planned(stage, LIST).shots
    for change in ({"seed": 5}, {"interest": 2}):
        after = planned(stage, [*LIST[:1], LIST[1] | change, *LIST[2:]]).shots
        assert [content_hash(a) == content_hash(b) for a, b in zip(after, before, strict=True)] == [True, False] + 4 * [
            True
        ]


def test_changing_a_kind_of_given_length_changes_one_shot(stage_of):
    stage = stage_of()
    timed = [e | {"seconds": 2} for e in LIST]
    before = planned(stage, timed, seconds=Fraction(12)).shots
    for i in range(len(timed)):
        changed = [*timed[:i], timed[i] | {"kind": "crane"}, *timed[i + 1 :]]
        after = planned(stage, changed, seconds=Fraction(12)).shots
        assert [content_hash(a) == content_hash(b) for a, b in zip(after, before, strict=True)].count(False) == 1


def test_given_lengths_are_kept_to_the_frame(stage_of):
    timed = [LIST[0] | {"seconds": 1.5}, *LIST[1:4], LIST[4] | {"seconds": 2.25}, LIST[5]]
    board = planned(stage_of(), timed, seconds=Fraction(12))
    ends = [*board.cuts[1:], board.seconds]
    spans = [b - a for a, b in zip(board.cuts, ends, strict=True)]
    assert (spans[0], spans[4]) == (Fraction(3, 2), Fraction(9, 4))
    assert board.seconds == 12


def test_lengths_that_do_not_add_up(stage_of):
    with pytest.raises(BadFilm, match="add up to 12 s, but the film is to last 10 s"):
        planned(stage_of(), [e | {"seconds": 2} for e in LIST], seconds=Fraction(10))
    with pytest.raises(BadFilm, match="do not fit"):
        planned(stage_of(), [LIST[0] | {"seconds": 10}, *LIST[1:]], seconds=Fraction(10))


def test_more_shots_than_beats(stage_of):
    with pytest.raises(BadFilm, match="do not fit into 3 s"):
        planned(stage_of(), LIST * 3, seconds=Fraction(3))


def test_a_tempo(stage_of):
    board = directors.open("story", bpm=60).plan(stage_of(), Brief(text="", mood="energetic"))
    assert board.music.bpm == 60
    with pytest.raises(BadFilm, match="30 to 240"):
        directors.open("story", bpm=500)


def test_entries_say_no_more_than_they_must():
    assert Entry(kind="hero") == Entry(kind="hero", seconds=None, seed=None, interest=None)
