"""Any words at all are understood or refused, and never break the reader."""

from contextlib import suppress
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filmwright.core.errors import BadFilm
from filmwright.film.shots.reading import read_brief
from filmwright.film.shots.words.moods import MOOD_NAMES
from filmwright.film.shots.words.quotes import find_quotes, without_quotes

WORDS = """
calm not no without 'slow down' "go" “a” 「나」 it's kids' for Fuze Tea called 10 second 15초 vertical 9:16 square
on deep green 파란 배경 음악 없이 차분하지 않게 luxury, playful; 고급 1분 half a minute #102030 . — -- 8 to 12 seconds
이름은 를 위한 'n' '90s ' " don't or nor but 거나 말고 1e9 0 seconds 21:9
"""
pieces = st.sampled_from(WORDS.split())
texts = st.one_of(st.text(max_size=200), st.lists(pieces, max_size=25).map(" ".join))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(text=texts)
def test_any_text(text):
    try:
        brief = read_brief(text)
    except BadFilm:
        return
    assert brief.mood in MOOD_NAMES
    assert 3 <= brief.seconds <= 120
    assert brief.width % 2 == brief.height % 2 == 0
    assert brief.understood
    assert read_brief(text) == brief


@settings(max_examples=150, deadline=None, derandomize=True)
@given(text=texts)
def test_quotations_stand_where_they_say(text):
    quotes = find_quotes(text)
    assert len(without_quotes(text, quotes)) == len(text)
    for before, after in zip([None, *quotes], quotes, strict=False):
        assert before is None or before.end <= after.start
        assert text[after.start + 1 : after.end - 1].strip() == after.text


LONG = [
    "calm and quiet, not loud, " * 150,
    "a" * 4000,
    "'" * 4000,
    "for A " * 600,
    "1 " * 2000,
    "가" * 4000,
    "on blue " * 500,
]


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_a_long_brief_takes_no_long_time(text):
    start = process_time()
    with suppress(BadFilm):
        read_brief(text)
    assert process_time() - start < 6


def test_a_brief_has_an_end():
    with pytest.raises(BadFilm, match="at most"):
        read_brief("calm " * 1000)
