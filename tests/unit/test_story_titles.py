"""Words beside the product, never on it."""

from fractions import Fraction

import pytest

from filmwright.film.shots.brief import Brief
from filmwright.film.shots.directors import directors
from filmwright.film.shots.story.subject import subject_of
from filmwright.film.shots.story.titles import product_box

SHAPES = {"tall": (0.25, 0.25, 1.0), "cube": (1, 1, 1), "long": (1.0, 0.3, 0.35), "flat": (1, 1, 0.08)}
SIZES = {"16:9": (1280, 720), "9:16": (720, 1280), "1:1": (720, 720), "4:5": (720, 900)}


def film(stage, *, size=(1280, 720), mood="calm", seconds=10, tagline="Slow down.", name="Fuze Tea", seed=0):
    words = {"tagline": tagline, "name": name}
    brief = Brief(text="", mood=mood, seconds=Fraction(seconds), width=size[0], height=size[1], seed=seed, **words)
    return directors.open("story").plan(stage, brief)


def overlap(box, other):
    across = min(box.right, other.right) - max(box.left, other.left)
    up = min(box.bottom, other.bottom) - max(box.top, other.top)
    return max(across, 0) * max(up, 0)


def every_pair():
    """Each shape in each size, each of both in each mood, not all three with all."""
    moods = ("calm", "energetic", "luxury")
    return [(shape, size, moods[(i + j) % 3]) for i, shape in enumerate(SHAPES) for j, size in enumerate(SIZES)]


@pytest.mark.parametrize(("shape", "size", "mood"), every_pair())
def test_no_title_touches_the_product_while_it_stands(stage_of, shape, size, mood):
    stage = stage_of(SHAPES[shape])
    subject = subject_of(stage)
    board = film(stage, size=SIZES[size], mood=mood)
    assert len(board.titles) == 3, [t.text for t in board.titles]
    starts = [c - (board.joins[i - 1].seconds / 2 if i else 0) for i, c in enumerate(board.cuts)]
    for title in board.titles:
        over = [
            (shot, begin)
            for shot, begin in zip(board.shots, starts, strict=True)
            if begin < title.end and title.start < begin + shot.seconds
        ]
        assert len(over) == 1  # no title stands over a join
        shot, begin = over[0]
        face = product_box(shot, subject, title.start - begin, title.end - begin)
        assert overlap(title.box, face) == 0
        assert title.box.bottom - title.box.top >= 0.06
        assert title.box.right - title.box.left >= 0.25


def test_the_tagline_is_read_before_the_card_and_on_it(stage_of):
    board = film(stage_of())
    tagline, name, end = board.titles
    assert (tagline.style, name.style, end.style) == ("tagline", "name", "end")
    assert board.shots[-1].kind == "end-card"
    assert tagline.end < board.cuts[-1] < name.start < end.start
    assert name.end == end.end == board.seconds
    assert min(t.end - t.start for t in board.titles) >= Fraction(5, 4)
    assert name.box.bottom < end.box.top


def test_titles_start_on_frames(stage_of):
    for mood in ("calm", "playful", "energetic"):
        for title in film(stage_of(), mood=mood).titles:
            assert (title.start * 24).denominator == 1


def test_a_wide_picture_puts_words_beside_a_bottle_and_an_upright_one_under_it(stage_of):
    wide, upright = film(stage_of()), film(stage_of(), size=(720, 1280))
    assert all(t.align == "left" for t in wide.titles)
    assert all(t.align == "center" for t in upright.titles)


def test_no_words_no_titles(stage_of):
    assert film(stage_of(), tagline="", name="").titles == ()
    only = film(stage_of(), tagline="", name="퓨즈 티").titles
    assert [(t.text, t.style) for t in only] == [("퓨즈 티", "name")]


def test_ink_is_legible_on_the_set(stage_of):
    stage = stage_of()
    plans = [
        directors.open("story").plan(stage, Brief(text="", backdrop=backdrop))
        for backdrop in ((0.01, 0.01, 0.02), (0.9, 0.9, 0.88))
    ]
    dark, light = (sum(p.ink) / 3 for p in plans)
    assert dark > 0.8
    assert light < 0.3
    assert plans[0].palette == stage.palette
